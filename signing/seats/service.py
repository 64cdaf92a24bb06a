"""A signer's way to the table: a seat, its link, consent, a certificate. Who is there is proved in proving.py."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from core import audit, clock, ids, limits, live, tokens
from core.db import db, transaction
from core.errors import Conflict, Forbidden, Refusal
from core.jobs import Hopeless
from pdf.pki import SubjectName
from signing.ceremonies import queries as ceremonies
from signing.seats import queries, rules
from signing.seats.models import Seat, SeatCertificate
from signing.trust import service as trust

LINK = "seat"
LINK_LIFE = timedelta(days=90)
CODE_MAIL = "seat_code"


class SeatLinkReplaced(Refusal):
    """The host sent a newer personal link: only that one opens."""

    code = "seat_link_replaced"
    status = 410


class SeatGivenToAnother(Refusal):
    """The link of somebody in whose place another person signs now."""

    code = "seat_given_to_another"
    status = 410


def add_seat(
    *,
    ceremony_id: str,
    party_id: str,
    party_key: str,
    organisation: str,
    name: str,
    title: str,
    email: str,
    locale: str,
    place: str,
    timezone: str,
) -> str:
    """A new seat inside the caller's transaction; returns its id."""
    seat = Seat(
        id=ids.new("sea"),
        ceremony_id=ceremony_id,
        party_id=party_id,
        party_key=party_key,
        organisation=organisation,
        name=name,
        title=title,
        # Who holds the office binds by it; anybody else needs an authority.
        capacity="authorised",
        email=email,
        locale=locale,
        place=place,
        timezone=timezone,
    )
    db.session.add(seat)
    db.session.flush()
    return seat.id


def change_seat(party_id: str, **values: str) -> None:
    """Change what the host may change, inside the caller's transaction."""
    seat = db.session.query(Seat).filter_by(party_id=party_id).with_for_update().one()
    for name, value in values.items():
        setattr(seat, name, value)


def correct_address(seat_id: str, email: str) -> None:
    """Write an address anew that nobody has proved, inside the caller's transaction. Raises Conflict `address_proved`.

    A code that went to the address before must not prove the new one; who opened the link was perhaps a stranger.
    """
    seat = queries.take_seat(seat_id)
    if seat.identity_proved_at is not None:
        raise Conflict("address_proved")
    seat.email = email
    seat.opened_at = seat.last_seen_at = None
    code = queries.take_code(seat_id)
    if code is not None:
        code.used_at = code.used_at or clock.now()
    db.session.flush()


def invite(ceremony_id: str, *, expires_at: datetime) -> list[tuple[str, str]]:
    """A fresh personal link for every seat, inside the caller's transaction; returns (seat id, token)."""
    now = clock.now()
    issued = []
    for seat in queries.take_seats(ceremony_id):
        tokens.revoke_all(LINK, seat.id)
        seat.invited_at = now
        issued.append((seat.id, tokens.issue(LINK, seat.id, expires_in=expires_at - now)))
    return issued


def actor(seat: queries.SeatView | Seat, address: str = "") -> audit.Actor:
    """A signer as the trail names one: by id and party, never by name."""
    return audit.Actor("seat", seat.id, seat.party_key, address)


def open_link(token: str) -> tuple[str, str]:
    """Seat id and token id behind a personal link.

    Raises LinkInvalid, LinkExpired, SeatLinkReplaced, SeatGivenToAnother, NotFound.

    Nothing is kept: mail scanners open every link, and the trail must not take them for the signer.
    """
    try:
        link = tokens.read(token, LINK)
    except tokens.LinkRevoked:
        link = tokens.decode(token, LINK)
        raise _why_revoked(link.subject, link.token_id) from None
    return queries.get_seat(link.subject).id, link.token_id


def check_session(seat_id: str, token_id: str) -> None:
    """That the link by which this browser came still holds; raises as `open_link`."""
    try:
        tokens.check(token_id, LINK, seat_id)
    except tokens.LinkRevoked:
        raise _why_revoked(seat_id, token_id) from None


def _why_revoked(seat_id: str, token_id: str) -> Refusal:
    since = queries.get_seat(seat_id).since
    return SeatGivenToAnother() if since is not None and tokens.is_older(token_id, since) else SeatLinkReplaced()


def link_again(seat_id: str, token_id: str) -> str:
    """The personal link token that a waiting mail names; where it was taken back meanwhile, the seat's newest one.

    Raises LinkExpired, LinkRevoked, and Hopeless where somebody else sits there now: the mail goes to who sat there.
    """
    since = queries.get_seat(seat_id).since
    if since is not None and tokens.is_older(token_id, since):
        raise Hopeless("somebody else has the seat now", reason="too_late")
    try:
        return tokens.write_again(token_id, LINK)
    except tokens.LinkRevoked:
        newest = tokens.find_newest(LINK, seat_id)
        if newest is None:
            raise
        return newest


def masked_address(seat: queries.SeatView) -> str:
    """Where codes go, as the page shows it."""
    return rules.mask_address(seat.email)


def next_step(seat: queries.SeatView, *, proved: bool, unfinished: int) -> str:
    """What comes next for a signer in this browser: identity, consent, agreements or done."""
    return str(
        rules.next_step(
            identity_proved=proved,
            consented=seat.consented_at is not None,
            open_or_waiting=unfinished,
        )
    )


def give_consent(seat_id: str, *, place: str, timezone: str, text_version: str, address: str) -> None:
    """The signer agrees to sign electronically and declares where he or she is; a second time changes nothing."""
    with transaction():
        seat = queries.take_seat(seat_id)
        rules.check_identity(proved=seat.identity_proved_at is not None)
        if seat.consented_at is not None:
            return
        seat.consented_at = clock.now()
        seat.declared_place, seat.declared_timezone = place, timezone
        audit.record(
            seat.ceremony_id,
            "consent.given",
            actor=actor(seat, address),
            subject=audit.Subject("seat", seat.id),
            place=audit.Private(place),
            timezone=audit.Private(timezone),
            text=text_version,
        )
        tell(seat)


def enrol(seat_id: str, request: bytes, *, address: str) -> queries.CertificateView:
    """A certificate for the key that the signer's own device made. Raises Refusal `bad_certificate_request`.

    The subject comes from the seat, never from the request.
    """
    public_key = trust.read_certificate_request(request)
    return certify(seat_id, public_key, custody="client", address=address)


def certify(
    seat_id: str, public_key: ec.EllipticCurvePublicKey, *, custody: str, address: str
) -> queries.CertificateView:
    """Issue and keep a certificate for a signer's key. Raises Forbidden before identity and consent, TooMany."""
    limits.hit("seat-certificate", seat_id, limit=60, per=timedelta(hours=1))
    with transaction():
        seat = take_consented_seat(seat_id)
        identifier = rules.certificate_identifier(seat.ceremony_id, seat.id)
        subject = SubjectName(seat.name, seat.organisation, seat.title, identifier)
        ceremony = ceremonies.get_ceremony(seat.ceremony_id)
        certificate = trust.issue_seat_certificate(
            public_key,
            subject,
            custody,
            needed_until=_days_after(ceremony.held_on),
            rehearsal=ceremony.is_rehearsal,
        )
        row = certificate_row(seat, certificate, custody=custody, expires_at=certificate.not_valid_after_utc)
        return keep_certificate(seat, row, action="certificate.issued", address=address)


def take_consented_seat(seat_id: str) -> Seat:
    """The seat, inside the caller's transaction. Raises Forbidden before identity and consent."""
    seat = queries.take_seat(seat_id)
    rules.check_identity(proved=seat.identity_proved_at is not None)
    if seat.consented_at is None:
        raise Forbidden("consent_missing")
    return seat


def certificate_row(
    seat: Seat, certificate: x509.Certificate, *, custody: str, expires_at: datetime
) -> SeatCertificate:
    """A certificate as it is kept."""
    return SeatCertificate(
        id=ids.new("crt"),
        seat_id=seat.id,
        key_custody=custody,
        serial=f"{certificate.serial_number:x}",
        der=certificate.public_bytes(Encoding.DER),
        digest=certificate.fingerprint(hashes.SHA256()).hex(),
        issued_at=clock.now(),
        expires_at=expires_at,
    )


def keep_certificate(
    seat: Seat, row: SeatCertificate, *, action: str, address: str, **told: str
) -> queries.CertificateView:
    """Keep it for the seat's signatures, inside the caller's transaction; the trail says so, with what is `told`."""
    db.session.add(row)
    audit.record(
        seat.ceremony_id,
        action,
        actor=actor(seat, address),
        subject=audit.Subject("seat", seat.id),
        certificate=row.digest,
        key_custody=row.key_custody,
        **told,
    )
    db.session.flush()
    return queries.get_certificate(row.id)


def _days_after(held_on: date) -> datetime:
    """Until when a certificate is needed: past the day in every zone, with time for who signs late."""
    return datetime.combine(held_on, time.max, UTC) + trust.LEAF_LIFE


def tell(seat: Seat) -> None:
    """Let open pages know, inside the caller's transaction."""
    live.publish(f"ceremony:{seat.ceremony_id}", "seat.changed", seat=seat.id)
