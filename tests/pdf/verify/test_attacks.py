"""The published attack files: none passes, whoever is trusted, and none raises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cryptography import x509

from pdf.verify import Indication, verify_file

FILES = sorted((Path(__file__).parents[2] / "attacks" / "usf_isa_swa").glob("*.pdf"))
_HEX = re.compile(rb"<([0-9A-Fa-f\s]{400,})>")


def embedded_certificates(data: bytes) -> list[x509.Certificate]:
    """Every certificate in any signature value that stands in the file."""
    found: list[x509.Certificate] = []
    for match in _HEX.finditer(data):
        digits = b"".join(match[1].split())
        value = bytes.fromhex(digits[: len(digits) // 2 * 2].decode())
        for start in re.finditer(b"\x30\x82", value):
            # A long SEQUENCE that reads as a certificate is one; some files hold a signature that is cut off.
            end = start.start() + 4 + int.from_bytes(value[start.start() + 2 : start.start() + 4])
            try:
                found.append(x509.load_der_x509_certificate(value[start.start() : end]))
            except ValueError:
                continue
    return found


def test_all_twenty_one_files_are_here() -> None:
    assert len(FILES) == 21


def test_certificates_are_found_where_a_file_has_them() -> None:
    assert sum(bool(embedded_certificates(path.read_bytes())) for path in FILES) >= 16


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_published_attack_fails_with_every_embedded_certificate_trusted_and_with_none(path: Path) -> None:
    data = path.read_bytes()
    for anchors in (embedded_certificates(data), []):
        verdict = verify_file(data, name=path.name, anchors=anchors)
        assert verdict.verdict is Indication.TOTAL_FAILED
        assert verdict.reasons
        assert verdict.to_json()["sub_indication"]
