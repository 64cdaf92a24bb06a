"""A draft's papers to be read before anybody is invited: pages, and the PDF, marked as drafts."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import needs
from core import i18n
from core.errors import Conflict, Invalid
from core.i18n import t
from signing.agreements import preview_service
from signing.agreements import queries as agreements
from signing.ceremonies import board, obstacles, todo
from signing.ceremonies.access import READERS, is_host, own_ceremony

bp = Blueprint("previews", __name__, url_prefix="/ceremonies/<ceremony_id>/agreements/<agreement_id>/preview")


@bp.get("")
@needs(*READERS)
def show(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    agreement = _draft(ceremony_id, agreement_id)
    ceremony = own_ceremony(ceremony_id)
    lacking = todo.group(ceremony, obstacles.list_for_agreement(ceremony_id, agreement))
    try:
        made = preview_service.make_preview(agreement_id)
    except Invalid:  # what is lacking says why, and leads to the form
        made = None
    return render_template(
        "ceremonies/preview.html",
        ceremony=ceremony,
        agreement=agreement,
        title=i18n.pick(agreement.title),
        pages=_pictures(ceremony_id, agreement_id, made) if made else [],
        texts=[(page.text, page.is_picture) for page in made.pages] if made else [],
        todo=lacking,
        warnings=board.seal_warnings(ceremony, agreement),
        seals=next((whose for _, whose in board.planned_seals(ceremony, [agreement])), ""),
        can_host=is_host(),
        demo=ceremony.mark,
    )


def _pictures(ceremony_id: str, agreement_id: str, made: preview_service.Preview) -> list[tuple[str, int, int, str]]:
    """(address, width, height, what it shows) of each page."""
    count = len(made.pages)
    return [
        (
            url_for(".show_page", ceremony_id=ceremony_id, agreement_id=agreement_id, number=number),
            page.width,
            page.height,
            t("preview-page-alt", number=number, count=count),
        )
        for number, page in enumerate(made.pages, start=1)
    ]


@bp.get("/paper.pdf")
@needs(*READERS)
def download(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    agreement = _draft(ceremony_id, agreement_id)
    made = preview_service.make_preview(agreement_id)
    response = Response(made.pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="draft-{agreement.key}.pdf"'
    return _answer(response, made.digest)


@bp.get("/pages/<int:number>.png")
@needs(*READERS)
def show_page(ceremony_id: str, agreement_id: str, number: int) -> ResponseReturnValue:
    _draft(ceremony_id, agreement_id)
    made = preview_service.make_preview(agreement_id)
    return _answer(Response(made.page(number).png, mimetype="image/png"), f"{made.digest}-{number}")


def _draft(ceremony_id: str, agreement_id: str) -> agreements.AgreementView:
    ceremony = own_ceremony(ceremony_id)
    agreement = agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    if not ceremony.is_draft:
        raise Conflict(f"ceremony_{ceremony.state}")
    return agreement


def _answer(response: Response, tag: str) -> ResponseReturnValue:
    # The address stays when the plan is changed: what was printed decides whether a browser's copy is the right one.
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)
