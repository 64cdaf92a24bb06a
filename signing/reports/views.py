"""The report of a ceremony, for its hosts and readers: on a page, and as PDF to take along."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, limited, needs
from core import i18n, ids, jobs, live, tokens
from signing.ceremonies.access import READERS, own_ceremony
from signing.ceremonies.queries import CeremonyView
from signing.reports import board, figures, queries, service
from signing.reports.queries import ReportView

bp = Blueprint("ceremony_reports", __name__, url_prefix="/ceremonies/<ceremony_id>/report")
_STREAM_LIFE = timedelta(hours=12)


@bp.get("")
@needs(*READERS)
def show(ceremony_id: str) -> ResponseReturnValue:
    ceremony, channel = own_ceremony(ceremony_id), f"ceremony:{ceremony_id}"
    seq = live.find_seq(channel)
    return render_template(
        "ceremonies/report.html",
        ceremony=ceremony,
        files=_files(ceremony),
        key=ids.new("report"),
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        live_seq=seq,
        **{**board.page(figures.read(ceremony)), "demo": ceremony.mark},
    )


@bp.post("")
@needs(*READERS)
@limited("ceremony_report", times=30, per=timedelta(minutes=10))
def ask(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    wanted = request.form.get("language", "")
    locale = wanted if wanted in i18n.LOCALES else i18n.current()
    key = str(request.form.get("key") or ids.new("report"))[:80]
    service.ask(ceremony_id, locale=locale, key=key, by=current_actor())
    return redirect(url_for(".show", ceremony_id=ceremony_id, _anchor="files"), 303)


@bp.get("/<report_id>.pdf")
@needs(*READERS)
def download(ceremony_id: str, report_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    found = queries.get_report(report_id, ceremony_id=ceremony_id)
    response = Response(service.file_of(found), mimetype="application/pdf")
    name = f"ceremony-{ceremony.short_id.lower()}-report-{found.locale}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _files(ceremony: CeremonyView) -> list[dict[str, Any]]:
    """The newest two reports that were asked for and are not gone, each with what became of it."""
    given_up = {each.key for each in jobs.list_given_up(ceremony.id) if each.kind == service.PRINT}
    found = [_file(each, ceremony.host_timezone, given_up) for each in queries.list_reports(ceremony.id, most=2)]
    return [each for each in found if each["state"] != "gone"]


def _file(report: ReportView, zone: str, given_up: set[str]) -> dict[str, Any]:
    state = "ready" if report.file_digest else "gone" if report.made_at else "making"
    return {
        "id": report.id,
        "locale": report.locale,
        "state": "failed" if report.id in given_up else state,
        "pages": report.pages,
        "interim": report.is_interim,
        "at": i18n.format_named(report.made_at or report.asked_at, zone),
        "until": i18n.format_named(report.made_at + service.KEPT, zone) if report.made_at else "",
    }
