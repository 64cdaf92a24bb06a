"""The report on paper: A4 landscape, in one language, also fit to be projected."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Template

from core import clock, i18n, paper_templates
from core.i18n import t

FONT = "Yunqian Sans, Noto Sans CJK SC, sans-serif"


def report_html(page: dict[str, Any], *, made_at: datetime) -> str:
    """The document for pdf.render; the same values and language give the same text."""
    return _template().render(**page, t=t, lang=i18n.current(), made_at=clock.iso(made_at))


@cache
def _template() -> Template:
    return paper_templates.environment().get_template("conference_report.html")
