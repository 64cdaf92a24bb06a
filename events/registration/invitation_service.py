"""Use cases of invitations: take a list in, send personal links, use one, decline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import insert, select

from core import audit, claims, clock, ids, jobs, live, outbox, tokens
from core.audit import Actor, Subject
from core.claims import Claim
from core.db import db, require_transaction, transaction
from core.errors import Conflict, NotFound
from events.conferences import queries as conferences
from events.registration.invitation_models import Invitation, InvitationList
from events.registration.invitation_rules import Flaw, InvitationState
from events.registration.models import Registration
from events.registration.rules import LIVE

LINK = "invitee"
LINK_LIFE = timedelta(days=400)
MAIL = "registration_invitation"
SEND = "registration.invite"
BATCH = 200  # invitations of one transaction


class Row(Protocol):
    """A row as invitation_forms reads it."""

    @property
    def number(self) -> int: ...
    @property
    def flaws(self) -> Sequence[Flaw]: ...


_COPIED = ("number", "name", "email", "company_name", "job_title", "phone", "locale", "audience_id", "venue_id")


def add_list(conference_id: str, rows: Sequence[Row], *, name: str, key: str, by: Actor) -> str:
    """Keep a list, wrong rows too, and ask for its invitations to be sent; returns its id. Sent again with the same
    `key`, it is the same list.

    Raises NotFound, Conflict `conference_not_published`.
    """
    with transaction():
        conference = conferences.take_conference(conference_id)
        found = db.session.scalar(select(InvitationList.id).filter_by(conference_id=conference_id, key=key))
        if found is not None:
            return found
        if str(conference.state) != "published":
            raise Conflict("conference_not_published")
        now, list_id = clock.now(), ids.new("ivl")
        wrong = sum(bool(row.flaws) for row in rows)
        made = InvitationList(
            id=list_id, conference_id=conference_id, key=key, name=name, total=len(rows), done=wrong, wrong=wrong,
            created_at=now, created_by=by.id,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        db.session.execute(insert(Invitation), [_values(row, conference_id, list_id) for row in rows])
        jobs.add(SEND, list_id, chain=conference_id, list=list_id)
        subject = Subject("invitation_list", list_id)
        audit.record(conference_id, "invitation.listed", actor=by, subject=subject, people=len(rows), wrong=wrong)
        live.publish(f"conference:{conference_id}", "conference.changed")
        return list_id


def _values(row: Row, conference_id: str, list_id: str) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in _COPIED},
        "id": ids.new("inv"),
        "conference_id": conference_id,
        "list_id": list_id,
        "state": InvitationState.WRONG if row.flaws else InvitationState.WAITING,
        "problems": [{"column": each.column, "code": each.code, "params": dict(each.params)} for each in row.flaws],
        "created_at": clock.now(),
        "declined_at": None,
    }


@jobs.handles(SEND)
def send_list(claim: Claim, payload: dict[str, Any]) -> None:
    """Send a list's invitations, some at a time, and tell the team's pages how far it is."""
    while _send_some(claim, payload["list"]):
        pass


def _send_some(claim: Claim, list_id: str) -> bool:
    """Whether there may be more to send."""
    with transaction():
        made = db.session.get_one(InvitationList, list_id, with_for_update=True, populate_existing=True)
        query = select(Invitation).filter_by(list_id=list_id, state=InvitationState.WAITING)
        rows = db.session.scalars(query.order_by(Invitation.number).limit(BATCH)).all()
        for row in rows:
            outbox.add(MAIL, to=row.email, locale=row.locale, chain=made.conference_id, invitation=row.id)
            row.state = InvitationState.SENT
        made.done += len(rows)
        is_over = len(rows) < BATCH
        if is_over:
            subject = Subject("invitation_list", list_id)
            sent = made.total - made.wrong
            audit.record(made.conference_id, "invitation.sent", actor=audit.SYSTEM, subject=subject, people=sent)
        live.publish(f"conference:{made.conference_id}", "conference.changed")
        (claims.finish if is_over else claims.hold)(claim)
    return not is_over


def write_link(invitation_id: str) -> str:
    """The token of an invitation's personal link: the same one each time. Raises NotFound."""
    row = db.session.get(Invitation, invitation_id)
    if row is None:
        raise NotFound("invitation_not_found")
    return tokens.write(LINK, row.id, "1", row.created_at, row.created_at + LINK_LIFE)


def read_link(token: str) -> str:
    """The id of the invitation behind a token; raises LinkInvalid, LinkExpired."""
    return tokens.decode(token, LINK).subject


def take(invitation_id: str, request: str | None) -> str:
    """Inside the transaction that registers somebody by an invitation: it is one person's, who may send the same
    request again (its key as a registration keeps it). Returns the address that it was sent to.

    Raises NotFound, Conflict `invitation_used` while somebody else is registered by it.
    """
    require_transaction()
    row = _take(invitation_id)
    used = select(Registration.request_key).filter_by(invitation_id=invitation_id)
    requests = db.session.scalars(used.where(Registration.state.in_(LIVE))).all()
    if requests and (request is None or request not in requests):
        raise Conflict("invitation_used")
    return row.email


def _take(invitation_id: str) -> Invitation:
    row = db.session.scalar(select(Invitation).filter_by(id=invitation_id).with_for_update())
    if row is None:
        raise NotFound("invitation_not_found")
    return row


def decline(invitation_id: str, *, by: Actor) -> None:
    """Somebody cannot come; said twice, it is once. Raises NotFound, Conflict `invitation_used`."""
    with transaction():
        row = _take(invitation_id)
        if row.state is InvitationState.DECLINED:
            return
        if db.session.scalar(select(Registration.id).filter_by(invitation_id=invitation_id).limit(1)):
            raise Conflict("invitation_used")
        row.state, row.declined_at = InvitationState.DECLINED, clock.now()
        subject = Subject("invitation", row.id)
        audit.record(row.conference_id, "invitation.declined", actor=by, subject=subject)
        live.publish(f"conference:{row.conference_id}", "conference.changed")


def forget(invitation_id: str | None) -> None:
    """Inside a transaction: of the invitation by which somebody registered nothing personal stays."""
    row = db.session.get(Invitation, invitation_id) if invitation_id else None
    if row is not None:
        row.name = row.email = row.company_name = row.job_title = row.phone = ""
        row.problems = []
