"""What somebody sends who registers, and what comes back; pure."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from events.registration.rules import RegistrationState, clean_code, clean_email

__all__ = ["AtDoor", "Changes", "Door", "Registered", "Registering", "clean_code", "clean_email", "new_code"]
LONGEST_NAME = 120  # characters, here and below
LONGEST_COMPANY = 120
LONGEST_TITLE = 120
LONGEST_PHONE = 40
LONGEST_EMAIL = 254
# Read from a badge and typed at a door: neither 0 and O nor 1 and I.
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_SIGNS_OF_A_CODE = 8


class Door(StrEnum):
    """By which way somebody was registered. Each has request keys of its own: who guesses a program's gets nothing for
    it at the public form."""

    FORM = "form"
    TEAM = "team"
    PHONE = "phone"


@dataclass(frozen=True)
class AtDoor:
    """By which door somebody comes who registers there. `let_in`: it had no network and has let them in already, so
    they have a place, whatever is taken."""

    door_id: str
    let_in: bool


@dataclass(frozen=True)
class Registering:
    """One person who wants to come. `answers` are those of the form, by the key of the question.

    `may_wait`: takes a place on the waiting list where the venue is full. `approved`: whoever registers them has
    decided already; a group's link and a personal invitation say so too. Without `email` no mail goes out and the
    person is not held against others (walk-ins).
    """

    audience_id: str
    venue_id: str
    name: str
    email: str
    locale: str = "zh-CN"
    timezone: str = "Asia/Shanghai"
    phone: str = ""
    job_title: str = ""
    company_id: str | None = None
    company_name: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    group_id: str | None = None
    invitation_id: str | None = None
    may_wait: bool = True
    approved: bool = False
    at_door: AtDoor | None = None


@dataclass(frozen=True)
class Changes:
    """What a person may change about their registration; None leaves it as it is."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    job_title: str | None = None
    company_id: str | None = None  # "" takes it out of the company
    company_name: str | None = None
    locale: str | None = None
    timezone: str | None = None
    answers: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Registered:
    """What became of it; `link_number` is that of the links to the self-service page (links.py)."""

    id: str
    state: RegistrationState
    link_number: int


@dataclass(frozen=True)
class Written:
    """A registration's new row, as far as others are told of it: a record of the session takes as long as the row."""

    id: str
    conference_id: str
    email: str
    locale: str
    state: RegistrationState
    link_number: int


def new_code() -> str:
    """Eight signs, which are one person's at one conference."""
    number = secrets.randbits(5 * _SIGNS_OF_A_CODE)  # five bits for each of the 32 signs
    return "".join([_SIGNS[number >> 5 * place & 31] for place in range(_SIGNS_OF_A_CODE)])
