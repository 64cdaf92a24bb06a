"""What somebody looked at is known again by its digest, and what stands there now is not taken for it."""

from __future__ import annotations

import pytest

from core import seen
from core.errors import Invalid


def test_the_order_of_keys_does_not_matter_and_every_value_does() -> None:
    shown = {"title": "云签约", "venues": ["a", "b"]}
    assert seen.digest(dict(reversed(shown.items()))) == seen.digest(shown)
    assert seen.digest({**shown, "venues": ["b", "a"]}) != seen.digest(shown)


def test_what_changed_meanwhile_is_refused_and_silence_is_not() -> None:
    seen.check(None, "now")
    seen.check("now", "now")
    for stale in ("before", ""):
        with pytest.raises(seen.PlanChanged):
            seen.check(stale, "now")


@pytest.mark.parametrize("sent", [1, ["x"], True])
def test_only_a_text_says_what_was_looked_at(sent: object) -> None:
    with pytest.raises(Invalid) as refused:
        seen.read({"seen": sent})
    assert [(each.path, each.code) for each in refused.value.problems] == [("$.seen", "not_a_text")]
