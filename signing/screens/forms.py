"""What a host sends from the page of a look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import Invalid, Problem
from signing.screens import rules
from signing.screens.rules import Theme


@dataclass(frozen=True)
class LookForm:
    """The wanted look without its picture."""

    colour: str
    theme: Theme
    remove_emblem: bool


def read_look(form: Mapping[str, str]) -> LookForm:
    """Raises Invalid `bad_colour`, `not_an_option`."""
    own = form.get("own") == "yes"
    colour = rules.read_colour(form.get("colour", "")) if own else ""
    if own and not colour:
        raise Invalid([Problem("$.colour", "bad_colour")])
    theme = form.get("theme")
    if theme not in tuple(Theme):
        raise Invalid([Problem("$.theme", "not_an_option", {"value": str(theme)[:40], "known": ", ".join(Theme)})])
    return LookForm(colour, Theme(theme), form.get("remove_emblem") == "yes")
