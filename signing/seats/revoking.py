"""Use case: a signer's certificate counts no more."""

from __future__ import annotations

from typing import Final

from cryptography.x509 import ReasonFlags

from core import audit, clock, live
from core.db import db, transaction
from core.errors import Conflict, NotFound
from signing.seats import queries
from signing.seats.models import Seat

# What people may give as the reason (RFC 5280 §5.3.1), by its word on the command line and in JSON.
REASONS: Final = {
    "superseded": ReasonFlags.superseded,
    "key-compromise": ReasonFlags.key_compromise,
    "affiliation-changed": ReasonFlags.affiliation_changed,
    "cessation-of-operation": ReasonFlags.cessation_of_operation,
}


def revoke_certificate(certificate_id: str, *, reason: ReasonFlags, by: audit.Actor) -> None:
    """From now on lists and OCSP say that it is revoked, and nothing more is signed with it.

    Signatures that a timestamp puts before this moment stay valid.
    Raises NotFound, Conflict `certificate_revoked`.
    """
    with transaction():
        row = queries.take_certificate(certificate_id)
        if row.revoked_at is not None:
            raise Conflict("certificate_revoked")
        row.revoked_at, row.revocation_reason = clock.now(), reason.value
        seat = db.session.get_one(Seat, row.seat_id)
        audit.record(
            seat.ceremony_id,
            "certificate.revoked",
            actor=by,
            subject=audit.Subject("seat", seat.id),
            certificate=row.digest,
            reason=reason.value,
        )
        live.publish(f"ceremony:{seat.ceremony_id}", "seat.changed", seat=seat.id)


def revoke_by_serial(serial: str, *, reason: ReasonFlags, by: audit.Actor) -> str:
    """The same by serial number (hex); returns the certificate's id. Raises NotFound where it is no signer's."""
    found = queries.find_by_serial(serial)
    if found is None:
        raise NotFound("certificate_not_found")
    revoke_certificate(found.id, reason=reason, by=by)
    return found.id
