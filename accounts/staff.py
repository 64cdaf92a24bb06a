"""Use cases of the administrator: the first one of an installation, and the staff of an organisation."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from accounts import passwords, queries, rules
from accounts.models import AccountRecord, AccountRole, Organisation
from accounts.rules import Account, Role
from accounts.rules import EmailTaken as EmailTaken
from accounts.rules import NewAccount as NewAccount
from accounts.service import SET_PASSWORD, issue_password_link
from core import audit, clock, ids, outbox, tokens
from core.audit import INSTALLATION, Actor, Subject
from core.db import db, transaction

FIRST_ADMIN = "first-admin"
FIRST_ADMIN_HOURS = 24
INVITATION = "account_invitation"  # the kind of the mail; accounts/mails.py writes it


def issue_first_link() -> str:
    """The one-time token that makes the first administrator; older ones end. Raises AlreadySetUp."""
    with transaction():
        if queries.has_administrator():
            raise rules.AlreadySetUp
        tokens.revoke_all(FIRST_ADMIN, INSTALLATION)
        token = tokens.issue(FIRST_ADMIN, INSTALLATION, expires_in=timedelta(hours=FIRST_ADMIN_HOURS))
        audit.record(INSTALLATION, "account.first_link_issued", actor=audit.SYSTEM, subject=Subject("account", ""))
        return token


def open_first_link(token: str) -> str:
    """The id of the link behind the token. Raises AlreadySetUp, LinkInvalid, LinkExpired, LinkRevoked."""
    if queries.has_administrator():
        raise rules.AlreadySetUp
    return tokens.read(token, FIRST_ADMIN).token_id


def check_first_link(token_id: str) -> None:
    """That the first link still holds. Raises AlreadySetUp, LinkInvalid, LinkExpired, LinkRevoked."""
    if queries.has_administrator():
        raise rules.AlreadySetUp
    tokens.check(token_id, FIRST_ADMIN, INSTALLATION)


def create_first_administrator(
    token_id: str, new: NewAccount, *, organisation: str, password: str, actor: Actor
) -> Account:
    """Make the organisation and its first account. Raises AlreadySetUp, EmailTaken, LinkRevoked and its like."""
    stored = passwords.make_hash(password)
    with transaction():
        if queries.has_administrator():
            raise rules.AlreadySetUp
        tokens.spend(token_id, FIRST_ADMIN, INSTALLATION)
        owner = add_organisation(organisation)
        record = _add_record(owner, new, password=stored)
        _record("account.first_administrator_created", record, actor=actor, roles=sorted(new.roles))
        return record.to_account()


def add_organisation(name: str) -> str:
    """A new organisation, inside a transaction; returns its id."""
    organisation = Organisation(id=ids.new("org"), name=name, created_at=clock.now())
    db.session.add(organisation)
    db.session.flush()
    return organisation.id


def add_account(organisation_id: str, new: NewAccount, *, actor: Actor) -> tuple[Account, str]:
    """A new account and the token that its owner sets the password with, mailed to them. Raises EmailTaken."""
    with transaction():
        queries.take_organisation(organisation_id)
        record = _add_record(organisation_id, new, password=None)
        _record("account.created", record, actor=actor, roles=sorted(new.roles))
        return record.to_account(), _invite(record)


def send_password_link(organisation_id: str, account_id: str, *, actor: Actor) -> str:
    """A new one-time token to set a password with, mailed to the account; older ones end. Raises NotFound."""
    with transaction():
        record = _take(organisation_id, account_id)
        _record("account.password_link_sent", record, actor=actor)
        return _invite(record)


def find_sole_administrator(accounts: Collection[Account]) -> str | None:
    """The id of the one whom `check_still_administered` protects, if there is only one."""
    administrators = [each.id for each in accounts if each.active and Role.ADMINISTRATOR in each.roles]
    return administrators[0] if len(administrators) == 1 else None


def change_roles(organisation_id: str, account_id: str, roles: Collection[Role], *, actor: Actor) -> None:
    """Give an account exactly these roles. Raises NotFound, LastAdministrator."""
    with transaction():
        record = _take(organisation_id, account_id)
        if Role.ADMINISTRATOR not in roles:
            rules.check_still_administered(_others(organisation_id, account_id))
        before = sorted(role.name for role in record.roles)
        record.roles = [role for role in record.roles if role.name in roles] + [
            AccountRole(account_id=record.id, name=str(role)) for role in sorted(roles) if role not in before
        ]
        _record("account.roles_changed", record, actor=actor, before=before, after=sorted(map(str, roles)))


def deactivate(organisation_id: str, account_id: str, *, actor: Actor) -> None:
    """Shut an account at once, its sessions and links too. Raises NotFound, LastAdministrator."""
    with transaction():
        record = _take(organisation_id, account_id)
        rules.check_still_administered(_others(organisation_id, account_id))
        record.active, record.fs_uniquifier = False, ids.secret()
        tokens.revoke_all(SET_PASSWORD, account_id)
        _record("account.deactivated", record, actor=actor)


def activate(organisation_id: str, account_id: str, *, actor: Actor) -> None:
    """Open an account again, with the password that it had. Raises NotFound."""
    with transaction():
        record = _take(organisation_id, account_id)
        record.active = True
        _record("account.activated", record, actor=actor)


def _take(organisation_id: str, account_id: str) -> AccountRecord:
    # The organisation first: of two administrators who shut each other out at once, one must see the other's change.
    queries.take_organisation(organisation_id)
    queries.get_account(account_id, organisation_id=organisation_id)
    return queries.take_record(account_id)


def _others(organisation_id: str, account_id: str) -> list[Account]:
    return [account for account in queries.list_accounts(organisation_id) if account.id != account_id]


def _add_record(organisation_id: str, new: NewAccount, *, password: str | None) -> AccountRecord:
    if queries.find_record(new.email) is not None:
        raise EmailTaken
    account_id = ids.new("acc")
    record = AccountRecord(
        id=account_id,
        organisation_id=organisation_id,
        email=new.email,
        name=new.name,
        name_en=new.name_en,
        password=password,
        fs_uniquifier=ids.secret(),
        active=True,
        locale=new.locale,
        timezone=new.timezone,
        created_at=clock.now(),
        roles=[AccountRole(account_id=account_id, name=str(role)) for role in sorted(new.roles)],
    )
    db.session.add(record)
    db.session.flush()
    return record


def _invite(record: AccountRecord) -> str:
    token = issue_password_link(record.id)
    link = tokens.decode(token, SET_PASSWORD)
    outbox.add(
        INVITATION,
        to=record.email,
        locale=record.locale,
        chain=INSTALLATION,
        name=record.name,
        link=link.token_id,
        expires_at=clock.iso(link.expires_at),
        timezone=record.timezone,
    )
    return token


def _record(action: str, record: AccountRecord, *, actor: Actor, **data: object) -> None:
    audit.record(INSTALLATION, action, actor=actor, subject=Subject("account", record.id), **data)
