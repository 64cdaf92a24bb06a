"""The report of a conference, as a page and as a PDF in either language."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import limited
from core import i18n
from core.db import db
from events.conferences.access import own_conference, team_reads
from events.reports import board, figures, paper
from pdf import render

bp = Blueprint("reports", __name__, url_prefix="/conferences/<conference_id>")


@bp.get("/report")
@team_reads
def show(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    return render_template(
        "reports/report.html", conference=conference, **board.page(conference, figures.reckon(conference))
    )


@bp.get("/report.pdf")
@team_reads
@limited("conference_report", times=30, per=timedelta(minutes=10), reads=True)
def download(conference_id: str) -> ResponseReturnValue:
    conference, wanted = own_conference(conference_id), request.args.get("language", "")
    found = figures.reckon(conference)
    with i18n.use_locale(wanted if wanted in i18n.LOCALES else i18n.current()):
        html = paper.report_html(board.page(conference, found, font=paper.FONT), made_at=found.at)
        name = f"{conference.code}-report-{i18n.current()}.pdf"
    db.session.rollback()  # no snapshot is held while it is printed
    response = Response(render.render(html).pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
