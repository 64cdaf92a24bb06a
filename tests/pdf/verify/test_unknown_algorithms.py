"""What the verifier does not know it neither believes nor calls broken: SM2 and SM3 are usual in China."""

from __future__ import annotations

import subprocess

import pytest
from cryptography import x509

from pdf.verify import Indication, cms, verify_pdf
from pdf.verify.chains import Chain, Material
from pdf.verify.verdict import Finding
from tests.pdf import signing_world as world
from tests.pdf.verify import foreign

SHA256 = bytes.fromhex("0609608648016503040201")


@pytest.fixture(scope="module")
def sm2(tmp_path_factory: pytest.TempPathFactory) -> list[x509.Certificate]:
    """An SM2 root and an SM2 certificate below it, by openssl."""
    folder = tmp_path_factory.mktemp("sm2")
    script = """
      set -e; id="distid:1234567812345678"
      for each in ca leaf; do openssl ecparam -name SM2 -genkey -noout -out $each.key; done
      openssl req -x509 -new -key ca.key -sm3 -subj /CN=Root -days 300 -out ca.pem -sigopt $id
      openssl req -new -key leaf.key -subj /CN=Leaf -sm3 -sigopt $id -out leaf.csr
      openssl x509 -req -in leaf.csr -vfyopt $id -CA ca.pem -CAkey ca.key -sm3 -sigopt $id -days 99 \\
        -set_serial 5 -out leaf.pem
    """
    subprocess.run(["bash", "-c", script], cwd=folder, check=True, capture_output=True)
    return [x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes()) for name in ("leaf", "ca")]


def test_a_chain_of_sm2_keys_is_in_doubt(sm2: list[x509.Certificate]) -> None:
    leaf, root = sm2
    with pytest.raises(Finding) as found:
        Material([root]).chain(foreign.asn1(leaf), leaf.not_valid_before_utc, proved=True)
    assert (found.value.reason.code, found.value.reason.indication) == ("weak-algorithm", Indication.INDETERMINATE)


def test_keys_that_cannot_be_read_are_compared_as_they_stand(sm2: list[x509.Certificate]) -> None:
    assert Chain((sm2[0], sm2[1], sm2[1])).custody is None


def test_an_sm2_anchor_beside_ours_disturbs_nobody(sm2: list[x509.Certificate]) -> None:
    anchors = [sm2[1], world.world().root.certificate]
    assert verify_pdf(world.everything_signed(), name="x", anchors=anchors).verdict is Indication.TOTAL_PASSED


def test_a_token_over_a_digest_that_is_not_known_is_in_doubt() -> None:
    der = world.world().timestamper.token(b"1" * 32)
    at = der.index(SHA256, der.index(bytes.fromhex("060b2a864886f70d0109100104")))  # the first one within TSTInfo
    unknown = SHA256[:-1] + b"\x7f"
    with pytest.raises(Finding) as found:
        cms.token(der[:at] + unknown + der[at + len(SHA256) :], "A")
    assert (found.value.reason.code, found.value.reason.indication) == ("weak-algorithm", Indication.INDETERMINATE)
