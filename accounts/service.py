"""Use cases of sign-in and of one's own account; each is one transaction with its entry in the trail."""

from __future__ import annotations

from datetime import timedelta

from accounts import passwords, queries
from accounts.rules import Account
from accounts.rules import PasswordWrong as PasswordWrong
from accounts.rules import SignInRefused as SignInRefused
from core import audit, ids, tokens
from core.audit import INSTALLATION, Actor, Subject
from core.db import transaction

SET_PASSWORD = "set-password"  # noqa: S105  a purpose of links
SET_PASSWORD_DAYS = 3


def sign_in(email: str, password: str, *, actor: Actor) -> Account:
    """Who this is; both outcomes are kept in the trail, never the address typed. Raises SignInRefused."""
    record = queries.find_record(email)
    known = record.to_account() if record is not None else None
    good = passwords.matches(password, record.password if record is not None else None)
    accepted = known is not None and known.active and good
    action = "account.signed_in" if accepted else "account.sign_in_failed"
    who = Actor("account", known.id, address=actor.address) if accepted and known else actor
    with transaction():
        audit.record(INSTALLATION, action, actor=who, subject=_subject(known.id if known else ""))
    if known is None or not accepted:
        raise SignInRefused
    return known


def sign_out(account_id: str, *, actor: Actor) -> None:
    """Note that somebody left; the session itself is the view's."""
    with transaction():
        audit.record(INSTALLATION, "account.signed_out", actor=actor, subject=_subject(account_id))


def sign_out_everywhere(account_id: str, *, actor: Actor) -> None:
    """End every session of the account, on every device."""
    with transaction():
        queries.take_record(account_id).fs_uniquifier = ids.secret()
        audit.record(INSTALLATION, "account.signed_out_everywhere", actor=actor, subject=_subject(account_id))


def change_password(account_id: str, *, current: str, new: str, actor: Actor) -> None:
    """Set a new password and end every other session. Raises PasswordWrong; `new` was checked by the form."""
    record = queries.get_record(account_id)
    if not passwords.matches(current, record.password):
        with transaction():
            audit.record(INSTALLATION, "account.password_change_failed", actor=actor, subject=_subject(account_id))
        raise PasswordWrong
    _set_password(account_id, new, actor=actor, action="account.password_changed")


def set_password_by_link(token_id: str, account_id: str, *, new: str, actor: Actor) -> Account:
    """Set the password that a one-time link allows; the link and every session end. Raises LinkRevoked and its like."""
    stored = passwords.make_hash(new)
    with transaction():
        # The account before its link, as everywhere: who takes them the other way round may wait for us for ever.
        record = queries.take_record(account_id)
        tokens.spend(token_id, SET_PASSWORD, account_id)
        record.password, record.fs_uniquifier = stored, ids.secret()
        tokens.revoke_all(SET_PASSWORD, account_id)
        audit.record(
            INSTALLATION,
            "account.password_set",
            actor=Actor("account", record.id, address=actor.address),
            subject=_subject(record.id),
        )
        return record.to_account()


def change_preferences(account_id: str, *, locale: str, timezone: str, actor: Actor) -> None:
    """Language and time zone that pages and mails use for this person."""
    with transaction():
        record = queries.take_record(account_id)
        record.locale, record.timezone = locale, timezone
        audit.record(
            INSTALLATION,
            "account.preferences_changed",
            actor=actor,
            subject=_subject(account_id),
            locale=locale,
            timezone=timezone,
        )


def issue_password_link(account_id: str) -> str:
    """A one-time token to set a password with, inside a transaction; older ones of the account end."""
    tokens.revoke_all(SET_PASSWORD, account_id)
    return tokens.issue(SET_PASSWORD, account_id, expires_in=timedelta(days=SET_PASSWORD_DAYS))


def _set_password(account_id: str, new: str, *, actor: Actor, action: str) -> None:
    stored = passwords.make_hash(new)
    with transaction():
        record = queries.take_record(account_id)
        record.password, record.fs_uniquifier = stored, ids.secret()
        tokens.revoke_all(SET_PASSWORD, account_id)
        audit.record(INSTALLATION, action, actor=actor, subject=_subject(account_id))


def _subject(account_id: str) -> Subject:
    return Subject("account", account_id)
