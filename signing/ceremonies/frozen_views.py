"""The text that people sign, for who holds the ceremony: the same pages and bytes, at any time from its printing on."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import needs
from core import i18n, storage
from core.errors import Conflict
from core.i18n import t
from signing.agreements import queries as agreements
from signing.ceremonies.access import READERS, own_ceremony

bp = Blueprint("frozen", __name__, url_prefix="/ceremonies/<ceremony_id>/agreements/<agreement_id>/text")


@bp.get("")
@needs(*READERS)
def show(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    agreement, _ = _frozen(ceremony_id, agreement_id)
    ceremony = own_ceremony(ceremony_id)
    pages = agreements.list_pages(agreement_id)
    return render_template(
        "ceremonies/frozen.html",
        ceremony=ceremony,
        agreement=agreement,
        title=i18n.pick(agreement.title),
        back=i18n.pick(ceremony.title),
        pages=[
            (
                url_for(".show_page", ceremony_id=ceremony_id, agreement_id=agreement_id, number=page.number),
                page.width,
                page.height,
                t("frozen-page-alt", number=page.number, count=len(pages)),
            )
            for page in pages
        ],
        texts=[(page.text, page.is_picture) for page in pages],
        demo=ceremony.mark,
    )


@bp.get("/unsigned.pdf")
@needs(*READERS)
def download(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    agreement, digest = _frozen(ceremony_id, agreement_id)
    response = Response(storage.read(digest), mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=f"{agreement.number}-unsigned.pdf")
    return _answer(response, digest)


@bp.get("/pages/<int:number>.png")
@needs(*READERS)
def show_page(ceremony_id: str, agreement_id: str, number: int) -> ResponseReturnValue:
    _frozen(ceremony_id, agreement_id)
    digest = agreements.get_page(agreement_id, number).image_digest
    return _answer(Response(storage.read(digest), mimetype="image/png"), digest)


def _frozen(ceremony_id: str, agreement_id: str) -> tuple[agreements.AgreementView, str]:
    """The agreement and the digest of its frozen file; raises NotFound, Conflict `agreement_not_ready`."""
    own_ceremony(ceremony_id)
    agreement = agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    if agreement.frozen_digest is None:
        raise Conflict("agreement_not_ready")
    return agreement, agreement.frozen_digest


def _answer(response: Response, digest: str) -> ResponseReturnValue:
    # A browser may keep it, but asks before each showing whether its reader still may see it.
    response.set_etag(digest)
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)
