"""The team's pages of invitations: upload a list, watch it being sent, see who answered and which rows are wrong."""

from __future__ import annotations

from datetime import timedelta
from threading import BoundedSemaphore

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import accepts_upload, current_actor
from core import i18n, ids, live, tokens
from core.db import db
from core.errors import Conflict, Invalid, Problem, Refusal
from core.i18n import t
from events.conferences.access import own_conference, rights_in, team_leads, team_reads
from events.conferences.queries import ConferenceView
from events.registration import invitation_board as board
from events.registration import invitation_forms as forms
from events.registration import invitation_queries as queries
from events.registration import invitation_service as service
from events.registration.team_access import visible_venues
from pdf import sheets
from pdf.errors import PdfError

bp = Blueprint("invitations", __name__, url_prefix="/conferences/<conference_id>/invitations")
_STREAM_LIFE = timedelta(hours=12)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A child may take a gigabyte: organisers get one at a time, and never all threads of the pages.
_CHILD = BoundedSemaphore(1)
_PATIENCE_SECONDS = 20.0


@bp.get("")
@team_reads
def show(conference_id: str) -> ResponseReturnValue:
    return _page(own_conference(conference_id))


def _page(conference: ConferenceView, errors: dict[str, list[str]] | None = None) -> str:
    channel = f"conference:{conference.id}"
    seq = live.find_seq(channel)
    return render_template(
        "registering/invitations.html",
        conference=conference,
        title=i18n.pick(conference.title),
        lists=[board.row(each, conference.timezone) for each in queries.list_lists(conference.id)],
        can_send=rights_in(conference.id).leads and str(conference.state) == "published",
        key=ids.secret(),
        columns=board.columns(conference),
        most=board.MOST_ROWS,
        errors=errors or {},
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        live_seq=seq,
        demo=conference.is_demo,
    )


@bp.post("")
@team_leads
@accepts_upload
def upload(conference_id: str) -> ResponseReturnValue:
    conference, file = own_conference(conference_id), request.files.get("file")
    try:
        sheet = _read(file.read() if file is not None else b"")
        rows = [(row.number, row.cells, row.marks) for row in sheet.rows]
        read = forms.read_rows(rows, sheet.header, board.known(conference))
        name = (file.filename if file is not None else "") or "-"
        key = request.form.get("key", "")[:80] or ids.secret()
        list_id = service.add_list(conference_id, read, name=name[-120:], key=key, by=current_actor())
    except Invalid as invalid:
        return _page(conference, board.by_field(invalid)), invalid.status
    except Conflict as refusal:
        return _page(conference, {"file": [t(refusal.message_id), t(refusal.next_id)]}), refusal.status
    return redirect(url_for(".show_list", conference_id=conference_id, list_id=list_id), 303)


def _read(content: bytes) -> sheets.Sheet:
    """Raises Invalid at the file: what it is that cannot be read, or that it holds too much."""
    if not content:
        raise Invalid([Problem("$.file", "sheet_missing")])
    db.session.rollback()  # no snapshot is held while the child works
    if not _CHILD.acquire(timeout=_PATIENCE_SECONDS):
        raise Refusal("upload_busy", status=503)
    try:
        sheet = sheets.read_sheet(content, wanted=board.WANTED, most_rows=board.MOST_ROWS)
    except PdfError as error:
        code = error.code if error.code in ("sheet_broken", "sheet_without_columns") else "sheet_too_heavy"
        raise Invalid([Problem("$.file", code, error.params)]) from error
    finally:
        _CHILD.release()
    if sheet.more:
        raise Invalid(
            [Problem("$.file", "too_many_rows", {"most": board.MOST_ROWS, "count": board.MOST_ROWS + sheet.more})]
        )
    if not sheet.rows:
        raise Invalid([Problem("$.file", "sheet_empty")])
    return sheet


@bp.get("/template.xlsx")
@team_leads
def download_template(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    header, rows = board.template(conference)
    return _sheet(sheets.write_sheet(t("invitations-sheet"), header, rows), "invitations.xlsx")


@bp.get("/<list_id>")
@team_reads
def show_list(conference_id: str, list_id: str) -> ResponseReturnValue:
    conference, found = own_conference(conference_id), queries.get_list(conference_id, list_id)
    visible = visible_venues(conference_id)
    wrong = board.wrong_rows(list_id, visible)
    channel = f"conference:{conference_id}"
    seq = live.find_seq(channel)
    return render_template(
        "registering/invitation_list.html",
        conference=conference,
        title=i18n.pick(conference.title),
        row=board.row(found, conference.timezone),
        wrong=wrong,
        more=found.wrong - len(wrong) if visible is None else 0,
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        live_seq=seq,
        demo=conference.is_demo,
    )


@bp.get("/<list_id>/result.xlsx")
@team_reads
def download_result(conference_id: str, list_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    queries.get_list(conference_id, list_id)
    header, rows = board.result(conference, list_id, visible_venues(conference_id))
    return _sheet(sheets.write_sheet(t("invitations-sheet"), header, rows), "invitations-result.xlsx")


def _sheet(content: bytes, name: str) -> Response:
    response = Response(content, content_type=_XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
