"""The report of a conference: its page, and the PDF in either language, made in the background and kept for a day."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, limited
from core import i18n, ids, live, tokens
from events.attendance import export_service as files
from events.conferences.access import own_conference, team_reads
from events.reports import board, figures
from events.reports.work import REPORT

bp = Blueprint("reports", __name__, url_prefix="/conferences/<conference_id>/report")
_STREAM_LIFE = timedelta(hours=12)


@bp.get("")
@team_reads
def show(conference_id: str) -> ResponseReturnValue:
    conference, channel = own_conference(conference_id), f"conference:{conference_id}"
    return render_template(
        "reports/report.html",
        conference=conference,
        files=files.exported(conference, REPORT),
        key=ids.new("report"),
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        live_seq=live.find_seq(channel),
        **board.page(conference, figures.reckon(conference)),
    )


@bp.post("")
@team_reads
@limited("conference_report", times=30, per=timedelta(minutes=10))
def ask(conference_id: str) -> ResponseReturnValue:
    own_conference(conference_id)
    wanted = request.form.get("language", "")
    locale = wanted if wanted in i18n.LOCALES else i18n.current()
    key = str(request.form.get("key") or ids.new("report"))[:80]
    files.ask_file(conference_id, REPORT, locale=locale, key=key, by=current_actor())
    return redirect(url_for(".show", conference_id=conference_id, _anchor="files"), 303)


@bp.get("/<export_id>.pdf")
@team_reads
def download(conference_id: str, export_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    found = files.get_export(export_id, conference_id=conference_id, kind=REPORT)
    response = Response(files.file_of(found), mimetype="application/pdf")
    name = f"{conference.code}-report-{found.locale}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
