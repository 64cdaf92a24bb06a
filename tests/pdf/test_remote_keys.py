"""Keys that stay in their place sign everything that keys in files sign, and are never given out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pdf import pki, sign
from pdf.errors import PkiError
from pdf.pki.pkcs11 import Token, read_uri, uri_of
from pdf.tsa import LocalTimestamper
from pdf.verify import Indication, verify_pdf
from tests.pdf import signing_world as w
from tests.pdf.softhsm import Soft, missing, soft_token

needs_token = pytest.mark.skipif(bool(missing()), reason=missing())


class KeyService(pki.RemoteKey):
    """Stands where a cloud's key service stands: signs digests, and may lie."""

    def __init__(self, *, lies: bool = False) -> None:
        self._key = pki.new_key()
        self._lies = lies
        super().__init__(self._key.public_key())

    def sign_digest(self, digest: bytes) -> bytes:
        said = bytes(32) if self._lies else digest
        return self._key.sign(said, ec.ECDSA(Prehashed(hashes.SHA256())))


@pytest.fixture
def soft(tmp_path: Path) -> Iterator[Soft]:
    with soft_token(tmp_path) as found:
        yield found


def token(soft: Soft) -> Token:
    return Token(soft.module, label=soft.label, pin=soft.pin)


def family(keys: list[pki.RemoteKey]) -> tuple[pki.Authority, ...]:
    """Root, issuing CA, platform and timestamp authority by keys that stay elsewhere."""
    span = {"not_before": w.NOW - w.timedelta(days=1), "not_after": w.NOW + w.timedelta(days=3650)}
    root = pki.create_root(pki.SubjectName("Token root"), key=keys[0], **span)
    ca = pki.issue_ca(root, pki.SubjectName("Token CA"), key=keys[1], **span)
    platform = pki.issue_platform(ca, pki.SubjectName("Token platform"), key=keys[2], **span)
    return root, ca, platform, pki.issue_tsa(ca, pki.SubjectName("Token clock"), key=keys[3], **span)


def check_that_they_sign_all(keys: list[pki.RemoteKey]) -> None:
    root, ca, platform, clock = family(keys)
    timestamper = LocalTimestamper(clock, clock=lambda: w.NOW)
    when = {"this_update": w.NOW - w.timedelta(hours=1), "next_update": w.NOW + w.timedelta(days=30)}
    lists = [pki.make_crl(each, number=1, **when) for each in (root, ca)]
    frozen = sign.freeze(w.blank_pdf(), fields=[], platform=platform, timestamper=timestamper, at=w.NOW)
    sealed = sign.seal(frozen, chain=clock.path, crls=lists, timestamper=timestamper, at=w.NOW)
    verdict = verify_pdf(sealed, name="sealed.pdf", anchors=[root.certificate])
    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons
    assert {signature.level for signature in verdict.signatures} >= {"B-LTA"}


def test_a_key_service_signs_certificates_lists_files_and_timestamps() -> None:
    check_that_they_sign_all([KeyService() for _ in range(4)])


def test_a_key_that_answers_with_another_signature_is_not_believed() -> None:
    with pytest.raises(PkiError) as refused:
        family([KeyService(lies=True), *(KeyService() for _ in range(3))])

    assert refused.value.code == "key_unreachable"


def test_a_key_elsewhere_is_never_given_out() -> None:
    key = KeyService()

    for way in (
        key.private_numbers,
        lambda: key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        lambda: pki.dump_key(key),
        lambda: key.exchange(ec.ECDH(), key.public_key()),
    ):
        with pytest.raises(PkiError):
            way()


def test_a_key_elsewhere_signs_with_one_algorithm_alone() -> None:
    with pytest.raises(PkiError):
        KeyService().sign(b"data", ec.ECDSA(hashes.SHA384()))


@needs_token
def test_a_token_signs_certificates_lists_files_and_timestamps(soft: Soft) -> None:
    inside = token(soft)

    check_that_they_sign_all([inside.create(f"yunqian-{n}") for n in range(4)])


@needs_token
def test_a_key_made_in_a_token_is_found_again_by_its_label(soft: Soft) -> None:
    made = token(soft).create("yunqian 签发")

    found = token(soft).find("yunqian 签发")

    assert found.public_key() == made.public_key()
    made.public_key().verify(found.sign(b"data", ec.ECDSA(hashes.SHA256())), b"data", ec.ECDSA(hashes.SHA256()))


@needs_token
def test_two_keys_never_share_a_label(soft: Soft) -> None:
    inside = token(soft)
    inside.create("yunqian-1")

    with pytest.raises(PkiError, match="holds yunqian-1 already"):
        inside.create("yunqian-1")


@needs_token
def test_a_key_that_was_destroyed_is_gone(soft: Soft) -> None:
    inside = token(soft)
    key = inside.create("yunqian-1")

    inside.destroy("yunqian-1")

    with pytest.raises(PkiError) as refused:
        key.sign(b"data", ec.ECDSA(hashes.SHA256()))
    assert refused.value.code == "key_unreachable"


@needs_token
@pytest.mark.parametrize(("label", "pin"), [("yunqian-test", "0000"), ("another", "2468")])
def test_a_wrong_pin_and_a_token_that_is_not_there_are_told(soft: Soft, label: str, pin: str) -> None:
    with pytest.raises(PkiError) as refused:
        Token(soft.module, label=label, pin=pin).find("yunqian-1")

    assert refused.value.code == "key_unreachable"


@needs_token
def test_many_threads_sign_with_one_token(soft: Soft) -> None:
    key = token(soft).create("yunqian-1")
    good: list[bool] = []

    def sign_often() -> None:
        for n in range(10):
            key.sign(b"%d" % n, ec.ECDSA(hashes.SHA256()))  # raises where the signature does not verify
        good.append(True)

    threads = [threading.Thread(target=sign_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert good == [True] * 4


@pytest.mark.parametrize(("name", "label"), [("yunqian", "issuing-1"), ("云签; a=b", "签发/1")])
def test_the_address_of_a_key_is_read_back(name: str, label: str) -> None:
    assert read_uri(uri_of(name, label)) == (name, label)


@pytest.mark.parametrize("text", ["", "pkcs11:", "pkcs11:token=a", "-----BEGIN PRIVATE KEY-----"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(PkiError):
        read_uri(text)


def test_certificates_by_a_remote_key_are_as_any(tmp_path: Path) -> None:
    root = pki.create_root(
        pki.SubjectName("Root"), not_before=w.NOW, not_after=w.NOW + w.timedelta(days=1), key=KeyService()
    )

    root.certificate.verify_directly_issued_by(root.certificate)
    assert isinstance(root.certificate.signature_hash_algorithm, hashes.SHA256)
    assert root.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
