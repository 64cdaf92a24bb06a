"""Whose badges are shown, and whose are printed by whom."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import Forbidden
from events.badges import faces
from events.badges.faces import Wearer
from events.badges.rules import Filter, Order
from events.conferences.queries import ConferenceView


def matching(wearers: Sequence[Wearer], chosen: Filter) -> list[Wearer]:
    """Those whom a filter shows, in their order; its text may be of a name, its pinyin, or a code."""
    small, states = chosen.text.lower(), chosen.states
    return [
        each
        for each in wearers
        if chosen.venue in ("", each.registration.venue_id)
        and chosen.audience in ("", each.registration.audience_id)
        and chosen.company in ("", each.registration.company_id or each.registration.company_name)
        and (not small or small in " ".join((each.face.name, each.registration.pinyin, each.face.code)).lower())
        and each.state in states
    ]


def ordered(conference: ConferenceView, order: Order, *, venues: frozenset[str] | None, many: bool) -> list[str]:
    """The registrations of an order of somebody who may print those in these `venues` (None: all), several or one.

    Raises Forbidden `not_your_venue`, `badges_one_at_a_time`.
    """
    everybody = faces.list_wearers(conference)
    allowed = [each for each in everybody if venues is None or each.registration.venue_id in venues]
    if order.is_all:
        # Who cannot be printed is shown on the page, and keeps nobody else from being printed.
        wanted = [each.id for each in matching(allowed, order.filter) if not each.missing]
    else:
        asked = set(order.registrations)
        wanted = [each.id for each in allowed if each.id in asked]
        if len(wanted) < sum(each.id in asked for each in everybody):
            raise Forbidden("not_your_venue")
    if len(wanted) > 1 and not many:
        raise Forbidden("badges_one_at_a_time")
    return wanted
