"""Reads of organisations and accounts."""

from __future__ import annotations

from sqlalchemy import select

from accounts.models import AccountRecord, AccountRole, Organisation
from accounts.rules import Account, OrganisationUnclear, Role
from core import i18n
from core.db import db
from core.errors import NotFound

__all__ = [
    "Account",
    "Role",
    "called",
    "find_account",
    "find_record",
    "get_account",
    "get_organisation_by_name",
    "get_organisation_name",
    "get_record",
    "has_administrator",
    "list_accounts",
    "take_organisation",
    "take_record",
]


def find_record(email: str) -> AccountRecord | None:
    """The account with this cleaned address, active or not."""
    return db.session.scalar(select(AccountRecord).filter_by(email=email))


def get_record(account_id: str) -> AccountRecord:
    """The row of an account; raises NotFound."""
    record = db.session.get(AccountRecord, account_id)
    if record is None:
        raise NotFound("account_not_found")
    return record


def find_account(account_id: str) -> Account | None:
    """The account with this id, in whatever organisation."""
    record = db.session.get(AccountRecord, account_id)
    return record.to_account() if record else None


def get_account(account_id: str, *, organisation_id: str) -> Account:
    """An account of this organisation; raises NotFound, also for another organisation's."""
    account = find_account(account_id)
    if account is None or account.organisation_id != organisation_id:
        raise NotFound("account_not_found")
    return account


def find_organisation_name(organisation_id: str) -> str | None:
    """What an organisation is called; None where there is none."""
    organisation = db.session.get(Organisation, organisation_id)
    return organisation.name if organisation else None


def get_organisation_name(organisation_id: str) -> str:
    """Raises NotFound."""
    name = find_organisation_name(organisation_id)
    if name is None:
        raise NotFound("organisation_not_found")
    return name


def get_organisation_by_name(name: str = "") -> str:
    """The id of the organisation with this name, or of the only one; raises NotFound, OrganisationUnclear."""
    query = select(Organisation.id)
    found = db.session.scalars(query.filter_by(name=name) if name else query).all()
    if not found:
        raise NotFound("organisation_not_found")
    if len(found) > 1:
        raise OrganisationUnclear
    return found[0]


def called(account: Account) -> str:
    """How somebody is called in the current locale: in English by the English name, where there is one."""
    return i18n.pick({"zh-CN": account.name, "en": account.name_en})


def list_accounts(organisation_id: str) -> list[Account]:
    """Every account of an organisation, by name, the inactive ones last."""
    records = db.session.scalars(select(AccountRecord).filter_by(organisation_id=organisation_id))
    return sorted((record.to_account() for record in records), key=lambda a: (not a.active, a.name, a.email))


def has_administrator() -> bool:
    """Whether somebody can administer this installation: an administrator who has set a password."""
    query = (
        select(AccountRecord.id)
        .join(AccountRole)
        .where(
            AccountRole.name == Role.ADMINISTRATOR, AccountRecord.active.is_(True), AccountRecord.password.is_not(None)
        )
    )
    return db.session.scalar(query.limit(1)) is not None


def take_record(account_id: str) -> AccountRecord:
    """Read an account in order to change it; raises NotFound."""
    record = db.session.scalar(select(AccountRecord).filter_by(id=account_id).with_for_update(of=AccountRecord))
    if record is None:
        raise NotFound("account_not_found")
    return record


def take_organisation(organisation_id: str) -> Organisation:
    """The row that changes to an organisation's staff queue at; raises NotFound."""
    organisation = db.session.scalar(select(Organisation).filter_by(id=organisation_id).with_for_update())
    if organisation is None:
        raise NotFound("organisation_not_found")
    return organisation
