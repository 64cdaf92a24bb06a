"""What the team's page of check-in shows: counters, who is inside, what needs an eye; in the reader's language."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core import clock, i18n
from core.i18n import t
from events.checkin import counters, queries, rules
from events.checkin.queries import PhoneView
from events.conferences.queries import ConferenceView, VenueView
from events.registration import door_queries as registrations


@dataclass(frozen=True)
class Where:
    """A door with its venue, in words."""

    name: str
    venue: VenueView

    def at(self, instant: datetime) -> str:
        """The time of day at this door."""
        return instant.astimezone(ZoneInfo(self.venue.timezone)).strftime("%H:%M")


def doors_of(conference: ConferenceView) -> dict[str, Where]:
    """Every door by id."""
    return {door.id: Where(i18n.pick(door.name), venue) for venue in conference.venues for door in venue.doors}


def page(conference: ConferenceView, *, kept: Collection[str] | None, sees_all: bool) -> dict[str, Any]:
    """`kept`: the doors whose links the reader makes, None for all; who sees not all gets those doors alone."""
    where = doors_of(conference)
    shown = where if sees_all else {key: each for key, each in where.items() if key in (kept or ())}
    phones = [each for each in queries.list_phones(conference.id) if each.door_id in shown]
    return {
        "halls": _halls(conference, shown, sees_all=sees_all),
        "doors": _doors(shown, phones, kept),
        "eye": _eye(conference, where, phones) if sees_all else None,
        "inside": _inside(conference, where) if sees_all else None,
        "scans": queries.count_scans(conference.id) if sees_all else 0,
    }


def _halls(conference: ConferenceView, shown: dict[str, Where], *, sees_all: bool) -> list[dict[str, Any]]:
    counts = counters.count(conference)
    halls = [venue for venue in conference.venues if any(each.venue.id == venue.id for each in shown.values())]
    return [
        {
            "id": venue.id,
            "name": i18n.pick(venue.name),
            "inside": counts.inside.get(venue.id, 0) if sees_all else None,
            "came": counts.came.get(venue.id, 0) if sees_all else None,
            "doors": [
                {"id": door.id, "name": i18n.pick(door.name), **vars(counts.doors.get(door.id, queries.DoorCount()))}
                for door in venue.doors
                if door.id in shown
            ],
        }
        for venue in halls
    ]


def _doors(
    shown: dict[str, Where], phones: Collection[PhoneView], kept: Collection[str] | None
) -> list[dict[str, Any]]:
    return [
        {
            "id": door_id,
            "name": each.name,
            "venue": i18n.pick(each.venue.name),
            "may_open": kept is None or door_id in kept,
            "phones": [phone_row(phone, each) for phone in phones if phone.door_id == door_id],
        }
        for door_id, each in shown.items()
    ]


def phone_row(phone: PhoneView, where: Where) -> dict[str, Any]:
    """A phone with its state in words."""
    seen = t("checkin-phone-seen", time=where.at(phone.last_seen_at)) if phone.last_seen_at else ""
    said = [
        t("checkin-phone-kiosk-mark") if phone.is_kiosk else "",
        seen or t("checkin-phone-not-yet"),
        t("checkin-phone-waiting", n=phone.waiting) if phone.waiting else "",
        t("checkin-phone-clock", minutes=_minutes(phone)) if phone.has_wrong_clock else "",
    ]
    return {"id": phone.id, "label": phone.label, "words": " · ".join(filter(None, said)), "paired": phone.paired_at}


def _minutes(phone: PhoneView) -> int:
    return round(phone.clock_off_ms / 60_000)


def _eye(conference: ConferenceView, where: dict[str, Where], phones: Collection[PhoneView]) -> dict[str, list[str]]:
    doubles = queries.list_doubles(conference.id, {key: each.venue.timezone for key, each in where.items()})
    let_in = queries.list_let_in(conference.id)
    people = registrations.list_by_ids(
        {each.registration_id for each in doubles} | {each.registration_id for each in let_in}
    )
    suspects = queries.list_suspects(conference.id)
    gone = t("checkin-unnamed")
    return {
        "doubles": [
            t(
                "checkin-double",
                name=people[each.registration_id].name if each.registration_id in people else gone,
                first=_at(where, each.entry.first.door_id, each.entry.first.happened_at),
                door1=_name(where, each.entry.first.door_id),
                second=_at(where, each.entry.second.door_id, each.entry.second.happened_at),
                door2=_name(where, each.entry.second.door_id),
            )
            for each in doubles
        ],
        "over": _over(conference),
        "let_in": [
            t(
                "checkin-let-in-line",
                time=_at(where, each.door_id, each.happened_at),
                door=_name(where, each.door_id),
                name=people[each.registration_id].name if each.registration_id in people else gone,
                word=t(f"checkin-said-{each.decision}"),
            )
            for each in let_in
        ],
        "suspects": [
            t(
                "checkin-suspect",
                time=_at(where, each.door_id, each.happened_at),
                door=_name(where, each.door_id),
                word=t(f"checkin-said-{each.decision}"),
            )
            for each in suspects
        ],
        "clocks": [
            t("checkin-clock-of", label=each.label, minutes=_minutes(each)) for each in phones if each.has_wrong_clock
        ],
    }


def _over(conference: ConferenceView) -> list[str]:
    venues = {each.id: i18n.pick(each.name) for each in conference.venues}
    audiences = {each.id: i18n.pick(each.name) for each in conference.audiences}
    return [
        t(
            "checkin-over-line",
            name=each.name,
            company=each.company or "—",
            venue=venues.get(each.venue_id, "—"),
            audience=audiences.get(each.audience_id, "—"),
        )
        for each in registrations.list_over(conference.id)
    ]


def _name(where: dict[str, Where], door_id: str) -> str:
    return where[door_id].name if door_id in where else "—"


def _at(where: dict[str, Where], door_id: str, instant: datetime) -> str:
    return where[door_id].at(instant) if door_id in where else clock.iso(instant)


def _inside(conference: ConferenceView, where: dict[str, Where]) -> list[dict[str, str]]:
    now = clock.now()
    began = {venue.id: rules.day_began(now, ZoneInfo(venue.timezone)) for venue in conference.venues}
    found = queries.list_inside(conference.id, began)
    people = registrations.list_by_ids({each.registration_id for each in found})
    return [
        {
            "name": people[each.registration_id].name if each.registration_id in people else t("checkin-unnamed"),
            "company": people[each.registration_id].company if each.registration_id in people else "",
            "words": t("checkin-since", time=_at(where, each.door_id, each.since), door=_name(where, each.door_id)),
        }
        for each in found
    ]
