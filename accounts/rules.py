"""Who people are to this installation, what they may be, and what a password must be: values and decisions only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from core.errors import Conflict, Invalid, Problem, Refusal
from core.values import is_name

PASSWORD_MIN = 12
PASSWORD_MAX = 200  # argon2 takes any length; the limit keeps a request from buying much work
# NIST SP 800-63B-4 §3.1.1.2: no password that many people use or that names the service.
_COMMON = (
    *("administrator", "password", "passwort", "superman", "princess", "sunshine", "iloveyou", "changeme", "football"),
    *("baseball", "wodemima", "welcome", "letmein", "default", "company", "yunqian", "5201314", "888888", "666666"),
    *("master", "secret", "dragon", "monkey", "woaini", "111111", "000000", "admin", "login", "hello", "user", "test"),
    *("mima", "1314", "520", "云签", "密码"),
)
_WRITTEN_AS = str.maketrans("@$!013457", "asioleast")  # p@ssw0rd
_KEYS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn")
_ROWS = (*_KEYS, *(row[::-1] for row in _KEYS))
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_LEAST_RUN = 4
_LEAST_UNEXPECTED = 5  # different characters
_EMAIL = re.compile(r"[^@\s\x00-\x1f,;<>()\"\[\]]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")


class Role(StrEnum):
    """What a staff account may do in its organisation."""

    ADMINISTRATOR = "administrator"
    HOST = "host"
    ORGANISER = "organiser"
    CLERK = "clerk"
    AUDITOR = "auditor"


@dataclass(frozen=True)
class Account:
    """A staff account as the other rooms see it: a value, safe to keep after the transaction that read it."""

    id: str
    organisation_id: str
    email: str
    name: str
    roles: frozenset[Role]
    locale: str
    timezone: str
    active: bool = True
    has_password: bool = True
    name_en: str = ""

    def has_any(self, roles: Collection[Role]) -> bool:
        """Whether the account has one of these roles."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True)
class NewAccount:
    """What is asked of a new account, checked."""

    email: str
    name: str
    roles: frozenset[Role]
    locale: str = "zh-CN"
    timezone: str = "Asia/Shanghai"
    name_en: str = ""

    @classmethod
    def checked(cls, *, email: str, name: str, roles: frozenset[Role], locale: str) -> NewAccount:
        """Raises Invalid with every problem."""
        email, name = clean_email(email), name.strip()
        if problems := person_problems(email, name):
            raise Invalid(problems)
        return cls(email=email, name=name, roles=roles, locale=locale)


class SignInRefused(Refusal):
    """Address and password do not belong to an active account; which of them is wrong is never said."""

    code = "sign_in_failed"
    status = 401


class PasswordWrong(Refusal):
    """The current password that was given is not the right one."""

    code = "password_wrong"
    status = 403


class EmailTaken(Conflict):
    """An account with this address exists already."""

    code = "email_taken"


class LastAdministrator(Conflict):
    """The organisation would be left without anybody who can administer it."""

    code = "last_administrator"


class OrganisationUnclear(Conflict):
    """More than one organisation could be meant."""

    code = "organisation_unclear"


class AlreadySetUp(Conflict):
    """The first administrator exists: the first link has done its work."""

    code = "already_set_up"
    status = 410


def clean_email(text: str) -> str:
    """The one written form of a mail address: trimmed, small letters, NFKC."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def is_email(text: str) -> bool:
    """Whether a cleaned text can be a mail address; that it is one shows only when a mail arrives."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None and ".." not in text


def person_problems(email: str, name: str) -> list[Problem]:
    """What stands against a cleaned address and a name."""
    problems = text_problems("email", email, most=254) + name_problems("name", name)
    if email and not is_email(email):
        problems.append(Problem("$.email", "not_an_email", {}))
    return problems


def text_problems(name: str, text: str, *, most: int) -> list[Problem]:
    """What stands against one line of text in the field of this name."""
    if not text.strip():
        return [Problem(f"$.{name}", "required", {})]
    if len(text) > most:
        return [Problem(f"$.{name}", "too_long", {"most": most})]
    if not text.isprintable():
        return [Problem(f"$.{name}", "not_printable", {})]
    return []


def name_problems(field: str, text: str) -> list[Problem]:
    """What stands against the name of a person or an organisation."""
    problems = text_problems(field, text, most=120)
    return problems or ([] if is_name(text) else [Problem(f"$.{field}", "no_letter", {})])


def clean_password(text: str) -> str:
    """The same characters for the same password on every keyboard (NIST SP 800-63B-4 §3.1.1.2: NFKC)."""
    return unicodedata.normalize("NFKC", text)


def password_problems(password: str, *, email: str = "", path: str = "$.password") -> list[Problem]:
    """What stands against this password; empty when it is good. Length counts more than kinds of characters."""
    if len(password) < PASSWORD_MIN:
        return [Problem(path, "password_too_short", {"least": PASSWORD_MIN})]
    if len(password) > PASSWORD_MAX:
        return [Problem(path, "too_long", {"most": PASSWORD_MAX})]
    local = email.partition("@")[0]
    named = len(local) >= _LEAST_RUN and local in password.lower()
    if named or len(set(password)) < 6 or len(set(_unexpected(password))) < _LEAST_UNEXPECTED:
        return [Problem(path, "password_too_plain", {})]
    return []


def _unexpected(password: str) -> str:
    """What is left without what everybody tries first: repetitions, common words, rows of keys, years."""
    text = password.casefold()
    text = text[: (text + text).find(text, 1)]
    for word in _COMMON:
        at = text.translate(_WRITTEN_AS).find(word) if word.isalpha() else text.find(word)
        if at >= 0:
            text = text[:at] + text[at + len(word) :]
    return _YEAR.sub("", _without_rows(text))


def _without_rows(text: str) -> str:
    """The text without each run of four or more keys that stand side by side."""
    kept, at = "", 0
    while at < len(text):
        run = max(_shared(text[at:], row) for row in _ROWS)
        if run < _LEAST_RUN:
            kept, run = kept + text[at], 1
        at += run
    return kept


def _shared(text: str, row: str) -> int:
    """How many keys of a row, from anywhere in it, the text begins with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(text, row[row.find(text[0]) :], strict=False)))


def check_still_administered(others: Collection[Account]) -> None:
    """Raises LastAdministrator unless one of the organisation's other accounts is an active administrator."""
    if not any(account.active and Role.ADMINISTRATOR in account.roles for account in others):
        raise LastAdministrator
