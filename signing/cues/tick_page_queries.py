"""What pages show of a cue that is ticked: the same rows for the host and each witness, with one's own ticks."""

from __future__ import annotations

from typing import Any

from core import clock, i18n
from core.i18n import t
from signing.ceremonies.queries import CeremonyView
from signing.cues.tick_queries import Ticked, TickRow
from signing.cues.tick_rules import HOST
from signing.witnesses import queries as witnesses

_KEYS = "1234567890"


def page(ceremony: CeremonyView, ticked: Ticked | None, *, ticker: str = HOST) -> dict[str, Any] | None:
    """The rows of the live cue's ticks as `ticker` sees them, with the keys that tick; None where nobody ticks."""
    if ticked is None:
        return None
    names = _names(ceremony)
    others = [(each, names[each]) for each in ticked.awaited if each != ticker]
    rows = [_row(ceremony, row, ticker, others) for row in ticked.rows]
    for key, row in zip(_KEYS, rows, strict=False):
        row["key"] = "" if row["mark"] else key
    return {
        "kind": str(ticked.kind),
        "cue": ticked.cue_id,
        "run": clock.iso(ticked.run_at),
        "rows": rows,
        # As the stage counts: a party stands for present once everybody has ticked it who ticks.
        "done": len(rows) - ticked.missing,
        "all": len(rows),
        "awaited": awaited(ceremony, ticked),
    }


def awaited(ceremony: CeremonyView, ticked: Ticked) -> str:
    """Who has yet to tick whom, in a line for each; empty where nobody has."""
    names, lines = _names(ceremony), []
    for ticker in ticked.awaited:
        left = [ceremony.party(row.party_key) for row in ticked.rows if ticker not in row.ticks]
        if left:
            who = t("list-separator").join(i18n.pick(each.organisation) for each in left)
            lines.append(t("ticks-awaited", name=names[ticker], parties=who))
    return " ".join(lines)


def _names(ceremony: CeremonyView) -> dict[str, str]:
    found = witnesses.list_witnesses(ceremony.id)
    return {each.id: each.name for each in found} | {HOST: t("ticks-host")}


def _row(ceremony: CeremonyView, row: TickRow, ticker: str, others: list[tuple[str, str]]) -> dict[str, Any]:
    party, own = ceremony.party(row.party_key), row.ticks.get(ticker)
    return {
        "party": party.key,
        "organisation": i18n.pick(party.organisation),
        "place": i18n.pick(party.place),
        "codes": [(spoken(each.digits), i18n.pick(each.title)) for each in row.codes],
        "shown": row.shown,
        "mark": own.id if own else "",
        "key": "",
        "others": [(name, each in row.ticks) for each, name in others],
    }


def spoken(digits: str) -> str:
    """`1234 5678`: as it is read out, in two groups."""
    return f"{digits[:4]} {digits[4:]}"
