"""The certificate of attendance on paper: A4 landscape, zh-CN and en together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import segno
from jinja2 import Template
from markupsafe import Markup

from core import clock, i18n, paper_templates
from core.values import Texts
from pdf import measuring


@dataclass(frozen=True)
class Facts:
    """What a certificate says, as plain values, kept as they were when it was issued; days as `2026-07-01`."""

    name: str
    organisation: str
    conference: Texts
    venue: Texts
    city: Texts
    begins_on: str
    ends_on: str
    minutes: int
    of_minutes: int
    issuer: str
    is_demo: bool


def certificate_html(facts: Facts, *, code: str, url: str, issued_at: datetime) -> str:
    """The document for pdf.render; the same values give the same text."""
    days = [date.fromisoformat(each) for each in dict.fromkeys((facts.begins_on, facts.ends_on))]
    return _template().render(
        facts=facts,
        has_han=measuring.has_han(facts.name),
        days={locale: [_day(each, locale) for each in days] for locale in i18n.LOCALES},
        hours=divmod(facts.minutes, 60),
        code=code,
        url=url,
        qr=_qr(url),
        issued_on={locale: _day(issued_at.date(), locale) for locale in i18n.LOCALES},
        made_at=clock.iso(issued_at),
    )


@cache
def _template() -> Template:
    return paper_templates.environment().get_template("attendance_certificate.html")


def _day(day: date, locale: str) -> str:
    with i18n.use_locale(locale):
        return i18n.format_date(day)


def _qr(url: str) -> Markup:
    """A QR code (ISO/IEC 18004, level M) as inline SVG, with the address for whoever hears the paper read."""
    drawn = segno.make_qr(url, error="m").svg_inline(border=0, dark="#1f1c1a", omitsize=True, title=f"二维码：{url}")
    return Markup(drawn)  # noqa: S704  drawn by segno from our own address
