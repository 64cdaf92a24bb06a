"""What features above put onto somebody's own page, beside the registration itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["OwnCard", "adds", "cards"]


@dataclass(frozen=True)
class OwnCard:
    """Something that somebody may do besides: a title, sentences, and a button that leads to `address`.

    Only its title is shown to a browser that did not come by a mailed link: whoever registers a colleague has that
    page open, too.
    """

    title: str
    words: tuple[str, ...]
    label: str
    address: str


Adder = Callable[[str], Sequence[OwnCard]]
_adders: list[Adder] = []


def adds(adder: Adder) -> Adder:
    """Register a function of another feature: called with the registration's id, in the reader's language."""
    _adders.append(adder)
    return adder


def cards(registration_id: str) -> list[OwnCard]:
    """Everything that there is for this person now."""
    return [card for adder in _adders for card in adder(registration_id)]
