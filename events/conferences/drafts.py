"""What every change of a plan needs: hold the conference, tell what was changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from core import audit, live
from core.audit import Actor, Subject
from core.values import Texts
from events.conferences import queries, rules
from events.conferences.models import Conference
from events.conferences.rules import ConferenceAction


def channel(conference_id: str) -> str:
    """The live channel of the team's pages."""
    return f"conference:{conference_id}"


def public_channel(conference_id: str) -> str:
    """The live channel of the public page: it hears of publications only."""
    return f"agenda:{conference_id}"


def take_draft(conference_id: str) -> Conference:
    """A conference in order to change its plan, inside the caller's transaction.

    Raises NotFound, Conflict `conference_cancelled`.
    """
    conference = queries.take_conference(conference_id)
    rules.change(conference.state, ConferenceAction.EDIT)
    return conference


def first(texts: Texts) -> str:
    """The Chinese text, or the English one where there is no other."""
    return texts.get("zh-CN") or texts.get("en") or ""


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], *, personal: Collection[str] = ()
) -> list[dict[str, Any]]:
    """What the trail says of a change: field, before, after; of what is personal the field alone."""
    return [
        {"field": name} if name in personal else {"field": name, "before": before[name], "after": after[name]}
        for name in before
        if before[name] != after[name]
    ]


def record(conference_id: str, action: str, subject: Subject, *, by: Actor, **data: Any) -> None:
    """An entry of the conference's own chain; then the team's pages hear that something has changed."""
    audit.record(conference_id, action, actor=by, subject=subject, **data)
    live.publish(channel(conference_id), "conference.changed")
