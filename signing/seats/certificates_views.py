"""The host's page of a ceremony's signing certificates: whose, how long, in whose hands the key was; revoking one."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_account, current_actor, needs
from core import clock, i18n
from core.i18n import t
from pdf import pki
from signing.ceremonies.access import HOSTS, READERS, is_host, own_ceremony
from signing.ceremonies.queries import CeremonyView
from signing.seats import forms, queries, revoking

bp = Blueprint("certificates", __name__, url_prefix="/ceremonies/<ceremony_id>/certificates")


@bp.get("")
@needs(*READERS)
def show(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    seats = {seat.id: seat for seat in queries.list_seats(ceremony_id)}
    found = queries.list_certificates(ceremony_id)
    return render_template(
        "seats/certificates.html",
        title=i18n.pick(ceremony.title),
        ceremony_id=ceremony_id,
        certificates=[_line(each, seats[each.seat_id], ceremony) for each in found],
        reasons=[(word, t(f"certificates-reason-{word}")) for word in revoking.REASONS],
        can_revoke=is_host(),
        demo=ceremony.mark,
    )


@bp.post("/<certificate_id>/revoke")
@needs(*HOSTS)
def revoke(ceremony_id: str, certificate_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    found = queries.get_certificate(certificate_id)
    queries.get_seat(found.seat_id, ceremony_id=ceremony_id)
    reason = revoking.REASONS[forms.read_reason(request.form, revoking.REASONS)]
    revoking.revoke_certificate(certificate_id, reason=reason, by=current_actor())
    return redirect(url_for(".show", ceremony_id=ceremony_id), 303)


def _line(certificate: queries.CertificateView, seat: queries.SeatView, ceremony: CeremonyView) -> dict[str, object]:
    zone = current_account().timezone
    revoked = certificate.revoked_at
    word = next((w for w, flag in revoking.REASONS.items() if flag.value == certificate.revocation_reason), "")
    state = "revoked" if revoked else "ended" if certificate.expires_at <= clock.now() else "good"
    return {
        "id": certificate.id,
        "who": seat.as_at(certificate.issued_at).name,
        "state": state,
        "is_own": certificate.is_own,
        "facts": [
            (t("certificates-organisation"), i18n.pick(ceremony.party(seat.party_key).organisation)),
            (t("certificates-issued"), i18n.format_datetime(certificate.issued_at, zone)),
            (t("certificates-expires"), i18n.format_datetime(certificate.expires_at, zone)),
            (t("certificates-custody"), t(f"ceremony-custody-{certificate.key_custody}")),
            (t("certificates-serial"), certificate.serial),
            *_own_facts(certificate),
            *(
                [
                    (
                        t("certificates-revoked"),
                        f"{i18n.format_datetime(revoked, zone)} · {t(f'certificates-reason-{word}')}",
                    )
                ]
                if revoked and word
                else []
            ),
        ],
    }


def _own_facts(certificate: queries.CertificateView) -> list[tuple[str, str]]:
    """What is known of a certificate that the signer brought."""
    if not certificate.is_own:
        return []
    return [
        (t("certificates-issuer"), pki.readable(certificate.path[0].issuer)),
        (t("certificates-holder"), t(f"certificates-holder-{certificate.holder}")),
        (t("certificates-revocation"), t(f"certificates-revocation-{certificate.revocation}")),
    ]
