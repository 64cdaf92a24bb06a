"""What pages show of drills, as values that a template or a script only prints."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core import clock, i18n
from core.i18n import t
from signing.ceremonies.queries import CeremonyView
from signing.drills import queries
from signing.drills.models import DropDrill
from signing.drills.queries import DrillView, PageView
from signing.drills.rules import Aim, Place, Target
from signing.presence import queries as presence
from signing.seats import queries as seats

_WORDS = ("mark", "cut", "again", "back", "back-later", "no-line", "end")


def for_page(drill: DropDrill | None, *, ends: bool) -> dict[str, Any] | None:
    """What a page has to know that is to act as if its line were gone; `ends`: whether its reader may end it."""
    if drill is None:
        return None
    left = max(timedelta(), drill.ends_at - clock.now())
    words = {each: t(f"drill-page-{each}") for each in _WORDS}
    end_url = f"/api/ceremonies/{drill.ceremony_id}/drills/{drill.id}/end" if ends else ""
    return {"id": drill.id, "left_ms": round(left.total_seconds() * 1000), "end_url": end_url, "words": words}


def page(ceremony: CeremonyView, *, account_id: str) -> dict[str, Any]:
    """Whom a host can cut off, and what came of each drill so far."""
    drills = queries.list_drills(ceremony.id)
    running = [each.aim for each in drills if each.is_running]
    return {
        "targets": _targets(ceremony, running, account_id),
        "drills": rows(ceremony, drills),
        "seconds": queries.SECONDS,
        "once": queries.has_each_signature_once(ceremony.id),
    }


def _targets(ceremony: CeremonyView, running: list[Aim], account_id: str) -> list[dict[str, Any]]:
    practised, there, in_order = (
        queries.list_practised(ceremony.id),
        presence.where_are(ceremony.id),
        _in_order(ceremony),
    )
    pads = queries.list_pads(seat.id for seat in in_order)
    found = []
    for seat in in_order:
        where, name = (
            there.get(seat.id, presence.nowhere(seat.id)),
            i18n.pick(ceremony.party(seat.party_key).organisation),
        )
        row = _target(Aim(Target.SEAT, seat.id), running, name=name, what=seat.name)
        practice = {"devices": len(where.here), "is_there": where.is_here, "practised": seat.party_key in practised}
        found.append({**row, **practice})
        if seat.id in pads:
            found.append(
                _target(Aim(Target.PHONE, seat.id), running, name=t("drill-phone-of", who=name), what=seat.name)
            )
    screens = (Target.STAGE, Target.MONITOR, Target.OBSERVER)
    for aim in (*map(Aim, screens), Aim(Target.HOST, account_id=account_id), Aim(Target.SERVER)):
        name, what = t(f"drill-target-{aim.target}"), t(f"drill-target-{aim.target}-what")
        found.append(_target(aim, running, name=name, what=what))
    return found


def _target(aim: Aim, running: list[Aim], *, name: str, what: str) -> dict[str, Any]:
    return {
        "target": str(aim.target),
        "seat": aim.seat_id or "",
        "name": name,
        "what": what,
        "devices": 0,
        "is_there": True,
        "is_running": any(queries.collide(each, aim) for each in running),
        "practised": None,
    }


def _in_order(ceremony: CeremonyView) -> list[seats.SeatView]:
    by_party = {seat.party_key: seat for seat in seats.list_seats(ceremony.id)}
    return [by_party[party.key] for party in ceremony.parties if party.key in by_party]


def rows(ceremony: CeremonyView, drills: list[DrillView]) -> list[dict[str, Any]]:
    """A line for each drill: whom it cut off, for how long, who came back when, and what was kept."""
    names = {seat.id: i18n.pick(ceremony.party(seat.party_key).organisation) for seat in seats.list_seats(ceremony.id)}
    return [_row(ceremony, each, names) for each in drills]


def _row(ceremony: CeremonyView, drill: DrillView, names: dict[str, str]) -> dict[str, Any]:
    state = "running" if drill.is_running else "well" if drill.is_well else "none" if not drill.pages else "missing"
    if state == "missing" and drill.away is not None:
        state = "anew" if drill.kept_proofs else "unproved"
    return {
        "id": drill.id,
        "target": _whose(names, str(drill.aim.target), drill.aim.seat_id),
        "at": i18n.format_time(drill.began_at, ceremony.host_timezone, seconds=True),
        "length": t("drill-seconds", n=drill.seconds),
        "ended": drill.was_ended,
        "state": state,
        "words": t(f"drill-state-{state}"),
        "ends_at": clock.iso(drill.ends_at),
        "pages": [_page(page, drill, names) for page in drill.pages],
        "signed": queries.count_signed(ceremony.id, drill),
    }


def _whose(names: dict[str, str], place: str, seat_id: str | None) -> str:
    """Whose line it is: a party's, the phone that draws for it, or a screen's."""
    name = names.get(seat_id or "")
    if name is None:
        return t(f"drill-place-{place}")
    return t("drill-phone-of", who=name) if place == Place.PHONE else name


def _page(found: PageView, drill: DrillView, names: dict[str, str]) -> dict[str, str]:
    """One page that went: whose it was, when it was back, how soon it was right, and its proof."""
    who = _whose(names, str(found.place), found.seat_id)
    said = []
    if found.back_at is None:
        said.append(t("drill-away") if drill.is_running else t("drill-not-back"))
    else:
        said.append(t("drill-back-after", n=round((found.back_at - found.cut_at).total_seconds())))
        if found.right_ms is not None:
            said.append(t("drill-right-after", seconds=f"{found.right_ms / 1000:.1f}"))
    if found.reloads:
        said.append(t("drill-reloaded", n=found.reloads))
    if found.place is Place.SEAT and (found.back_at is not None or not found.was_proved):
        kept = {True: "kept", False: "lost", None: "none"}[found.kept_proof]
        said.append(t(f"drill-proof-{kept}"))
    if found.stroke is not None:
        said.append(t(f"drill-stroke-{found.stroke}"))
    return {"who": who, "said": t("drill-comma").join(said)}
