"""Tables of organisations and staff accounts."""

from __future__ import annotations

from datetime import datetime

from flask_security import RoleMixin, UserMixin
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.rules import Account, Role
from core.db import Base, Id


class Organisation(Base):
    """Who runs ceremonies here; staff belongs to exactly one."""

    __tablename__ = "organisation"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]


class AccountRole(RoleMixin, Base):
    """One role of one account; `name` is what Flask-Security asks for."""

    __tablename__ = "account_role"
    account_id: Mapped[str] = mapped_column(Id, ForeignKey("account.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)


class AccountRecord(UserMixin, Base):
    """A staff account. `fs_uniquifier` stands in the session cookie: a new one ends every session of the account."""

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(Id, primary_key=True)  # type: ignore[assignment]  # the mixin thinks of numbers
    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))  # empty where there is none
    password: Mapped[str | None] = mapped_column(String(255))  # argon2id; none until the person has set one
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    active: Mapped[bool]
    locale: Mapped[str] = mapped_column(String(10))
    timezone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    roles: Mapped[list[AccountRole]] = relationship(  # type: ignore[assignment]  # it names its own base class
        lazy="selectin", cascade="all, delete-orphan", order_by=AccountRole.name
    )

    def to_account(self) -> Account:
        """The value that other rooms get."""
        return Account(
            id=self.id,
            organisation_id=self.organisation_id,
            email=self.email,
            name=self.name,
            name_en=self.name_en,
            roles=frozenset(Role(role.name) for role in self.roles),
            locale=self.locale,
            timezone=self.timezone,
            active=self.active,
            has_password=self.password is not None,
        )
