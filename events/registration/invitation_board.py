"""Invitations as values that templates and spreadsheets only print."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from core import i18n
from core.i18n import t
from events.conferences.queries import AudienceView, ConferenceView, VenueView
from events.registration import invitation_queries as queries
from events.registration.invitation_queries import ListView
from events.registration.invitation_rules import COLUMNS, MOST_ROWS, NEEDED, InvitationState, Known
from events.registration.question_board import by_field

__all__ = ["MOST_ROWS", "WANTED", "by_field", "columns", "known", "result", "row", "template", "wrong_rows"]
WANTED = [COLUMNS[name] for name in NEEDED]
MOST_SHOWN = 200  # wrong rows on the page; the spreadsheet has all


def known(conference: ConferenceView) -> Known:
    """What the rows of a list may refer to."""
    return Known(
        audiences=_names(conference.audiences),
        venues=_names(conference.venues),
        invited=queries.list_known_addresses(conference.id),
    )


def _names(entries: Sequence[AudienceView] | Sequence[VenueView]) -> dict[str, str]:
    """Ids by key and by each name, small letters."""
    return {text.casefold(): each.id for each in entries for text in (each.key, *each.name.values())}


def row(found: ListView, zone: str) -> dict[str, Any]:
    """A list with its counts; `zone` is the conference's."""
    return {
        "id": found.id,
        "name": found.name,
        "total": found.total,
        "done": found.done,
        "wrong": found.wrong,
        "sent": found.done - found.wrong,
        "to_send": found.total - found.wrong,
        "answered": found.answered,
        "declined": found.declined,
        "is_done": found.is_done,
        "at": i18n.format_named(found.created_at, zone),
    }


def _column(name: str) -> str:
    """What the column is called in the reader's language."""
    return t(f"invitations-column-{name}")


def columns(conference: ConferenceView) -> list[tuple[str, str]]:
    """(column, what belongs into it) of the template."""
    said = {
        "audience": t("list-separator").join(i18n.pick(each.name) for each in conference.audiences),
        "venue": t("list-separator").join(i18n.pick(each.name) for each in conference.venues),
    }
    return [(_column(name), said.get(name) or t(f"invitations-column-{name}-hint")) for name in COLUMNS]


def template(conference: ConferenceView) -> tuple[list[str], list[list[str]]]:
    """The header and one example row of a list."""
    example = {
        "name": t("invitations-example-name"),
        "email": "name@example.com",
        "audience": i18n.pick(conference.audiences[0].name),
        "locale": "zh" if i18n.current() == "zh-CN" else "en",
    }
    return [_column(name) for name in COLUMNS], [[example.get(name, "") for name in COLUMNS]]


def wrong_rows(list_id: str, venue_ids: Collection[str] | None) -> list[dict[str, Any]]:
    """The first rows that cannot be invited, each with what is wrong; of these venues, or of all."""
    found = queries.list_rows(list_id, state=InvitationState.WRONG, venue_ids=venue_ids, limit=MOST_SHOWN)
    return [
        {"number": each.number, "name": each.name, "email": each.email, "problems": _sentences(each.problems)}
        for each in found
    ]


def _sentences(problems: Sequence[dict[str, Any]]) -> list[str]:
    return [
        (f"{_column(each['column'])}{t('invitations-colon')}" if each["column"] else "")
        + t(f"problem-{each['code']}", **each["params"])
        for each in problems
    ]


def result(
    conference: ConferenceView, list_id: str, venue_ids: Collection[str] | None
) -> tuple[list[str], Iterator[list[object]]]:
    """Every row of a list with what became of it; of these venues, or of all."""
    header = [t("invitations-row"), *map(_column, COLUMNS), t("invitations-state"), t("invitations-problems")]
    audiences = {each.id: i18n.pick(each.name) for each in conference.audiences}
    venues = {each.id: i18n.pick(each.name) for each in conference.venues}
    answered = queries.list_answered(list_id)
    states = {name: t(f"invitations-state-{name}") for name in ("answered", *map(str, InvitationState))}

    def rows() -> Iterator[list[object]]:
        for each in queries.list_rows(list_id, venue_ids=venue_ids):
            state = "answered" if each.id in answered else str(each.state)
            yield [
                each.number, each.name, each.email, each.company_name, each.job_title, each.phone,
                audiences.get(each.audience_id or "", ""), venues.get(each.venue_id or "", ""), each.locale,
                states[state], " ".join(_sentences(each.problems)),
            ]  # fmt: skip

    return header, rows()
