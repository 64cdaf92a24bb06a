"""What the stage shows: public facts only, the same for its page, its JSON and its live updates."""

from __future__ import annotations

from typing import Any

from core import clock, config, live
from signing.agreements import queries as agreements
from signing.ceremonies import queries, service


def channel(ceremony_id: str) -> str:
    """The live channel of a ceremony's stage."""
    return f"stage:{ceremony_id}"


def state(ceremony_id: str) -> dict[str, Any]:
    """The whole picture; `seq` is the number of the last update that it contains or was older than."""
    seq = live.find_seq(channel(ceremony_id))
    ceremony = queries.get_ceremony(ceremony_id)
    return {
        "ceremony": service.stage_header(ceremony),
        "places": _places(ceremony),
        "parties": [
            {
                "key": party.key,
                "organisation": party.organisation,
                "place": party.place,
                "timezone": party.timezone,
                "representative_title": party.representative_title,
                "is_host": party.is_host,
            }
            for party in ceremony.parties
        ],
        "agreements": [agreements.stage_item(each) for each in agreements.list_agreements(ceremony_id)],
        "verify_url": f"{config.settings().base_url}/verify",
        "server_now": clock.iso(clock.now()),
        "seq": seq,
    }


def _places(ceremony: queries.CeremonyView) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for party in ceremony.parties:
        name = party.place.get("zh-CN") or party.place.get("en") or ""
        found.setdefault((name, party.timezone), {"place": party.place, "timezone": party.timezone})
    return list(found.values())
