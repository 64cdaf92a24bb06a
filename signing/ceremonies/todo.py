"""What a plan still lacks, gathered by the form where it is filled in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from core import i18n
from core.errors import Problem
from core.i18n import t
from signing.agreements import queries as agreements
from signing.ceremonies import queries

_NOT_GIVEN = frozenset({"name_missing", "position_missing", "email_missing", "amount_missing"})

_NOT_THERE = {"party_missing": "new_party", "agreement_missing": "new_agreement"}


@dataclass
class Todo:
    """One party (`key` is its key), agreement (its id) or the ceremony itself: `lacking` names fields, `wrong` holds
    sentences. `new_party` and `new_agreement` are those that are not there yet."""

    kind: str
    key: str
    who: str
    lacking: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def group(ceremony: queries.CeremonyView, obstacles: Iterable[Problem]) -> list[Todo]:
    """The obstacles of `obstacles.list_obstacles`, one entry per form, in their order."""
    found: dict[tuple[str, str], Todo] = {}
    by_key = {agreement.key: agreement for agreement in agreements.list_agreements(ceremony.id)}
    for each in obstacles:
        kind, _, rest = each.path.removeprefix("$.").partition(".")
        key, _, name = rest.partition(".")
        if each.code in _NOT_THERE:
            kind = _NOT_THERE[each.code]
            made = Todo(kind, "", t(f"plan-add-{kind.removeprefix('new_')}"))
        elif kind == "parties":
            made = Todo("party", key, i18n.pick(ceremony.party(key).organisation))
        elif kind == "agreements":
            made = Todo("agreement", by_key[key].id, i18n.pick(by_key[key].title))
        else:
            made = Todo("ceremony", "", i18n.pick(ceremony.title))
        todo = found.setdefault((kind, key), made)
        if each.code in _NOT_GIVEN:
            todo.lacking.append(t(f"ceremony-field-{name}"))
        else:
            todo.wrong.append(t(each.message_id, **each.params))
    return list(found.values())
