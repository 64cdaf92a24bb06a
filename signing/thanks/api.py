"""JSON of thanks. `send` names what it looked at (`seen`): sent again with the same, nothing is sent twice."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, json_body, limited, needs
from core import clock, seen
from signing.ceremonies.access import HOSTS, READERS, own_ceremony
from signing.thanks import forms, queries, readers, service

bp = Blueprint("thanks_api", __name__, url_prefix="/api/ceremonies/<ceremony_id>/thanks")


@bp.get("")
@needs(*READERS)
def show(ceremony_id: str) -> ResponseReturnValue:
    return _state(ceremony_id)


@bp.post("")
@needs(*HOSTS)
def write(ceremony_id: str) -> ResponseReturnValue:
    """`words`, `words_en` (each may be empty) and `team`; `words_seen`, if it is to be held to what was looked at."""
    own_ceremony(ceremony_id)
    data = json_body()
    before = seen.read({"seen": data.get("words_seen")})
    service.write(ceremony_id, forms.read_draft(data), seen_before=before, by=current_actor())
    return _state(ceremony_id)


@bp.post("/send")
@needs(*HOSTS)
@limited("thanks_send", times=30, per=timedelta(minutes=10))
def send(ceremony_id: str) -> ResponseReturnValue:
    """A letter to everybody of `letters` whose `state` is `due`; `seen` as it was read."""
    own_ceremony(ceremony_id)
    service.send(ceremony_id, seen_before=seen.read(json_body()) or "", by=current_actor())
    return _state(ceremony_id)


def _state(ceremony_id: str) -> ResponseReturnValue:
    ceremony, thanks = own_ceremony(ceremony_id), queries.get_thanks(ceremony_id)
    thanked, due = queries.list_letters(ceremony_id), service.due(ceremony, thanks.draft)
    everybody = readers.list_readers(ceremony, with_team=thanks.draft.with_team)
    return jsonify(
        standing=str(queries.standing(ceremony)),
        words={"zh-CN": "", "en": "", **thanks.draft.words},
        team=thanks.draft.with_team,
        words_seen=service.words_seen(thanks.draft),
        sent_at=clock.iso(thanks.sent_at) if thanks.sent_at else None,
        seen=service.looked_at(thanks.draft, due),
        letters=[
            {
                "reader": each.key,
                "letter": str(each.kind),
                "name": each.name,
                "email": each.email,
                "language": each.locale,
                "agreements": list(each.agreements),
                "state": "sent" if each.key in thanked else str(each.why_not or "due"),
                "sent_at": clock.iso(thanked[each.key].sent_at) if each.key in thanked else None,
            }
            for each in everybody
        ],
    )
