"""What the host's table shows, as values that a template only prints."""

from __future__ import annotations

from typing import Any

from core import clock, i18n
from core.i18n import t
from pdf import fonts
from signing.ceremonies.queries import CeremonyView
from signing.drills import queries as drills
from signing.preflight import queries, rules
from signing.preflight.queries import CheckView
from signing.preflight.rules import Standing
from signing.seats import queries as seats

ITEMS = tuple(rules.OUTCOMES)


def seats_of(ceremony: CeremonyView) -> list[dict[str, Any]]:
    """A line for each seat: whose it is, and what its devices found."""
    checks = queries.list_checks(ceremony.id)
    practised = drills.list_practised(ceremony.id)
    by_party = {seat.party_key: seat for seat in seats.list_seats(ceremony.id)}
    rows: list[dict[str, Any]] = [
        {
            "seat_id": by_party[party.key].id,
            "organisation": i18n.pick(party.organisation),
            "name": by_party[party.key].name,
            "place": i18n.pick(party.place),
            "practised": party.key in practised,
            "checks": [_check(each, ceremony) for each in checks.get(by_party[party.key].id, [])],
        }
        for party in ceremony.parties
    ]
    for row in rows:
        row["has_strangers"] = any(not check["is_proved"] for check in row["checks"])
    return rows


def _check(check: CheckView, ceremony: CeremonyView) -> dict[str, Any]:
    return {
        "device": t(f"check-device-{check.device}"),
        "is_proved": check.is_proved,
        "browser": check.browser,
        "at": i18n.format_datetime(check.at, ceremony.host_timezone),
        "standing": str(check.worst),
        "delay": check.delay_ms,
        "clock": None if check.clock_ms is None else round(abs(check.clock_ms) / 1000),
        "troubles": [
            {"item": t(f"check-item-{item}"), "todo": _todo(item, outcome)} for item, outcome in check.troubles
        ],
    }


def _todo(item: str, outcome: str) -> str:
    """The one sentence that says what to do; a camera that was not tried is only a trouble where it is needed."""
    return t("check-camera-needed") if (item, outcome) == ("camera", "skipped") else t(f"check-{item}-{outcome}")


def server(ceremony: CeremonyView) -> dict[str, Any]:
    """What the server found last, and what is asked anew each time: letters of the names, the last mail."""
    found, zone = queries.find_server(), ceremony.host_timezone
    mail_at = queries.last_mail_at()
    return {
        "at": i18n.format_datetime(found.at, zone) if found and found.at else "",
        "minutes": round((clock.now() - found.at).total_seconds() / 60) if found and found.at else 0,
        "is_looking": found is not None and found.is_looking,
        "lines": [
            *(_line(each) for each in (found.findings if found else [])),
            _glyphs(ceremony),
        ],
        "last_mail": i18n.format_datetime(mail_at, zone) if mail_at else "",
    }


def _line(finding: dict[str, Any]) -> dict[str, str]:
    standing = {"ok": Standing.GOOD, "warn": Standing.CARE}.get(finding["state"], Standing.PROBLEM)
    name, facts = f"doctor-{finding['code']}", finding["facts"]
    return {
        "standing": str(standing),
        "words": t(name, **facts),
        "todo": "" if standing is Standing.GOOD else t(f"{name}-next", **facts),
    }


def _glyphs(ceremony: CeremonyView) -> dict[str, str]:
    """Whether all names of this ceremony can be printed."""
    names = [seat.name for seat in seats.list_seats(ceremony.id)]
    for party in ceremony.parties:
        for texts in (party.organisation, party.representative_title, party.place):
            names += texts.values()
    missing = fonts.missing_glyphs("".join([*names, *ceremony.title.values()]))
    if not missing:
        return {"standing": str(Standing.GOOD), "words": t("preflight-glyphs"), "todo": ""}
    words = t("preflight-glyphs-missing", characters=" ".join(missing))
    return {"standing": str(Standing.PROBLEM), "words": words, "todo": t("preflight-glyphs-missing-next")}
