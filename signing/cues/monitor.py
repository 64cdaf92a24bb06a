"""What the confidence monitor shows: the script of the live cue, what is next, and the times it counts by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core import clock, i18n, live
from signing import endings
from signing.agreements import queries as agreements
from signing.captions import queries as captions
from signing.ceremonies import queries as ceremonies
from signing.ceremonies.queries import CeremonyView
from signing.cues import queries
from signing.cues.queries import CueView
from signing.cues.rules import CueState
from signing.ink import queries as ink
from signing.screens import queries as screens

_COMING = frozenset({CueState.PLANNED, CueState.STANDBY})


def channel(ceremony_id: str) -> str:
    """The live channel of the monitors; it says that something changed, and holds nothing else."""
    return f"monitor:{ceremony_id}"


def state(ceremony_id: str) -> dict[str, Any]:
    """The whole picture, with what the hall may not see. Times are instants; the page counts by itself."""
    seq = live.find_seq(channel(ceremony_id))
    ceremony, sheet = ceremonies.get_ceremony(ceremony_id), queries.find_sheet(ceremony_id)
    told: dict[str, Any] = {
        "title": i18n.pick(ceremony.title),
        "zone": ceremony.host_timezone,
        "planned_at": clock.iso(ceremony.starts_at),
        "ink": ink.names(ceremony_id),
        "captions": captions.public(ceremony_id),
        "look": screens.get_look(ceremony_id).seq,
        "server_now": clock.iso(clock.now()),
        "seq": seq,
        "state": "none",
        "held_at": None,
        "live": None,
        "next": None,
        "left_seconds": 0,
    }
    if sheet is None:
        return told
    following = sheet.standing_by or sheet.next
    left = sum((cue.length for cue in sheet.cues if cue.state in _COMING), timedelta())
    return {
        **told,
        "state": str(sheet.state),
        "held_at": clock.iso(sheet.held_at) if sheet.held_at else None,
        "live": _cue(ceremony, sheet.live),
        "next": _cue(ceremony, following),
        "left_seconds": int(left.total_seconds()),
    }


def _cue(ceremony: CeremonyView, cue: CueView | None) -> dict[str, Any] | None:
    if cue is None:
        return None
    party = next((each for each in ceremony.parties if each.key == cue.party_key), None)
    return {
        "id": cue.id,
        "number": cue.position + 1,
        "title": i18n.pick(cue.title),
        "place": i18n.pick(party.place) if party else "",
        "speaker": cue.speaker,
        # Whoever speaks must not ask for a signature that will not come.
        "script": "\n\n".join(each for each in [*_ended(ceremony, cue), i18n.pick(cue.script)] if each),
        "began_at": clock.iso(cue.began_at) if cue.began_at else None,
        "planned_seconds": cue.planned_seconds,
    }


def _ended(ceremony: CeremonyView, cue: CueView) -> list[str]:
    called = [each for each in agreements.list_agreements(ceremony.id) if each.id in cue.agreements]
    told = [(i18n.pick(each.title), endings.of_agreement(each, ceremony)) for each in called]
    return [i18n.t("cues-not-signed", title=title, why=why) for title, why in told if why]
