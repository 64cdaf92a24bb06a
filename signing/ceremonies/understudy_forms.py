"""What a host sends about an understudy: who it is, and the letter of authority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import Invalid
from core.i18n import LOCALES
from core.reader import Reader
from core.upload import Upload, find_content
from core.values import Texts
from signing.ceremonies import rules

LONGEST_LETTER = 10_000_000  # bytes: it goes into every kit of what the understudy signs
_KINDS = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}


@dataclass(frozen=True)
class UnderstudyForm:
    """As `understudy.Understudy`, read."""

    name: str
    title: Texts
    email: str
    locale: str
    letter: bytes = field(repr=False)
    letter_kind: str


def read_understudy(data: Mapping[str, Any], file: Upload | None) -> UnderstudyForm:
    """`name`, `title`, `title_en`, `email`, `locale`, and the letter: PDF, PNG or JPEG. Raises Invalid."""
    reader = Reader()
    content = find_content(file) or b""
    kind = next((kind for begin, kind in _KINDS.items() if content.startswith(begin)), "")
    if not content:
        reader.problem("$.letter", "no_file")
    elif not kind:
        reader.problem("$.letter", "letter_unknown_kind")
    elif len(content) > LONGEST_LETTER:
        reader.problem("$.letter", "letter_too_large", most=LONGEST_LETTER // 1_000_000)
    title = {"zh-CN": reader.name(data.get("title"), "$.title", limit=rules.LONGEST_POSITION)}
    english = reader.name(data.get("title_en"), "$.title_en", limit=rules.LONGEST_POSITION, required=False)
    form = UnderstudyForm(
        name=reader.person(data.get("name"), "$.name", required=True),
        title={**title, "en": english} if english else title,
        email=reader.email(data.get("email"), "$.email"),
        locale=reader.choice(data.get("locale"), "$.locale", LOCALES, "zh-CN"),
        letter=content,
        letter_kind=kind,
    )
    if not str(data.get("email") or "").strip():
        reader.problem("$.email", "empty_text")
    if reader.problems:
        raise Invalid(reader.problems)
    return form
