"""What the pages of a cue sheet show, as values that a template only prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from core import clock, i18n
from core.i18n import t
from signing import endings
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView
from signing.ceremonies import queries as ceremonies
from signing.ceremonies.queries import CeremonyView, PartyView
from signing.cues import following as follows
from signing.cues import queries, tick_queries
from signing.cues import rewording_service as rewording
from signing.cues.queries import CueView, SheetView
from signing.cues.rules import CueKind, CueState, SheetState
from signing.cues.tick_rules import HOST

_LONG_BEFORE = timedelta(hours=6)


def page(ceremony: CeremonyView, sheet: SheetView) -> dict[str, Any]:
    """Everything on the page of a cue sheet; times of day are the host's."""
    found = {each.id: each for each in agreements.list_agreements(ceremony.id)}
    starts = planned_starts(ceremony, sheet)
    rows = [_row(ceremony, cue, at, found) for cue, at in zip(sheet.cues, starts, strict=True)]
    _say_where_to_move(rows)
    live, following = sheet.live, sheet.standing_by or sheet.next
    length = sheet.planned_length()
    return {
        "sheet": sheet,
        "cues": rows,
        "live": next((row for row in rows if live and row["id"] == live.id), None),
        "following": next((row for row in rows if following and row["id"] == following.id), None),
        "stands_by": sheet.standing_by is not None,
        "may_go_back": _may_go_back(sheet),
        "astray": _astray(follows.astray(sheet.cues, list(found.values()))),
        "outdated": [
            {"id": cue.id, "title": i18n.pick(cue.title), "name": name, "may_change": cue.may_change}
            for cue, name in rewording.list_outdated(ceremony.id)
        ],
        "lacks_words": any(queries.lacks_words(cue) for cue in sheet.cues),
        "length": minutes(length),
        "limit": ceremony.limit_minutes,
        "too_long": length > timedelta(minutes=ceremony.limit_minutes),
        "planned_end": i18n.format_time(ceremony.starts_at + length, ceremony.host_timezone),
        "expected_end": i18n.format_time(sheet.expected_end(clock.now()), ceremony.host_timezone, seconds=True),
        "began": _time(sheet.began_at, ceremony),
        "ended": _time(sheet.ended_at, ceremony),
        "held": _time(sheet.held_at, ceremony),
        "early": _early(ceremony, sheet),
        "over_hint": _over_hint(list(found.values())),
    }


def _over_hint(found: Sequence[AgreementView]) -> str:
    """What can still be signed once the sheet is over."""
    signed = sum(each.signed_count == len(each.signers) for each in found)
    if signed == len(found):
        return t("cues-over-signed-hint")
    if all(each.is_over for each in found):
        return t("cues-over-ended-hint", n=signed, m=len(found))
    return t("cues-over-hint")


def _early(ceremony: CeremonyView, sheet: SheetView) -> str:
    """Told before the first cue where it is not the day yet: the space bar begins the real ceremony."""
    if (
        sheet.state is not SheetState.PLANNED
        or ceremony.is_rehearsal
        or ceremony.starts_at - clock.now() < _LONG_BEFORE
    ):
        return ""
    return t("cues-early-begin", when=i18n.format_named(ceremony.starts_at, ceremony.host_timezone))


def _astray(found: follows.Astray) -> list[str]:
    """A sentence for each way in which the sheet and the plan are not at one."""

    def titles(which: Sequence[AgreementView]) -> str:
        return t("list-separator").join(t("plan-title-quoted", title=i18n.pick(each.title)) for each in which)

    said = []
    if found.uncalled:
        said.append(t("cues-uncalled-lead", titles=titles(found.uncalled)))
    if found.early:
        said.append(t("cues-early-lead", titles=titles(found.early)))
    if found.gone:
        said.append(t("cues-gone-lead", n=found.gone))
    return said


def _say_where_to_move(rows: list[dict[str, Any]]) -> None:
    """Behind which cue each would stand one step up (`up`; empty: first of all) or `down`; None: not that way.

    `may_drag`: it can be put anywhere behind the last cue that is live or done. `may_follow`: so can a new one, here.
    """
    fixed = max((at for at, row in enumerate(rows) if not row["may_change"]), default=-1)
    for at, row in enumerate(rows):
        row["may_drag"] = at > fixed and len(rows) - fixed > 2
        row["may_follow"] = at >= fixed
        above, below = rows[at - 1] if at else None, rows[at + 1] if at + 1 < len(rows) else None
        before = rows[at - 2]["id"] if at > 1 else ""
        row["up"] = before if above and above["may_change"] else None
        row["down"] = below["id"] if below and below["may_change"] else None


def planned_starts(ceremony: CeremonyView, sheet: SheetView) -> list[datetime]:
    """When each cue begins if everything takes as long as planned; what was skipped takes no time."""
    at, found = ceremony.starts_at, []
    for cue in sheet.cues:
        found.append(at)
        at += timedelta() if cue.state is CueState.SKIPPED else cue.length
    return found


def rehearsed(ceremony: CeremonyView) -> list[dict[str, str]]:
    """The rehearsals whose times can be compared: of each its id, and when it was begun."""
    found = ((each.id, queries.find_sheet(each.id)) for each in ceremonies.list_rehearsals(ceremony.id))
    return [
        {"id": rehearsal_id, "when": i18n.format_datetime(sheet.began_at, ceremony.host_timezone)}
        for rehearsal_id, sheet in found
        if sheet is not None and sheet.began_at is not None
    ]


def minutes(length: timedelta) -> str:
    """`3` or `2.5`, as a form takes it."""
    return f"{length.total_seconds() / 60:.2f}".rstrip("0").rstrip(".")


def _length(length: timedelta) -> str:
    told = minutes(length)
    return t("ceremony-minutes", n=int(told) if told.isdigit() else told)


def _may_go_back(sheet: SheetView) -> bool:
    return sheet.state is not SheetState.PLANNED and any(cue.state is CueState.DONE for cue in sheet.cues)


def _time(at: datetime | None, ceremony: CeremonyView) -> str:
    return i18n.format_time(at, ceremony.host_timezone, seconds=True) if at else ""


def _row(ceremony: CeremonyView, cue: CueView, at: datetime, found: dict[str, AgreementView]) -> dict[str, Any]:
    called = [found[each] for each in cue.agreements if each in found]
    party = next((each for each in ceremony.parties if each.key == cue.party_key), None)
    return {
        "id": cue.id,
        "number": cue.position + 1,
        "kind": str(cue.kind),
        "kind_word": t(f"cue-kind-{cue.kind}"),
        "title": i18n.pick(cue.title),
        "place": i18n.pick(party.place) if party else "",
        "speaker": cue.speaker,
        "script": i18n.pick(cue.script),
        "stage_text": i18n.pick(cue.stage_text),
        "agreements": [_called(each, ceremony) for each in called] if cue.kind is CueKind.SIGNING else [],
        "unsigned": sum(len(each.signers) - each.signed_count for each in called if not each.is_unsigned),
        "length": _length(cue.length),
        "seconds": cue.planned_seconds,
        "planned": i18n.format_time(at, ceremony.host_timezone),
        "state": str(cue.state),
        "began_at": clock.iso(cue.began_at) if cue.began_at else "",
        "took": _took(cue),
        "may_change": cue.may_change,
    }


def _called(agreement: AgreementView, ceremony: CeremonyView) -> dict[str, Any]:
    return {
        "title": i18n.pick(agreement.title),
        "signed": agreement.signed_count,
        "signers": len(agreement.signers),
        "state": str(agreement.state),
        "ended": endings.of_agreement(agreement, ceremony),
        "reason": (agreement.ended_reason or "") if agreement.is_unsigned else "",
    }


def _took(cue: CueView) -> str:
    """`2:05`, minutes and seconds, of a cue that is over."""
    if cue.began_at is None or cue.ended_at is None:
        return ""
    whole, seconds = divmod(round((cue.ended_at - cue.began_at).total_seconds()), 60)
    return f"{whole}:{seconds:02d}"


def cue_values(cue: CueView) -> dict[str, Any]:
    """What first stands in the form of a cue."""
    return {
        "kind": str(cue.kind),
        "title": cue.title.get("zh-CN", ""),
        "title_en": cue.title.get("en", ""),
        "minutes": minutes(cue.length),
        "agreements": list(cue.agreements),
        "place": cue.party_key,
        "speaker": cue.speaker,
        "script": cue.script.get("zh-CN", ""),
        "script_en": cue.script.get("en", ""),
        "text": cue.stage_text.get("zh-CN", ""),
        "text_en": cue.stage_text.get("en", ""),
    }


def choices(ceremony: CeremonyView) -> dict[str, Any]:
    """What can be chosen from in the form of a cue: [(value, text)…], of agreements [(value, text, note)…]."""
    return {
        "kinds": [(str(kind), t(f"cue-kind-{kind}")) for kind in CueKind],
        "places": [
            ("", t("cue-everywhere")),
            *(
                (each.key, i18n.pick(each.place) + i18n.aside(i18n.pick(each.organisation)))
                for each in ceremony.parties
            ),
        ],
        "agreements": [
            (each.id, i18n.pick(each.title), t("cue-signers", n=len(each.signers)))
            for each in agreements.list_agreements(ceremony.id)
        ],
    }


def _at(party: PartyView) -> str:
    return i18n.pick(party.place) + i18n.aside(i18n.pick(party.organisation))


def state(ceremony: CeremonyView, sheet: SheetView) -> dict[str, Any]:
    """The sheet as JSON: `seq` is what an act must name, times are instants."""
    starts = planned_starts(ceremony, sheet)
    ticked = tick_queries.find_live(ceremony.id)
    return {
        "seq": sheet.seq,
        "state": str(sheet.state),
        "live": sheet.live.id if sheet.live else None,
        "standing_by": sheet.standing_by.id if sheet.standing_by else None,
        "next": sheet.next.id if sheet.next else None,
        "to_tick": [
            {"party": row.party_key, "shown": row.shown, "codes": {c.agreement_id: c.digits for c in row.codes}}
            for row in (ticked.rows if ticked else ())
            if HOST not in row.ticks
        ],
        "began_at": _iso(sheet.began_at),
        "held_at": _iso(sheet.held_at),
        "ended_at": _iso(sheet.ended_at),
        "planned_end": clock.iso(ceremony.starts_at + sheet.planned_length()),
        "expected_end": clock.iso(sheet.expected_end(clock.now())),
        "server_now": clock.iso(clock.now()),
        "cues": [_json(cue, at) for cue, at in zip(sheet.cues, starts, strict=True)],
    }


def _json(cue: CueView, at: datetime) -> dict[str, Any]:
    return {
        "id": cue.id,
        "kind": str(cue.kind),
        "title": cue.title,
        "place": cue.party_key,
        "speaker": cue.speaker,
        "script": cue.script,
        "text": cue.stage_text,
        "agreements": list(cue.agreements),
        "state": str(cue.state),
        "planned_at": clock.iso(at),
        "planned_seconds": cue.planned_seconds,
        "began_at": _iso(cue.began_at),
        "ended_at": _iso(cue.ended_at),
    }


def _iso(at: datetime | None) -> str | None:
    return clock.iso(at) if at else None
