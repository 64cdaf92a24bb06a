"""What public programs, none of them ours, say of the files that a ceremony leaves behind."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

from page import validate_pdf_bytes

ARCHIVE, ACCESSIBLE = "3a", "ua1"  # PDF/A-3a (ISO 19005-3), PDF/UA-1 (ISO 14289-1)


def unmet(pdf: bytes, profile: str) -> list[str]:
    """The rules of a standard that a file breaks, each with an example, as page-validation finds them."""
    failures = validate_pdf_bytes(pdf, profile=profile).failures
    return [f"{rule}: {said}" for rule, said in {each.rule_id: each.message for each in failures}.items()]


def run(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, cwd=cwd)


def nss(folder: Path, anchors: Path) -> str:
    """An NSS database that trusts these anchors and nothing else."""
    folder.mkdir()
    made = run("certutil", "-N", "-d", f"sql:{folder}", "--empty-password")
    added = run("certutil", "-A", "-d", f"sql:{folder}", "-n", "anchor", "-t", "CT,C,C", "-i", anchors)
    assert made.returncode == added.returncode == 0, made.stderr + added.stderr
    return f"sql:{folder}"


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
