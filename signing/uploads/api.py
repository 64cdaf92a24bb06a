"""JSON for an agreement's own paper."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import accepts_upload, current_actor, needs
from core import clock
from core.errors import NotFound
from core.upload import read_content
from signing.agreements import queries as agreements
from signing.ceremonies.access import HOSTS, own_ceremony
from signing.uploads import forms, queries, service

bp = Blueprint("upload_api", __name__, url_prefix="/api/ceremonies/<ceremony_id>/agreements/<agreement_id>/paper")


@bp.get("")
@needs(*HOSTS)
def show(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    found = queries.find_upload(agreement_id)
    if found is None:
        raise NotFound("upload_not_found")
    return jsonify(_paper(ceremony_id, found))


@bp.post("")
@needs(*HOSTS)
@accepts_upload
def upload(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    """The body is the file; `?name=` is what it is called."""
    own_ceremony(ceremony_id)
    agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    data = read_content(request.get_data(cache=False))
    name = forms.read_name(request.args.get("name"))
    made = service.take_upload(ceremony_id, agreement_id, data, name=name, by=current_actor())
    return jsonify(_paper(ceremony_id, made)), 201


@bp.post("/remove")
@needs(*HOSTS)
def remove(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    service.remove_upload(ceremony_id, agreement_id, by=current_actor())
    return "", 204


def _paper(ceremony_id: str, found: queries.UploadView) -> dict[str, Any]:
    return {
        "agreement": found.agreement_id,
        "name": found.name,
        "kind": found.kind,
        "original": {"sha256": found.original_digest, "bytes": found.original_bytes},
        "rebuilt": {"sha256": found.rebuilt_digest},
        "uploaded_at": clock.iso(found.uploaded_at),
        "pages": [
            {
                "number": page.number,
                "width": page.width,
                "height": page.height,
                "silenced": page.silenced,
                "picture": page.is_picture,
                "image": url_for(
                    "uploads.show_page",
                    ceremony_id=ceremony_id,
                    agreement_id=found.agreement_id,
                    number=page.number,
                ),
            }
            for page in found.pages
        ],
    }
