"""The built-in authority answers by the book, refuses by the book, and says that it is no third party."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import tsp
from hypothesis import given
from hypothesis import strategies as st

from pdf import der, pki
from pdf.errors import PdfError
from pdf.pki.oids import ARC, TIMESTAMP_POLICY
from pdf.tsa import LocalTimestamper
from pdf.tsa.client import request_for
from tests.pdf import signing_world as w

DIGEST = hashlib.sha256(b"a signature").digest()
SHA256, SHA1 = "2.16.840.1.101.3.4.2.1", "1.3.14.3.2.26"


def openssl(*arguments: str | Path) -> str:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def request(*, version: int = 1, kind: str = SHA256, digest: bytes = DIGEST, rest: tuple[bytes, ...] = ()) -> bytes:
    imprint = der.sequence(der.sequence(der.oid(kind), der.null()), der.octet_string(digest))
    return der.sequence(der.integer(version), imprint, *rest)


def signed_in(answer: bytes) -> tuple[object, object]:
    """The SignedData and the TSTInfo of a granted answer, strictly read."""
    response = tsp.TimeStampResp.load(answer, strict=True)
    assert response["status"]["status"].native == "granted"
    signed = response["time_stamp_token"]["content"]
    return signed, signed["encap_content_info"]["content"].parsed


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("certificates", [("-cert",), ()])
def test_openssl_accepts_what_it_asked_for(tmp_path: Path, algorithm: str, certificates: tuple[str, ...]) -> None:
    data, query, answer, root, chain = (tmp_path / name for name in ("data", "q.tsq", "a.tsr", "root.pem", "chain.pem"))
    data.write_bytes(b"what was signed")
    root.write_bytes(pki.dump_certificates([w.world().root.certificate]))
    chain.write_bytes(pki.dump_certificates(w.world().tsa_authority.path))
    openssl("ts", "-query", "-data", data, f"-{algorithm}", *certificates, "-out", query)

    answer.write_bytes(w.world().timestamper.respond(query.read_bytes()))

    untrusted = () if certificates else ("-untrusted", chain)
    openssl("ts", "-verify", "-queryfile", query, "-in", answer, "-CAfile", root, *untrusted)
    said = openssl("ts", "-reply", "-in", answer, "-text")
    assert f"Policy OID: {ARC}.3" in said


def test_openssl_refuses_our_answer_to_another_question(tmp_path: Path) -> None:
    query, answer, root = tmp_path / "q.tsq", tmp_path / "a.tsr", tmp_path / "root.pem"
    root.write_bytes(pki.dump_certificates([w.world().root.certificate]))
    query.write_bytes(request_for(DIGEST, 1))
    answer.write_bytes(w.world().timestamper.respond(request_for(DIGEST, 2)))

    verify = ["openssl", "ts", "-verify", "-queryfile", query, "-in", answer, "-CAfile", root]
    assert subprocess.run(verify, capture_output=True, check=False).returncode != 0


def test_the_token_names_its_certificate_by_hash_and_is_of_version_three() -> None:
    signed, info = signed_in(w.world().timestamper.respond(request_for(DIGEST, 7)))

    assert signed["version"].native == "v3"  # type: ignore[index]
    (signer,) = signed["signer_infos"]  # type: ignore[index]
    attributes = {attribute["type"].native: attribute["values"][0] for attribute in signer["signed_attrs"]}
    named = attributes["signing_certificate_v2"]["certs"][0]["cert_hash"].native
    certificate = w.world().tsa_authority.certificate.public_bytes(w.Encoding.DER)
    assert named == hashlib.sha256(certificate).digest()
    assert attributes["content_type"].native == "tst_info"
    assert info["nonce"].native == 7  # type: ignore[index]


def test_certificates_come_only_when_asked_for() -> None:
    silent, _ = signed_in(w.world().timestamper.respond(request()))
    open_, _ = signed_in(w.world().timestamper.respond(request(rest=(der.boolean(True),))))

    assert not silent["certificates"]  # type: ignore[index]
    assert len(open_["certificates"]) == 3  # type: ignore[index,arg-type]


def test_no_serial_number_comes_twice() -> None:
    answers = [w.world().timestamper.respond(request()) for _ in range(200)]

    assert len({signed_in(answer)[1]["serial_number"].native for answer in answers}) == 200  # type: ignore[index]


def test_the_time_is_the_clocks() -> None:
    at = w.NOW - timedelta(days=100, microseconds=1)
    timestamper = LocalTimestamper(w.world().tsa_authority, clock=lambda: at)

    _, info = signed_in(timestamper.respond(request()))

    assert info["gen_time"].native == at  # type: ignore[index]


def test_a_stamp_tells_the_time_that_stands_in_its_token() -> None:
    at = w.NOW - timedelta(days=100, microseconds=1)

    stamp = LocalTimestamper(w.world().tsa_authority, clock=lambda: at).stamp(DIGEST)

    assert stamp.at == at


@pytest.mark.parametrize(
    ("asked", "failure"),
    [
        pytest.param(b"", "bad_data_format", id="nothing"),
        pytest.param(b"hello", "bad_data_format", id="junk"),
        pytest.param(der.integer(1), "bad_data_format", id="a number"),
        pytest.param(request() + b"\0", "bad_data_format", id="something behind"),
        pytest.param(b"\x30\x82\xff\xff" + b"\0" * 65_535, "bad_data_format", id="too long"),
        pytest.param(request(digest=DIGEST[:20]), "bad_data_format", id="short imprint"),
        pytest.param(request(rest=(der.boolean(True), der.boolean(True))), "bad_data_format", id="a field twice"),
        pytest.param(request(rest=(der.boolean(True), der.integer(3))), "bad_data_format", id="fields out of order"),
        pytest.param(request(kind=SHA1, digest=DIGEST[:20]), "bad_alg", id="SHA-1"),
        pytest.param(request(version=2), "bad_request", id="version 2"),
        pytest.param(request(rest=(der.oid("1.2.3.4"),)), "unaccepted_policy", id="another policy"),
        pytest.param(request(rest=(der.explicit(0, der.null()),)), "unaccepted_extensions", id="an extension"),
    ],
)
def test_a_bad_request_gets_a_rejection_that_says_why(asked: bytes, failure: str) -> None:
    answer = w.world().timestamper.respond(asked)

    (status,) = der.read_one(answer).children()
    info = tsp.PKIStatusInfo.load(status.raw, strict=True)
    assert info["status"].native == "rejection"
    assert info["fail_info"].native == {failure}
    assert info["status_string"][0].native


def test_our_own_policy_may_be_asked_for() -> None:
    _, info = signed_in(w.world().timestamper.respond(request(rest=(der.oid(TIMESTAMP_POLICY.dotted_string),))))

    assert info["policy"].dotted == TIMESTAMP_POLICY.dotted_string  # type: ignore[index]


@given(st.integers(-(2**160), 2**160))
def test_any_nonce_is_echoed(nonce: int) -> None:
    _, info = signed_in(w.world().timestamper.respond(request_for(DIGEST, nonce)))

    assert info["nonce"].native == nonce  # type: ignore[index]


@given(st.binary(max_size=120))
def test_every_answer_to_noise_is_a_rejection(noise: bytes) -> None:
    (status,) = der.read_one(w.world().timestamper.respond(noise)).children()

    assert tsp.PKIStatusInfo.load(status.raw, strict=True)["status"].native == "rejection"


@pytest.mark.parametrize("digest", [b"", DIGEST[:31], DIGEST + b"x"])
def test_only_a_sha256_digest_is_stamped(digest: bytes) -> None:
    with pytest.raises(PdfError) as refused:
        w.world().timestamper.token(digest)

    assert refused.value.code == "imprint_length"


def test_it_says_that_it_is_no_third_party() -> None:
    assert w.world().timestamper.third_party is False
    assert w.world().timestamper.name == "测试授时 Test TSA"
