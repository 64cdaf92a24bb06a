"""What a party still has from a ready-made template after it was given words of its own."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from core import paths
from core.values import Texts
from signing.ceremonies.queries import PartyView

_FIELDS = ("organisation", "representative_title", "place")


def list_left(party: PartyView) -> Iterator[tuple[str, str]]:
    """(field, what still stands there): English of a template beside another Chinese text, or no name of its own."""
    for name in _FIELDS:
        text: Texts = getattr(party, name)
        chinese, english = text.get("zh-CN", ""), text.get("en", "")
        meant = _words()[name].get(english)
        if meant and chinese and not any(one in chinese for one in meant):
            yield name, english
    if party.organisation.get("zh-CN", "") in {one for each in _words()["organisation"].values() for one in each}:
        yield "organisation", party.organisation["zh-CN"]


@cache
def _words() -> dict[str, dict[str, set[str]]]:
    """By field: the English words of the templates, each with the Chinese that it stands beside."""
    found: dict[str, dict[str, set[str]]] = {name: defaultdict(set) for name in _FIELDS}
    for path in sorted((paths.examples() / "templates").glob("*.json")):
        for party in json.loads(path.read_bytes())["parties"]:
            for name in _FIELDS:
                found[name][party[name]["en"]].add(party[name]["zh-CN"])
    return found
