"""What the pages of reminders show, as values that a template only prints."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from core import clock, i18n, outbox
from core.i18n import t
from events.conferences.queries import ConferenceView, VenueView
from events.reminders import moments, queries, rules, service
from events.reminders.moments import Times
from events.reminders.queries import Entry, RuleView
from events.reminders.rules import MINUTES, Anchor, Moment, Phase, Rule, Scope, Standing, Timing, Unit

_WILL = frozenset({Phase.PLANNED, Phase.DUE})


def when(timing: Timing) -> str:
    """When a rule fires, in words."""
    if timing.anchor is Anchor.FIXED and timing.fixed_on and timing.fixed_time:
        day = i18n.format_date(timing.fixed_on)
        return t("reminder-when-fixed", day=day, time=f"{timing.fixed_time:%H:%M}")
    unit = next(each for each in Unit if timing.minutes % MINUTES[each] == 0)
    return t(f"reminder-when-{timing.anchor}-{unit}", n=timing.minutes // MINUTES[unit])


def who(rule: Rule, conference: ConferenceView) -> str:
    """Whom a rule reminds, in words."""
    venues = {each.id: i18n.pick(each.name) for each in conference.venues}
    audiences = {each.id: i18n.pick(each.name) for each in conference.audiences}
    separator = t("list-separator")
    chosen = separator.join(venues[each] for each in rule.venues if each in venues)
    named = separator.join(audiences[each] for each in rule.audiences if each in audiences)
    return " · ".join(
        (
            (chosen or t("reminder-no-venue-left"))
            if rule.scope is Scope.CHOSEN
            else t(f"reminder-scope-{rule.scope}"),
            named or t("reminder-audience-gone" if rule.audiences else "reminder-everybody"),
            separator.join(t(f"reminder-group-{each}") for each in rule.groups),
        )
    )


def rows(conference: ConferenceView, *, may_change: Mapping[str, bool]) -> list[dict[str, Any]]:
    """Every rule with what becomes of it, venue by venue."""
    found = queries.list_rules(conference.id)
    times, now = moments.times_of(conference), clock.now()
    counts = queries.count(conference.id, found, now=now)
    runs = queries.list_runs([each.id for each in found])
    made = []
    for each in found:
        venues = [
            _venue(times, each, venue, runs.get((each.id, venue.id), []), counts, now)
            for venue in times.covered(each.rule)
        ]
        made.append(
            {
                "id": each.id,
                "when": when(each.rule.timing),
                "who": who(each.rule, conference),
                "venues": venues,
                "sent": counts.sent.get(each.id, 0),
                "will": sum(venue["left"] for venue in venues if venue["will"]),
                "subject": i18n.pick(each.rule.subject).replace("{conference}", i18n.pick(conference.title)),
                "paused": each.paused_at is not None,
                "can_change": may_change[each.id],
                "can_send": times.is_on and any(venue["can_send"] and venue["left"] for venue in venues),
            }
        )
    return made


def _venue(
    times: Times, found: RuleView, venue: VenueView, runs: list[queries.RunView], counts: queries.Counts, now: datetime
) -> dict[str, Any]:
    at = moments.moment(times, found.rule, venue, runs)
    phase = moments.phase(times, found, at, now=now)
    left = counts.left(found.id, [venue.id])
    return {
        "name": i18n.pick(venue.name),
        "at": i18n.format_named(at.at, venue.timezone) if at.at else t("conference-nothing"),
        "phase": str(phase),
        "words": _phase(phase, at, runs, left),
        "left": left,
        "will": phase in _WILL,
        "can_send": not (at.begins_at is not None and now >= at.begins_at),
    }


def _phase(phase: Phase, at: Moment, runs: list[queries.RunView], left: int) -> str:
    run = next((each for each in runs if each.moment == at.at), None)
    return t(f"reminder-phase-{phase}", n=run.sent if run else left)


def scopes() -> list[tuple[str, str, str | None]]:
    """What can be chosen for where."""
    return [(str(each), t(f"reminder-scope-{each}"), None) for each in Scope]


def anchors() -> list[tuple[str, str, str | None]]:
    """What can be chosen for when."""
    return [(str(each), t(f"reminder-anchor-{each}"), t(f"reminder-anchor-{each}-hint")) for each in Anchor]


def placeholders() -> list[tuple[str, str]]:
    """What may stand in the words, and what it becomes."""
    return [("{" + each + "}", t(f"reminder-placeholder-{each}")) for each in rules.PLACEHOLDERS]


def log(
    conference: ConferenceView, found: RuleView, *, seen: Collection[str] | None, shown: str, number: int
) -> dict[str, Any]:
    """A page of what became of a rule, person by person."""
    times, now = moments.times_of(conference), clock.now()
    covered = times.covered(found.rule)
    page = queries.list_log(found, venue_ids=[each.id for each in covered], seen=seen, shown=shown, number=number)
    runs = queries.list_runs([found.id])
    states = {}
    for venue in covered:
        at = moments.moment(times, found.rule, venue, runs.get((found.id, venue.id), ()))
        states[venue.id] = (at, moments.phase(times, found, at, now=now))
    delivered = outbox.list_ends([each.message_id for each in page.entries if each.message_id])
    return {"page": page, "people": [_person(each, found, conference, states, delivered, now) for each in page.entries]}


def _person(
    entry: Entry,
    found: RuleView,
    conference: ConferenceView,
    states: Mapping[str, tuple[Moment, Phase]],
    delivered: Mapping[str, outbox.End],
    now: datetime,
) -> dict[str, Any]:
    venue = next(each for each in conference.venues if each.id == entry.venue_id)
    audience = next(each for each in conference.audiences if each.id == entry.audience_id)
    standing = _standing(entry, found, states, delivered.get(entry.message_id), now)
    at = states[entry.venue_id][0].at if entry.venue_id in states else None
    shown_at = entry.sent_at or (at if standing is Standing.PLANNED else None)
    return {
        "id": entry.registration_id,
        "name": entry.name,
        "code": entry.code,
        "venue": i18n.pick(venue.name),
        "audience": i18n.pick(audience.name),
        "standing": str(standing),
        "words": t(f"reminder-standing-{standing}"),
        "at": i18n.format_datetime(shown_at, venue.timezone) if shown_at else "",
    }


def _standing(
    entry: Entry,
    found: RuleView,
    states: Mapping[str, tuple[Moment, Phase]],
    end: outbox.End | None,
    now: datetime,
) -> Standing:
    if entry.sent_at is None:
        at, phase = states[entry.venue_id]
        return rules.standing(entry.person, found.rule.groups, at.at, phase, now=now)
    if end is not None and end.reason in ("too_late", "withdrawn"):
        return Standing.CHANGED
    if end is not None and end.is_dead:
        return Standing.UNDELIVERED
    return Standing.BY_HAND if entry.by_hand else Standing.SENT


def sending(conference: ConferenceView, found: RuleView) -> dict[str, Any]:
    """Whom a rule would be sent to now."""
    times, now = moments.times_of(conference), clock.now()
    counts = queries.count(conference.id, [found], now=now)
    open_venues = service.venues_now(times, found, now) if times.is_on else []
    return {
        "people": counts.left(found.id, open_venues),
        "venues": [
            (i18n.pick(each.name), counts.left(found.id, [each.id]))
            for each in times.covered(found.rule)
            if each.id in open_venues
        ],
        "is_on": times.is_on,
        "begun": times.is_on and not open_venues,
    }
