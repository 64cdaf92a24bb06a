"""What is kept of a person: shown, handed out, deleted on their wish or when its time is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core import audit, claims, clock, jobs, live, mailbox, outbox
from core.audit import SYSTEM, Actor, Subject
from core.claims import Claim
from core.db import db, transaction
from events.conferences import ended_queries
from events.conferences import queries as conferences
from events.registration import (
    answer_files,
    deciding,
    invitation_queries,
    invitation_service,
    queries,
    team_queries,
)
from events.registration import question_queries as questions
from events.registration.admission import take_registration
from events.registration.models import Registration
from events.registration.queries import RegistrationView
from events.registration.question_rules import Question

RETENTION = "registration.retention"
MOST_AT_ONCE = 500  # people of one run; the next hour goes on
GONE = "—"  # stands for the name of somebody whose data was deleted

Forgetter = Callable[[str], None]
Exporter = Callable[[str], Any]
_forgetters: list[Forgetter] = []
_exporters: dict[str, Exporter] = {}
_by_mail: set[str] = set()


def forgets(forgetter: Forgetter) -> Forgetter:
    """Register a function of another feature that deletes what it keeps of a person: called with the registration's
    id inside the transaction, before the trail's entry."""
    _forgetters.append(forgetter)
    return forgetter


def exports(name: str, *, by_mail: bool = False) -> Callable[[Exporter], Exporter]:
    """Register a function of another feature that says what it keeps of a person: called with the registration's id,
    its answer (JSON) stands under this name in what they take along; with `by_mail` only where a mailed link opened
    the page, as whoever registers a colleague has that page open, too."""

    def register(exporter: Exporter) -> Exporter:
        _exporters[name] = exporter
        if by_mail:
            _by_mail.add(name)
        return exporter

    return register


def is_erased(registration: RegistrationView) -> bool:
    """Whether there is nothing of the person any more."""
    return registration.name == GONE and not registration.email


def export(registration_id: str, *, by_mail: bool = True) -> dict[str, Any]:
    """Everything that is kept of a person, as JSON; files by name, to be downloaded one by one; what is for those
    alone who came by a mailed link is None to others. Raises NotFound."""
    found = queries.get_registration(registration_id)
    asked = {each.key: each for each in questions.list_questions(found.conference_id)}
    return {
        **_about(found),
        "answers": [_answer(asked.get(key), key, value) for key, value in found.answers.items()],
        **parts(registration_id, by_mail=by_mail),
    }


def _about(found: RegistrationView) -> dict[str, Any]:
    conference = conferences.get_conference(found.conference_id)
    venue = next((each.name for each in conference.venues if each.id == found.venue_id), None)
    audience = next((each.name for each in conference.audiences if each.id == found.audience_id), None)
    return {
        "conference": conference.title,
        "venue": venue,
        "audience": audience,
        "group": queries.get_group(found.group_id).name if found.group_id else None,
        "waiting_since": clock.iso(found.queued_at) if found.queued_at else None,
        "offered_until": clock.iso(found.offered_until) if found.offered_until else None,
        "registration": found.id,
        "code": found.code,
        "state": str(found.state),
        "name": found.name,
        "email": found.email,
        "phone": found.phone,
        "company": found.company_texts,
        "job_title": found.job_title,
        "language": found.locale,
        "timezone": found.timezone,
        "registered_at": clock.iso(found.created_at),
        "address_proved_at": clock.iso(found.proved_at) if found.proved_at else None,
        "let_in_beyond_places": found.is_over,
        "changed_at": clock.iso(found.changed_at),
        "reason": found.reason,
    }


def parts(registration_id: str, *, by_mail: bool = True) -> dict[str, Any]:
    """What is kept of a person besides the registration itself, by part; None as `export` says."""
    return {
        name: exporter(registration_id) if by_mail or name not in _by_mail else None
        for name, exporter in sorted(_exporters.items())
    }


@exports("acts")
def _acts(registration_id: str) -> list[dict[str, Any]]:
    """What was done with the registration, and from which network address the person did it."""
    chain = queries.get_registration(registration_id).conference_id
    acts = team_queries.list_acts(chain, registration_id)
    beside: dict[int, dict[str, str]] = {}
    for row in audit.list_private(chain, [each.seq for each in acts]):
        beside.setdefault(row.seq, {})[row.field] = row.value
    return [
        {
            "at": clock.iso(each.at),
            "action": each.action,
            # Who of the team did it, and from where, is about them.
            "by": "person" if each.actor_kind == "guest" else each.actor_kind,
            **(beside.get(each.seq, {}) if each.actor_kind == "guest" else {}),
        }
        for each in acts
    ]


@exports("mails")
def _mails(registration_id: str) -> list[dict[str, Any]]:
    """Which mails were written to the person's address about this conference."""
    found = queries.get_registration(registration_id)
    sent = outbox.list_to(found.email, chain=found.conference_id) if found.email else []
    return [{"kind": each.kind, "written_at": clock.iso(each.created_at), "sent": each.is_sent} for each in sent]


@exports("invitations")
def _invitations(registration_id: str) -> list[dict[str, Any]]:
    """The row of the list by which the person was invited."""
    found = queries.get_registration(registration_id)
    if not found.invitation_id:
        return []
    row = invitation_queries.get_invitation(found.invitation_id)
    names = ("name", "email", "company_name", "job_title", "phone")
    return [{**{name: getattr(row, name) for name in names}, "invited_at": clock.iso(row.created_at)}]


def _answer(question: Question | None, key: str, value: Any) -> dict[str, Any]:
    return {"question": question.label if question else key, "answer": value}


def erase(registration_id: str, *, by: Actor) -> None:
    """Delete the person behind a registration: name, addresses, answers, files, and what the trail keeps beside itself.

    A place that they had is given back first. The registration's number stays, so that counts and the trail stay true.
    Done twice, it is once. Raises NotFound.
    """
    found = queries.get_registration(registration_id)
    if found.is_live:
        deciding.withdraw(registration_id, by=by)
    with transaction():
        row = take_registration(registration_id)
        if row.name == GONE and not row.email:
            return
        chain = row.conference_id
        files = answer_files.forget(registration_id)
        for forgetter in _forgetters:
            forgetter(registration_id)
        _forget_mail(chain, row.email)
        invitation_service.forget(row.invitation_id)
        _blank(row)
        deleted = audit.delete_private(chain, _entries_of(chain, registration_id))
        db.session.flush()
        subject = Subject("registration", registration_id)
        # Not from where it was asked: that would be the next thing to delete.
        without = Actor(by.kind, by.id)
        audit.record(chain, "registration.erased", actor=without, subject=subject, values=deleted, files=files)
        live.publish(f"conference:{chain}", "conference.changed")


def _forget_mail(chain: str, address: str) -> None:
    if address:
        mailbox.forget(outbox.forget_recipient(address, chain=chain))


def _blank(row: Registration) -> None:
    row.name, row.pinyin = GONE, ""
    row.email = row.phone = row.job_title = row.company_name = row.reason = ""
    row.live_key = row.request_key = row.company_id = None
    row.answers = {}
    row.link_number += 1
    row.changed_at = clock.now()


def _entries_of(chain: str, registration_id: str) -> list[int]:
    query = select(audit.AuditEntry.seq).filter_by(chain=chain, subject_id=registration_id)
    return list(db.session.scalars(query))


@jobs.repeats(RETENTION, every=timedelta(hours=1))
def forget_old(claim: Claim, _payload: dict[str, Any]) -> None:
    """Delete the people of conferences whose notice says that their time is over, and files that nobody claimed."""
    for registration_id in list_due()[:MOST_AT_ONCE]:
        erase(registration_id, by=SYSTEM)
        claims.renew(claim)
    with transaction():
        answer_files.remove_unclaimed()
        claims.finish(claim)


def list_due() -> list[str]:
    """The ids of people whose data is due to be deleted now, at least as many as one run deletes."""
    today = clock.now().date()
    found: list[str] = []
    # A day more than said, so that it is over in every zone.
    for conference_id, last_day in ended_queries.list_ended(today - timedelta(days=1)):
        if questions.get_notice(conference_id).ends_on(last_day) < today - timedelta(days=1):
            left = select(Registration.id).filter_by(conference_id=conference_id).where(Registration.name != GONE)
            found += db.session.scalars(left.order_by(Registration.id).limit(MOST_AT_ONCE))
        if len(found) >= MOST_AT_ONCE:
            break
    db.session.rollback()
    return found
