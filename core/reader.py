"""Reading JSON that a person wrote: every problem at once, each with its JSON path."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any

from email_validator import EmailNotValidError, validate_email

from core import zones
from core.errors import Problem
from core.i18n import LOCALES
from core.values import Money, Texts, is_name

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,2})?", re.ASCII)
LONGEST_PERSON = 50  # characters
CURRENCIES = ("CNY", "HKD", "USD", "EUR")  # those that core.money can write in words


@dataclass
class Reader:
    """Walks JSON, gathers problems, and gives harmless stand-ins for what is wrong, so that the walk goes on."""

    problems: list[Problem] = field(default_factory=list)

    def problem(self, path: str, code: str, **params: object) -> None:
        self.problems.append(Problem(path, code, params))

    def mapping(self, value: object, path: str, *, required: Sequence[str], optional: Sequence[str]) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            self.problem(path, "not_an_object")
            return {}
        for key in value:
            if key not in required and key not in optional:
                self.problem(f"{path}.{key}", "unknown_key", key=str(key), known=", ".join([*required, *optional]))
        for key in required:
            if value.get(key) is None:  # null says no more than silence
                self.problem(f"{path}.{key}", "missing_key", key=key)
        return dict(value)

    def text(self, value: object, path: str, *, limit: int, required: bool = True, lines: bool = False) -> str:
        """A text without outer spaces, every wide or fixed space made a plain one; `lines`: it may have several."""
        if value is None:
            if required and all(problem.path != path for problem in self.problems):
                self.problem(path, "empty_text")
            return ""
        if not isinstance(value, str):
            self.problem(path, "not_a_text")
            return ""
        is_shown = value.isprintable()  # then its only space is the plain one: others, and controls, are not printable
        if not is_shown:
            value = "".join(" " if unicodedata.category(char) == "Zs" else char for char in value)
        value = value.strip()
        if required and not value:
            self.problem(path, "empty_text")
        if len(value) > limit:
            self.problem(path, "text_too_long", limit=limit, length=len(value))
        # Also marks that turn the reading direction around: a name must look like what is signed.
        if not is_shown and not all(char.isprintable() or (lines and char in "\r\n\t") for char in value):
            self.problem(path, "control_character")
        return value

    def name(self, value: object, path: str, *, limit: int, required: bool = True) -> str:
        """A text that names somebody or something: in any script, but with a letter or a digit that can be seen."""
        text = self.text(value, path, limit=limit, required=required)
        if text and not is_name(text):
            self.problem(path, "no_letter")
        return text

    def person(self, value: object, path: str, *, required: bool) -> str:
        """A person's name, which fits whole into a certificate, behind the mark of a specimen too."""
        return self.name(value, path, limit=LONGEST_PERSON, required=required)

    def texts(self, value: object, path: str, *, limit: int, lines: bool = False) -> Texts:
        """A name for both languages, or one for each; `lines`: a text that may have several, or be empty."""

        def read(value: object, path: str) -> str:
            if lines:
                return self.text(value, path, limit=limit, required=False, lines=True)
            return self.name(value, path, limit=limit)

        if isinstance(value, str):
            text = read(value, path)
            return {"zh-CN": text} if text or not lines else {}
        if value is None:
            return {}
        given = self.mapping(value, path, required=(), optional=LOCALES)
        told = [key for key in LOCALES if given.get(key) is not None]
        found = {key: read(given[key], f"{path}.{key}") for key in told}
        if isinstance(value, Mapping) and not found:
            self.problem(path, "no_language", known=", ".join(LOCALES))
        return {key: text for key, text in found.items() if text} if lines else found

    def both(self, data: Mapping[str, Any], name: str, *, limit: int, lines: bool = False) -> Texts:
        """A text of a form in two fields: `name` in Chinese, `<name>_en` in English; an empty one is left out."""
        told = zip(LOCALES, (name, f"{name}_en"), strict=True)
        found = {
            language: self.text(data.get(each), f"$.{each}", limit=limit, required=False, lines=lines)
            for language, each in told
        }
        return {language: text for language, text in found.items() if text}

    def zone(self, value: object, path: str) -> str:
        if value is None:
            return "UTC"
        found = zones.find(value) if isinstance(value, str) else None
        if found is None:
            self.problem(path, "bad_zone", value=str(value)[:60])
        return found or "UTC"

    def day(self, value: object, path: str) -> date:
        if value is not None:
            try:
                # Only the written form of the file: fromisoformat takes weeks and bare digits too.
                return date.fromisoformat(value if isinstance(value, str) and _DAY.fullmatch(value) else "")
            except ValueError:
                self.problem(path, "bad_date", value=str(value)[:40])
        return date(2000, 1, 1)

    def choice(self, value: object, path: str, options: Sequence[str], default: str) -> str:
        if value is None:
            return default
        if value not in options:
            self.problem(path, "not_an_option", value=str(value)[:40], known=", ".join(options))
            return default
        return str(value)

    def items(self, value: object, path: str, *, least: int, most: int) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            self.problem(path, "not_a_list")
            return []
        if len(value) < least:
            self.problem(path, "too_few", least=least, count=len(value))
        if len(value) > most:
            self.problem(path, "too_many", most=most, count=len(value))
        return value[:most]

    def key(self, value: object, path: str, seen: set[str]) -> str:
        if value is None:
            return ""
        if not isinstance(value, str) or not _KEY.fullmatch(value):
            self.problem(path, "bad_key", value=str(value)[:60])
            return ""
        if value in seen:
            self.problem(path, "duplicate_key", key=value)
        seen.add(value)
        return value

    def known_keys(self, value: object, path: str, known: set[str], *, what: str, least: int) -> tuple[str, ...]:
        keys: list[str] = []
        for index, key in enumerate(self.items(value, path, least=least, most=50)):
            here = f"{path}[{index}]"
            if not isinstance(key, str) or key not in known:
                self.problem(here, f"unknown_{what}", key=str(key)[:60])
            elif key in keys:
                self.problem(here, "duplicate_key", key=key)
            else:
                keys.append(key)
        return tuple(keys)

    def time_of_day(self, value: object, path: str) -> time:
        """HH:MM, 24 hours."""
        if isinstance(value, str) and re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
            return time.fromisoformat(value)
        self.problem(path, "bad_time", value=str(value)[:40])
        return time(0)

    def money(self, value: object, path: str) -> Money | None:
        if value is None:
            return None
        given = self.mapping(value, path, required=("amount", "currency"), optional=())
        currency = self.choice(given.get("currency"), f"{path}.currency", CURRENCIES, "CNY")
        raw = given.get("amount")
        if raw is None:
            return None
        amount = read_amount(raw)
        if amount is None:
            self.problem(f"{path}.amount", "not_money", value=str(raw)[:40])
            return None
        return Money(f"{amount:f}", currency)

    def email(self, value: object, path: str) -> str:
        text = self.text(value, path, limit=320, required=False)
        if not text:
            return ""
        try:
            # Whether the domain receives mail is asked by sending, not by a name look-up on the importing machine.
            found = validate_email(text, check_deliverability=False, test_environment=True, strict=True)
        except EmailNotValidError:
            self.problem(path, "bad_email", value=text[:80])
            return ""
        # RFC 5321 §4.5.3.1.1 counts octets: no server takes more, whatever the script.
        if len(found.local_part.encode()) > 64:
            self.problem(path, "bad_email", value=text[:80])
            return ""
        return str(found.normalized)


def read_amount(raw: object) -> Decimal | None:
    """A positive amount of at most 15 digits before and 2 after the point, given as text or whole number, or None."""
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return None
    text = str(raw).strip()
    return Decimal(text) if _AMOUNT.fullmatch(text) and Decimal(text) > 0 else None


def is_zone(text: str) -> bool:
    """Whether this machine knows a time zone of this name."""
    return text in zones.known()
