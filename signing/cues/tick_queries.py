"""Reads of ticks: who was heard at the roll call, and whose same-record code was confirmed, on one run of a cue."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core import seen
from core.db import db
from core.values import Texts
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.cues import tick_rules
from signing.cues.models import Cue, CueTick
from signing.cues.rules import CueKind, CueState
from signing.cues.tick_rules import HOST
from signing.seats import queries as seats
from signing.witnesses import queries as witnesses


@dataclass(frozen=True)
class Code:
    """The same-record code of one agreement, and the digest of the text that it was made from."""

    agreement_id: str
    title: Texts
    digits: str
    text: str


@dataclass(frozen=True)
class TickView:
    """One tick; `ticker` is `host` or a witness's id, `by_id` the account's or the witness's."""

    id: str
    cue_id: str
    run_at: datetime
    party_key: str
    ticker: str
    by_id: str
    at: datetime
    codes: dict[str, str]


@dataclass(frozen=True)
class TickRow:
    """A party on a cue that is ticked; `ticks` by ticker. At the same-record code `codes` are of all that it signs."""

    party_key: str
    codes: tuple[Code, ...]
    ticks: dict[str, TickView]

    @property
    def texts(self) -> dict[str, str]:
        """What is compared: the digests of the texts by agreement; empty at the roll call."""
        return {code.agreement_id: code.text for code in self.codes}

    @property
    def shown(self) -> str:
        """The digest of the codes that stand in this row, as a page sends it back; empty at the roll call."""
        return seen.digest(self.texts) if self.codes else ""


@dataclass(frozen=True)
class Ticked:
    """How far one run of a cue is ticked; `awaited` are the tickers whose ticks count."""

    cue_id: str
    run_at: datetime
    kind: CueKind
    awaited: tuple[str, ...]
    rows: tuple[TickRow, ...]

    @property
    def missing(self) -> int:
        """How many parties somebody has not ticked yet."""
        return sum(not set(self.awaited) <= set(row.ticks) for row in self.rows)

    def keys(self, tickers: Collection[str]) -> list[str]:
        """The parties that all of these have ticked."""
        return [row.party_key for row in self.rows if set(tickers) <= set(row.ticks)]

    def row(self, party_key: str) -> TickRow | None:
        return next((row for row in self.rows if row.party_key == party_key), None)


def list_codes(ceremony_id: str) -> dict[str, tuple[Code, ...]]:
    """The codes that each party reads out, of every agreement that it signs, in the order of the plan.

    A party that signs nothing frozen is left out.
    """
    party_of = {seat.id: seat.party_key for seat in seats.list_seats(ceremony_id)}
    found: dict[str, tuple[Code, ...]] = {}
    for each in agreements.list_agreements(ceremony_id):
        if each.frozen_digest and not each.is_unsigned:
            code = Code(each.id, each.title, each.record_code, each.frozen_digest)
            for signer in each.signers:
                mine = found.get(party_of[signer.seat_id], ())
                found[party_of[signer.seat_id]] = mine if code in mine else (*mine, code)
    return found


def holds(tick: TickView, codes: Collection[Code]) -> bool:
    """Whether these are the codes that were compared: a paper that is printed anew has another."""
    return all(tick.codes.get(code.agreement_id) == code.text for code in codes)


def find_ticked(ceremony_id: str, cue_id: str, kind: CueKind, run_at: datetime | None) -> Ticked | None:
    """How far one run of a cue is ticked; None for a cue on which nobody ticks."""
    if run_at is None or not tick_rules.is_ticked(kind):
        return None
    codes = list_codes(ceremony_id) if kind is CueKind.RECORD_CODE else {}
    ticks: dict[str, dict[str, TickView]] = {}
    for row in db.session.scalars(select(CueTick).filter_by(cue_id=cue_id, run_at=run_at)):
        if holds(found := tick_view(row), codes.get(row.party_key, ())):
            ticks.setdefault(row.party_key, {})[row.ticker] = found
    parties = [party.key for party in ceremonies.get_ceremony(ceremony_id).parties]
    if kind is CueKind.RECORD_CODE:
        parties = [key for key in parties if key in codes]
    named = [each.id for each in witnesses.list_witnesses(ceremony_id, named_only=True)]
    return Ticked(
        cue_id=cue_id,
        run_at=run_at,
        kind=kind,
        awaited=tick_rules.tickers(named),
        rows=tuple(TickRow(key, codes.get(key, ()), ticks.get(key, {})) for key in parties),
    )


def find_live(ceremony_id: str) -> Ticked | None:
    """How far the live cue of a ceremony is ticked; None where none is live, or nobody ticks on it."""
    cue = db.session.scalar(select(Cue).filter_by(ceremony_id=ceremony_id, state=CueState.LIVE))
    return find_ticked(ceremony_id, cue.id, cue.kind, cue.began_at) if cue else None


def list_ticks(cue_ids: Collection[str]) -> list[TickView]:
    """The ticks of all runs of these cues, in the order in which they were made."""
    query = select(CueTick).where(CueTick.cue_id.in_(sorted(cue_ids))).order_by(CueTick.at, CueTick.id)
    return [tick_view(row) for row in db.session.scalars(query)]


def tick_view(row: CueTick) -> TickView:
    return TickView(**{name: getattr(row, name) for name in TickView.__dataclass_fields__})


def public(ticked: Ticked | None) -> dict[str, Any] | None:
    """What everybody may see of it: how many parties there are, and the keys of those that were ticked.

    `witness` holds the keys that every witness has ticked, of `witnesses` that are awaited.
    """
    if ticked is None:
        return None
    others = [each for each in ticked.awaited if each != HOST]
    return {
        "parties": len(ticked.rows),
        "host": ticked.keys([HOST]),
        "witness": ticked.keys(others) if others else [],
        "witnesses": len(others),
    }
