"""The report on paper: A4 upright, in one language, for the files."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Template

from core import clock, i18n, paper_templates
from core.i18n import t


def report_html(page: dict[str, Any], *, made_at: datetime) -> str:
    """The document for pdf.render; the same values and language give the same text."""
    return _template().render(**page, t=t, lang=i18n.current(), made_at=clock.iso(made_at))


@cache
def _template() -> Template:
    return paper_templates.environment().get_template("ceremony_report.html")
