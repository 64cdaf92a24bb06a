"""What the pages of badges show, as values that a template only prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core import i18n, jobs
from core.i18n import t
from events.badges import faces, prints, queries
from events.badges.faces import Wearer
from events.badges.queries import RunView
from events.badges.rules import DIRECT, BadgeLayout
from events.conferences.queries import ConferenceView

MOST_ROWS = 100


def page(conference: ConferenceView, wearers: Sequence[Wearer], found: Sequence[Wearer]) -> dict[str, Any]:
    """Everything on the page of badges; `found` are those whom the filter shows."""
    counts = faces.states(wearers)
    return {
        "conference": conference,
        "title": i18n.pick(conference.title),
        "counts": {str(state): count for state, count in counts.items()},
        "total": len(wearers),
        "rows": [row(each, conference.timezone) for each in found[:MOST_ROWS]],
        "found": len(found),
        "unprintable": [row(each, conference.timezone) for each in found if each.missing],
        "venues": [(each.id, i18n.pick(each.name)) for each in conference.venues if not each.is_online],
        "audiences": [(each.id, i18n.pick(each.name)) for each in conference.audiences],
        "companies": _companies(wearers),
        "layouts": [(str(each), t(f"badge-layout-{each}")) for each in BadgeLayout],
        "runs": [run(each, conference.timezone) for each in queries.list_runs(conference.id)],
        "direct": DIRECT,
    }


def row(wearer: Wearer, zone: str) -> dict[str, Any]:
    """One line: the person, how the badge looks, where it stands."""
    newest = wearer.newest
    return {
        "id": wearer.id,
        "name": wearer.face.name,
        "company": wearer.face.organisation,
        "job_title": wearer.face.job_title,
        "audience": wearer.face.audience,
        "colour": wearer.face.colour,
        "venue": wearer.face.venue,
        "code": wearer.face.code,
        "state": str(wearer.state),
        "number": newest.number if newest else 0,
        "printed_at": i18n.format_datetime(newest.printed_at, zone) if newest else "",
        "missing": " ".join(wearer.missing),
    }


def _companies(wearers: Sequence[Wearer]) -> list[tuple[str, str]]:
    found = {
        key: each.face.organisation
        for each in wearers
        if (key := each.registration.company_id or each.registration.company_name)
    }
    return sorted(found.items(), key=lambda each: each[1])


def run(found: RunView, zone: str) -> dict[str, Any]:
    """One printing: how far it is, and what became of its file."""
    return {
        "id": found.id,
        "asked_at": i18n.format_datetime(found.asked_at, zone),
        "layout": t(f"badge-layout-{found.layout}"),
        "reason": found.reason,
        "total": found.total,
        "done": found.done,
        "state": _state(found),
    }


def _state(found: RunView) -> str:
    """`printing`, `failed`, `ready`, `over` (the file is gone and too large to be made while somebody waits)."""
    if found.printed_at is None:
        given_up = {each.key for each in jobs.list_given_up(found.conference_id) if each.kind == prints.PRINT}
        return "failed" if found.id in given_up else "printing"
    return "ready" if found.file_digest or found.total <= DIRECT else "over"
