"""What somebody sees of their own registration, as values that templates only print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import clock, config, i18n
from core.errors import Conflict
from core.i18n import t
from events.conferences import queries as conferences
from events.conferences.queries import ConferenceView
from events.registration import own_calendar, rules, signup_board, signup_queries
from events.registration import question_board as board
from events.registration import question_queries as questions
from events.registration.queries import RegistrationView
from events.registration.rules import RegistrationState
from events.registration.signup_board import Front


def conference_of(registration: RegistrationView) -> ConferenceView:
    """The plan of the conference that somebody registered for; raises NotFound."""
    return conferences.get_conference(registration.conference_id)


def is_open(found: Front, registration: RegistrationView) -> bool:
    """Whether places are still given: the conference is on and not over."""
    audience = next(each for each in found.conference.audiences if each.id == registration.audience_id)
    try:
        rules.check_open(signup_board.admission(found.conference, audience), is_open=True, now=clock.now())
    except Conflict:
        return False
    return True


def page(registration: RegistrationView) -> dict[str, Any]:
    """Everything on the page of a registration."""
    found = signup_board.front_of(registration.conference_id)
    goes_on = is_open(found, registration) and not _has_ended(found)
    venue = next(each for each in found.conference.venues if each.id == registration.venue_id)
    return {
        "registration": registration,
        "code": found.published.code,
        "title": found.title,
        "when": found.when,
        "venue": {
            "key": venue.key,
            "name": i18n.pick(venue.name),
            "address": " · ".join(filter(None, (i18n.pick(venue.city), i18n.pick(venue.address)))),
            "online": venue.is_online,
        },
        "audience": next(
            i18n.pick(each.name) for each in found.conference.audiences if each.id == registration.audience_id
        ),
        "state": _state(registration, found, goes_on=goes_on),
        "proof": _proof(registration) if registration.is_live and goes_on else None,
        "cancelled": bool(found.published.snapshot["conference"].get("cancelled")),
        "can_change": registration.is_live and goes_on,
        "has_ended": not goes_on,
        "rooms": _rooms(found, registration) if registration.is_live and goes_on else [],
        "answers": answers(registration),
        "feed": own_calendar.feed_address(registration.id) if registration.is_live else "",
        "wallets": _wallets(),
        "demo": found.published.is_demo,
    }


def _has_ended(found: Front) -> bool:
    """Whether the last item of all venues is over; its day may go on."""
    ends = [clock.parse_iso(each["ends_at"]) for each in found.published.snapshot["items"]]
    return bool(ends) and max(ends) <= clock.now()


def _wallets() -> list[str]:
    """In which wallets of phones tickets may be kept here."""
    settings = config.settings()
    offered = (("apple", settings.offers_apple_wallet), ("google", settings.offers_google_wallet))
    return [name for name, is_offered in offered if is_offered]


def _state(registration: RegistrationView, found: Front, *, goes_on: bool) -> dict[str, Any]:
    """Where it stands, in a title, a sentence and what happens next."""
    name = str(registration.state)
    values: dict[str, object] = {"reason": registration.reason}
    place = 0
    if registration.state is RegistrationState.WAITLISTED:
        until = registration.offered_until
        if until is not None:
            name = "offered" if until > clock.now() and goes_on else "offer-over"
            values["until"] = i18n.format_named(until, registration.timezone)
        else:
            place = signup_queries.place_in_queue(registration)
            values["place"] = place
    if registration.state is RegistrationState.CONFIRMED and not goes_on:
        name = "ended"
    if found.published.snapshot["conference"].get("cancelled"):
        name, place = "called-off", 0
    return {
        "name": name,
        "title": t(f"own-state-{name}"),
        "words": t(f"own-state-{name}-words", **values),
        "place": place,
        "can_accept": name == "offered",
    }


def _proof(registration: RegistrationView) -> dict[str, str] | None:
    """Until when the mail address has to be confirmed; none where it is, or need not be."""
    if registration.proved_at is not None or registration.prove_by is None:
        return None
    return {
        "email": registration.email,
        "until": i18n.format_named(registration.prove_by, registration.timezone),
    }


def _rooms(found: Front, registration: RegistrationView) -> list[dict[str, Any]]:
    """The other venues, each with whether one can move there now."""
    audience = next(each for each in found.conference.audiences if each.id == registration.audience_id)
    return [
        {
            "id": room.id,
            "name": room.name,
            "about": room.about,
            # Who waits for an answer takes nobody's place by moving.
            "can_move": not room.waits or registration.state is RegistrationState.PENDING,
            "words": t("registering-places-left", n=room.free) if not room.waits else t("own-room-full"),
        }
        for room in signup_board.rooms(found, audience)
        if room.id != registration.venue_id
    ]


def answers(registration: RegistrationView) -> list[dict[str, Any]]:
    """What was answered, in words; of questions that are asked no more, the answer alone."""
    asked = questions.list_questions(registration.conference_id)
    known = {each.key for each in asked}
    found = [
        {
            "key": question.key,
            "label": i18n.pick(question.label),
            "said": board.said(question, answer),
            "agreed": answer["consent"] if isinstance(answer, Mapping) and "consent" in answer else "",
            "file": board.is_file(answer),
        }
        for question, answer in board.answered(asked, registration.answers)
    ]
    gone = [
        {
            "key": key,
            "label": t("own-question-gone"),
            "said": _plain(answer),
            "agreed": "",
            "file": board.is_file(answer),
        }
        for key, answer in registration.answers.items()
        if key not in known
    ]
    return [*found, *gone]


def _plain(answer: Any) -> str:
    if isinstance(answer, Mapping):
        return str(answer.get("name") or answer.get("consent") or "")
    return t("list-separator").join(map(str, answer)) if isinstance(answer, list) else str(answer)


def kept(registration: RegistrationView) -> list[tuple[str, str]]:
    """(what, value) of everything that is kept of the person besides their answers."""
    nothing = t("conference-nothing")
    return [
        (t("registering-name"), registration.name),
        (t("registering-email"), registration.email or nothing),
        (t("registering-phone"), registration.phone or nothing),
        (t("registering-company"), registration.company or nothing),
        (t("registering-job"), registration.job_title or nothing),
        (t("own-code"), registration.code),
        (t("own-registered-at"), i18n.format_named(registration.created_at, registration.timezone)),
        (t("own-changed-at"), i18n.format_named(registration.changed_at, registration.timezone)),
    ]


def beside(parts: Mapping[str, Any]) -> list[str]:
    """How much is kept of the person in other places, in words; the records themselves stand in the download."""
    return [
        t(f"own-kept-{part}", n=len(records))
        for part, records in parts.items()
        if isinstance(records, list) and records and i18n.has(f"own-kept-{part}")
    ]
