"""A signer's way to the table through the use cases, on both databases."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from sqlalchemy import update

from core import audit, clock, limits, tokens
from core.db import db, transaction
from core.errors import Conflict, Forbidden, NotFound, Refusal, TooMany
from pdf import pki
from signing.ceremonies import inviting
from signing.seats import proving, queries, service
from signing.seats.models import SeatCode, SeatProof
from signing.trust import service as trust
from tests.support import ceremony
from tests.support.ceremony import ADDRESS, HOST, Person, mailed_code
from tests.support.quick import Quick
from tests.support.trail import with_private


def person_of(world: Quick) -> Person:
    return world.people["party_a"]


def entries(world: Quick) -> list[dict[str, object]]:
    found = [json.loads(line) for line in audit.list_lines(world.id)]
    db.session.remove()
    return found


def code_refusal(seat_id: str, typed: str) -> tuple[str, object]:
    with pytest.raises(Forbidden) as refused:
        proving.check_code(seat_id, typed, address=ADDRESS)
    db.session.remove()
    return refused.value.code, refused.value.params["tries_left"]


def other_code(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_link_opens_its_own_seat_and_the_trail_tells_of_the_first_act(invited: Quick) -> None:
    person = person_of(invited)
    before = len(entries(invited))
    seat_id, token_id = service.open_link(ceremony.link_token(person.seat_id))
    service.check_session(seat_id, token_id)
    assert seat_id == person.seat_id
    assert (queries.get_seat(seat_id).opened_at, len(entries(invited))) == (None, before)
    first = clock.now()
    for minutes in (0, 1):
        with clock.frozen(first + timedelta(minutes=minutes)):
            proving.send_code(seat_id, address=ADDRESS)
    assert queries.get_seat(seat_id).opened_at == first
    assert [entry["action"] for entry in entries(invited)][before:] == [
        "seat.opened",
        "identity.code_sent",
        "identity.code_sent",
    ]


def spoilt_links(world: Quick) -> dict[str, tuple[Callable[[], str], str]]:
    seat_id = person_of(world).seat_id

    def issue(purpose: str, subject: str) -> str:
        with transaction():
            return tokens.issue(purpose, subject, expires_in=timedelta(hours=1))

    def old() -> str:
        with clock.frozen(clock.now() - timedelta(hours=2)):
            return issue(service.LINK, seat_id)

    def revoked() -> str:
        token = issue(service.LINK, seat_id)
        inviting.invite_again(world.id, seat_id, by=HOST)
        return token

    good = ceremony.link_token(seat_id)
    return {
        "made for the stage": (lambda: issue("stage", seat_id), "link_invalid"),
        "with no record": (
            lambda: tokens.issue_fleeting(service.LINK, seat_id, expires_in=timedelta(hours=1)),
            "link_invalid",
        ),
        "expired": (old, "link_expired"),
        "revoked": (revoked, "seat_link_replaced"),
        "cut short": (lambda: good[:-4], "link_invalid"),
        "changed": (lambda: good[:-6] + ("A" if good[-6] != "A" else "B") + good[-5:], "link_invalid"),
        "no token at all": (lambda: "x", "link_invalid"),
        "unsigned": (lambda: "eyJhbGciOiJub25lIn0." + good.split(".")[1] + ".", "link_invalid"),
        "of a seat that is not there": (lambda: issue(service.LINK, "sea_nobody"), "seat_not_found"),
    }


def test_any_other_link_is_refused_by_name(invited: Quick) -> None:
    for what, (make, expected) in spoilt_links(invited).items():
        token = make()
        before = len(entries(invited))
        with pytest.raises(Refusal) as refused:
            service.open_link(token)
        assert (what, refused.value.code) == (what, expected)
        assert len(entries(invited)) == before


def test_a_session_holds_for_its_own_seat_and_link_only(invited: Quick) -> None:
    one, other = invited.people["party_a"], invited.people["party_b"]
    _, token_id = service.open_link(ceremony.link_token(one.seat_id))
    with pytest.raises(tokens.LinkInvalid):
        service.check_session(other.seat_id, token_id)
    with pytest.raises(tokens.LinkInvalid):
        service.check_session(one.seat_id, "lnk_nothing")
    inviting.invite_again(invited.id, one.seat_id, by=HOST)
    with pytest.raises(service.SeatLinkReplaced):
        service.check_session(one.seat_id, token_id)
    other_id = tokens.read(ceremony.link_token(other.seat_id), service.LINK).token_id
    with clock.frozen(clock.now() + timedelta(days=400)), pytest.raises(tokens.LinkExpired):
        service.check_session(other.seat_id, other_id)


def test_the_mailed_code_proves_the_address_once(invited: Quick) -> None:
    seat_id = person_of(invited).seat_id
    sent = proving.send_code(seat_id, address=ADDRESS)
    code = mailed_code(seat_id)
    assert (len(code), code.isdigit(), sent.sent_to) == (6, True, "p***@signers.example")
    assert code_refusal(seat_id, other_code(code)) == ("code_wrong", 4)
    proof = proving.check_code(seat_id, f" {code[:3]} {code[3:]}\t", address=ADDRESS)
    assert proving.has_proof(seat_id, proof)
    assert queries.get_seat(seat_id).identity_method == "email_code"
    assert code_refusal(seat_id, code)[0] == "code_none"
    kept = db.session.get_one(SeatCode, seat_id)
    assert code not in f"{kept.salt} {kept.digest}"
    told = [(entry["action"], entry["data"]) for entry in entries(invited) if str(entry["action"]).startswith("ident")]
    assert told == [
        ("identity.code_sent", {"method": "email_code"}),
        ("identity.refused", {"method": "email_code", "reason": "wrong"}),
        ("identity.proved", {"method": "email_code"}),
        ("identity.refused", {"method": "email_code", "reason": "none"}),
    ]


def test_five_wrong_codes_spend_it_and_a_new_one_counts_afresh(invited: Quick) -> None:
    seat_id = person_of(invited).seat_id
    assert code_refusal(seat_id, "000000")[0] == "code_none"
    proving.send_code(seat_id, address=ADDRESS)
    code = mailed_code(seat_id)
    told = [code_refusal(seat_id, other_code(code)) for _ in range(5)]
    assert told == [("code_wrong", left) for left in (4, 3, 2, 1, 0)]
    assert code_refusal(seat_id, code) == ("code_spent", 0)
    assert queries.get_seat(seat_id).identity_proved_at is None
    with clock.frozen(clock.now() + timedelta(seconds=46)):
        proving.send_code(seat_id, address=ADDRESS)
        newest = mailed_code(seat_id)
        if newest != code:  # one in a million
            assert code_refusal(seat_id, code) == ("code_wrong", 4)
        proving.check_code(seat_id, newest, address=ADDRESS)


def test_a_code_is_too_old_after_ten_minutes(invited: Quick) -> None:
    seat_id = person_of(invited).seat_id
    proving.send_code(seat_id, address=ADDRESS)
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        assert proving.find_waiting_code(queries.get_seat(seat_id)) is None
        assert code_refusal(seat_id, mailed_code(seat_id))[0] == "code_expired"
    assert proving.find_waiting_code(queries.get_seat(seat_id)) is not None


def test_codes_are_sent_45_seconds_apart_and_eight_an_hour(invited: Quick) -> None:
    seat_id = person_of(invited).seat_id
    start = clock.now()
    with clock.frozen(start):
        proving.send_code(seat_id, address=ADDRESS)
        with pytest.raises(Conflict) as refused:
            proving.send_code(seat_id, address=ADDRESS)
        assert (refused.value.code, refused.value.params["seconds"]) == ("code_just_sent", 45)
    for number in range(1, 7):
        with clock.frozen(start + timedelta(minutes=number)):
            proving.send_code(seat_id, address=ADDRESS)
    with clock.frozen(start + timedelta(minutes=8)):
        with pytest.raises(TooMany):
            proving.send_code(seat_id, address=ADDRESS)
        proving.send_code(invited.people["party_b"].seat_id, address=ADDRESS)  # another seat's limit is its own
    with clock.frozen(start + timedelta(minutes=61)):
        proving.send_code(seat_id, address=ADDRESS)


def test_sixteen_codes_a_day_for_one_link_and_a_new_link_starts_anew(invited: Quick) -> None:
    seat_id = person_of(invited).seat_id
    start = clock.now()
    for number in range(16):
        with clock.frozen(start + timedelta(minutes=61) * number):
            proving.send_code(seat_id, address=ADDRESS, link_id="lnk_stolen")
    with clock.frozen(start + timedelta(minutes=61) * 16):
        with pytest.raises(TooMany):
            proving.send_code(seat_id, address=ADDRESS, link_id="lnk_stolen")
        proving.send_code(seat_id, address=ADDRESS, link_id="lnk_new")
    with clock.frozen(start + timedelta(hours=25)):
        proving.send_code(seat_id, address=ADDRESS, link_id="lnk_stolen")


def tried(times: int, name: str, key: str, *, limit: int, per: timedelta) -> None:
    """So many tries have been counted before."""
    limits.hit(name, key, limit=limit, per=per)
    with transaction():
        db.session.execute(update(limits.AttemptLimit).filter_by(name=name).values(tries=times))


def test_who_guesses_for_as_long_as_a_link_lives_is_stopped_at_two_hundred(invited: Quick) -> None:
    seat_id = person_of(invited).seat_id
    tried(199, "seat-code-life", "lnk_stolen", limit=200, per=service.LINK_LIFE)
    with clock.frozen(clock.now() + timedelta(days=89)):
        proving.send_code(seat_id, address=ADDRESS, link_id="lnk_stolen")
        code = mailed_code(seat_id)
        with pytest.raises(Forbidden, match="code_wrong"):
            proving.check_code(seat_id, other_code(code), address=ADDRESS, link_id="lnk_stolen")
        with pytest.raises(Forbidden, match="link_worn_out"):
            proving.check_code(seat_id, code, address=ADDRESS, link_id="lnk_stolen")
        proving.check_code(seat_id, code, address=ADDRESS, link_id="lnk_new")


def test_guessing_is_limited_whatever_codes_are_asked_for(invited: Quick) -> None:
    seat_id = person_of(invited).seat_id
    tried(59, "seat-code-check", seat_id, limit=60, per=timedelta(hours=1))
    assert code_refusal(seat_id, "000000")[0] == "code_none"
    with pytest.raises(TooMany):
        proving.check_code(seat_id, "000000", address=ADDRESS)


def test_a_proof_holds_in_its_seat_for_its_time(invited: Quick) -> None:
    one, other = invited.people["party_a"].seat_id, invited.people["party_b"].seat_id
    proving.send_code(one, address=ADDRESS)
    proof = proving.check_code(one, mailed_code(one), address=ADDRESS)
    proving.check_proof(one, proof)
    for seat_id, held in ((other, proof), (one, ""), (one, "prf_nothing")):
        with pytest.raises(Forbidden, match="identity_not_proved"):
            proving.check_proof(seat_id, held)
    with clock.frozen(clock.now() + timedelta(hours=12)), pytest.raises(Forbidden):
        proving.check_proof(one, proof)
    with transaction():
        db.session.get_one(SeatProof, proof).revoked_at = clock.now()
    assert not proving.has_proof(one, proof)


def test_consent_comes_after_identity_and_counts_once(invited: Quick) -> None:
    seat_id = person_of(invited).seat_id

    def consent(place: str) -> None:
        service.give_consent(seat_id, place=place, timezone="Asia/Shanghai", text_version="2026-11", address=ADDRESS)

    with pytest.raises(Forbidden, match="identity_not_proved"):
        consent("成都")
    proving.send_code(seat_id, address=ADDRESS)
    proving.check_code(seat_id, mailed_code(seat_id), address=ADDRESS)
    consent("成都")
    consent("上海")
    assert queries.get_seat(seat_id).declared_place == "成都"
    given = [entry["data"] for entry in with_private(invited.id) if entry["action"] == "consent.given"]
    assert given == [{"place": "成都", "timezone": "Asia/Shanghai", "text": "2026-11"}]


def hostile_request(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A good request that names somebody else, a CA, and other addresses."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "样例别人")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("evil.example")]), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_a_certificate_names_the_seat_s_person_whatever_the_request_says(entered: Quick) -> None:
    seat_id, key = person_of(entered).seat_id, ec.generate_private_key(ec.SECP256R1())
    certificate = service.enrol(seat_id, hostile_request(key), address=ADDRESS)
    leaf = x509.load_der_x509_certificate(certificate.der)
    name, identifier, *rest = leaf.subject.rfc4514_string().split(",")
    assert (name, rest) == ("CN=样例甲", ["2.5.4.12=董事长", "O=样例甲公司"])
    assert re.fullmatch(r"2\.5\.4\.5=[0-9a-f]{32}", identifier)
    assert leaf.public_key() == key.public_key()
    assert leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    with pytest.raises(x509.ExtensionNotFound):
        leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    policies = leaf.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert [policy.policy_identifier for policy in policies] == [pki.KeyCustody.CLIENT.policy]
    leaf.verify_directly_issued_by(trust.trust().issuing.certificate)
    assert certificate.expires_at == leaf.not_valid_after_utc
    found = queries.find_certificate(seat_id, custody="client", now=clock.now())
    assert found == certificate  # the newest
    assert queries.find_certificate(seat_id, custody="server", now=clock.now()) is None
    assert queries.find_certificate(seat_id, custody="client", now=certificate.expires_at) is None
    line = entries(entered)[-1]
    assert line["data"] == {"certificate": certificate.digest, "key_custody": "client"}


def bad_requests() -> dict[str, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    good = ceremony.certificate_request(key)
    empty = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    other_curve = ec.generate_private_key(ec.SECP384R1())
    return {
        "empty": b"",
        "garbage": b"\x30\x82 not a request",
        "RSA": empty.sign(rsa_key, hashes.SHA256()).public_bytes(Encoding.DER),
        "another curve": empty.sign(other_curve, hashes.SHA256()).public_bytes(Encoding.DER),
        "wrong signature": good[:-1] + bytes([good[-1] ^ 1]),
        "another's key": good.replace(
            key.public_key().public_numbers().x.to_bytes(32),
            ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers().x.to_bytes(32),
        ),
        "something after it": good + b"\0",
        "a megabyte": good + bytes(1_000_000),
        "PEM": empty.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM),
    }


def test_a_bad_certificate_request_is_refused_and_gives_nothing(entered: Quick) -> None:
    seat_id = person_of(entered).seat_id
    before = queries.find_certificate(seat_id, custody="client", now=clock.now())
    for what, request in bad_requests().items():
        with pytest.raises(Refusal) as refused:
            service.enrol(seat_id, request, address=ADDRESS)
        assert (what, refused.value.code, refused.value.status) == (what, "bad_certificate_request", 422)
        db.session.remove()
        assert queries.find_certificate(seat_id, custody="client", now=clock.now()) == before


def test_no_certificate_before_identity_and_consent(invited: Quick) -> None:
    seat_id = person_of(invited).seat_id
    request = ceremony.certificate_request(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(Forbidden, match="identity_not_proved"):
        service.enrol(seat_id, request, address=ADDRESS)
    proving.send_code(seat_id, address=ADDRESS)
    proving.check_code(seat_id, mailed_code(seat_id), address=ADDRESS)
    with pytest.raises(Forbidden, match="consent_missing"):
        service.enrol(seat_id, request, address=ADDRESS)


def test_a_seat_that_is_not_there(invited: Quick) -> None:
    for act in (
        lambda: queries.get_seat("sea_nobody"),
        lambda: proving.send_code("sea_nobody", address=""),
        lambda: proving.check_code("sea_nobody", "123456", address=""),
        lambda: queries.get_certificate("crt_nothing"),
    ):
        with pytest.raises(NotFound):
            act()


@pytest.mark.parametrize(("days", "lives"), [(-20, 2), (0, 2), (9, 11), (300, 31)])
def test_a_certificate_lives_as_long_as_its_ceremony_needs(invited: Quick, days: int, lives: int) -> None:
    person = invited.people["party_a"]
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC) - timedelta(days=days)  # the ceremony is held on 2026-07-01
    with clock.frozen(noon):
        ceremony.enter(person)
        found = queries.find_certificate(person.seat_id, custody="client", now=noon)
    assert found is not None
    assert (found.expires_at - noon).days == lives
