"""The host's page on which somebody else takes a signer's place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import accepts_upload, current_actor, needs
from core import i18n
from core.errors import Conflict, Invalid
from core.form_errors import by_field
from signing.ceremonies import understudy
from signing.ceremonies.access import HOSTS, own_ceremony
from signing.ceremonies.understudy_forms import read_understudy
from signing.cues import rewording_service as rewording
from signing.seats import queries as seats

bp = Blueprint("understudy", __name__, url_prefix="/ceremonies/<ceremony_id>/seats/<seat_id>/understudy")


@bp.get("")
@needs(*HOSTS)
def show(ceremony_id: str, seat_id: str) -> ResponseReturnValue:
    return _page(ceremony_id, seat_id)


@bp.post("")
@needs(*HOSTS)
@accepts_upload
def replace_signer(ceremony_id: str, seat_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    seats.get_seat(seat_id, ceremony_id=ceremony_id)
    typed = request.form.to_dict()
    try:
        form = read_understudy(typed, request.files.get("letter"))
        understudy.replace_signer(
            ceremony_id,
            seat_id,
            understudy.Understudy(**vars(form)),
            looked_at=typed.get("seen", "")[:40],
            by=current_actor(),
        )
    except Invalid as invalid:
        return _page(ceremony_id, seat_id, typed, by_field(invalid)), invalid.status
    except Conflict as refusal:
        return _page(ceremony_id, seat_id, typed, refusal=refusal), refusal.status
    return redirect(url_for("ceremonies.show", ceremony_id=ceremony_id), 303)


def _page(
    ceremony_id: str,
    seat_id: str,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, list[str]] | None = None,
    refusal: Conflict | None = None,
) -> str:
    ceremony = own_ceremony(ceremony_id)
    seat = seats.get_seat(seat_id, ceremony_id=ceremony_id)
    found = understudy.look(ceremony, seat)
    return render_template(
        "ceremonies/understudy.html",
        ceremony=ceremony,
        title=i18n.pick(ceremony.title),
        seat=seat,
        seen=understudy.seen(seat),
        organisation=i18n.pick(ceremony.party(seat.party_key).organisation),
        found=found,
        outlook=_outlook(ceremony_id, seat.name),
        rereaders=[
            i18n.pick(ceremony.party(seats.get_seat(each).party_key).organisation) for each in found["rereaders"]
        ],
        typed=typed or {},
        errors=errors or {},
        refusal=refusal,
        demo=ceremony.mark,
    )


def _outlook(ceremony_id: str, name: str) -> dict[str, Any]:
    """What becomes of the cue sheet's words that name who is replaced."""
    found = rewording.look_at_name(ceremony_id, name)
    return {
        "followed": [i18n.pick(cue.title) for cue in found.followed],
        "kept": [{"id": cue.id, "title": i18n.pick(cue.title), "may_change": cue.may_change} for cue in found.kept],
    }
