"""JSON for hosts and for programs that act as one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from accounts.access import accepts_upload, current_account, current_actor, idempotency_key, json_body, needs
from core import clock, config, outbox
from core.errors import Problem
from core.i18n import t
from core.seen import read as read_seen
from signing.agreements import preview_service
from signing.agreements import queries as agreements
from signing.ceremonies import copying, inviting, obstacles, planning, queries, seen, service
from signing.ceremonies.access import HOSTS, READERS, own_ceremony
from signing.ceremonies.forms import read_beginning, read_copy, read_key
from signing.ceremonies.plan_file import CeremonyFile
from signing.seats import queries as seats

bp = Blueprint("ceremony_api", __name__, url_prefix="/api/ceremonies")


@bp.get("")
@needs(*READERS)
def list_ceremonies() -> ResponseReturnValue:
    found = queries.list_ceremonies(current_account().organisation_id)
    return jsonify(ceremonies=[{"id": each.id, "title": each.title, "state": str(each.state)} for each in found])


@bp.post("")
@needs(*HOSTS)
@accepts_upload
def import_ceremony() -> ResponseReturnValue:
    plan = CeremonyFile.loads(request.get_data(cache=False))
    ceremony_id = planning.import_ceremony(
        plan,
        organisation_id=current_account().organisation_id,
        by=current_actor(),
        demo=config.settings().demo,
        import_key=idempotency_key(),
    )
    preview_service.be_ready()
    return jsonify(state(ceremony_id)), 201


@bp.post("/new")
@needs(*HOSTS)
def begin() -> ResponseReturnValue:
    """What the page for a new ceremony sends (forms.read_beginning), and a `key` of one's own for each."""
    data = json_body()
    ceremony_id = planning.begin_ceremony(
        read_beginning(data),
        read_key(data),
        organisation_id=current_account().organisation_id,
        by=current_actor(),
        demo=config.settings().demo,
    )
    return jsonify(state(ceremony_id)), 201


@bp.get("/<ceremony_id>")
@needs(*READERS)
def show(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    return jsonify(state(ceremony_id))


@bp.post("/<ceremony_id>/invite")
@needs(*HOSTS)
def invite(ceremony_id: str) -> ResponseReturnValue:
    """No body is needed; one may say under `seen` which plan is meant: `seen.plan` of the ceremony's state."""
    own_ceremony(ceremony_id)
    data = json_body() if request.is_json and request.content_length else {}
    inviting.print_and_invite(ceremony_id, by=current_actor(), looked_at=read_seen(data))
    return jsonify(state(ceremony_id)), 202


@bp.post("/<ceremony_id>/seats/<seat_id>/invite")
@needs(*HOSTS)
def invite_again(ceremony_id: str, seat_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    token = inviting.invite_again(ceremony_id, seat_id, by=current_actor())
    return jsonify(url=f"{config.settings().base_url}/s/{token}")


@bp.post("/<ceremony_id>/stage-link/take-back")
@needs(*HOSTS)
def take_back_stage_link(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    service.take_back_stage_link(ceremony_id, by=current_actor())
    return jsonify(state(ceremony_id))


@bp.post("/<ceremony_id>/copy")
@needs(*HOSTS)
def copy_unsigned(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    return jsonify(state(copying.copy_unsigned(ceremony_id, read_copy(json_body()), by=current_actor()))), 201


@bp.post("/<ceremony_id>/stage-link")
@needs(*HOSTS)
def make_stage_link(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    token = service.stage_link(ceremony_id, by=current_actor())
    return jsonify(url=f"{config.settings().base_url}/stage/open/{token}")


def state(ceremony_id: str) -> dict[str, Any]:
    """A ceremony as programs see it."""
    ceremony = queries.get_ceremony(ceremony_id)
    by_party = {seat.party_key: seat for seat in seats.list_seats(ceremony_id)}
    return {
        "id": ceremony.id,
        "title": ceremony.title,
        "state": str(ceremony.state),
        "starts_at": clock.iso(ceremony.starts_at),
        "host_timezone": ceremony.host_timezone,
        "limit_minutes": ceremony.limit_minutes,
        "conference_tool": ceremony.conference_tool,
        "time_policy": str(ceremony.time_policy),
        "planned_investment": _money(ceremony.amount, ceremony.currency),
        "note": ceremony.note,
        "demo": ceremony.is_demo,
        "rehearsal_of": ceremony.rehearsal_of,
        "kit": f"/ceremonies/{ceremony.id}/kit.zip" if ceremony.kit_digest else None,
        "parties": [_party(party, by_party[party.key]) for party in ceremony.parties],
        "agreements": [_agreement(agreement) for agreement in agreements.list_agreements(ceremony_id)],
        "seen": _seen(ceremony) if ceremony.is_draft else None,
        "obstacles": _obstacles(ceremony_id) if ceremony.state == "draft" else [],
        "warnings": _sentences(obstacles.list_warnings(ceremony_id)) if ceremony.state == "draft" else [],
        "server_now": clock.iso(clock.now()),
    }


def _seen(ceremony: queries.CeremonyView) -> dict[str, Any]:
    """What a program gives back as `seen`, to change or confirm exactly what it read here."""
    return {
        "plan": seen.of_plan(ceremony),
        "ceremony": seen.of_ceremony(ceremony),
        "parties": {party.key: seen.of_party(ceremony, party.key) for party in ceremony.parties},
        "agreements": {each.id: seen.of_agreement(each) for each in agreements.list_agreements(ceremony.id)},
    }


def _money(amount: str | None, currency: str | None) -> dict[str, str] | None:
    return {"amount": amount, "currency": currency or "CNY"} if amount else None


def _obstacles(ceremony_id: str) -> list[dict[str, str]]:
    found = _sentences(obstacles.list_obstacles(ceremony_id))
    if not outbox.is_set_up():
        found.append({"path": "$", "code": "mail_not_set_up", "message": t("error-mail_not_set_up")})
    return found


def _sentences(problems: list[Problem]) -> list[dict[str, str]]:
    return [{"path": each.path, "code": each.code, "message": t(each.message_id, **each.params)} for each in problems]


def _party(party: queries.PartyView, seat: seats.SeatView) -> dict[str, Any]:
    return {
        "key": party.key,
        "organisation": party.organisation,
        "representative_title": party.representative_title,
        "place": party.place,
        "timezone": party.timezone,
        "is_host": party.is_host,
        "assumed": party.assumed,
        "seat": {
            "id": seat.id,
            "name": seat.name,
            "email": seat.email,
            "locale": seat.locale,
            "invited_at": clock.iso(seat.invited_at) if seat.invited_at else None,
            "opened_at": clock.iso(seat.opened_at) if seat.opened_at else None,
            "identity_proved_at": clock.iso(seat.identity_proved_at) if seat.identity_proved_at else None,
            "consented_at": clock.iso(seat.consented_at) if seat.consented_at else None,
            "declared_place": seat.declared_place,
        },
    }


def _agreement(agreement: agreements.AgreementView) -> dict[str, Any]:
    base = f"/agreements/{agreement.id}"
    item, ending = agreements.stage_item(agreement), agreements.find_ending(agreement)
    for shown, signer in zip(item["signers"], agreement.signers, strict=True):
        shown["state"] = agreements.shown_state(agreement, signer)
    return {
        **item,
        "ending": vars(ending) if ending else None,
        "kind": agreement.kind,
        "amount": agreement.amount,
        "currency": agreement.currency,
        "pages": agreement.page_count,
        "frozen_digest": agreement.frozen_digest,
        "downloads": {name: f"{base}/{name}" for name in ("final.pdf", "certificate.pdf", "kit.zip")}
        if agreement.kit_digest
        else {},
    }
