"""The OCSP responder, asked by somebody else's program: openssl."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from pdf import pki
from tests.pdf import signing_world as w

LEAF = w.world().signer().leaf
GONE = pki.Revoked(LEAF.serial_number, w.NOW - timedelta(minutes=3), x509.ReasonFlags.key_compromise)


def answered(request: bytes, *, revoked: pki.Revoked | None = None) -> bytes:
    """By the world's root and issuing CA, which knows the one leaf."""

    def register(issuer: pki.Authority, serial: int) -> pki.Status | None:
        is_ours = issuer is w.world().ca and serial == LEAF.serial_number
        return pki.Status(revoked) if is_ours else None

    issuers = (w.world().root, w.world().ca)
    return pki.answer_ocsp(
        request, issuers=issuers, register=register, now=w.NOW, next_update=w.NOW + timedelta(hours=1)
    )


def request(
    leaf: x509.Certificate = LEAF,
    issuer: x509.Certificate | None = None,
    *,
    by: hashes.HashAlgorithm | None = None,
    nonce: bytes | None = None,
) -> bytes:
    builder = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer or w.world().ca.certificate, by or hashes.SHA256())
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def said(request_: bytes) -> ocsp.OCSPResponseStatus:
    return ocsp.load_der_ocsp_response(answered(request_)).response_status


def openssl(folder: Path, *arguments: str, digest: str = "-sha256") -> str:
    here = w.world()
    files = {"root": here.root.certificate, "ca": here.ca.certificate, "leaf": LEAF}
    for name, certificate in files.items():
        (folder / f"{name}.pem").write_bytes(pki.dump_certificates([certificate]))
    command = ["openssl", "ocsp", "-issuer", "ca.pem", digest, "-cert", "leaf.pem", "-CAfile", "root.pem", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("digest", ["-sha1", "-sha256", "-sha512"])
@pytest.mark.parametrize(
    ("revoked", "told"), [(None, "leaf.pem: good"), (GONE, "leaf.pem: revoked")], ids=["good", "revoked"]
)
def test_openssl_reads_what_it_asked_for(tmp_path: Path, digest: str, revoked: pki.Revoked | None, told: str) -> None:
    openssl(tmp_path, "-reqout", "q.der", digest=digest)

    (tmp_path / "a.der").write_bytes(answered((tmp_path / "q.der").read_bytes(), revoked=revoked))

    seen = openssl(tmp_path, "-no_nonce", "-respin", "a.der", digest=digest)
    assert "Response verify OK" in seen
    assert told in seen
    assert ("Reason: keyCompromise" in seen) is (revoked is not None)


def test_a_certificate_that_was_never_issued_is_unknown() -> None:
    other = w.world().signer("样例").leaf

    response = ocsp.load_der_ocsp_response(answered(request(other)))

    assert response.certificate_status is ocsp.OCSPCertStatus.UNKNOWN


def test_another_authority_s_certificate_is_not_ours_to_judge() -> None:
    span = {"not_before": w.NOW - timedelta(days=1), "not_after": w.NOW + timedelta(days=9)}
    stranger = pki.create_root(pki.SubjectName("Somebody"), **span)

    assert said(request(LEAF, stranger.certificate)) is ocsp.OCSPResponseStatus.UNAUTHORIZED


def test_the_answer_is_fresh_and_by_the_issuer_itself() -> None:
    response = ocsp.load_der_ocsp_response(answered(request()))

    w.world().ca.certificate.public_key().verify(  # type: ignore[union-attr,call-arg]
        response.signature, response.tbs_response_bytes, w.ec.ECDSA(hashes.SHA256())
    )
    (one,) = response.responses
    assert (one.this_update_utc, one.next_update_utc) == (w.NOW, w.NOW + timedelta(hours=1))


@pytest.mark.parametrize("nonce", [b"n", bytes(32)])
def test_a_nonce_comes_back(nonce: bytes) -> None:
    response = ocsp.load_der_ocsp_response(answered(request(nonce=nonce)))

    assert response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == nonce


@pytest.mark.parametrize(
    "broken",
    [b"", b"hello", b"\x30\x00", request()[:-1], request() + b"\0", request(nonce=bytes(33)), bytes(5000)],
    ids=["nothing", "junk", "empty", "cut", "more behind", "long nonce", "too long"],
)
def test_what_cannot_be_read_is_malformed(broken: bytes) -> None:
    assert said(broken) is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_a_request_about_two_certificates_is_malformed(tmp_path: Path) -> None:
    openssl(tmp_path, "-cert", "leaf.pem", "-reqout", "q.der")

    assert said((tmp_path / "q.der").read_bytes()) is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


@given(at=st.integers(0, 400), bit=st.integers(0, 7))
def test_no_mutant_of_a_request_raises(at: int, bit: int) -> None:
    changed = bytearray(request(nonce=bytes(16)))
    changed[at % len(changed)] ^= 1 << bit

    assert ocsp.load_der_ocsp_response(answered(bytes(changed)))
