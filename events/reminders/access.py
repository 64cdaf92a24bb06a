"""Who may change which rule: who leads all of them, who plans a venue those that are for their venues alone."""

from __future__ import annotations

from core.errors import Forbidden
from events.conferences.access import rights_in
from events.reminders.rules import Rule, Scope


def may_change(conference_id: str, rule: Rule) -> bool:
    """Whether a rule is the reader's to make, change or send."""
    rights = rights_in(conference_id)
    return rights.venues is None or (rule.scope is Scope.CHOSEN and rights.may_plan(rule.venues))


def check_change(conference_id: str, rule: Rule) -> None:
    """Raises Forbidden `not_your_venue`."""
    if not may_change(conference_id, rule):
        raise Forbidden("not_your_venue")
