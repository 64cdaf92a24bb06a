"""The report on paper: A4 landscape, in one language, also fit to be projected."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from core import clock, i18n, paths
from core.i18n import t

FONT = "Yunqian Sans, Noto Sans CJK SC, sans-serif"


def report_html(page: dict[str, Any], *, made_at: datetime) -> str:
    """The document for pdf.render; the same values and language give the same text."""
    return _template().render(**page, t=t, lang=i18n.current(), made_at=clock.iso(made_at))


@cache
def _template() -> Template:
    folder = paths.templates() / "pdf"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["stylesheet"] = lambda name: Markup((folder / name).read_text(encoding="utf-8"))  # noqa: S704
    return environment.get_template("conference_report.html")
