"""A third party's timestamp is used only after every check; what cannot be had is said, never imitated."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from pdf import der, pki
from pdf.errors import PdfError, TimestampUnavailable
from pdf.pki.authorities import Authority, Shape, build
from pdf.pki.keys import new_key
from pdf.tsa import FallbackTimestamper, Fault, HttpTimestamper, LocalTimestamper, WitnessedTimestamper
from tests.pdf import signing_world as w
from tests.pdf.tsa_server import Answer, TsaHandler, TsaServer

DIGEST = hashlib.sha256(b"a signature").digest()


PATIENT = 60.0  # for those that answer: however slow the machine is, what they say is heard
SHORT = 0.3  # for those that never finish


def asking(*urls: str, timeout: float = PATIENT, policies: tuple[str, ...] = ()) -> HttpTimestamper:
    return HttpTimestamper(urls, timeout=timeout, anchors=[w.world().root.certificate], policies=policies)


def answering(change: Callable[[bytes], bytes] = bytes, by: LocalTimestamper | None = None) -> Answer:
    """Answers by the book, to the request as `change` makes it."""

    def answer(handler: TsaHandler, request: bytes) -> None:
        handler.reply((by or w.world().timestamper).respond(change(request)))

    return answer


def other_nonce(request: bytes) -> bytes:
    version, imprint, nonce, certificates = der.read_one(request).children()
    return der.sequence(version.raw, imprint.raw, der.integer(nonce.as_integer() ^ 1), certificates.raw)


def no_nonce(request: bytes) -> bytes:
    version, imprint, _, certificates = der.read_one(request).children()
    return der.sequence(version.raw, imprint.raw, certificates.raw)


def no_certificates(request: bytes) -> bytes:
    version, imprint, nonce, _ = der.read_one(request).children()
    return der.sequence(version.raw, imprint.raw, nonce.raw)


def other_imprint(request: bytes) -> bytes:
    return request.replace(DIGEST, hashlib.sha256(b"something else").digest())


def authority_with(purposes: tuple[x509.ObjectIdentifier, ...], *, critical: bool) -> LocalTimestamper:
    key, here = new_key(), w.world()
    shape = Shape(("digital_signature",), purposes, purposes_critical=critical)
    span = {"not_before": w.NOW - timedelta(days=1), "not_after": w.NOW + timedelta(days=30)}
    certificate = build(here.ca, key, pki.SubjectName("Odd authority"), shape, **span)
    return LocalTimestamper(Authority(key, certificate, here.ca.path))


def stranger() -> LocalTimestamper:
    span = {"not_before": w.NOW - timedelta(days=1), "not_after": w.NOW + timedelta(days=30)}
    root = pki.create_root(pki.SubjectName("Somebody else"), **span)
    return LocalTimestamper(pki.issue_tsa(root, pki.SubjectName("Somebody's clock"), **span))


def broken_signature(handler: TsaHandler, request: bytes) -> None:
    good = bytearray(w.world().timestamper.respond(request))
    good[-3] ^= 1
    handler.reply(bytes(good))


def changed_time(handler: TsaHandler, request: bytes) -> None:
    good = w.world().timestamper.respond(request)
    at = good.index(f"{w.NOW:%Y%m%d}".encode())
    handler.reply(good[:at] + b"1999" + good[at + 4 :])


def half_a_body(handler: TsaHandler, request: bytes) -> None:
    good = w.world().timestamper.respond(request)
    handler.reply(good[: len(good) // 2], length=len(good))
    handler.close_connection = True


def never(handler: TsaHandler, _request: bytes) -> None:
    handler.server.released.wait(30)


def dripping(handler: TsaHandler, request: bytes) -> None:
    good = w.world().timestamper.respond(request)
    handler.reply(good[:1], length=len(good))
    for each in good[1:]:
        if handler.server.released.wait(0.05):
            return
        handler.wfile.write(bytes((each,)))
        handler.wfile.flush()


def test_a_token_from_a_real_answer_is_over_our_digest_and_from_their_key() -> None:
    with TsaServer(answering()) as server:
        token = asking(server.url).token(DIGEST)

    info = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": tsp.ContentInfo.load(token)})
    signed = info["time_stamp_token"]["content"]
    assert signed["encap_content_info"]["content"].parsed["message_imprint"]["hashed_message"].native == DIGEST
    ((kind, request),) = server.asked
    assert kind == "application/timestamp-query"
    assert tsp.TimeStampReq.load(request, strict=True)["cert_req"].native is True


def test_a_third_partys_time_carries_a_signature() -> None:
    with TsaServer(answering()) as server:
        signed = w.signed(w.frozen(), timestamper=asking(server.url))

    assert w.judged(signed)[0].timestamp_validity.trusted


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(answering(other_nonce), "another request", id="wrong nonce"),
        pytest.param(answering(no_nonce), "another request", id="no nonce"),
        pytest.param(answering(other_imprint), "something else", id="wrong imprint"),
        pytest.param(answering(no_certificates), "authority's certificate", id="no certificate"),
        pytest.param(answering(lambda _request: b"\x30\x00"), "status 2: not a TimeStampReq", id="rejection"),
        pytest.param(answering(by=stranger()), "trusted anchor", id="a stranger's authority"),
        pytest.param(
            answering(by=authority_with((ExtendedKeyUsageOID.TIME_STAMPING,), critical=False)),
            "authority's certificate",
            id="purpose not critical",
        ),
        pytest.param(
            answering(by=authority_with((ExtendedKeyUsageOID.EMAIL_PROTECTION,), critical=True)),
            "authority's certificate",
            id="another purpose",
        ),
        pytest.param(answering(by=authority_with((), critical=False)), "authority's certificate", id="no purpose"),
        pytest.param(broken_signature, "", id="broken signature"),
        pytest.param(changed_time, "verif", id="changed time"),
        pytest.param(half_a_body, "", id="half a body"),
        pytest.param(lambda handler, _: handler.reply(b"<html>hello"), "not a TimeStampResp", id="garbage"),
        pytest.param(lambda handler, _: handler.reply(b""), "not a TimeStampResp", id="nothing"),
        pytest.param(lambda handler, _: handler.reply(b"0" * 100_000), "too long", id="flood"),
        pytest.param(lambda handler, _: handler.reply(b"busy", status=503), "HTTP status 503", id="busy"),
        pytest.param(lambda handler, _: handler.reply(b"", status=302), "HTTP status 302", id="sent elsewhere"),
    ],
)
def test_a_bad_answer_is_no_timestamp(answer: Answer, reason: str) -> None:
    with TsaServer(answer) as server, pytest.raises(TimestampUnavailable) as refused:
        asking(server.url).token(DIGEST)

    (said,) = refused.value.params["reasons"]  # type: ignore[misc]
    assert reason in str(said)
    assert len(server.asked) == 1


@pytest.mark.parametrize("answer", [never, dripping])
def test_an_authority_that_does_not_finish_is_left(answer: Answer) -> None:
    with TsaServer(answer) as server, pytest.raises(TimestampUnavailable):
        asking(server.url, timeout=SHORT).token(DIGEST)


def test_a_policy_that_was_not_asked_for_is_refused() -> None:
    with TsaServer(answering()) as server, pytest.raises(TimestampUnavailable) as refused:
        asking(server.url, policies=("1.2.3.4",)).token(DIGEST)

    assert "policy" in str(refused.value.params["reasons"])


def test_the_next_authority_is_asked_when_the_first_fails() -> None:
    with TsaServer(answering(other_nonce)) as first, TsaServer(answering()) as second:
        token = asking("http://127.0.0.1:9/nobody", first.url, second.url).token(DIGEST)

    assert DIGEST in token
    assert len(first.asked) == len(second.asked) == 1


def test_an_authority_that_failed_is_asked_last_for_a_while() -> None:
    with TsaServer(answering(other_nonce)) as first, TsaServer(answering()) as second:
        source = asking(first.url, second.url)
        for _ in range(3):
            source.token(DIGEST)

    assert (len(first.asked), len(second.asked)) == (1, 3)


def test_an_authority_that_failed_is_asked_again_when_it_has_rested() -> None:
    with TsaServer(answering(other_nonce)) as first, TsaServer(answering()) as second:
        source = HttpTimestamper([first.url, second.url], anchors=[w.world().root.certificate], rest=0.0)
        for _ in range(3):
            source.token(DIGEST)

    assert (len(first.asked), len(second.asked)) == (3, 3)


def test_authorities_that_rest_are_asked_where_there_is_no_other() -> None:
    with TsaServer(answering(other_nonce)) as only:
        source = asking(only.url)
        with pytest.raises(TimestampUnavailable):
            source.token(DIGEST)
        only.answer = answering()

        assert DIGEST in source.token(DIGEST)


def test_a_stamp_says_which_authority_gave_it() -> None:
    with TsaServer(answering(other_nonce)) as first, TsaServer(answering()) as second:
        stamp = asking(first.url.replace("127.0.0.1", "localhost"), second.url).stamp(DIGEST)

    assert (stamp.name, stamp.third_party) == ("127.0.0.1", True)


def test_each_authority_can_be_tried_by_itself() -> None:
    with TsaServer(answering(other_nonce)) as first, TsaServer(answering()) as second:
        found = asking(first.url, second.url).try_each(DIGEST)

    assert found[second.url] is None
    wrong = found[first.url]
    assert wrong is not None
    assert (str(wrong), wrong.params) == ("the token answers another request", {"fault": Fault.ANSWER})


def unresolvable(_: str) -> str:
    return "http://nobody.invalid/tsa"


@pytest.mark.parametrize(
    ("answer", "address", "fault"),
    [
        (answering(), unresolvable, Fault.AWAY),
        (answering(), lambda _: "http://127.0.0.1:9/tsa", Fault.AWAY),
        (answering(), lambda url: url.replace("http:", "https:"), Fault.TLS),
        (half_a_body, str, Fault.AWAY),
        (never, str, Fault.SLOW),
        (dripping, str, Fault.SLOW),
        (lambda handler, _: handler.reply(b"busy", status=503), str, Fault.HTTP),
        (answering(lambda _request: b"\x30\x00"), str, Fault.REFUSED),
        (answering(by=stranger()), str, Fault.AUTHORITY),
    ],
    ids=["no such name", "nobody there", "no tls", "half", "silent", "slow", "busy", "refused", "a stranger's"],
)
def test_what_is_wrong_with_an_authority_has_a_name(
    answer: Answer, address: Callable[[str], str], fault: Fault
) -> None:
    timeout = SHORT if fault is Fault.SLOW else PATIENT
    with TsaServer(answer) as server:
        (wrong,) = asking(address(server.url), timeout=timeout).try_each(DIGEST).values()
    assert wrong is not None
    assert wrong.params["fault"] == fault


@pytest.mark.parametrize(
    ("ahead", "is_taken"), [(0, True), (110, True), (-110, True), (130, False), (-130, False), (16 * 60, False)]
)
def test_a_token_far_from_this_machines_clock_is_not_taken(ahead: int, is_taken: bool) -> None:
    own = w.world().timestamper.stamp(DIGEST).at - timedelta(seconds=ahead)
    anchors = [w.world().root.certificate]
    with TsaServer(answering()) as server:
        (wrong,) = HttpTimestamper([server.url], anchors=anchors, clock=lambda: own).try_each(DIGEST).values()
    assert (wrong is None) == is_taken
    if wrong is not None:
        assert wrong.params["fault"] is Fault.CLOCK
        assert abs(int(str(wrong.params["seconds"])) - ahead) <= 30


def test_the_built_in_clock_stands_in_and_is_marked() -> None:
    with TsaServer(answering()) as server:
        source = FallbackTimestamper(asking(server.url), w.world().timestamper)
        good = source.stamp(DIGEST)
        server.answer = answering(other_imprint)
        stood_in = source.stamp(DIGEST)

    assert (good.third_party, stood_in.third_party) == (True, False)
    assert stood_in.name == w.world().timestamper.name
    assert source.third_party


def test_who_witnessed_an_act_is_remembered_for_that_act() -> None:
    with TsaServer(answering(other_nonce)) as server:
        source = WitnessedTimestamper(FallbackTimestamper(asking(server.url), w.world().timestamper))
        assert (source.last, source.third_party) == (None, True)
        signed = w.signed(w.frozen(), timestamper=source)  # type: ignore[arg-type]

    assert w.judged(signed)[0].timestamp_validity.trusted
    assert (source.name, source.third_party) == (w.world().timestamper.name, False)


def test_when_all_fail_each_ones_reason_is_told() -> None:
    with (
        TsaServer(answering(other_imprint)) as first,
        TsaServer(answering(other_nonce)) as second,
        pytest.raises(TimestampUnavailable) as refused,
    ):
        asking(first.url, second.url).token(DIGEST)

    assert [str(reason).split(": ")[1] for reason in refused.value.params["reasons"]] == [  # type: ignore[attr-defined]
        "the token is over something else",
        "the token answers another request",
    ]


@pytest.mark.parametrize("urls", [(), ("ftp://127.0.0.1/tsa",), ("tsa",)])
def test_addresses_that_cannot_be_asked_are_refused_at_the_start(urls: tuple[str, ...]) -> None:
    with pytest.raises(PdfError) as refused:
        asking(*urls)

    assert refused.value.code == "timestamp_settings"


def test_without_a_timestamp_there_is_no_signature_that_looks_stamped() -> None:
    with TsaServer(answering(other_nonce)) as server, pytest.raises(TimestampUnavailable):
        w.signed(w.frozen(), timestamper=asking(server.url))
