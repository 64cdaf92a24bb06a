"""README.txt is followed to the letter, with openssl, sha256sum, python3, certutil and pdfsig, and nothing of ours."""

from __future__ import annotations

import dataclasses
import io
import os
import re
import shutil
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from core import clock
from pdf import pki, sign
from signing.evidence import work
from signing.evidence.kit import archive
from signing.papers import colons
from signing.trust import service as trust
from signing.trust import sm2
from tests.pdf import signing_world as world
from tests.support.ceremony import Played

World = tuple[Flask, Played]
_OURS = "yunqian verify"


@pytest.fixture
def kit(sealed_once: World, tmp_path: Path) -> Path:
    """The unpacked kit of a ceremony with the published anchors beside it, as step 0 asks."""
    _, played = sealed_once
    folder = tmp_path / "kit"
    sm2.make_key(replace=True)  # so that the kit has everything that a kit can have
    files, _ = work.ceremony_files(played.ceremony_id)
    with zipfile.ZipFile(io.BytesIO(archive(files))) as packed:
        packed.extractall(folder)
    (folder / "anchors.pem").write_bytes(trust.published_anchors().dump())
    return folder


def commands(kit: Path) -> list[str]:
    """The commands in order, exactly as they stand there: a command goes on while a quotation mark is open."""
    found: list[str] = []
    open_quote = False
    for line in (kit / "README.txt").read_text(encoding="utf-8").splitlines():
        if open_quote:
            found[-1] += "\n" + line
        elif re.match(r"    (openssl|python3|sha256sum|find|mkdir|certutil|pdfsig|for|printf|yunqian) |python3 ", line):
            found.append(line)
        else:
            continue
        open_quote = found[-1].count("'") % 2 == 1
    return found


def run(command: str, kit: Path) -> subprocess.CompletedProcess[str]:
    """One command, with the scratch folder that `check=$(mktemp -d)` gives in the same window."""
    scratch = kit.parent / "check"
    scratch.mkdir(exist_ok=True)
    return subprocess.run(
        ["bash", "-c", command],
        cwd=kit,
        env={**os.environ, "check": str(scratch)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def follow(kit: Path) -> dict[str, str]:
    """What each command printed; a command that ended badly is an AssertionError."""
    printed = {}
    for command in commands(kit):
        if command.strip().startswith(_OURS):
            continue
        done = run(command, kit)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        printed[command] = done.stdout + done.stderr
    return printed


def only(printed: dict[str, str], beginning: str) -> list[str]:
    return [text for command, text in printed.items() if command.strip().startswith(beginning)]


@pytest.mark.skipif(not shutil.which("pdfsig") or not shutil.which("certutil"), reason="poppler-utils, libnss3-tools")
def test_every_command_of_the_readme_says_that_all_is_well(kit: Path) -> None:
    printed = follow(kit)
    assert len(printed) >= 12
    assert all("Verification successful" in text for text in only(printed, "openssl cms"))
    stamps = only(printed, "openssl ts")
    assert len(stamps) == 2
    assert all("Verification: OK" in text for text in stamps)
    sums = only(printed, "sha256sum")[0].splitlines()
    assert len(sums) > 15
    (beside,) = only(printed, "find")
    assert beside.split() == ["anchors.pem", "manifest.json", "manifest.p7s", "manifest.tst", "private.jsonl"]
    assert all(line.endswith("OK") for line in sums)
    assert "Signature Verified Successfully" in "".join(only(printed, "openssl pkeyutl"))
    said = "".join(only(printed, "python3"))
    assert int(re.findall(r"the personal values fit: (\d+)", said)[0]) > 10
    assert "the trail is whole" in "".join(only(printed, "python3"))
    assert "CN=样例" in only(printed, "for file in")[0]
    signatures = only(printed, "pdfsig")
    assert len(signatures) == 2
    for text in signatures:
        assert text.count("Signature is Valid.") == 3, text  # the platform's and two people's
        assert "Certificate is Trusted." in text, text


def test_the_readme_states_the_fingerprint_that_openssl_prints_and_the_head_of_the_trail(kit: Path) -> None:
    text = (kit / "README.txt").read_text(encoding="utf-8")
    (command,) = [each for each in commands(kit) if "-fingerprint" in each]
    said = run(command, kit).stdout.strip().partition("=")[2]
    assert said in text
    assert said in (kit / "report.html").read_text(encoding="utf-8")
    assert f"{_OURS} KIT.zip --trust anchors.pem" in text


@pytest.mark.skipif(not shutil.which("pdfsig") or not shutil.which("certutil"), reason="poppler-utils, libnss3-tools")
def test_the_second_line_that_the_readme_asks_for_tells_home_made_certificates(kit: Path) -> None:
    (path,) = {each for each in (kit / "agreements").iterdir() if "-01" in each.name}
    path.write_bytes(world.everything_signed())
    steps = [each for each in commands(kit) if each.strip().startswith(("mkdir", "for n in", "certutil", "pdfsig"))]
    (said,) = [run(each, kit).stdout for each in steps if "pdfsig" not in each or path.name in each][-1:]
    text = (kit / "README.txt").read_text(encoding="utf-8")
    assert said.count("Signature is Valid.") >= 3
    assert "Certificate is Trusted." not in said
    assert text.count("“Certificate is Trusted.”") == 2


@pytest.mark.skipif(not shutil.which("pdfsig") or not shutil.which("certutil"), reason="poppler-utils, libnss3-tools")
def test_the_readme_holds_for_who_fetches_the_anchors_after_the_root_was_replaced(kit: Path) -> None:
    now = clock.now()
    successor = pki.create_root(pki.SubjectName("样例 Root 2"), not_before=now, not_after=now + timedelta(days=9))
    anchors = trust.published_anchors()
    both = dataclasses.replace(anchors, platform=(successor.certificate, *anchors.platform))
    (kit / "anchors.pem").write_bytes(both.dump())
    (prints,) = [run(each, kit).stdout for each in commands(kit) if "-fingerprint" in each]
    assert prints.count("Fingerprint=") == 2
    assert colons(trust.trust().fingerprint) in prints
    beginnings = ("mkdir", "for n in", "certutil", "pdfsig")
    said = [run(each, kit).stdout for each in commands(kit) if each.strip().startswith(beginnings)]
    assert said[-1].count("Certificate is Trusted.") == 3, said


def test_a_file_beside_the_manifest_is_listed(kit: Path) -> None:
    (kit / "agreements" / "03-more.pdf").write_bytes(b"%PDF-")
    beside = [each for each in commands(kit) if each.strip().startswith(("python3 -c 'import json; [", "find"))]
    assert "agreements/03-more.pdf" in [run(each, kit).stdout for each in beside][-1].split()


def told_anew(kit: Path, who: pki.Authority) -> list[subprocess.CompletedProcess[str]]:
    """What step 1 says of a manifest that somebody else signed."""
    raw = (kit / "manifest.json").read_bytes()
    signed = sign.sign_detached(raw, key=who.key, certificate=who.certificate, chain=who.chain)
    (kit / "manifest.p7s").write_bytes(signed)
    before = [each for each in commands(kit) if "$check/platform.pem" in each or "$check/signer.pem" in each]
    return [run(each, kit) for each in before][-2:]


def test_the_readme_shows_who_signed_the_manifest(kit: Path) -> None:
    text = (kit / "README.txt").read_text(encoding="utf-8")
    stated = re.findall(r"    (Policy: [0-9.]+)$", text, re.MULTILINE)
    found = trust.trust()
    platform = told_anew(kit, found.platform)[-1].stdout
    assert stated == re.findall(r"Policy: [0-9.]+", platform)
    (name,) = re.findall(r"^    (CN=.+)$", text, re.MULTILINE)
    assert platform.splitlines()[0].endswith(f", {name}")
    key = pki.new_key()
    leaf = trust.issue_seat_certificate(key.public_key(), pki.SubjectName("样例丙"), pki.KeyCustody.CLIENT)
    signer = dataclasses.replace(found.platform, key=key, certificate=leaf)
    shown = told_anew(kit, signer)[-1].stdout
    assert "样例丙" in shown
    assert stated[0] not in shown


def test_the_readme_believes_no_authority_of_signers_for_a_manifest(kit: Path) -> None:
    now = clock.now()
    other = pki.create_root(pki.SubjectName("别家 Root"), not_before=now, not_after=now + timedelta(days=9))
    anchors = dataclasses.replace(trust.published_anchors(), signers=(other.certificate,))
    (kit / "anchors.pem").write_bytes(anchors.dump())
    verified, _ = told_anew(kit, other)
    assert verified.returncode != 0


def test_the_readme_names_each_of_the_two_ways_in_both_languages(kit: Path) -> None:
    text = (kit / "README.txt").read_text(encoding="utf-8")
    assert "无需账号" in text
    assert "without an account" in text


def test_the_readme_holds_where_the_personal_values_were_deleted(kit: Path) -> None:
    (kit / "private.jsonl").unlink()
    (command,) = [each for each in commands(kit) if "personal values" in each]
    assert run(command, kit).stdout == "the personal values fit: 0\n"


@pytest.mark.parametrize(
    ("path", "tool"),
    [
        ("private.jsonl", "python3 -c '\n"),
        ("trail.sm2", "openssl pkeyutl"),
        ("manifest.json", "openssl cms"),
        ("trail.jsonl", "python3 -c '\n"),
        ("report.html", "sha256sum -c"),
    ],
)
def test_a_changed_file_is_noticed_by_the_commands_of_the_readme(kit: Path, path: str, tool: str) -> None:
    file = kit / path
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    # The list of digests that sha256sum reads is made by the command before it, the anchors' files by those of step 0.
    before = ("for n in", "python3 -c 'import json; [")
    asked = [each for each in commands(kit) if each.strip().startswith((tool, *before))]
    failed = [command for command in asked if run(command, kit).returncode != 0]
    assert [command for command in failed if command.strip().startswith(tool)]


def test_the_report_loads_nothing_and_speaks_both_languages(kit: Path) -> None:
    html = (kit / "report.html").read_text(encoding="utf-8")
    assert not re.findall(r"(?:src|href)\s*=|@import|url\(|<script", html)
    assert "审计轨迹" in html
    assert "Audit trail" in html
    assert "未经第三方授时" in html
    assert "Not a third party’s time" in html
