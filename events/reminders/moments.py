"""When the rules of a conference fire, venue by venue: from what was published, before that from the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.errors import NotFound
from events.conferences import calendar_service as published_conferences
from events.conferences import queries as conferences
from events.conferences.queries import ConferenceView, VenueView
from events.reminders import rules
from events.reminders.queries import RuleView, RunView
from events.reminders.rules import Anchor, Moment, Phase, Rule, Timing


@dataclass(frozen=True)
class Times:
    """A conference, and when it begins in each venue (by id)."""

    conference: ConferenceView
    begins: Mapping[str, datetime]

    @property
    def first_at(self) -> datetime | None:
        """When its first item begins."""
        return min(self.begins.values(), default=None)

    @property
    def is_on(self) -> bool:
        """Whether people are reminded of it at all."""
        return str(self.conference.state) == "published"

    def covered(self, rule: Rule) -> list[VenueView]:
        """The venues whose people a rule reminds, in their order."""
        return [each for each in self.conference.venues if rule.covers(each.id, is_online=each.is_online)]

    def begins_at(self, venue: VenueView) -> datetime | None:
        """When the first item of a venue begins; where none is planned there, the conference."""
        return self.begins.get(venue.id, self.first_at)


def times_of(conference: ConferenceView) -> Times:
    """From the newest version; from the plan before the first."""
    try:
        by_key = published_conferences.beginnings(published_conferences.get_published(conference.id).snapshot)
    except NotFound:
        by_key = {}
        for item in conference.items:
            for key in item.venues:
                by_key[key] = min(by_key.get(key, item.starts_at), item.starts_at)
    return Times(conference, {each.id: by_key[each.key] for each in conference.venues if each.key in by_key})


def read(conference_id: str) -> Times:
    """As `times_of`, by the conference's id; raises NotFound."""
    return times_of(conferences.get_conference(conference_id))


def fixed_at(timing: Timing, venue: VenueView) -> datetime | None:
    """The instant of a fixed moment by a venue's clocks; where they were changed so that it does not exist or comes
    twice, the first that is meant."""
    if timing.fixed_on is None or timing.fixed_time is None:
        return None
    return published_conferences.instant(timing.fixed_on, timing.fixed_time, venue.timezone)[0]


def fault(timing: Timing, venue: VenueView) -> str:
    """`no_such_time` or `time_twice` where a venue's clocks do not have this fixed moment once; else empty."""
    if timing.anchor is not Anchor.FIXED or timing.fixed_on is None or timing.fixed_time is None:
        return ""
    return published_conferences.instant(timing.fixed_on, timing.fixed_time, venue.timezone)[1]


def moment(times: Times, rule: Rule, venue: VenueView, runs: Sequence[RunView] = ()) -> Moment:
    """When a rule fires for a venue; `runs`: what is over."""
    begins_at = times.begins_at(venue)
    at = rules.moment(rule.timing, begins_at=begins_at, first_at=times.first_at, fixed_at=fixed_at(rule.timing, venue))
    return Moment(at, begins_at, is_done=any(each.moment == at and not each.missed for each in runs))


def phase(times: Times, found: RuleView, at: Moment, *, now: datetime | None = None) -> Phase:
    """Where a rule stands for a venue."""
    return rules.phase(
        at,
        now=now or clock.now(),
        timed_at=found.timed_at,
        is_on=times.is_on,
        is_paused=found.paused_at is not None,
    )
