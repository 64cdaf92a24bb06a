"""What is printed: templates/pdf filled with values, as one HTML document that carries everything it needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

import segno
from jinja2 import Environment
from markupsafe import Markup, escape

from core import i18n, money, paper_templates

# "E-commerce"; a longer compound may have to be broken in a narrow column.
_HYPHENATED = re.compile(r"(?<![\w-])(?=\S{1,24}(?!\S))(\w+(?:-\w+)+)(?![\w-])")
# The ideographs of planes 0, 2 and 3, with 々 and 〇.
_HAN = re.compile("[\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Bilingual:
    """A text in both languages; `en` may be empty where only the Chinese one is known."""

    zh: str
    en: str = ""


def fill(template: str, **values: object) -> str:
    """The HTML of templates/pdf/<template>; every value is escaped, an unknown name is a jinja2.UndefinedError."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = paper_templates.environment()
    environment.globals["qr"] = qr
    environment.tests["without_han"] = without_han
    environment.filters.update(
        date_zh=date_zh,
        date_en=date_en,
        figures=money.figures,
        capitals=money.capitals,
        time_zh=time_zh,
        time_en=time_en,
        utc_plain=utc_plain,
        groups=groups,
        colons=colons,
        share=share,
        unbroken=unbroken,
    )
    return environment


def date_zh(day: date) -> str:
    """`2020年2月11日`."""
    with i18n.use_locale("zh-CN"):
        return i18n.format_date(day)


def date_en(day: date) -> str:
    """`11 February 2020`."""
    with i18n.use_locale("en"):
        return i18n.format_date(day)


def time_zh(at: datetime, zone: str) -> str:
    """`2020年2月11日 10:05:33（UTC+08:00）`."""
    with i18n.use_locale("zh-CN"):
        return i18n.format_zoned(at, zone, seconds=True)


def time_en(at: datetime, zone: str) -> str:
    """`11 February 2020, 10:05:33 (UTC+08:00)`."""
    with i18n.use_locale("en"):
        return i18n.format_zoned(at, zone, seconds=True)


def utc_time(at: datetime) -> str:
    """`2020-02-11T02:05:33.123Z`, for programs."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def utc_plain(at: datetime) -> str:
    """`2020-02-11 02:05:33.123 UTC`, for people."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} UTC"


def groups(text: str, size: int = 4) -> str:
    """A digest or code in groups that can be read aloud."""
    return " ".join(text[start : start + size] for start in range(0, len(text), size))


def colons(digest: str) -> str:
    """`EA:D0:5A`: a fingerprint (hex) as openssl prints it, which is how people see it everywhere."""
    return ":".join(digest[start : start + 2] for start in range(0, len(digest), 2)).upper()


def share(part: Decimal, whole: Decimal) -> str:
    """`20%`, with one decimal where it is not whole."""
    percent = (part * 100 / whole).quantize(Decimal("0.1"))
    return f"{percent.to_integral() if percent == percent.to_integral() else percent}%"


def without_han(text: str) -> bool:
    """Whether it is to be set as Latin text: in a Chinese name `·` and `’` are as wide as a character."""
    return _HAN.search(text) is None


def unbroken(text: str) -> Markup:
    """Short words with a hyphen inside, as `E-commerce`, stay in one line."""
    pieces = _HYPHENATED.split(text)
    return Markup().join(
        Markup('<span class="figures">{}</span>').format(piece) if index % 2 else escape(piece)
        for index, piece in enumerate(pieces)
    )


def qr(text: str, *, words: str) -> Markup:
    """A QR code (ISO/IEC 18004, level M) as inline SVG; `words` say what it is to whoever hears the paper read."""
    code = segno.make_qr(text, error="m")
    return Markup(code.svg_inline(border=0, dark="#1f1c1a", omitsize=True, title=words))  # noqa: S704
