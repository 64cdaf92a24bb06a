"""Rows of an invitation list: which columns there are, and what is wrong with a row; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

MOST_ROWS = 10_000
# What a column may be called, small letters; the first two are those of the template in each language.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "name", "full name", "名字"),
    "email": ("邮箱", "email", "e-mail", "mail", "电子邮箱", "邮件", "mail address"),
    "company_name": ("单位", "organisation", "organization", "company", "公司", "企业"),
    "job_title": ("职务", "position", "title", "职位"),
    "phone": ("电话", "phone", "telephone", "手机", "mobile"),
    "audience": ("人群", "kind of people", "audience", "类别"),
    "venue": ("会场", "venue", "hall"),
    "locale": ("语言", "language"),
}
NEEDED = ("name", "email")
_LANGUAGES = {"": "zh-CN", "zh": "zh-CN", "zh-cn": "zh-CN", "中文": "zh-CN", "chinese": "zh-CN", "en": "en",
              "英文": "en", "english": "en"}  # fmt: skip


class InvitationState(StrEnum):
    """Where one row stands; that somebody registered by it is told by the registration."""

    WRONG = "wrong"
    WAITING = "waiting"
    SENT = "sent"
    DECLINED = "declined"


@dataclass(frozen=True)
class Flaw:
    """One thing wrong with a row: the column, a code and what fills its sentence."""

    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What a row refers to: ids of audiences and venues by every name that they have, small letters; and addresses
    (cleaned) that are invited or registered already."""

    audiences: Mapping[str, str]
    venues: Mapping[str, str]
    invited: Collection[str]


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Which column of the file holds what; the first one of each name counts."""
    plain = [" ".join(text.split()).casefold() for text in header]
    found = {}
    for name, called in COLUMNS.items():
        at = next((number for number, text in enumerate(plain) if text in called), None)
        if at is not None:
            found[name] = at
    return found


def cells_of(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    """The row's texts by what they are; a row that is shorter than the header has nothing there."""
    return {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}


def choose(text: str, known: Mapping[str, str], *, only: str | None) -> str | None:
    """The id that a text names among `known` (names and keys, small letters, to ids): `only` where it is empty."""
    return only if not text else known.get(" ".join(text.split()).casefold())


def language_of(text: str) -> str | None:
    """`zh-CN` or `en`; None for what is neither."""
    return _LANGUAGES.get(text.strip().casefold())
