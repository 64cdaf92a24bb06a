"""The mails of notices: each names a version and a person, and is written when it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import config, i18n
from core.errors import NotFound
from core.i18n import t
from core.jobs import Hopeless
from core.letters import Button, compose
from core.outbox import Attachment, Mail, renders
from events.conferences import calendar_service, notice_service
from events.conferences import queries as conferences
from events.conferences.calendar_service import Holder
from events.conferences.notice_service import Contact, Reader, Told
from events.conferences.queries import ConferenceView
from events.notices import sending
from events.registration import queries as registrations
from events.registration import service as registration
from events.registration.queries import RegistrationView


@renders(sending.MAIL, many=True)
def notice(payload: dict[str, Any]) -> Mail:
    """What one version changes for somebody. Raises Hopeless where they are gone, or come no more."""
    try:
        conference = conferences.get_conference(payload["conference"])
    except NotFound:
        raise Hopeless("the conference is gone", reason="too_late") from None
    before, now = notice_service.versions(conference.id, payload["version"])
    if now is None:
        raise Hopeless("the version is gone", reason="too_late")
    contact = next((each for each in notice_service.list_contacts(conference) if each.key == payload["person"]), None)
    if contact is not None:
        return _to_contact(conference, contact, before, now)
    person = registrations.find_registration(payload["person"])
    if person is None or not person.is_live:
        raise Hopeless("the registration has changed since", reason="too_late")
    return _to_registered(conference, person, before, now)


def _to_registered(
    conference: ConferenceView, person: RegistrationView, before: Mapping[str, Any] | None, now: Mapping[str, Any]
) -> Mail:
    venue = next(each for each in conference.venues if each.id == person.venue_id)
    told = _told(Reader(frozenset({venue.key})), before, now, [venue.timezone, person.timezone])
    if not told:
        raise Hopeless("it does not concern them any more", reason="too_late")
    attachments = registration.attach_update(person, before) if person.state == "confirmed" else ()
    return letter(conference, told, name=person.name, link=registration.own_address(person.id), attachments=attachments)


def _to_contact(
    conference: ConferenceView, contact: Contact, before: Mapping[str, Any] | None, now: Mapping[str, Any]
) -> Mail:
    link = f"{config.settings().base_url}/c/{conference.code}"
    name = i18n.pick(dict(contact.name))
    if now["conference"].get("cancelled"):
        return _off(conference, name, link, _entries(conference, contact, before))
    told = _told(sending.reader_of(conference, contact), before, now, [conference.timezone])
    if not told:
        raise Hopeless("it does not concern them any more", reason="too_late")
    return letter(conference, told, name=name, link=link, attachments=_entries(conference, contact, before))


def _entries(conference: ConferenceView, contact: Contact, before: Mapping[str, Any] | None) -> tuple[Attachment, ...]:
    """What a speaker's calendar gets: the items in which they speak, and what takes back the others."""
    published = calendar_service.get_published(conference.id)
    found: list[Attachment] = []
    for key in sorted(contact.speakers):
        holder = Holder(conference.speaker(key).id, published.published_at, speaker=key)
        is_off = bool(published.snapshot["conference"].get("cancelled"))
        content = None if is_off else calendar_service.find_file(published, holder)
        found += [Attachment("conference.ics", "text/calendar; method=PUBLISH", content)] if content else []
        back = (
            calendar_service.messages_back(published, holder)
            if is_off
            else notice_service.taken_back(published, holder, before)
        )
        found += registration.cancellations(back)
    return tuple(found)


def _told(reader: Reader, before: Mapping[str, Any] | None, now: Mapping[str, Any], zones: Sequence[str]) -> list[Told]:
    return notice_service.in_words(notice_service.changes(before, now, reader), before, now, zones)


def _fields(told: Told) -> str:
    """What is another, or that it is new, or over."""
    if told.fields:
        fields = (t("notice-field", field=name, before=before, after=after) for name, before, after in told.fields)
        return t("notice-fields-separator").join(fields)
    return t(f"notice-is-{told.change}")


def letter(
    conference: ConferenceView,
    told: Sequence[Told],
    *,
    name: str,
    link: str,
    attachments: tuple[Attachment, ...] = (),
) -> Mail:
    """What is different, one after the other, and where everything stands as it is now."""
    title = i18n.pick(conference.title)
    facts = [(each.sentence, _fields(each)) for each in told]
    return compose(
        t("notice-mail-subject", title=title),
        [t("mail-greeting", name=name), t("notice-mail", title=title, n=len(told))],
        facts=facts,
        button=Button(t("notice-mail-look"), link),
        after=[t("notice-mail-calendar")] if attachments else [],
        demo=conference.is_demo,
        attachments=attachments,
    )


def _off(conference: ConferenceView, name: str, link: str, attachments: tuple[Attachment, ...]) -> Mail:
    title, reason = i18n.pick(conference.title), conference.cancelled_reason
    return compose(
        t("notice-off-subject", title=title),
        [t("mail-greeting", name=name), t("notice-off", title=title)],
        facts=[(t("registration-fact-reason"), reason)] if reason else [],
        button=Button(t("notice-mail-look"), link),
        demo=conference.is_demo,
        attachments=attachments,
    )


def preview(conference: ConferenceView, to: str) -> list[tuple[str, Mail]]:
    """(locale, mail) as people of a venue (its key), a speaker or a partner would get it, were the draft published now;
    nothing where it does not concern them."""
    before, after = notice_service.draft(conference)
    link = f"{config.settings().base_url}/c/{conference.code}"
    contact = next((each for each in notice_service.list_contacts(conference) if each.key == to), None)
    venue = next((each for each in conference.venues if each.key == to), None)
    made = []
    for locale in i18n.LOCALES:
        with i18n.use_locale(locale):
            if contact is not None:
                reader, name, zone = sending.reader_of(conference, contact), i18n.pick(dict(contact.name)), ""
            elif venue is not None:
                reader, name, zone = Reader(frozenset({venue.key})), t("notice-sample-name"), venue.timezone
            else:
                return []
            if told := _told(reader, before, after, [zone or conference.timezone]):
                made.append((locale, letter(conference, told, name=name, link=link)))
    return made
