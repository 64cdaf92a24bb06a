"""Signed links: bound to one purpose and one subject, expiring, revocable."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import jwt
from sqlalchemy import Index, String, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, config, ids
from core.db import Base, Id, db, require_transaction, table_of
from core.errors import Refusal
from core.prepared import Prepared

ALGORITHM = "HS256"
_holder: ContextVar[str] = ContextVar("holder", default="")


class LinkInvalid(Refusal):
    """The link was not made here, is cut short, or is for something else."""

    code = "link_invalid"
    status = 404


class LinkExpired(Refusal):
    """The link's time is over."""

    code = "link_expired"
    status = 410


class LinkRevoked(Refusal):
    """The link was taken back."""

    code = "link_revoked"
    status = 410


class LinkToken(Base):
    """What was issued; the link itself is not kept."""

    __tablename__ = "link_token"
    __table_args__ = (Index(None, "purpose", "expires_at"),)  # what holds for a purpose is looked for once a second
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(Id, index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


_LINKS = table_of(LinkToken)
# Built once: it stands before everything that comes by a link.
_LOOK = Prepared(
    select(_LINKS.c.purpose, _LINKS.c.subject, _LINKS.c.expires_at, _LINKS.c.revoked_at).where(
        _LINKS.c.id == bindparam("token_id")
    )
)


@dataclass(frozen=True)
class Link:
    """A link that was read and holds."""

    token_id: str
    purpose: str
    subject: str
    expires_at: datetime


def _key(purpose: str) -> bytes:
    return hmac.digest(config.settings().secret.encode(), f"link:{purpose}".encode(), "sha256")


def issue(purpose: str, subject: str, *, expires_in: timedelta) -> str:
    """A new revocable link token, recorded in the transaction that asks for it."""
    require_transaction()
    now = clock.now()
    row = LinkToken(
        id=ids.new("lnk"),
        purpose=purpose,
        subject=subject,
        created_at=now,
        expires_at=now + expires_in,
        revoked_at=None,
    )
    db.session.add(row)
    return _encode(purpose, subject, row.id, now, row.expires_at)


def write_again(token_id: str, purpose: str) -> str:
    """The token of an issued link once more, from its record, so that nobody has to keep it.

    Raises LinkInvalid, LinkExpired, LinkRevoked.
    """
    row = db.session.get(LinkToken, token_id)
    if row is None:
        raise LinkInvalid
    check(token_id, purpose, row.subject)
    return _encode(purpose, row.subject, row.id, row.created_at, row.expires_at)


def is_older(token_id: str, at: datetime) -> bool:
    """Whether a link was issued before that time."""
    row = db.session.get(LinkToken, token_id)
    return row is not None and row.created_at < at


def find_newest(purpose: str, subject: str) -> str | None:
    """The token of the newest link with this purpose and subject that still holds."""
    token_id = db.session.scalar(
        select(LinkToken.id)
        .filter_by(purpose=purpose, subject=subject, revoked_at=None)
        .where(LinkToken.expires_at > clock.now())
        .order_by(LinkToken.created_at.desc(), LinkToken.id.desc())
        .limit(1)
    )
    return write_again(token_id, purpose) if token_id else None


def list_subjects(purposes: Collection[str]) -> list[str]:
    """What links of these purposes that still hold are for, each once."""
    query = select(LinkToken.subject).where(
        LinkToken.purpose.in_(purposes), LinkToken.revoked_at.is_(None), LinkToken.expires_at > clock.now()
    )
    return sorted(set(db.session.scalars(query)))


def issue_fleeting(purpose: str, subject: str, *, expires_in: timedelta) -> str:
    """A token with no record of its own: it holds for as long as who holds the request does (`hold`)."""
    now = clock.now()
    return _encode(purpose, subject, _holder.get(), now, now + expires_in)


def hold(holder: str) -> None:
    """Until `let_go`, fleeting tokens are this holder's: the id of a link, or accounts.holding's word for an account.

    Access rules say it, so that no page can forget it.
    """
    _holder.set(holder)


def let_go() -> None:
    """Fleeting tokens are nobody's again."""
    _holder.set("")


def write(purpose: str, subject: str, token_id: str, issued_at: datetime, expires_at: datetime) -> str:
    """A token whose record is the subject's own: whoever reads it with `decode` compares `token_id` with that."""
    return _encode(purpose, subject, token_id, issued_at, expires_at)


def _encode(purpose: str, subject: str, token_id: str, issued_at: datetime, expires_at: datetime) -> str:
    claims = {"aud": purpose, "sub": subject, "jti": token_id, "iat": issued_at, "exp": expires_at}
    return jwt.encode(claims, _key(purpose), algorithm=ALGORITHM)


def decode(token: str, purpose: str) -> Link:
    """Signature, purpose and time only, without the database; raises LinkInvalid, LinkExpired."""
    try:
        link = _verified(token, purpose, _key(purpose))
    except jwt.InvalidTokenError:
        raise LinkInvalid from None
    if link.expires_at <= clock.now():
        raise LinkExpired
    return link


@lru_cache(maxsize=512)
def _verified(token: str, purpose: str, key: bytes) -> Link:
    """What a token says whose signature holds, whenever that is: a phone at a door sends the same one all day."""
    claims = jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],  # RFC 8725 §3.1: the algorithm comes from us, not from the token
        audience=purpose,
        # The clock is ours, so that tests and the trail agree with it.
        options={"require": ["aud", "sub", "jti", "iat", "exp"], "verify_exp": False, "verify_iat": False},
    )
    expires_at = datetime.fromtimestamp(claims["exp"], UTC)
    return Link(token_id=claims["jti"], purpose=purpose, subject=claims["sub"], expires_at=expires_at)


def read(token: str, purpose: str) -> Link:
    """The link behind a token; raises LinkInvalid, LinkExpired, LinkRevoked."""
    link = decode(token, purpose)
    check(link.token_id, purpose, link.subject)
    return link


def check(token_id: str, purpose: str, subject: str) -> None:
    """That an issued link still holds, by its id; raises LinkInvalid, LinkExpired, LinkRevoked."""
    row = _LOOK.read({"token_id": token_id}).one_or_none()
    if row is None or row.purpose != purpose or row.subject != subject:
        raise LinkInvalid
    if row.revoked_at is not None:
        raise LinkRevoked
    if row.expires_at <= clock.now():
        raise LinkExpired


def revoke_all(purpose: str, subject: str) -> None:
    """Take back every link with this purpose and subject."""
    require_transaction()
    db.session.execute(
        update(LinkToken)
        .where(LinkToken.purpose == purpose, LinkToken.subject == subject, LinkToken.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def spend(token_id: str, purpose: str, subject: str) -> None:
    """Use up a one-time link; of two that come at once, one wins. Raises LinkInvalid, LinkExpired, LinkRevoked."""
    require_transaction()
    check(token_id, purpose, subject)
    taken = db.session.execute(
        update(LinkToken)
        .where(LinkToken.id == token_id, LinkToken.revoked_at.is_(None))
        .values(revoked_at=clock.now())
        .returning(LinkToken.id)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        raise LinkRevoked
