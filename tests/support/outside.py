"""What public programs, none of them ours, say of the files that a ceremony leaves behind."""

from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

from asn1crypto import cms, pem, x509
from page import validate_pdf_bytes
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

ARCHIVE, ACCESSIBLE = "3a", "ua1"  # PDF/A-3a (ISO 19005-3), PDF/UA-1 (ISO 14289-1)


def unmet(pdf: bytes, profile: str) -> list[str]:
    """The rules of a standard that a file breaks, each with an example, as page-validation finds them."""
    failures = validate_pdf_bytes(pdf, profile=profile).failures
    return [f"{rule}: {said}" for rule, said in {each.rule_id: each.message for each in failures}.items()]


def run(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, cwd=cwd)


def nss(folder: Path, *anchors: Path) -> str:
    """An NSS database that trusts these anchors and nothing else."""
    folder.mkdir()
    base = f"sql:{folder}"
    assert run("certutil", "-N", "-d", base, "--empty-password").returncode == 0
    for number, der in enumerate(der for anchor in anchors for der in _certificates(anchor)):
        one = folder / f"{number}.der"  # of several certificates in a file, certutil takes the first
        one.write_bytes(der)
        added = run("certutil", "-A", "-d", base, "-n", f"anchor {number}", "-t", "CT,C,C", "-i", one)
        assert added.returncode == 0, added.stderr
    return base


def _certificates(file: Path) -> list[bytes]:
    return [der for _, _, der in pem.unarmor(file.read_bytes(), multiple=True)]


def signers_by_pdfsig(pdf: Path, database: str) -> list[str]:
    """Common names of the signatures that pdfsig finds valid and trusted, in the order of the file."""
    said = run("pdfsig", "-nssdir", database, pdf)
    blocks = said.stdout.split("Signature #")[1:]
    good = [block for block in blocks if "Signature is Valid." in block and "Certificate is Trusted." in block]
    return [block.split("Certificate Common Name: ")[1].split("\n")[0] for block in good]


def is_sound_for_qpdf(pdf: Path) -> bool:
    said = run("qpdf", "--check", pdf)
    return said.returncode == 0 and "No syntax or stream encoding errors" in said.stdout


def unpacked(kit: Path, folder: Path) -> Path:
    with zipfile.ZipFile(kit) as archive:
        archive.extractall(folder)
    return folder


def openssl_accepts_manifest(kit: Path, anchors: Path) -> bool:
    """The detached CMS over the kit's manifest, against our anchors alone."""
    verify = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any"]
    files: list[str | Path] = ["-in", kit / "manifest.p7s", "-content", kit / "manifest.json", "-out", "/dev/null"]
    return run(*verify, *files, "-CAfile", anchors).returncode == 0


def openssl_accepts_time_of_manifest(kit: Path, anchors: Path) -> bool:
    """The RFC 3161 token over the kit's manifest."""
    verify: list[str | Path] = ["openssl", "ts", "-verify", "-token_in", "-in", kit / "manifest.tst"]
    return run(*verify, "-data", kit / "manifest.json", "-CAfile", anchors).returncode == 0


def openssl_accepts_time_of_trail(kit: Path, head: str, anchors: Path) -> bool:
    """The RFC 3161 token over the head of the audit trail (hex)."""
    verify: list[str | Path] = ["openssl", "ts", "-verify", "-token_in", "-in", kit / "trail.tst"]
    return run(*verify, "-digest", head, "-CAfile", anchors).returncode == 0


def openssl_accepts_list(crl: Path, issuer: Path) -> bool:
    """A revocation list in DER, against its issuer."""
    said = run("openssl", "crl", "-inform", "DER", "-in", crl, "-noout", "-verify", "-CAfile", issuer)
    return said.returncode == 0 and "verify OK" in said.stdout + said.stderr


def openssl_accepts_signer(certificate: Path, *, between: Path, anchors: Path) -> bool:
    """A signer's certificate, over the issuing CA, to our anchors."""
    return run("openssl", "verify", "-CAfile", anchors, "-untrusted", between, certificate).returncode == 0


def refused_by_pdfsig(pdf: Path, database: str) -> list[str]:
    """The fields of signatures that pdfsig does not find valid and trusted; it cannot judge document timestamps.

    Where it finds none that covers the whole file, an empty name is among them.
    """
    said = run("pdfsig", "-nssdir", database, pdf).stdout
    blocks = {each.split("Signature Field Name: ")[1].split("\n")[0]: each for each in said.split("Signature #")[1:]}
    wanted = [each.field_name for each in _signatures(pdf) if each.sig_object_type != "/DocTimeStamp"]
    good = ("Signature is Valid.", "Certificate is Trusted.")
    refused = [name for name in wanted if not all(words in blocks.get(name, "") for words in good)]
    return refused if "  - Total document signed" in said else [*refused, ""]


def refused_by_openssl(pdf: Path, anchors: Path, folder: Path, known: set[bytes] | None = None) -> list[str]:
    """The fields of signatures and document timestamps, and the signatures' own timestamps, that openssl refuses.

    A signature in `known` was judged over these very bytes in an earlier revision; it learns of others.
    """
    data, refused = pdf.read_bytes(), []
    known = set() if known is None else known
    taken, signed, token = folder / "taken.der", folder / "signed.bin", folder / "token.der"
    for each in _signatures(pdf):
        _, first, second, rest = (int(part) for part in each.byte_range)
        taken.write_bytes(cms.ContentInfo.load(each.pkcs7_content).dump())
        covered = data[:first] + data[second : second + rest]
        mark = hashlib.sha256(covered + each.pkcs7_content + anchors.read_bytes()).digest()
        if mark in known:
            continue
        known.add(mark)
        signed.write_bytes(covered)
        if each.sig_object_type == "/DocTimeStamp":
            if not _is_time_of(taken, signed, anchors):
                refused.append(each.field_name)
            continue
        verify: list[str | Path] = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", taken]
        if run(*verify, "-content", signed, "-CAfile", anchors, "-out", "/dev/null").returncode:
            refused.append(each.field_name)
        for stamp in _stamps(each):
            token.write_bytes(stamp)
            signed.write_bytes(each.signer_info["signature"].native)
            if not _is_time_of(token, signed, anchors):
                refused.append(f"the time of {each.field_name}")
    return refused


def refused_by_pyhanko(pdf: Path, anchors: Path) -> list[str]:
    """The fields that pyHanko refuses, with its own policy on later changes and these anchors alone."""
    roots = [x509.Certificate.load(der) for der in _certificates(anchors)]
    refused = []
    for each in _signatures(pdf):
        context = ValidationContext(trust_roots=roots, allow_fetching=False)
        if each.sig_object_type == "/DocTimeStamp":
            stamp = validate_pdf_timestamp(each, context)
            good = stamp.intact and stamp.valid and stamp.trusted
        else:
            good = validate_pdf_signature(each, context).bottom_line
        if not good:
            refused.append(each.field_name)
    return refused


def _signatures(pdf: Path) -> list[EmbeddedPdfSignature]:
    return list(PdfFileReader(io.BytesIO(pdf.read_bytes())).embedded_signatures)


def _is_time_of(token: Path, data: Path, anchors: Path) -> bool:
    verify: list[str | Path] = ["openssl", "ts", "-verify", "-token_in", "-in", token]
    return run(*verify, "-data", data, "-CAfile", anchors).returncode == 0


def _stamps(signature: EmbeddedPdfSignature) -> Iterator[bytes]:
    for attribute in signature.signer_info["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            yield from (each.dump() for each in attribute["values"])
