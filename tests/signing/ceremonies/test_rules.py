"""Every state of a ceremony with every action."""

from __future__ import annotations

import itertools

import pytest

from core import i18n
from core.errors import Conflict
from signing.ceremonies import rules
from signing.ceremonies.rules import CeremonyAction as Action
from signing.ceremonies.rules import CeremonyState as State

ALLOWED = {
    ("draft", "edit"): "draft",
    ("draft", "print"): "printing",
    ("draft", "cancel"): "cancelled",
    ("draft", "discard"): "discarded",
    ("printing", "invite"): "invited",
    ("printing", "cancel"): "cancelled",
    ("invited", "complete"): "completed",
    ("invited", "end"): "ended",
    ("invited", "cancel"): "cancelled",
    ("invited", "link"): "invited",
    ("completed", "link"): "completed",
    ("ended", "link"): "ended",
    ("ended", "copy"): "ended",
    ("cancelled", "link"): "cancelled",
    ("cancelled", "copy"): "cancelled",
}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(State, Action)))
def test_every_state_answers_every_action(state: State, action: Action) -> None:
    expected = ALLOWED.get((state.value, action.value))
    assert rules.may(state, action) == (expected is not None)
    if expected is not None:
        assert rules.change(state, action) is State(expected)
        return
    with pytest.raises(Conflict) as refused:
        rules.change(state, action)
    assert refused.value.code == f"ceremony_{state.value}"
    for locale in i18n.LOCALES:
        assert i18n.has(refused.value.message_id, locale)
        assert i18n.has(refused.value.next_id, locale)


@pytest.mark.parametrize(("proved", "unsigned", "under_way"), list(itertools.product((0, 1, 3), repeat=3)))
def test_a_ceremony_is_complete_only_where_everything_was_signed(proved: int, unsigned: int, under_way: int) -> None:
    found = rules.ending(rules.Tally(proved=proved, unsigned=unsigned, under_way=under_way))
    if under_way:
        assert found is None
    else:
        assert found is (Action.END if unsigned else Action.COMPLETE)
