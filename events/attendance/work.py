"""Background work of attendance: certificates for everybody who was present, workbooks, and the end of their files."""

from __future__ import annotations

from typing import Any

from core import claims, jobs, live, storage
from core.audit import Actor
from core.claims import Claim
from core.db import db, transaction
from events.attendance import certificates, exports, reckoning
from events.conferences import queries as conferences


@jobs.handles(certificates.CERTIFY)
def certify_all(claim: Claim, payload: dict[str, Any]) -> None:
    """Certify everybody who was present, each once with one mail; a repeat goes on where the last try stopped."""
    conference = conferences.get_conference(payload["conference"])
    due = certificates.list_due(conference, reckoning.reckon(conference))
    certificates.issue_some(conference, due, by=Actor("account", payload["by"]), with_mail=True)
    with transaction():
        live.publish(f"conference:{conference.id}", "conference.changed")
        claims.finish(claim)


@jobs.handles(certificates.REMOVE)
def remove_file(claim: Claim, payload: dict[str, Any]) -> None:
    """Delete the file of a certificate whose person was deleted."""
    db.session.rollback()
    storage.remove(payload["digest"])
    with transaction():
        claims.finish(claim)


@jobs.handles(exports.MAKE)
def make_export(claim: Claim, payload: dict[str, Any]) -> None:
    """Make a workbook that somebody asked for; a repeat of one that is made does nothing."""
    exports.make(claim, payload["export"])


@jobs.handles(exports.REMOVE)
def remove_export(claim: Claim, payload: dict[str, Any]) -> None:
    """Delete the file of an export, which is full of names, when its day is over or somebody in it was deleted."""
    exports.remove_file(claim, payload["export"])
