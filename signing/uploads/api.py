"""JSON for an agreement's own paper.

`state` tells of the newest file: `taken`, `arriving` or `refused`. `arrival` is that file while it is not the text:
{id, name, bytes, sha256, arrived_at, step, page, pages, percent, error}, else null. The paper that is the text by now,
perhaps an earlier one, stands in the other keys, which are missing where there is none.
"""

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
from signing.uploads import forms, queries, service, words
from signing.uploads.waiting import wait_for_end

bp = Blueprint("upload_api", __name__, url_prefix="/api/ceremonies/<ceremony_id>/agreements/<agreement_id>/paper")


@bp.get("")
@needs(*HOSTS)
def show(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    found, arrival = queries.find_upload(agreement_id), queries.find_arrival(agreement_id)
    if found is None and arrival is None:
        raise NotFound("upload_not_found")
    return jsonify(_body(ceremony_id, agreement_id, found, arrival))


@bp.post("")
@needs(*HOSTS)
@accepts_upload
def upload(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    """The body is the file; `?name=` is what it is called.

    201: it was taken in within a moment. 422: it was refused. 202: it is still being taken in, and GET says how far.
    """
    own_ceremony(ceremony_id)
    agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    data = read_content(request.get_data(cache=False))
    name = forms.read_name(request.args.get("name"))
    made = service.receive(ceremony_id, agreement_id, data, name=name, by=current_actor())
    now = wait_for_end(made, seconds=service.PATIENCE_SECONDS)
    if now is not None and now.refusal:
        raise now.refusal
    arrival = queries.find_arrival(agreement_id)
    body = _body(ceremony_id, agreement_id, queries.find_upload(agreement_id), arrival)
    return jsonify(body), 202 if arrival else 201


@bp.post("/withdraw")
@needs(*HOSTS)
def withdraw(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    """Drop the file that is arriving or was refused; the text stays what it was."""
    own_ceremony(ceremony_id)
    service.withdraw(ceremony_id, agreement_id, by=current_actor())
    return "", 204


@bp.post("/remove")
@needs(*HOSTS)
def remove(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    service.remove_upload(ceremony_id, agreement_id, by=current_actor())
    return "", 204


def _body(
    ceremony_id: str, agreement_id: str, found: queries.UploadView | None, arrival: queries.ArrivalView | None
) -> dict[str, Any]:
    return {
        "agreement": agreement_id,
        "state": str(arrival.state) if arrival else "taken",
        "arrival": _arrival(arrival) if arrival else None,
        **(_paper(ceremony_id, found) if found else {}),
    }


def _arrival(arrival: queries.ArrivalView) -> dict[str, Any]:
    said = words.of_refusal(arrival.refusal)
    return {
        "id": arrival.id,
        "name": arrival.name,
        "bytes": arrival.bytes,
        "sha256": arrival.digest,
        "arrived_at": clock.iso(arrival.arrived_at),
        "step": arrival.step,
        "page": arrival.page,
        "pages": arrival.pages,
        "percent": arrival.percent,
        "error": {"code": arrival.code, "message": said["what"], "next": said["next"]} if said else None,
    }


def _paper(ceremony_id: str, found: queries.UploadView) -> dict[str, Any]:
    return {
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
