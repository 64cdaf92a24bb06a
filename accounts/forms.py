"""What people type on the pages of accounts: a checked value, or Invalid with every problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from accounts import rules
from accounts.rules import NewAccount, Role
from core.errors import Invalid, Problem
from core.i18n import LOCALES, t
from core.reader import is_zone


class Fields(Protocol):
    """A submitted form: werkzeug's MultiDict, or anything with these two."""

    def get(self, key: str, /) -> str | None: ...

    def getlist(self, key: str, /) -> list[str]: ...


@dataclass(frozen=True)
class SignIn:
    """An address and a password, as typed; whether they are right is the service's business."""

    email: str
    password: str

    @classmethod
    def read(cls, fields: Fields) -> SignIn:
        """Raises Invalid where one is missing or far too long."""
        email = rules.clean_email(_text(fields, "email"))
        password = _text(fields, "password")
        problems = rules.text_problems("email", email, most=254)
        problems += _secret_problems("password", password)
        _refuse(problems)
        return cls(email=email, password=password)


@dataclass(frozen=True)
class PasswordChange:
    """The password that was, and the one that shall be."""

    current: str
    new: str

    @classmethod
    def read(cls, fields: Fields, *, email: str) -> PasswordChange:
        """Raises Invalid."""
        problems = _secret_problems("current", _text(fields, "current"))
        new, more = _new_password(fields, email=email)
        _refuse(problems + more)
        return cls(current=_text(fields, "current"), new=new)


def read_new_password(fields: Fields, *, email: str) -> str:
    """A new password, typed twice; raises Invalid."""
    password, problems = _new_password(fields, email=email)
    _refuse(problems)
    return password


@dataclass(frozen=True)
class FirstAdministrator:
    """The organisation, its first person and the password."""

    organisation: str
    account: NewAccount
    password: str

    @classmethod
    def read(cls, fields: Fields, *, locale: str) -> FirstAdministrator:
        """Raises Invalid."""
        organisation = _text(fields, "organisation").strip()
        problems = rules.name_problems("organisation", organisation)
        email, name, more = _person(fields)
        password, of_password = _new_password(fields, email=email)
        _refuse(problems + more + of_password)
        roles = frozenset({Role.ADMINISTRATOR, Role.HOST})
        return cls(organisation, NewAccount(email=email, name=name, roles=roles, locale=locale), password)


def read_new_account(fields: Fields, *, timezone: str) -> NewAccount:
    """A colleague's address, name (in English too, if given), language and roles; raises Invalid."""
    email, name, problems = _person(fields)
    name_en = _text(fields, "name_en").strip()
    problems += rules.name_problems("name_en", name_en) if name_en else []
    roles, of_roles = _roles(fields)
    locale = _text(fields, "locale") or LOCALES[0]
    _refuse(problems + _choice_problems("locale", locale, LOCALES) + of_roles)
    return NewAccount(email=email, name=name, name_en=name_en, roles=roles, locale=locale, timezone=timezone)


def read_roles(fields: Fields) -> frozenset[Role]:
    """At least one role; raises Invalid."""
    roles, problems = _roles(fields)
    _refuse(problems)
    return roles


@dataclass(frozen=True)
class Preferences:
    """Language and IANA time zone."""

    locale: str
    timezone: str

    @classmethod
    def read(cls, fields: Fields) -> Preferences:
        """Raises Invalid."""
        locale, timezone = _text(fields, "locale"), _text(fields, "timezone")
        problems = _choice_problems("locale", locale, LOCALES)
        if not is_zone(timezone):
            problems.append(Problem("$.timezone", "unknown_zone", {}))
        _refuse(problems)
        return cls(locale=locale, timezone=timezone)


def sentences(invalid: Invalid) -> dict[str, list[str]]:
    """The problems as sentences in the reader's language, by field name."""
    found: dict[str, list[str]] = {}
    for problem in invalid.problems:
        found.setdefault(problem.path.removeprefix("$."), []).append(t(problem.message_id, **problem.params))
    return found


def kept(fields: Mapping[str, str]) -> dict[str, str]:
    """What was typed, to be shown again: everything but passwords."""
    return {name: value for name, value in fields.items() if name not in {"password", "repeat", "current"}}


def _text(fields: Fields, name: str) -> str:
    return fields.get(name) or ""


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Invalid(problems)


def _secret_problems(name: str, text: str) -> list[Problem]:
    if not text:
        return [Problem(f"$.{name}", "required", {})]
    return [Problem(f"$.{name}", "too_long", {"most": rules.PASSWORD_MAX})] if len(text) > rules.PASSWORD_MAX else []


def _choice_problems(name: str, value: str, choices: tuple[str, ...]) -> list[Problem]:
    return [] if value in choices else [Problem(f"$.{name}", "unknown_choice", {})]


def _person(fields: Fields) -> tuple[str, str, list[Problem]]:
    email, name = rules.clean_email(_text(fields, "email")), _text(fields, "name").strip()
    return email, name, rules.person_problems(email, name)


def _roles(fields: Fields) -> tuple[frozenset[Role], list[Problem]]:
    given = fields.getlist("roles")
    if not given:
        return frozenset(), [Problem("$.roles", "role_missing", {})]
    if not set(given) <= set(Role):
        return frozenset(), [Problem("$.roles", "unknown_choice", {})]
    return frozenset(Role(role) for role in given), []


def _new_password(fields: Fields, *, email: str) -> tuple[str, list[Problem]]:
    password = rules.clean_password(_text(fields, "password"))
    problems = rules.password_problems(password, email=email)
    if rules.clean_password(_text(fields, "repeat")) != password:
        problems.append(Problem("$.repeat", "passwords_differ", {}))
    return password, problems
