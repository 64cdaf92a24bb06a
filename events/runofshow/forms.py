"""What pages and programs send about a show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.errors import Invalid, NotFound
from core.reader import Reader
from events.runofshow import rules
from events.runofshow.rules import Crew, CueKind, CuePlan
from events.runofshow.show_rules import Act, Verb

_LONGEST_ID = 40
_MOST_SECONDS = 24 * 3600
_LONGEST_REASON = 200


def read_act(verb: str, data: Mapping[str, Any]) -> Act:
    """One act: `seq` by lane, and `cue`, `lane`, `seconds`, `anyway` with a `reason` where they are due.

    Raises NotFound, Invalid.
    """
    if verb not in list(Verb):
        raise NotFound
    reader = Reader()
    asked = Act(
        verb=Verb(verb),
        looked_at=_seqs(reader, data.get("seq")),
        cue_id=_id(data.get("cue")),
        lane=_id(data.get("lane")),
        seconds=_seconds(reader, data.get("seconds", 0), "$.seconds", least=-_MOST_SECONDS, most=_MOST_SECONDS),
        anyway=data.get("anyway") in ("yes", True),
        reason=reader.text(data.get("reason"), "$.reason", limit=_LONGEST_REASON, required=False),
    )
    if reader.problems:
        raise Invalid(reader.problems)
    return asked


def _seqs(reader: Reader, value: object) -> dict[str, int]:
    if not isinstance(value, Mapping):
        reader.problem("$.seq", "not_an_object")
        return {}
    return {
        str(lane)[:_LONGEST_ID]: seq
        for lane, seq in list(value.items())[: rules.MOST_CUES]
        if isinstance(seq, int) and not isinstance(seq, bool)
    }


def read_revision(data: Mapping[str, Any]) -> int:
    """Which state of the plan was looked at; what is no number is none that there ever was."""
    value = data.get("revision")
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def read_after(data: Mapping[str, Any]) -> str:
    """The id of the cue that another is put behind; empty: first of all."""
    return _id(data.get("after"))


def read_cue(data: Mapping[str, Any], *, lanes: Collection[str]) -> CuePlan:
    """A cue; raises Invalid.

    `kind`, `title` and `script` by locale, `lanes` (ids), `length_seconds`, `starts_at` (an instant, for a hard start),
    `speaker`, `warn_seconds`, `danger_seconds`, `notes` by crew, `item` (the key of an agenda item).
    """
    reader = Reader()
    warn, danger = round(rules.WARN.total_seconds()), round(rules.DANGER.total_seconds())
    plan = CuePlan(
        kind=CueKind(reader.choice(data.get("kind") or None, "$.kind", list(CueKind), CueKind.TALK)),
        title=reader.texts(data.get("title"), "$.title", limit=rules.LONGEST_TITLE),
        lanes=reader.known_keys(data.get("lanes"), "$.lanes", set(lanes), what="lane", least=1),
        length=timedelta(
            seconds=_seconds(
                reader,
                data.get("length_seconds"),
                "$.length_seconds",
                least=round(rules.SHORTEST_CUE.total_seconds()),
                most=round(rules.LONGEST_CUE.total_seconds()),
            )
        ),
        starts_at=_instant(reader, data.get("starts_at")),
        speaker=reader.text(data.get("speaker"), "$.speaker", limit=rules.LONGEST_SPEAKER, required=False),
        script=_script(reader, data.get("script")),
        warn=timedelta(seconds=_seconds(reader, data.get("warn_seconds", warn), "$.warn_seconds")),
        danger=timedelta(seconds=_seconds(reader, data.get("danger_seconds", danger), "$.danger_seconds")),
        notes=_notes(reader, data.get("notes")),
        item_key=_id(data.get("item")),
    )
    if reader.problems:
        raise Invalid(reader.problems)
    return plan


def _script(reader: Reader, value: object) -> dict[str, str]:
    said = value if isinstance(value, Mapping) else {}
    both = {"script": said.get("zh-CN"), "script_en": said.get("en")}
    return reader.both(both, "script", limit=rules.LONGEST_SCRIPT, lines=True)


def _notes(reader: Reader, value: object) -> dict[Crew, str]:
    if value is None:
        return {}
    said = reader.mapping(value, "$.notes", required=(), optional=[str(crew) for crew in Crew])
    notes = {
        crew: reader.text(said.get(crew), f"$.notes.{crew}", limit=rules.LONGEST_NOTE, required=False, lines=True)
        for crew in Crew
    }
    return {crew: note for crew, note in notes.items() if note}


def _instant(reader: Reader, value: object) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        if datetime.fromisoformat(str(value)).tzinfo is not None:
            return clock.parse_iso(str(value))
        reader.problem("$.starts_at", "bad_instant", value=str(value)[:40])
        return None
    except (ValueError, OverflowError):
        reader.problem("$.starts_at", "bad_instant", value=str(value)[:40])
        return None


def _seconds(reader: Reader, value: object, path: str, *, least: int = 0, most: int = _MOST_SECONDS) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    reader.problem(path, "bad_seconds", value=str(value)[:40], least=least, most=most)
    return max(least, 0)


def _id(value: object) -> str:
    return value[:_LONGEST_ID] if isinstance(value, str) else ""
