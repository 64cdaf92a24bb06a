"""What the host's pages and programs send about cues."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from core.errors import Invalid, NotFound
from core.reader import Reader
from signing.cues import rules
from signing.cues.rules import Act, CueKind, CuePlan, Verb

_MINUTES = re.compile(r"[0-9]{1,3}([.,][0-9]{1,2})?", re.ASCII)
_SHORTEST = timedelta(seconds=10)
_LONGEST_ID = 40


def read_cue(data: Mapping[str, Any], *, parties: Collection[str]) -> CuePlan:
    """A cue from a page form or JSON; raises Invalid.

    `kind`, `title`, `title_en`, `minutes` (may have a fraction), `agreements` (ids, for `signing` alone), `place` (a
    key of `parties`, or empty: everywhere), `speaker`, `script` and `script_en`, `text` and `text_en` for the stage.
    """
    reader = Reader()
    kind = CueKind(reader.choice(data.get("kind") or None, "$.kind", list(CueKind), CueKind.SPEECH))
    title = reader.both(data, "title", limit=rules.LONGEST_TITLE)
    if not title and not reader.problems:
        reader.problem("$.title", "empty_text")
    plan = CuePlan(
        kind=kind,
        title=title,
        length=_length(reader, data.get("minutes")),
        agreements=_agreements(reader, data.get("agreements")) if kind is CueKind.SIGNING else (),
        party_key=reader.choice(data.get("place") or None, "$.place", sorted(parties), ""),
        speaker=reader.text(data.get("speaker"), "$.speaker", limit=rules.LONGEST_TITLE, required=False),
        script=reader.both(data, "script", limit=rules.LONGEST_TEXT, lines=True),
        stage_text=reader.both(data, "text", limit=rules.LONGEST_STAGE_TEXT),
    )
    if reader.problems:
        raise Invalid(reader.problems)
    return plan


def _length(reader: Reader, value: object) -> timedelta:
    text = str(value).strip() if isinstance(value, int | float | str) and not isinstance(value, bool) else ""
    if _MINUTES.fullmatch(text):
        length = timedelta(seconds=round(float(text.replace(",", ".")) * 60))
        if _SHORTEST <= length <= rules.LONGEST_CUE:
            return length
    reader.problem("$.minutes", "bad_cue_length", value=str(value if value is not None else "")[:40])
    return _SHORTEST


def _agreements(reader: Reader, value: object) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for index, each in enumerate(reader.items(value or [], "$.agreements", least=0, most=rules.MAX_CUES)):
        if not isinstance(each, str) or len(each) > _LONGEST_ID:
            reader.problem(f"$.agreements[{index}]", "not_a_text")
        else:
            found[each] = None
    if not found and not reader.problems:
        reader.problem("$.agreements", "cue_without_agreement")
    return tuple(found)


def read_seq(data: Mapping[str, Any]) -> int:
    """Which state of the sheet was looked at; what is no number is none that there ever was."""
    raw = data.get("seq")
    text = str(raw) if isinstance(raw, int | str) and not isinstance(raw, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def read_place(data: Mapping[str, Any]) -> str:
    """The id of the cue that another is put behind; empty: first of all."""
    raw = data.get("after")
    return raw[:_LONGEST_ID] if isinstance(raw, str) else ""


def read_act(verb: str, data: Mapping[str, Any]) -> Act:
    """One act of leading: `seq`, `cue` where the verb is about one, `anyway` (yes, true). Raises NotFound."""
    if verb not in list(Verb):
        raise NotFound
    cue = data.get("cue")
    return Act(
        verb=Verb(verb),
        looked_at=read_seq(data),
        cue_id=cue[:_LONGEST_ID] if isinstance(cue, str) else "",
        anyway=data.get("anyway") in ("yes", True),
    )
