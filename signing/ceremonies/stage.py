"""What the stage shows: public facts only, the same for its page, its JSON and its live updates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core import clock, config, live
from core.db import db
from signing.agreements import queries as agreements
from signing.captions import queries as captions
from signing.ceremonies import queries
from signing.ceremonies.models import Ceremony
from signing.cues import queries as cues
from signing.ink import queries as ink
from signing.screens import queries as screens


def channel(ceremony_id: str) -> str:
    """The live channel of a ceremony's stage."""
    return f"stage:{ceremony_id}"


def state(ceremony_id: str) -> dict[str, Any]:
    """The whole picture; `seq` is the number of the last update that it contains or was older than."""
    seq = live.find_seq(channel(ceremony_id))
    ceremony = queries.get_ceremony(ceremony_id)
    return {
        "ceremony": _header(ceremony),
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
        "pens": ink.pens(ceremony_id),
        "cue": cues.public_cue(ceremony_id),
        "look": screens.public_look(ceremony_id),
        "captions": captions.public(ceremony_id),
        "verify_url": f"{config.settings().base_url}/verify",
        "server_now": clock.iso(clock.now()),
        "seq": seq,
    }


def _header(ceremony: queries.CeremonyView) -> dict[str, Any]:
    money = {"amount": str(Decimal(ceremony.amount)), "currency": ceremony.currency} if ceremony.amount else None
    return {
        "id": ceremony.id,
        "title": ceremony.title,
        "state": str(ceremony.state),
        "planned_at": clock.iso(ceremony.starts_at),
        "amount": money,
    }


def tell_links_changed(ceremony_id: str) -> None:
    """Let the screens find out whether their link still holds, inside the caller's transaction."""
    live.publish(channel(ceremony_id), "stage.links_changed")
    live.publish(f"ceremony:{ceremony_id}", "ceremony.changed")


def tell_plan_changed(ceremony_id: str) -> None:
    """Let the stage and the host's page fetch everything anew, inside the caller's transaction."""
    live.publish(channel(ceremony_id), "stage.plan_changed")
    live.publish(f"monitor:{ceremony_id}", "monitor.changed")
    live.publish(f"ceremony:{ceremony_id}", "ceremony.changed")


def _places(ceremony: queries.CeremonyView) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for party in ceremony.parties:
        name = party.place.get("zh-CN") or party.place.get("en") or ""
        found.setdefault((name, party.timezone), {"place": party.place, "timezone": party.timezone})
    return list(found.values())


def tell(ceremony: Ceremony) -> None:
    """Let the stage and the host's page know, inside the caller's transaction."""
    db.session.flush()
    header = _header(queries.view(ceremony))
    live.publish(channel(ceremony.id), "stage.patch", ceremony=header)
    live.publish(f"ceremony:{ceremony.id}", "ceremony.changed")
