"""What public programs say of our files: pdfsig with NSS, openssl, qpdf; they must also say no where they should."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from asn1crypto import cms as asn1
from pyhanko.pdf_utils.reader import PdfFileReader

from pdf import pki, sign
from tests.pdf import signing_world as w
from tests.support.outside import nss, run


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("finished") / "finished.pdf"
    path.write_bytes(w.everything_signed())
    return path


@pytest.fixture(scope="module")
def root_pem(finished: Path) -> Path:
    path = finished.parent / "root.pem"
    path.write_bytes(pki.dump_certificates([w.world().root.certificate]))
    return path


def blocks(said: str) -> dict[str, str]:
    """pdfsig's answer, by signature field."""
    parts = said.split("Signature #")[1:]
    return {part.split("Signature Field Name: ")[1].split("\n")[0]: part for part in parts}


def test_pdfsig_finds_every_persons_and_the_platforms_signature_valid_and_trusted(
    finished: Path, root_pem: Path, tmp_path: Path
) -> None:
    said = run("pdfsig", "-nssdir", nss(tmp_path / "nss", root_pem), finished)

    found = blocks(said.stdout)
    people = [found[name] for name in ("Signer-1", "Signer-2", "Signer-3", sign.PLATFORM_FIELD)]
    assert all("Signature is Valid." in block and "Certificate is Trusted." in block for block in people)
    assert "Certificate Common Name: 林晓云" in found["Signer-1"]
    assert "Total document signed" in found[f"{sign.TIMESTAMP_FIELD}-1"]


def test_pdfsig_trusts_nobody_without_our_root(finished: Path, tmp_path: Path) -> None:
    said = run("pdfsig", "-nssdir", nss(tmp_path / "nss"), finished)

    assert "Signature is Valid." in said.stdout
    assert "Certificate is Trusted." not in said.stdout


def test_pdfsig_sees_a_changed_byte(finished: Path, root_pem: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.pdf"
    data = bytearray(finished.read_bytes())
    data[data.index(b"/MediaBox") + 12] ^= 1
    changed.write_bytes(data)

    said = run("pdfsig", "-nssdir", nss(tmp_path / "nss", root_pem), changed)

    assert "Signature is Valid." not in said.stdout


def test_qpdf_finds_nothing_wrong(finished: Path) -> None:
    said = run("qpdf", "--check", finished)

    assert said.returncode == 0, said.stdout + said.stderr
    assert "No syntax or stream encoding errors" in said.stdout


@pytest.mark.parametrize("field", ["Signer-1", "Signer-3", sign.PLATFORM_FIELD])
def test_openssl_verifies_a_signature_taken_out_of_the_file(
    finished: Path, root_pem: Path, tmp_path: Path, field: str
) -> None:
    data = finished.read_bytes()
    found = next(each for each in PdfFileReader(io.BytesIO(data)).embedded_signatures if each.field_name == field)
    _, first, second, rest = (int(each) for each in found.byte_range)
    cms_file, signed = tmp_path / "signature.der", tmp_path / "signed.bin"
    cms_file.write_bytes(asn1.ContentInfo.load(found.pkcs7_content).dump())
    signed.write_bytes(data[:first] + data[second : second + rest])
    verify = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", cms_file, "-content", signed]
    verify += ["-CAfile", root_pem, "-out", tmp_path / "out"]

    good = run(*verify)
    signed.write_bytes(b"x" + signed.read_bytes()[1:])
    changed = run(*verify)

    assert good.returncode == 0, good.stderr
    assert changed.returncode != 0


def test_openssl_verifies_the_document_timestamp(finished: Path, root_pem: Path, tmp_path: Path) -> None:
    data = finished.read_bytes()
    found = PdfFileReader(io.BytesIO(data)).embedded_signatures[-1]
    _, first, second, rest = (int(each) for each in found.byte_range)
    token, stamped = tmp_path / "token.der", tmp_path / "stamped.bin"
    token.write_bytes(asn1.ContentInfo.load(found.pkcs7_content).dump())
    stamped.write_bytes(data[:first] + data[second : second + rest])

    said = run("openssl", "ts", "-verify", "-token_in", "-in", token, "-data", stamped, "-CAfile", root_pem)

    assert said.returncode == 0, said.stderr


def test_openssl_verifies_a_detached_signature_over_a_manifest(root_pem: Path, tmp_path: Path) -> None:
    platform = w.world().platform
    manifest, signature = tmp_path / "manifest.json", tmp_path / "manifest.p7s"
    manifest.write_bytes('{"kit":1,"ceremony":"双流"}'.encode())

    signature.write_bytes(
        sign.sign_detached(
            manifest.read_bytes(), key=platform.key, certificate=platform.certificate, chain=platform.chain
        )
    )

    verify = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", signature, "-content", manifest]
    assert run(*verify, "-CAfile", root_pem, "-out", tmp_path / "out").returncode == 0
    manifest.write_bytes(b"{}")
    assert run(*verify, "-CAfile", root_pem, "-out", tmp_path / "out").returncode != 0
