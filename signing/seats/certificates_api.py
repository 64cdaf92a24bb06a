"""JSON for hosts: the certificates of a ceremony's signers, and their revocation."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, json_body, needs
from core import clock
from core.errors import NotFound
from signing.ceremonies.access import HOSTS, READERS, own_ceremony
from signing.seats import forms, queries, revoking

bp = Blueprint("certificate_api", __name__, url_prefix="/api/ceremonies/<ceremony_id>/certificates")


@bp.get("")
@needs(*READERS)
def list_certificates(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    return jsonify(certificates=[_line(each) for each in queries.list_certificates(ceremony_id)])


@bp.post("/<certificate_id>/revoke")
@needs(*HOSTS)
def revoke(ceremony_id: str, certificate_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    found = queries.get_certificate(certificate_id)
    if queries.get_seat(found.seat_id).ceremony_id != ceremony_id:
        raise NotFound("certificate_not_found")
    reason = revoking.REASONS[forms.read_reason(json_body(), revoking.REASONS)]
    revoking.revoke_certificate(certificate_id, reason=reason, by=current_actor())
    return jsonify(_line(queries.get_certificate(certificate_id)))


def _line(certificate: queries.CertificateView) -> dict[str, str | None]:
    return {
        "id": certificate.id,
        "seat": certificate.seat_id,
        "serial": certificate.serial,
        "sha256": certificate.digest,
        "key_custody": certificate.key_custody,
        "issued_at": clock.iso(certificate.issued_at),
        "expires_at": clock.iso(certificate.expires_at),
        "revoked_at": clock.iso(certificate.revoked_at) if certificate.revoked_at else None,
        "revocation_reason": certificate.revocation_reason,
    }
