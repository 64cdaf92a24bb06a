"""What the pages of attendance show, as values that a template only prints."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core import clock, i18n, jobs
from core.i18n import t
from events.attendance import certificates, export_queries, exports, queries, reckoning
from events.attendance.export_queries import ExportView
from events.attendance.queries import CertificateView
from events.attendance.reckoning import Attended, Count
from events.attendance.rules import CONFIRMED, MOST_SHOWN, Ending, Filter, Standing, Stay, grouped
from events.conferences.queries import ConferenceView, VenueView


def page(conference: ConferenceView, people: Sequence[Attended], chosen: Filter) -> dict[str, Any]:
    """Everything on the team's page; `people` are those whom the reader may see."""
    found = reckoning.matching(people, chosen)
    seen = {each.person.venue_id for each in people}
    rooms = {each.id: each for each in conference.venues}
    return {
        "conference": conference,
        "title": i18n.pick(conference.title),
        "as_of": i18n.format_named(clock.now(), conference.timezone),
        "rooms": [_room(each, conference, people) for each in conference.venues if each.id in seen],
        "total": len(people),
        "found": len(found),
        "rows": [row(each, conference, rooms) for each in found[:MOST_SHOWN]],
        "filter": chosen,
        "standings": [(str(each), t(f"attendance-standing-{each}")) for each in Standing],
        "venues": [(each.id, i18n.pick(each.name)) for each in conference.venues],
        "audiences": [(each.id, i18n.pick(each.name)) for each in conference.audiences],
        "threshold": queries.get_threshold(conference.id),
        "certified": _certified(conference, people),
        "demo": conference.is_demo,
    }


def _certified(conference: ConferenceView, people: Sequence[Attended]) -> dict[str, Any]:
    """How many certificates there are of those that could be, and whether that can be changed now."""
    due = len(certificates.list_due(conference, people))
    certified = queries.list_certified(conference.id) & {each.person.id for each in people}
    working = bool(due) and jobs.is_asked(certificates.CERTIFY, chain=conference.id)
    return {"done": len(certified), "due": due, "is_over": certificates.is_over(conference), "working": working}


def _room(venue: VenueView, conference: ConferenceView, people: Sequence[Attended]) -> dict[str, Any]:
    """One venue: how many are expected, came and were there long enough, by audience."""
    whole = reckoning.count(people, venue_id=venue.id)
    by_audience = (
        (i18n.pick(each.name), reckoning.count(people, venue_id=venue.id, audience_id=each.id))
        for each in conference.audiences
    )
    rows = [_counted(name, count) for name, count in by_audience if count.expected]
    here = sum(each.is_in and each.person.venue_id == venue.id for each in people)
    return {
        "name": i18n.pick(venue.name),
        "is_online": venue.is_online,
        "here": here,
        "audiences": rows,
        **_counted("", whole),
    }


def _counted(name: str, count: Count) -> dict[str, Any]:
    return {
        "audience": name,
        "expected": count.expected,
        "came": count.came,
        "present": count.present,
    }


def row(found: Attended, conference: ConferenceView, rooms: Mapping[str, VenueView]) -> dict[str, Any]:
    """One line of the list."""
    person, presence = found.person, found.presence
    venue = rooms.get(person.venue_id)
    zone = venue.timezone if venue else conference.timezone
    return {
        "id": person.id,
        "name": person.name,
        "company": person.company,
        "job_title": person.job_title,
        "audience": next((i18n.pick(each.name) for each in conference.audiences if each.id == person.audience_id), ""),
        "venue": i18n.pick(venue.name) if venue else "",
        "state": "" if person.state == CONFIRMED else t(f"registration-state-{person.state}"),
        "when": _when(found, zone),
        "minutes": duration(presence.minutes) if found.came else "",
        "share": "" if presence.share is None or not found.came else t("attendance-percent", n=presence.share),
        "standing": str(presence.standing),
        "standing_words": t(f"attendance-standing-{presence.standing}"),
        "marks": _marks(found),
    }


def _when(found: Attended, zone: str) -> str:
    """The first and the last time that they were there, in the venue's zone."""
    if found.first_at is None or found.last_at is None:
        return ""
    first = i18n.format_datetime(found.first_at, zone)
    if found.is_in:
        return t("attendance-since", at=first)
    return t("attendance-from-to", first=first, last=_end(found.first_at, found.last_at, zone))


def _end(begins: datetime, ends: datetime, zone: str) -> str:
    """The time alone where it is the same day."""
    days = {each.astimezone(ZoneInfo(zone)).date() for each in (begins, ends)}
    return i18n.format_time(ends, zone) if len(days) == 1 else i18n.format_datetime(ends, zone)


def duration(number: int) -> str:
    """Minutes as people say them: `2 h 05 min`."""
    hours, left = divmod(number, 60)
    return t("attendance-hours", h=hours, m=f"{left:02d}") if hours else t("attendance-minutes", m=left)


def _marks(found: Attended) -> list[str]:
    """What to know of it besides."""
    marks = []
    if found.is_in:
        marks.append(t("attendance-mark-inside"))
    if any(each.ending is Ending.CLOSED for each in found.stays):
        marks.append(t("attendance-mark-closed"))
    if found.is_doubtful:
        marks.append(t("attendance-mark-clock"))
    if found.online:
        marks.append(t("attendance-mark-online"))
    return marks


def person(conference: ConferenceView, found: Attended) -> dict[str, Any]:
    """One person's page: where they stand, and everything that was seen of them in order."""
    rooms = {each.id: each for each in conference.venues}
    stood = row(found, conference, rooms)
    presence = found.presence
    told = [(each.span.begins, _stay(each, rooms, conference)) for each in found.stays]
    told += [(each.begins, _online(each.begins, each.ends, conference)) for each in found.online]
    return {
        "conference": conference,
        "title": i18n.pick(conference.title),
        "who": stood,
        "facts": [
            (t("registering-company"), stood["company"] or t("conference-nothing")),
            (t("attendance-audience"), stood["audience"]),
            (t("attendance-venue"), stood["venue"]),
            (t("attendance-there"), t("attendance-of", n=duration(presence.minutes), m=duration(presence.of_minutes))),
            (t("attendance-standing"), " · ".join(filter(None, (stood["standing_words"], stood["share"])))),
        ],
        "entries": [entry for _, entry in sorted(told, key=lambda each: each[0])],
        "threshold": queries.get_threshold(conference.id),
        "certificate": _certificate(queries.find_certificate(found.person.id)),
        "can_certify": presence.standing is Standing.PRESENT and certificates.is_over(conference),
        "demo": conference.is_demo,
    }


def _certificate(found: CertificateView | None) -> dict[str, Any] | None:
    """A certificate on the pages of the team and of its person."""
    if found is None:
        return None
    return {
        "code": grouped(found.code),
        "issued": day_of(found.issued_at),
        "withdrawn": day_of(found.withdrawn_at),
        "reason": found.withdrawn_reason,
    }


def day_of(instant: datetime | None) -> str:
    """The day in words; empty without one."""
    return i18n.format_date(instant.date()) if instant else ""


def certified_facts(found: CertificateView) -> list[tuple[str, str]]:
    """What stands on a certificate, for who checks its code: no more than is on the paper."""
    facts = found.facts
    days = dict.fromkeys(i18n.format_date(date.fromisoformat(facts[each])) for each in ("begins_on", "ends_on"))
    where = " · ".join(filter(None, (i18n.pick(facts["city"]), i18n.pick(facts["venue"]))))
    return [
        (t("registration-fact-conference"), i18n.pick(facts["conference"])),
        (t("certificate-days"), " – ".join(days)),
        (t("attendance-venue"), where),
        (t("attendance-there"), duration(facts["minutes"])),
        (t("certificate-issuer"), facts["issuer"]),
        (t("certificate-issued-on"), day_of(found.issued_at)),
        (t("certificate-code"), grouped(found.code)),
    ]


def own(
    conference: ConferenceView, found: Attended, certificate: CertificateView | None, *, over: bool
) -> dict[str, Any]:
    """What somebody sees of their own attendance."""
    presence = found.presence
    there = t("attendance-of", n=duration(presence.minutes), m=duration(presence.of_minutes))
    return {
        "title": i18n.pick(conference.title),
        "there": there,
        "threshold": queries.get_threshold(conference.id),
        "over": over,
        "is_present": presence.standing is Standing.PRESENT,
        "certificate": _certificate(certificate),
        "demo": conference.is_demo,
    }


def exported(conference: ConferenceView, kind: str = "") -> list[dict[str, Any]]:
    """The workbooks (or files of another kind) that were asked for, the newest first, each with what became of it."""
    found = export_queries.list_exports(conference.id, kind)
    given_up = {each.key for each in jobs.list_given_up(conference.id) if each.kind == exports.MAKE}
    return [
        {
            "id": each.id,
            "asked": i18n.format_datetime(each.asked_at, conference.timezone),
            "parts": t("list-separator").join(t(f"export-part-{part}") for part in each.parts),
            "locale": each.locale,
            "state": _export_state(each, given_up),
            "rows": each.rows,
            "kilobytes": -(-each.bytes // 1024),
            "until": i18n.format_named(each.made_at + exports.KEPT, conference.timezone) if each.made_at else "",
        }
        for each in found
    ]


def _export_state(found: ExportView, given_up: Collection[str]) -> str:
    if found.made_at is None:
        return "failed" if found.id in given_up else "making"
    return "ready" if found.file_digest else "gone"


def _stay(stay: Stay, rooms: Mapping[str, VenueView], conference: ConferenceView) -> dict[str, Any]:
    venue = rooms.get(stay.venue_id)
    zone = venue.timezone if venue else conference.timezone
    door = next((i18n.pick(each.name) for each in venue.doors if each.id == stay.door_id), "") if venue else ""
    note = t(f"attendance-ending-{stay.ending}")
    return {
        "title": " · ".join(filter(None, (i18n.pick(venue.name) if venue else "—", door))),
        "times": _times(stay.span.begins, stay.span.ends, zone, goes_on=stay.ending is Ending.GOES_ON),
        "note": t("attendance-clock-off", note=note) if stay.is_doubtful else note,
        "mark": None if stay.ending is Ending.GOES_ON else "done",
    }


def _online(begins: datetime, ends: datetime, conference: ConferenceView) -> dict[str, Any]:
    return {
        "title": t("attendance-online"),
        "times": _times(begins, ends, conference.timezone, goes_on=False),
        "note": "",
        "mark": "done",
    }


def _times(begins: datetime, ends: datetime, zone: str, *, goes_on: bool) -> list[str]:
    first = i18n.format_datetime(begins, zone)
    if goes_on:
        return [t("attendance-since", at=first)]
    spent = duration(round((ends - begins).total_seconds()) // 60)
    return [t("attendance-from-to", first=first, last=_end(begins, ends, zone)), spent]
