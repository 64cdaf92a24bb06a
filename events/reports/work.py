"""Background work of reports: print one."""

from __future__ import annotations

from core.db import db
from events.attendance.export_service import makes
from events.conferences.queries import ConferenceView
from events.reports import board, figures, paper
from pdf import render

REPORT = "report"


@makes(REPORT)
def print_report(conference: ConferenceView) -> tuple[bytes, int]:
    """The report as PDF in the current language, with the figures of now; and how many pages it has."""
    found = figures.reckon(conference)
    html = paper.report_html(board.page(conference, found, font=paper.FONT), made_at=found.at)
    db.session.rollback()  # no snapshot is held while it is printed
    printed = render.render(html)
    return printed.pdf, printed.page_count
