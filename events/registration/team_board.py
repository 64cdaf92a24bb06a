"""What the team's pages of registrations show, as values that templates only print."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts import queries as accounts
from core import clock, config, i18n
from core.i18n import t
from events.conferences.queries import ConferenceView
from events.registration import groups, queries, rules, self_board, team_queries
from events.registration.queries import GroupView, Places, RegistrationView
from events.registration.rules import RegistrationAction, RegistrationState
from events.registration.team_queries import Act


def names(conference: ConferenceView) -> dict[str, str]:
    """Of venues and audiences, by id."""
    venues = {each.id: i18n.pick(each.name) for each in conference.venues}
    return {**venues, **{each.id: i18n.pick(each.name) for each in conference.audiences}}


_MARKS = {
    RegistrationState.PENDING: "open",
    RegistrationState.CONFIRMED: "signed",
    RegistrationState.WAITLISTED: "waiting",
    RegistrationState.WITHDRAWN: "voided",
    RegistrationState.REJECTED: "declined",
}  # which pill of the layout shows a state


def row(person: RegistrationView, called: Mapping[str, str], zone: str) -> dict[str, Any]:
    """One line of the list."""
    return {
        "id": person.id,
        "name": person.name,
        "about": " · ".join(filter(None, (person.company, person.job_title))),
        "venue": called.get(person.venue_id, ""),
        "audience": called.get(person.audience_id, ""),
        "mark": _MARKS[person.state],
        "words": state_words(person),
        "code": person.code,
        # Who was put there by the team need not confirm anything.
        "unproved": is_unproved(person) and person.prove_by is not None,
        "when": i18n.format_datetime(person.created_at, zone),
    }


def is_unproved(person: RegistrationView) -> bool:
    """Whether nobody has confirmed yet that the mail address is theirs."""
    return person.is_live and bool(person.email) and person.proved_at is None


def state_words(person: RegistrationView) -> str:
    """The state, and for who waits whether a place is offered."""
    is_offered = person.state is RegistrationState.WAITLISTED and person.offered_until is not None
    return t("registration-state-offered" if is_offered else f"registration-state-{person.state}")


def rooms(conference: ConferenceView, visible: frozenset[str] | None) -> list[dict[str, Any]]:
    """The venues that the reader sees, with the places of each audience."""
    called, found = names(conference), queries.list_places(conference.id)
    return [
        {
            "key": venue.key,
            "name": called[venue.id],
            "places": [_places(each, called) for each in found if each.venue_id == venue.id and each.count.capacity],
            "waiting": sum(each.waiting for each in found if each.venue_id == venue.id),
        }
        for venue in conference.venues
        if visible is None or venue.id in visible
    ]


def _places(each: Places, called: Mapping[str, str]) -> dict[str, Any]:
    return {
        "audience": called.get(each.audience_id, ""),
        "capacity": each.count.capacity,
        "taken": each.count.taken,
        "waiting": each.waiting,
    }


def choices(conference: ConferenceView, counts: Mapping[RegistrationState, int]) -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed down to: (value, words); states with their numbers."""
    called, every = names(conference), ("", t("registration-state-all"))
    numbered = [
        (str(state), t("registration-state-n", state=t(f"registration-state-{state}"), n=n))
        for state, n in counts.items()
    ]
    return {
        "states": [("", t("registration-state-n", state=every[1], n=sum(counts.values()))), *numbered],
        "venues": [every, *((each.key, called[each.id]) for each in conference.venues)],
        "audiences": [every, *((each.key, called[each.id]) for each in conference.audiences)],
    }


def person(
    conference: ConferenceView, found: RegistrationView, *, may_plan: Callable[[list[str]], bool]
) -> dict[str, Any]:
    """The page of one registration; `may_plan` says whether these venues (ids) are the reader's to change."""
    called, zone, may_change = names(conference), conference.timezone, may_plan([found.venue_id])
    acts = {action: may_change and rules.may(found.state, action) for action in RegistrationAction}
    open_now = conference.is_editable
    return {
        "person": found,
        "mark": _MARKS[found.state],
        "words": state_words(found),
        "facts": _facts(found, called, zone),
        "answers": self_board.answers(found),
        "proof": _proof(found, zone),
        "can_assign": may_change and found.is_live,
        "can_vouch": may_change and found.is_live and found.prove_by is not None,
        "can_approve": acts[RegistrationAction.APPROVE] and open_now,
        "can_reject": acts[RegistrationAction.REJECT],
        "can_withdraw": acts[RegistrationAction.WITHDRAW],
        "targets": _targets(conference, found, called, may_plan) if acts[RegistrationAction.MOVE] and open_now else [],
        "acts": _acts(team_queries.list_acts(conference.id, found.id), zone),
    }


def _proof(found: RegistrationView, zone: str) -> str:
    """What there is to say of the mail address; nothing where it is confirmed, or nobody has to."""
    if not is_unproved(found) or found.prove_by is None:
        return ""
    return t("registration-unproved-until", until=_time(found.prove_by, zone))


def _facts(found: RegistrationView, called: Mapping[str, str], zone: str) -> list[tuple[str, str]]:
    rows = [
        (t("registration-fact-venue"), called.get(found.venue_id, "")),
        (t("registration-fact-audience"), called.get(found.audience_id, "")),
        (t("registration-fact-company"), found.company),
        (t("registration-fact-job"), found.job_title),
        (t("registration-fact-email"), found.email),
        (t("registration-fact-proved"), _proved(found, zone)),
        (t("registration-fact-phone"), found.phone),
        (t("registration-fact-code"), found.code),
        (t("registration-fact-group"), queries.get_group(found.group_id).name if found.group_id else ""),
        (t("registration-fact-when"), i18n.format_datetime(found.created_at, zone)),
        (t("registration-fact-queued"), _time(found.queued_at, zone)),
        (t("registration-fact-offered"), _time(found.offered_until, zone)),
        (t("registration-fact-reason"), found.reason),
    ]
    return [each for each in rows if each[1]]


def _proved(found: RegistrationView, zone: str) -> str:
    if found.proved_at is not None:
        return t("registration-proved", at=_time(found.proved_at, zone))
    return t("registration-unproved") if is_unproved(found) else ""


def _time(at: datetime | None, zone: str) -> str:
    return i18n.format_datetime(at, zone) if at else ""


def _targets(
    conference: ConferenceView,
    found: RegistrationView,
    called: Mapping[str, str],
    may_plan: Callable[[list[str]], bool],
) -> list[tuple[str, str]]:
    """(key, words) of the other venues that have places for this audience, as far as the reader may give them away."""
    every = queries.list_places(conference.id)
    places = {each.venue_id: each for each in every if each.audience_id == found.audience_id}
    others = [
        venue
        for venue in conference.venues
        if venue.id != found.venue_id and venue.id in places and may_plan([venue.id])
    ]
    counts = [(venue, places[venue.id].count) for venue in others if places[venue.id].count.capacity]
    return [
        (
            venue.key,
            t("registration-move-to", venue=called[venue.id], n=count.free)
            if count.free
            else t("registration-move-full", venue=called[venue.id]),
        )
        for venue, count in sorted(counts, key=lambda each: not each[1].free)
    ]


def _acts(acts: Sequence[Act], zone: str) -> list[dict[str, Any]]:
    """What was done with a registration, for the timeline."""
    return [
        {
            "title": _act_words(each.action),
            "note": _who(each),
            "times": [i18n.format_datetime(each.at, zone, seconds=True)],
            "mark": "done",
            "raw": None,
        }
        for each in acts
    ]


def _act_words(action: str) -> str:
    """Other features act on registrations too: what has no words of its own is noted all the same."""
    message_id = f"registration-act-{action.partition('.')[2]}"
    return t(message_id if action.startswith("registration.") and i18n.has(message_id) else "registration-act-other")


def _who(act: Act) -> str:
    if act.actor_kind == "account":
        account = accounts.find_account(act.actor_id)
        return account.name if account else act.actor_id
    return t("registration-by-system" if act.actor_kind == "system" else "registration-by-person")


def waiting(people: Sequence[RegistrationView], called: Mapping[str, str], zone: str) -> list[dict[str, Any]]:
    """Who waits, in the order in which places are offered, each venue and audience by itself."""
    lists: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for each in people:
        times = {"until": _time(each.offered_until, zone), "since": _time(each.queued_at, zone)}
        lists.setdefault((each.venue_id, each.audience_id), []).append({**row(each, called, zone), **times})
    return [{"title": _list_title(called, *key), "rows": rows} for key, rows in lists.items()]


def _list_title(called: Mapping[str, str], venue_id: str, audience_id: str) -> str:
    return t("registration-waiting-of", venue=called.get(venue_id, ""), audience=called.get(audience_id, ""))


def link_address(conference: ConferenceView) -> str:
    """Where a group's people register, up to the token of its link."""
    return f"{config.settings().base_url}/c/{conference.code}/group/"


def group(found: GroupView, called: Mapping[str, str], zone: str, address: str, *, may_change: bool) -> dict[str, Any]:
    """One group; `address`: where its people register, with the token of its link behind it."""
    is_held = found.released_at is None and found.held_until > clock.now()
    token = groups.find_link(found.id) if is_held and may_change else None
    return {
        "id": found.id,
        "name": found.name,
        "where": f"{called.get(found.venue_id, '')} · {called.get(found.audience_id, '')}",
        "size": found.size,
        "used": found.used,
        "until": i18n.format_datetime(found.held_until, zone),
        "is_held": is_held,
        "link": address + token if token else "",
        "can_release": is_held and may_change,
    }
