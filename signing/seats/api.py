"""JSON for a signer's page and for programs that act as one."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from accounts.access import json_body, network_address
from core import clock, i18n, live, tokens
from signing import endings
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.captions import queries as captions
from signing.ceremonies import queries as ceremonies
from signing.cues import queries as cues
from signing.cues import tick_queries
from signing.ink import queries as ink
from signing.meetings import queries as meetings
from signing.presence import lobby_queries as lobby
from signing.seals import queries as seals
from signing.seats import bringing, forms, proving, queries, service
from signing.seats.access import link_of, proof_of, proved_only, remember_proof, seat_only
from signing.trust import service as trust

bp = Blueprint("seat_api", __name__, url_prefix="/api/seat/<seat_id>")
CONSENT_TEXT = "2026-11"
_STREAM_LIFE = timedelta(hours=12)
_Names = dict[str, tuple[queries.SeatView, str]]  # (seat, organisation) by seat


@bp.get("")
@seat_only
def show(seat_id: str) -> ResponseReturnValue:
    return jsonify(_state(seat_id))


@bp.post("/code")
@seat_only
def send_code(seat_id: str) -> ResponseReturnValue:
    sent = proving.send_code(seat_id, address=network_address(), link_id=link_of(seat_id))
    return jsonify(sent_to=sent.sent_to, expires_at=clock.iso(sent.expires_at), resend_at=clock.iso(sent.resend_at))


@bp.post("/code/check")
@seat_only
def check_code(seat_id: str) -> ResponseReturnValue:
    code = forms.read_code(json_body())
    proof_id = proving.check_code(seat_id, code, address=network_address(), link_id=link_of(seat_id))
    remember_proof(seat_id, proof_id)
    return jsonify(_state(seat_id))


@bp.post("/consent")
@proved_only
def give_consent(seat_id: str) -> ResponseReturnValue:
    form = forms.ConsentForm.read(json_body())
    service.give_consent(
        seat_id, place=form.place, timezone=form.timezone, text_version=CONSENT_TEXT, address=network_address()
    )
    return jsonify(_state(seat_id))


@bp.post("/certificate")
@proved_only
def enrol(seat_id: str) -> ResponseReturnValue:
    certificate = service.enrol(seat_id, forms.read_request(json_body()), address=network_address())
    return jsonify(_certificate(certificate))


@bp.post("/certificate/own")
@proved_only
def bring_certificate(seat_id: str) -> ResponseReturnValue:
    form = forms.Brought.read(json_body())
    certificate = bringing.bring(seat_id, form.certificate, form.above, proof=form.proof, address=network_address())
    return jsonify(_certificate(certificate))


def _state(seat_id: str) -> dict[str, Any]:
    seat = queries.get_seat(seat_id)
    proved = proving.has_proof(seat_id, proof_of(seat_id))
    ceremony = ceremonies.get_ceremony(seat.ceremony_id)
    party = ceremony.party(seat.party_key)
    # A link may have been forwarded: names are for who proved to be the one that it was sent to.
    names = _names(ceremony) if proved else {}
    items = [_agreement(seat, agreement, names, proved=proved) for agreement in agreements.list_for_seat(seat_id)]
    unfinished = sum(item["mine"] in {"open", "waiting"} for item in items)
    certificate = queries.find_certificate(seat_id, custody="client", now=clock.now()) if proved else None
    return {
        "seat": {
            "id": seat.id,
            "name": seat.name,
            "title": i18n.pick(party.representative_title),
            "organisation": i18n.pick(party.organisation),
            "place": i18n.pick(party.place),
            "timezone": seat.timezone,
            "locale": seat.locale,
        },
        "ceremony": {
            "id": ceremony.id,
            "title": i18n.pick(ceremony.title),
            "state": str(ceremony.state),
            "date": ceremony.held_on.isoformat(),
            "starts_at": clock.iso(ceremony.starts_at),
            "host_timezone": ceremony.host_timezone,
            "demo": ceremony.is_demo,
        },
        "step": service.next_step(seat, proved=proved, unfinished=unfinished),
        "identity": _identity(seat, proved=proved),
        "consent": _consent(seat) if proved else None,
        "certificate": _certificate(certificate) if certificate else None,
        "own_certificates": trust.takes_own_certificates() and not ceremony.is_rehearsal,
        "ink": ink.is_shown(seat.ceremony_id),
        "ink_panel": _ink_panel(seat) if proved else None,
        "agreements": items,
        "meeting": _meeting(ceremony) if proved else None,
        "cue": _cue(seat),
        "captions": captions.settings(seat.ceremony_id) if proved and _goes_on(ceremony) else None,
        "lobby": _lobby(seat, proved=proved),
        "live": stream(seat.ceremony_id),
        "server_now": clock.iso(clock.now()),
    }


def _goes_on(ceremony: ceremonies.CeremonyView) -> bool:
    """Whether somebody may still speak: signing goes on, or the cue sheet does after the last signature."""
    sheet = cues.find_sheet(ceremony.id) if ceremony.is_over else None
    return not ceremony.is_over or (sheet is not None and sheet.is_under_way)


def _ink_panel(seat: queries.SeatView) -> dict[str, Any] | None:
    """The others' ink, for who is in the room."""
    kept_out = not ink.is_shown(seat.ceremony_id) or lobby.is_waiting(seat.ceremony_id, seat.id)
    return None if kept_out else ink.panel(seat.ceremony_id, but=seat.id)


def _meeting(ceremony: ceremonies.CeremonyView) -> dict[str, Any] | None:
    """How one gets into the meeting while there is something to meet for."""
    link = None if ceremony.is_over else meetings.find_link(ceremony.id)
    if link is None:
        return None
    facts = [("code", link.code), ("password", link.password), ("phones", i18n.t("list-separator").join(link.phones))]
    return {
        "words": i18n.t(f"meeting-join-{link.tool}"),
        "url": link.url,
        "facts": [{"name": i18n.t(f"seat-meeting-{name}"), "value": value} for name, value in facts if value],
    }


def _cue(seat: queries.SeatView) -> dict[str, Any] | None:
    """What the host asks of this place just now: to answer the roll call, or to read its codes out; mostly nothing."""
    ticked = tick_queries.find_live(seat.ceremony_id)
    row = ticked.row(seat.party_key) if ticked else None
    if ticked is None or row is None:
        return None
    codes = [{"title": i18n.pick(each.title), "digits": each.digits} for each in row.codes]
    return {"kind": str(ticked.kind), "codes": codes, "ticked": set(ticked.awaited) <= set(row.ticks)}


def _identity(seat: queries.SeatView, *, proved: bool) -> dict[str, Any]:
    code = proving.find_waiting_code(seat)
    return {
        "proved": proved,
        "method": seat.identity_method,
        "sent_to": service.masked_address(seat),
        "code_sent": code is not None,
        "expires_at": clock.iso(code.expires_at) if code else None,
        "resend_at": clock.iso(code.resend_at) if code else None,
    }


def _consent(seat: queries.SeatView) -> dict[str, Any] | None:
    if seat.consented_at is None:
        return None
    return {
        "at": clock.iso(seat.consented_at),
        "place": seat.declared_place,
        "timezone": seat.declared_timezone,
    }


def _certificate(certificate: queries.CertificateView) -> dict[str, Any]:
    return {
        "certificate": base64.b64encode(certificate.der).decode(),
        "key_custody": certificate.key_custody,
        "sha256": certificate.digest,
        "expires_at": clock.iso(certificate.expires_at),
        "holder": certificate.holder,
        "revocation": certificate.revocation,
    }


def _names(ceremony: ceremonies.CeremonyView) -> _Names:
    """(seat, organisation) of everybody, by seat."""
    return {
        each.id: (each, i18n.pick(ceremony.party(each.party_key).organisation))
        for each in queries.list_seats(ceremony.id)
    }


def _signed_by(seat: queries.SeatView, agreement: agreements.AgreementView, names: _Names) -> list[dict[str, str]]:
    """Whose signatures stand in the file already, the reader's own left out, in the order of their times."""
    signed = []
    for signer in agreement.signers:
        if signer.shown_at and signer.seat_id != seat.id and signer.seat_id in names:
            other, organisation = names[signer.seat_id]
            person = other.as_at(signer.signed_at or signer.shown_at)
            signed.append((clock.iso(signer.shown_at), person.name, organisation))
    return [{"name": name, "organisation": organisation, "at": at} for at, name, organisation in sorted(signed)]


def _agreement(
    seat: queries.SeatView,
    agreement: agreements.AgreementView,
    names: _Names,
    *,
    proved: bool,
) -> dict[str, Any]:
    signer = agreement.signer_of(seat.id)
    mine, blocked_by = agreement_service.standing(agreement, seat)
    base = f"/seat/{seat.id}/agreements/{agreement.id}"
    sealed = agreement.kit_digest is not None
    return {
        "id": agreement.id,
        "number": agreement.number,
        "title": i18n.pick(agreement.title),
        "state": str(agreement.state),
        "mine": mine,
        "blocked_by": blocked_by,
        "pages": agreement.page_count,
        "read_to": signer.read_to,
        "frozen_digest": agreement.frozen_digest,
        "frozen_length": agreement.frozen_length,
        "record_code": agreement.record_code,
        "seal": _seal(agreement, signer) if proved else None,
        "signed_at": _iso(signer.shown_at),
        "key_custody": signer.key_custody,
        "level": signer.level,
        "ending": _ending(seat, agreement, proved=proved),
        "ends_with": _titles(agreements.list_ending_with(agreement)) if proved and mine == "open" else [],
        "signed_by": _signed_by(seat, agreement, names),
        "signed": agreement.signed_count,
        "signers": len(agreement.signers),
        "downloads": {name: f"{base}/{name}" for name in ("final.pdf", "certificate.pdf", "kit.zip")} if sealed else {},
    }


def _titles(found: list[agreements.AgreementView]) -> list[str]:
    return [i18n.pick(each.title) for each in found]


def _seal(agreement: agreements.AgreementView, signer: agreements.SignerView) -> dict[str, Any] | None:
    """The party's specimen seal that this signer may have drawn; None where the text holds none."""
    seal = seals.find_frozen(agreement.id, signer.field)
    if seal is None:
        return None
    image = f"/seat/{signer.seat_id}/agreements/{agreement.id}/seal.png"
    return {"image": image, "edges": seal.edges, "used": seal.used_at is not None}


def _ending(seat: queries.SeatView, agreement: agreements.AgreementView, *, proved: bool) -> dict[str, Any] | None:
    """Why it ended unsigned, in the reader's words, and what whoever ended it wrote; None where it did not."""
    ending = agreements.find_ending(agreement)
    if ending is None:
        return None
    mine = ending.seat_id == seat.id
    who = _organisation_of(ending.seat_id) if ending.seat_id else ""
    return {
        "code": ending.code,
        "mine": mine,
        "words": endings.words(ending, who=who, mine=mine),
        # Written to those who were to sign, and a link may have been forwarded.
        "reason": ending.reason if proved else "",
        "after": ending.after,
    }


def _organisation_of(seat_id: str) -> str:
    seat = queries.get_seat(seat_id)
    return i18n.pick(ceremonies.get_ceremony(seat.ceremony_id).party(seat.party_key).organisation)


def stream(ceremony_id: str) -> dict[str, object]:
    """Where the seat's page hears of changes: the stage's channel, which holds nothing that the hall may not see."""
    channel = f"stage:{ceremony_id}"
    token = tokens.issue_fleeting("live", channel, expires_in=_STREAM_LIFE)
    return {"url": f"/live/{token}", "seq": live.find_seq(channel)}


def _lobby(seat: queries.SeatView, *, proved: bool) -> dict[str, Any]:
    """Where the signer stands with the host, and what the host wrote; of a forwarded link nobody reads that."""
    place = lobby.find_place(seat.ceremony_id, seat.id)
    messages = lobby.list_messages(seat) if proved else []
    return {
        "standing": str(place.standing),
        "why": place.why if proved else "",
        "messages": [
            {"id": each.id, "at": clock.iso(each.sent_at), "to_all": each.seat_id is None, "text": _words(each)}
            for each in messages
        ],
    }


def _words(message: lobby.MessageView) -> str:
    return i18n.t(f"lobby-quick-{message.quick}") if message.quick else message.text


def _iso(at: datetime | None) -> str | None:
    return clock.iso(at) if at else None
