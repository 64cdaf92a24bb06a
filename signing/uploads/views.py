"""The host's page of one agreement's own paper: upload, see it taken in, look at every page, remove."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import accepts_upload, current_actor, needs
from core import config, live, storage, tokens
from core.errors import Refusal
from core.i18n import t
from pdf import intake
from signing.agreements import queries as agreements
from signing.ceremonies.access import HOSTS, own_ceremony
from signing.uploads import forms, queries, service, words
from signing.uploads.waiting import wait_for_end

bp = Blueprint("uploads", __name__, url_prefix="/ceremonies/<ceremony_id>/agreements/<agreement_id>/paper")
_STREAM_LIFE = timedelta(hours=12)
_A4 = (1191, 1684)  # pixels of a page of ours, as pdf.preview draws it


@bp.get("")
@needs(*HOSTS)
def show(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    return _page(ceremony_id, agreement_id)


@bp.post("")
@needs(*HOSTS)
@accepts_upload
def upload(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    try:
        name, data = forms.read_file(request.files.get("file"))
        made = service.receive(ceremony_id, agreement_id, data, name=name, by=current_actor())
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return _page(ceremony_id, agreement_id, refusal), refusal.status
    wait_for_end(made, seconds=service.PATIENCE_SECONDS)
    return redirect(url_for(".show", ceremony_id=ceremony_id, agreement_id=agreement_id), 303)


@bp.post("/withdraw")
@needs(*HOSTS)
def withdraw(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    service.withdraw(ceremony_id, agreement_id, by=current_actor())
    return redirect(url_for(".show", ceremony_id=ceremony_id, agreement_id=agreement_id), 303)


@bp.post("/remove")
@needs(*HOSTS)
def remove(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    service.remove_upload(ceremony_id, agreement_id, by=current_actor())
    return redirect(url_for(".show", ceremony_id=ceremony_id, agreement_id=agreement_id), 303)


@bp.get("/pages/<int:number>.png")
@needs(*HOSTS)
def show_page(ceremony_id: str, agreement_id: str, number: int) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    page = queries.get_page(agreement_id, number)
    # The address stays when another file comes: the picture's digest decides whether a browser's copy is the right one.
    response = Response(storage.read(page.image), mimetype="image/png")
    response.set_etag(page.image)
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


def _page(ceremony_id: str, agreement_id: str, refusal: Refusal | None = None) -> str:
    ceremony = own_ceremony(ceremony_id)
    agreement = agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    channel = service.channel(agreement_id)
    seq = live.find_seq(channel)  # before what it tells of is read: nothing is missed in between
    found = queries.find_upload(agreement_id)
    arrival = queries.find_arrival(agreement_id) if ceremony.is_draft else None
    arriving = arrival if arrival and arrival.is_arriving else None
    settings = config.settings()
    return render_template(
        "uploads/paper.html",
        ceremony=ceremony,
        agreement=agreement,
        upload=found,
        pages=_pictures(ceremony_id, agreement_id, found) if found else [],
        signatures=_signature_page(agreement, found) if found and ceremony.is_draft else None,
        can_change=ceremony.is_draft,
        arriving=words.of_arrival(arriving, queries.find_trouble(ceremony_id, arriving.id)) if arriving else None,
        refused=arrival if arrival and arrival.refusal and not refusal else None,
        problem=words.of_refusal(refusal or (arrival.refusal if arrival else None)),
        live_url=_live_url(channel) if arriving else "",
        live_seq=seq,
        megabytes=settings.max_upload_bytes // 1_000_000,
        most_pages=settings.max_upload_pages,
        takes_texts=bool(settings.office_path) or intake.find_office() is not None,
        demo=ceremony.mark,
    )


def _pictures(ceremony_id: str, agreement_id: str, found: queries.UploadView) -> list[tuple[str, int, int, str]]:
    """(address, width, height, what it shows) of each page."""
    return [
        (
            url_for(".show_page", ceremony_id=ceremony_id, agreement_id=agreement_id, number=page.number),
            page.width,
            page.height,
            t("upload-page-alt", number=page.number, count=len(found.pages)),
        )
        for page in found.pages
    ]


def _signature_page(agreement: agreements.AgreementView, found: queries.UploadView) -> tuple[str, int, int, str] | None:
    """As `_pictures`: what comes behind them, printed when somebody looks; None where it cannot be printed yet."""
    if agreement.kind == "investment" and not agreement.amount:
        return None
    address = url_for(
        "previews.show_page",
        ceremony_id=agreement.ceremony_id,
        agreement_id=agreement.id,
        number=len(found.pages) + 1,
    )
    return address, *_A4, t("upload-signatures-alt")


def _live_url(channel: str) -> str:
    return f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}"
