"""The mails that registrations cause. Each names a registration and is written when it is sent, so that it says what
is true then; one that is not true any more is not sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import clock, config, i18n
from core.db import db
from core.i18n import t
from core.jobs import Hopeless
from core.letters import Button, compose
from core.outbox import Attachment, Mail, renders
from events.conferences import front_queries
from events.conferences import queries as conferences
from events.conferences.front_queries import ConferenceFront, FrontVenue
from events.conferences.version_queries import Published
from events.registration import links, own_calendar, queries, telling, ticket_service
from events.registration.models import Registration
from events.registration.queries import RegistrationView
from events.registration.rules import RegistrationState

Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class _Letter:
    """What a mail is about."""

    person: RegistrationView
    conference: ConferenceFront
    venue: FrontVenue
    link: str

    @property
    def published(self) -> Published:
        """The newest version."""
        return self.conference.published

    @property
    def title(self) -> str:
        return i18n.pick(self.published.snapshot["conference"]["title"])


def _read(payload: dict[str, Any], states: Sequence[RegistrationState]) -> _Letter:
    """Raises Hopeless where the registration is not in one of these states any more."""
    person = queries.find_registration(payload["registration"])
    if person is None or person.state not in states:
        raise Hopeless("the registration has changed since", reason="too_late")
    conference = front_queries.get_front_of(person.conference_id)
    token = links.write(db.session.get_one(Registration, person.id))
    return _Letter(
        person=person,
        conference=conference,
        venue=next(venue for venue in conference.venues if venue.id == person.venue_id),
        link=f"{config.settings().base_url}/r/{token}",
    )


def _facts(letter: _Letter) -> Facts:
    """Which conference, when in the reader's zone and there, and where."""
    venue, person = letter.venue, letter.person
    found = [(t("registration-fact-conference"), letter.title), *_times(letter)]
    where = " · ".join(filter(None, (i18n.pick(venue.name), i18n.pick(venue.city))))
    found.append((t("registration-fact-venue"), where))
    if address := i18n.pick(venue.address):
        found.append((t("registration-fact-address"), address))
    if person.company:
        found.append((t("registration-fact-company"), person.company))
    return found


def _times(letter: _Letter) -> Facts:
    """The beginning of what happens in the venue."""
    items = [each for each in letter.published.snapshot["items"] if letter.venue.key in each["venues"]]
    if not items:
        first_day = date.fromisoformat(letter.published.snapshot["conference"]["starts_on"])
        return [(t("registration-fact-day"), i18n.format_date(first_day))]
    starts_at = min(clock.parse_iso(each["starts_at"]) for each in items)
    here, there = letter.person.timezone, letter.venue.timezone
    found = [(t("registration-fact-there"), i18n.format_named(starts_at, there))]
    if here != there:
        found.append((t("registration-fact-here"), i18n.format_named(starts_at, here)))
    return found


def _compose(
    letter: _Letter,
    name: str,
    *,
    facts: Facts | None = None,
    button: str = "registration-mail-look",
    after: Sequence[str] = (),
    big: str = "",
    has_link: bool = True,
    attachments: tuple[Attachment, ...] = (),
    picture: tuple[str, Attachment] | None = None,
    **args: str,
) -> Mail:
    """The mail of this name: `registration-mail-<name>-subject` and `registration-mail-<name>`."""
    person = letter.person
    if has_link and person.is_live and person.proved_at is None and person.prove_by is not None:
        until = i18n.format_named(person.prove_by, person.timezone)
        button, after = "registration-mail-prove", [t("registration-mail-prove-by", until=until), *after]
    return compose(
        t(f"registration-mail-{name}-subject", title=letter.title),
        [t("mail-greeting", name=letter.person.name), t(f"registration-mail-{name}", title=letter.title, **args)],
        facts=_facts(letter) if facts is None else facts,
        button=Button(t(button), letter.link) if has_link else None,
        after=[*after, *([t("registration-mail-personal")] if has_link else [])],
        big=big,
        demo=letter.published.is_demo,
        attachments=attachments,
        picture=picture,
    )


def _picture(letter: _Letter) -> tuple[str, Attachment] | None:
    """The code to be shown at the door of a hall; online there is no door."""
    found = None if letter.venue.is_online else ticket_service.find_picture(letter.person.id)
    return (t("registration-mail-entry-code"), found) if found else None


def _until(letter: _Letter) -> str:
    if letter.person.offered_until is None:
        raise Hopeless("the offer is no longer there", reason="too_late")
    return i18n.format_named(letter.person.offered_until, letter.person.timezone)


@renders(telling.CONFIRMED_MAIL)
def confirmed(payload: dict[str, Any]) -> Mail:
    """That there is a place, with its code and the calendar file of the venue."""
    letter = _read(payload, [RegistrationState.CONFIRMED])
    note = t("registration-mail-online") if letter.venue.is_online else t("registration-mail-code")
    notes = [note, t("registration-mail-wallet")] if _has_wallet(letter) else [note]
    return _compose(
        letter,
        "confirmed",
        big=letter.person.code,
        after=notes,
        attachments=own_calendar.attached(letter.person),
        picture=_picture(letter),
    )


def _has_wallet(letter: _Letter) -> bool:
    """Whether the person's page offers the ticket for the wallet of a phone."""
    settings = config.settings()
    return not letter.venue.is_online and (settings.offers_apple_wallet or settings.offers_google_wallet)


@renders(telling.PENDING_MAIL)
def pending(payload: dict[str, Any]) -> Mail:
    """That somebody decides."""
    return _compose(_read(payload, [RegistrationState.PENDING]), "pending")


@renders(telling.WAITLISTED_MAIL)
def waitlisted(payload: dict[str, Any]) -> Mail:
    """That it is full, and what happens when a place is free."""
    return _compose(_read(payload, [RegistrationState.WAITLISTED]), "waitlisted")


@renders(telling.OFFERED_MAIL)
def offered(payload: dict[str, Any]) -> Mail:
    """That a place is held, until when, and where to take it."""
    letter = _read(payload, [RegistrationState.WAITLISTED])
    until = _until(letter)
    facts = [*_facts(letter), (t("registration-fact-until"), until)]
    return _compose(letter, "offered", facts=facts, button="registration-mail-take", until=until)


@renders(telling.LAPSED_MAIL)
def lapsed(payload: dict[str, Any]) -> Mail:
    """That the time of an offer has run out, and that the person still waits."""
    return _compose(_read(payload, [RegistrationState.WAITLISTED]), "lapsed")


@renders(telling.MOVED_MAIL)
def moved(payload: dict[str, Any]) -> Mail:
    """In which venue the place is now."""
    letter = _read(payload, [RegistrationState.CONFIRMED, RegistrationState.PENDING])
    is_confirmed = letter.person.state is RegistrationState.CONFIRMED
    venue = i18n.pick(letter.venue.name)
    return _compose(
        letter,
        "moved",
        venue=venue,
        big=letter.person.code if is_confirmed else "",
        attachments=_moved_entries(letter, payload) if is_confirmed else (),
        picture=_picture(letter) if is_confirmed else None,
    )


def _moved_entries(letter: _Letter, payload: dict[str, Any]) -> tuple[Attachment, ...]:
    """What they go to now, and what takes back the rest; an older message does not say from where they moved."""
    left: str | None = payload.get("left")
    back = own_calendar.taken_back(letter.person, letter.published, left=left) if left else ()
    return (*own_calendar.attached(letter.person), *back)


def _back(letter: _Letter, payload: dict[str, Any]) -> tuple[Attachment, ...]:
    """What takes the entries back of who had a place."""
    return own_calendar.taken_back(letter.person, letter.published) if payload.get("had_place") else ()


@renders(telling.CHANGED_MAIL)
def changed(payload: dict[str, Any]) -> Mail:
    """That what the person said of themselves was changed, and how it stands now."""
    letter = _read(payload, list(RegistrationState))
    person = letter.person
    own = [
        (t("registration-fact-name"), person.name),
        (t("registration-fact-job"), person.job_title),
        (t("registration-fact-phone"), person.phone),
    ]
    return _compose(letter, "changed", facts=[*(each for each in own if each[1]), *_facts(letter)])


@renders(telling.LINK_MAIL)
def link(payload: dict[str, Any]) -> Mail:
    """The link once more, for who asked for it."""
    return _compose(_read(payload, list(RegistrationState)), "link")


@renders(telling.REJECTED_MAIL)
def rejected(payload: dict[str, Any]) -> Mail:
    """That it was declined, and why."""
    letter = _read(payload, [RegistrationState.REJECTED])
    reason = [(t("registration-fact-reason"), letter.person.reason)] if letter.person.reason else []
    back = _back(letter, payload)
    return _compose(letter, "rejected", facts=[*reason, *_facts(letter)], has_link=False, attachments=back)


@renders(telling.WITHDRAWN_MAIL)
def withdrawn(payload: dict[str, Any]) -> Mail:
    """That the person does not come, as they said; takes the entries back of who had a place."""
    letter = _read(payload, [RegistrationState.WITHDRAWN])
    return _compose(letter, "withdrawn", has_link=False, attachments=_back(letter, payload))


@renders(telling.CANCELLED_MAIL, many=True)
def cancelled(payload: dict[str, Any]) -> Mail:
    """That the conference does not take place; takes the calendar's entries back."""
    letter = _read(payload, list(RegistrationState))
    reason = conferences.get_conference(letter.conference.id).cancelled_reason
    facts = [*([(t("registration-fact-reason"), reason)] if reason else []), *_facts(letter)]
    return _compose(letter, "cancelled", facts=facts, has_link=False, attachments=_back(letter, payload))


@renders(telling.UNPROVED_MAIL)
def unproved(payload: dict[str, Any]) -> Mail:
    """That the address was not confirmed in time, so that the place is free; and where to register anew."""
    letter = _read(payload, [RegistrationState.WITHDRAWN])
    link = f"{config.settings().base_url}/c/{letter.published.code}/register"
    again = Button(t("registration-mail-again"), link)
    words = [t("mail-greeting", name=letter.person.name), t("registration-mail-unproved", title=letter.title)]
    subject = t("registration-mail-unproved-subject", title=letter.title)
    return compose(subject, words, facts=_facts(letter), button=again, demo=letter.published.is_demo)
