"""A signer's way to the table: open the link, prove the address, consent, have a certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from core import audit, clock, config, ids, limits, live, outbox, tokens
from core.db import db, transaction
from core.errors import Conflict, Forbidden, Refusal, TooMany
from core.jobs import Hopeless
from pdf.pki import SubjectName
from signing.ceremonies import queries as ceremonies
from signing.seats import queries, rules
from signing.seats.models import Seat, SeatCertificate, SeatCode, SeatProof
from signing.seats.rules import CodeState
from signing.trust import service as trust

LINK = "seat"
LINK_LIFE = timedelta(days=90)
CHECKS_OF_A_LINK = 200
CODE_MAIL = "seat_code"


class SeatLinkReplaced(Refusal):
    """The host sent a newer personal link: only that one opens."""

    code = "seat_link_replaced"
    status = 410


@dataclass(frozen=True)
class CodeSent:
    """That a one-time code is on its way."""

    sent_to: str
    expires_at: datetime
    resend_at: datetime


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
    """Seat id and token id behind a personal link. Raises LinkInvalid, LinkExpired, SeatLinkReplaced, NotFound.

    Nothing is kept: mail scanners open every link, and the trail must not take them for the signer.
    """
    try:
        link = tokens.read(token, LINK)
    except tokens.LinkRevoked:
        raise SeatLinkReplaced from None
    return queries.get_seat(link.subject).id, link.token_id


def check_session(seat_id: str, token_id: str) -> None:
    """That the link by which this browser came still holds; raises LinkInvalid, LinkExpired, SeatLinkReplaced."""
    try:
        tokens.check(token_id, LINK, seat_id)
    except tokens.LinkRevoked:
        raise SeatLinkReplaced from None


def note_presence(seat_id: str, proof_id: str) -> None:
    """The signer's page is open now; a browser that proved nothing may be a machine that looks at links."""
    if not has_proof(seat_id, proof_id):
        return
    with transaction():
        seat = queries.take_seat(seat_id)
        before = seat.last_seen_at
        seat.last_seen_at = clock.now()
        if before is None or seat.last_seen_at - before > timedelta(seconds=60):
            _tell(seat)


def send_code(seat_id: str, *, address: str, link_id: str = "") -> CodeSent:
    """Mail a new one-time code; the one before no longer counts. Raises Conflict `code_just_sent`, TooMany.

    Counted by the personal link (`link_id`): who has a stolen one cannot use up what a new one allows.
    """
    limits.hit("seat-code", link_id or seat_id, limit=8, per=timedelta(hours=1))
    limits.hit("seat-code-day", link_id or seat_id, limit=16, per=timedelta(days=1))
    with transaction():
        seat = queries.take_seat(seat_id)
        now = clock.now()
        before = queries.take_code(seat_id)
        rules.check_resend(before.sent_at if before and before.used_at is None else None, now=now)
        salt = ids.secret()
        code = rules.make_code(salt=salt, pepper=_pepper())
        values = {
            "salt": salt,
            "digest": rules.digest_code(code, salt=salt, pepper=_pepper()),
            "sent_at": now,
            "expires_at": now + rules.CODE_LIFE,
            "tries": 0,
            "used_at": None,
        }
        db.session.merge(SeatCode(seat_id=seat_id, **values))
        _note_act(seat, address)
        audit.record(
            seat.ceremony_id,
            "identity.code_sent",
            actor=actor(seat, address),
            subject=audit.Subject("seat", seat.id),
            method="email_code",
        )
        outbox.withdraw(CODE_MAIL, chain=seat.ceremony_id, seat=seat_id)
        outbox.add(
            CODE_MAIL,
            to=seat.email,
            locale=seat.locale,
            chain=seat.ceremony_id,
            good_until=now + rules.CODE_LIFE,
            seat=seat_id,
            salt=salt,
        )
        _tell(seat)
        return CodeSent(rules.mask_address(seat.email), now + rules.CODE_LIFE, now + rules.RESEND_AFTER)


def _note_act(seat: Seat, address: str) -> None:
    """Somebody pressed a button on the seat's page: with the first time the trail begins to tell of this seat."""
    seat.last_seen_at = clock.now()
    if seat.opened_at is None:
        seat.opened_at = seat.last_seen_at
        audit.record(
            seat.ceremony_id, "seat.opened", actor=actor(seat, address), subject=audit.Subject("seat", seat.id)
        )


def code_to_send(seat_id: str, salt: str) -> tuple[str, datetime]:
    """The one-time code that a waiting mail is about, and until when it holds. Raises Hopeless when it is over."""
    code = queries.find_code(seat_id)
    if code is None or code.salt != salt or code.used_at is not None or code.expires_at <= clock.now():
        raise Hopeless("the code no longer counts", reason="too_late")
    return rules.make_code(salt=salt, pepper=_pepper()), code.expires_at


def link_again(seat_id: str, token_id: str) -> str:
    """The personal link token that a waiting mail names; where it was taken back meanwhile, the seat's newest one.

    Raises LinkExpired, LinkRevoked.
    """
    try:
        return tokens.write_again(token_id, LINK)
    except tokens.LinkRevoked:
        newest = tokens.find_newest(LINK, seat_id)
        if newest is None:
            raise
        return newest


def find_waiting_code(seat: queries.SeatView) -> CodeSent | None:
    """The code that was mailed and still waits to be typed."""
    code = queries.find_code(seat.id)
    if code is None or code.used_at is not None or code.expires_at <= clock.now():
        return None
    return CodeSent(masked_address(seat), code.expires_at, code.sent_at + rules.RESEND_AFTER)


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


def check_proof(seat_id: str, proof_id: str) -> None:
    """That this browser proved whose it is; a link alone, forwarded or overheard, opens nothing that matters.

    Raises Forbidden `identity_not_proved`.
    """
    rules.check_identity(proved=has_proof(seat_id, proof_id))


def has_proof(seat_id: str, proof_id: str) -> bool:
    """Whether this browser proved whose it is, and not too long ago."""
    return queries.holds_proof(seat_id, proof_id, now=clock.now())


def check_code(seat_id: str, typed: str, *, address: str, link_id: str = "") -> str:
    """Take a typed code: right proves the address in this browser and returns the proof's id for its session.

    Wrong costs one of five tries. Raises Forbidden `code_<state>`, `link_worn_out`, TooMany.
    """
    limits.hit("seat-code-check", link_id or seat_id, limit=60, per=timedelta(hours=1))
    _count_for_life(link_id or seat_id)
    with transaction():
        seat = queries.take_seat(seat_id)
        code = queries.take_code(seat_id)
        now = clock.now()
        kept = rules.Code(code.salt, code.digest, code.expires_at, code.tries, code.used_at) if code else None
        found = rules.judge_code(kept, "".join(typed.split()), now=now, pepper=_pepper())
        proof_id = ""
        if code is not None and found in {CodeState.RIGHT, CodeState.WRONG}:
            code.tries += 1
        tries_left = max(0, rules.CODE_TRIES - code.tries) if code else 0
        if code is not None and found is CodeState.RIGHT:
            code.used_at = now
            seat.identity_proved_at, seat.identity_method = seat.identity_proved_at or now, "email_code"
            proof = SeatProof(
                id=ids.new("prf"),
                seat_id=seat_id,
                method="email_code",
                proved_at=now,
                expires_at=now + timedelta(hours=config.settings().session_hours),
            )
            db.session.add(proof)
            proof_id = proof.id
        audit.record(
            seat.ceremony_id,
            "identity.proved" if found is CodeState.RIGHT else "identity.refused",
            actor=actor(seat, address),
            subject=audit.Subject("seat", seat.id),
            method="email_code",
            **({} if found is CodeState.RIGHT else {"reason": str(found)}),
        )
        if found is CodeState.RIGHT:
            _tell(seat)
    if found is not CodeState.RIGHT:
        raise Forbidden(f"code_{found}", tries_left=tries_left)
    return proof_id


def _count_for_life(link_id: str) -> None:
    """Whoever guesses for as long as a link lives comes to one chance in 5,000; no signer types so many codes."""
    try:
        limits.hit("seat-code-life", link_id, limit=CHECKS_OF_A_LINK, per=LINK_LIFE)
    except TooMany:
        raise Forbidden("link_worn_out") from None


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
        _tell(seat)


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
        seat = queries.take_seat(seat_id)
        rules.check_identity(proved=seat.identity_proved_at is not None)
        if seat.consented_at is None:
            raise Forbidden("consent_missing")
        subject = SubjectName(common_name=seat.name, organisation=seat.organisation, title=seat.title)
        certificate = trust.issue_seat_certificate(
            public_key, subject, custody, needed_until=_days_after(ceremonies.get_ceremony(seat.ceremony_id).held_on)
        )
        row = SeatCertificate(
            id=ids.new("crt"),
            seat_id=seat_id,
            key_custody=custody,
            serial=f"{certificate.serial_number:x}",
            der=certificate.public_bytes(Encoding.DER),
            digest=certificate.fingerprint(hashes.SHA256()).hex(),
            issued_at=clock.now(),
            expires_at=certificate.not_valid_after_utc,
        )
        db.session.add(row)
        audit.record(
            seat.ceremony_id,
            "certificate.issued",
            actor=actor(seat, address),
            subject=audit.Subject("seat", seat.id),
            certificate=row.digest,
            key_custody=custody,
        )
        db.session.flush()
        return queries.get_certificate(row.id)


def _days_after(held_on: date) -> datetime:
    """Until when a certificate is needed: past the day in every zone, with time for who signs late."""
    return datetime.combine(held_on, time.max, UTC) + trust.LEAF_LIFE


def _pepper() -> bytes:
    return config.settings().secret.encode()


def _tell(seat: Seat) -> None:
    live.publish(f"ceremony:{seat.ceremony_id}", "seat.changed", seat=seat.id)
