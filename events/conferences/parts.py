"""The parts that a plan consists of, each with its use cases and what first stands in its form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from events.conferences import agenda, part_form, people, venues
from events.conferences.queries import ConferenceView


@dataclass(frozen=True)
class Part:
    """`said` is what a digest of `seen` is made from; `title` names an entry in both languages."""

    add: Callable[..., None]
    change: Callable[..., None]
    remove: Callable[..., None]
    said: Callable[[ConferenceView, str], dict[str, Any]]
    values: Callable[[ConferenceView, str], dict[str, Any]]
    blank: Callable[[ConferenceView], dict[str, Any]]
    title: Callable[[ConferenceView, str], dict[str, str]]


PARTS: Mapping[str, Part] = {
    "venues": Part(
        venues.add,
        venues.change,
        venues.remove,
        venues.said,
        part_form.venue_values,
        part_form.new_venue_values,
        lambda conference, key: conference.venue(key).name,
    ),
    "audiences": Part(
        people.add_audience,
        people.change_audience,
        people.remove_audience,
        people.said_audience,
        part_form.audience_values,
        part_form.new_audience_values,
        lambda conference, key: conference.audience(key).name,
    ),
    "speakers": Part(
        people.add_speaker,
        people.change_speaker,
        people.remove_speaker,
        people.said_speaker,
        part_form.speaker_values,
        part_form.new_speaker_values,
        lambda conference, key: conference.speaker(key).name,
    ),
    "agenda": Part(
        agenda.add,
        agenda.change,
        agenda.remove,
        agenda.said,
        part_form.item_values,
        part_form.new_item_values,
        lambda conference, key: conference.item(key).title,
    ),
}
