"""What a reminder says to one person in the current locale: the rule's words or ours, then where, when and the link."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from core import i18n
from core.i18n import t
from core.letters import Button, compose
from core.outbox import Attachment, Mail
from events.conferences.queries import VenueView
from events.reminders import rules
from events.reminders.moments import Times
from events.reminders.rules import Group, Rule

Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class Addressee:
    """To whom it is written, and what they are to the conference; `link`: their own page, `feed`: the address of their
    calendar, `calendar`: its file."""

    name: str
    group: Group
    venue: VenueView
    timezone: str
    link: str
    feed: str
    calendar: tuple[Attachment, ...]
    code: str
    offered_until: datetime | None = None


def write(rule: Rule, to: Addressee, times: Times, *, is_test: bool = False) -> Mail:
    """The whole mail."""
    values = _values(to, times)
    kind = _kind(to)
    subject = i18n.pick(rule.subject) or t(f"reminder-default-{kind}-subject", **values)
    words = i18n.pick(rule.words) or t(f"reminder-default-{kind}", **values)
    subject, words = (rules.fill(text, values) if own else text for text, own in (
        (subject, rule.subject), (words, rule.words)))  # fmt: skip
    has_place = to.group is Group.CONFIRMED
    paragraphs = [t("mail-greeting", name=to.name), *_paragraphs(words)]
    made = compose(
        t("reminder-test-subject", subject=subject) if is_test else subject,
        [t("reminder-test-words"), *paragraphs] if is_test else paragraphs,
        facts=_facts(to, times),
        button=Button(t(f"reminder-button-{kind}"), to.link),
        big=to.code if has_place and not to.venue.is_online else "",
        after=[*_after(to), t("registration-mail-personal")],
        demo=times.conference.is_demo,
        attachments=to.calendar if has_place else (),
    )
    # One line, whatever stands in a name: a subject is a header.
    return replace(made, subject=" ".join(made.subject.split()))


def _kind(to: Addressee) -> str:
    """`hall`, `online`, `offered`, `waitlisted`."""
    if to.group is not Group.CONFIRMED:
        return str(to.group)
    return "online" if to.venue.is_online else "hall"


def _paragraphs(words: str) -> list[str]:
    return [part.strip() for part in words.replace("\r\n", "\n").split("\n") if part.strip()]


def _values(to: Addressee, times: Times) -> dict[str, str]:
    """What stands for each placeholder."""
    venue, starts_at = to.venue, times.begins_at(to.venue)
    name = i18n.pick(venue.name)
    doors = t("list-separator").join(i18n.pick(each.name) for each in venue.doors)
    return {
        "name": to.name,
        "conference": _title(times),
        "venue": name,
        "city": i18n.pick(venue.city) or name,
        "address": i18n.pick(venue.address) or i18n.pick(venue.city) or name,
        "door": doors or t("reminder-any-door"),
        "starts": i18n.format_named(starts_at, venue.timezone) if starts_at else _days(times),
        "link": to.link,
        "code": to.code,
    }


def _title(times: Times) -> str:
    return i18n.pick(times.conference.title)


def _days(times: Times) -> str:
    return i18n.format_date(times.conference.starts_on)


def _facts(to: Addressee, times: Times) -> Facts:
    venue, values = to.venue, _values(to, times)
    found = [(t("registration-fact-conference"), values["conference"]), *_times(to, times)]
    found.append((t("registration-fact-venue"), " · ".join(dict.fromkeys((values["venue"], values["city"])))))
    if not venue.is_online:
        if address := i18n.pick(venue.address):
            found.append((t("registration-fact-address"), address))
        if venue.doors and to.group is Group.CONFIRMED:
            found.append((t("reminder-fact-door"), values["door"]))
    if to.group is Group.OFFERED and to.offered_until is not None:
        found.append((t("registration-fact-until"), i18n.format_named(to.offered_until, to.timezone)))
    return found


def _times(to: Addressee, times: Times) -> Facts:
    """When it begins: in a hall by its clocks alone, online by the reader's as well."""
    starts_at, venue = times.begins_at(to.venue), to.venue
    if starts_at is None:
        return [(t("registration-fact-day"), _days(times))]
    if not venue.is_online:
        place = i18n.pick(venue.city) or i18n.pick(venue.name)
        return [(t("reminder-fact-begins-in", place=place), i18n.format_named(starts_at, venue.timezone))]
    found = [(t("reminder-fact-begins"), i18n.format_named(starts_at, venue.timezone))]
    if to.timezone != venue.timezone:
        found.append((t("registration-fact-here"), i18n.format_named(starts_at, to.timezone)))
    return found


def _after(to: Addressee) -> list[str]:
    if to.group is not Group.CONFIRMED:
        return []
    found = [] if to.venue.is_online else [t("reminder-note-code")]
    if to.calendar:
        found.append(t("reminder-note-calendar", address=to.feed))
    return found
