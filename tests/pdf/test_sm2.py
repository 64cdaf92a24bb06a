"""SM2 with SM3: openssl reads our keys and believes our signatures, and the other way round."""

from __future__ import annotations

import subprocess
from functools import lru_cache
from pathlib import Path

import pytest

from pdf.errors import PkiError
from pdf.pki.sm2 import Sm2Key, Sm2PublicKey, load_sm2_key, load_sm2_public, new_sm2_key

MESSAGE = b"0" * 64
SM3 = ("-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678")


@lru_cache(maxsize=1)
def key() -> Sm2Key:
    return new_sm2_key()


@lru_cache(maxsize=1)
def sealed() -> bytes:
    return key().to_pem(b"secret")


def openssl(*words: object, given: bytes = b"") -> bytes:
    command = ["openssl", *map(str, words)]
    return subprocess.run(command, input=given, capture_output=True, check=True, timeout=20).stdout


def openssl_key(*kind: str) -> bytes:
    plain = openssl("genpkey", *kind)
    return openssl("pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:pw", given=plain)


def test_openssl_opens_our_key_and_we_open_ours() -> None:
    assert openssl("pkey", "-passin", "pass:secret", "-pubout", given=sealed()) == key().public.to_pem()
    assert load_sm2_key(sealed(), password=b"secret") == key()


def test_openssl_verifies_our_signature(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(key().public.to_pem())
    (tmp_path / "message").write_bytes(MESSAGE)
    (tmp_path / "signature").write_bytes(key().sign(MESSAGE))
    given = ("-pubin", "-inkey", tmp_path / "key.pem", "-in", tmp_path / "message")
    told = openssl("pkeyutl", "-verify", *given, *SM3, "-sigfile", tmp_path / "signature")
    assert told == b"Signature Verified Successfully\n"


def test_a_key_that_openssl_made_signs_as_openssl_does(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(openssl_key("-algorithm", "SM2"))
    (tmp_path / "message").write_bytes(MESSAGE)
    ours = load_sm2_key((tmp_path / "key.pem").read_bytes(), password=b"pw")
    given = ("-inkey", tmp_path / "key.pem", "-passin", "pass:pw", "-in", tmp_path / "message")
    theirs = openssl("pkeyutl", "-sign", *given, *SM3)
    assert ours.public.is_signature(theirs, MESSAGE)
    assert ours.public.is_signature(ours.sign(MESSAGE), MESSAGE)
    assert not ours.public.is_signature(theirs, MESSAGE[1:])
    assert not key().public.is_signature(theirs, MESSAGE)


@pytest.mark.parametrize(
    ("text", "password", "code"),
    [
        (sealed, b"another", "pem_malformed"),
        (lambda: key().public.to_pem(), b"secret", "pem_malformed"),
        (lambda: b"no key", b"secret", "pem_malformed"),
        (lambda: openssl_key("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"), b"pw", "key_unsuitable"),
        (lambda: openssl_key("-algorithm", "ED25519"), b"pw", "pem_malformed"),
    ],
    ids=["another password", "a public key", "no PEM", "P-256", "Ed25519"],
)
def test_what_is_no_sm2_key_is_refused(text, password: bytes, code: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(PkiError) as refused:
        load_sm2_key(text(), password=password)
    assert refused.value.code == code


def test_a_public_key_off_the_curve_is_refused() -> None:
    off = Sm2PublicKey(bytes([key().public.raw[0] ^ 1]) + key().public.raw[1:])
    with pytest.raises(PkiError) as refused:
        load_sm2_public(off.to_pem())
    assert refused.value.code == "key_unsuitable"
    assert load_sm2_public(key().public.to_pem()) == key().public


def test_a_signature_written_in_another_way_is_none() -> None:
    good = key().sign(MESSAGE)
    for bad in (b"", good[:-1], good + b"\0", b"\x30\x81" + good[1:], b"x" * 72, b"\x30\x06\x02\x01\x00\x02\x01\x00"):
        assert not key().public.is_signature(bad, MESSAGE)
