"""A kit that was tampered with fails by name; and the archive itself has a fixed shape."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable

import pytest
import rfc8785
from flask import Flask

from core import storage
from pdf.verify import FileVerdict, Indication, verify_file
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.evidence import kit
from signing.trust import service as trust
from tests.support.ceremony import Played

World = tuple[Flask, Played]
Files = dict[str, bytes]


@pytest.fixture
def whole(sealed_once: World) -> Files:
    """The files of a ceremony's kit."""
    _, played = sealed_once
    return unpack(storage.read(ceremonies.get_ceremony(played.ceremony_id).kit_digest or ""))


def unpack(data: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def verdict(files: Files) -> FileVerdict:
    return verify_file(kit.archive(files), name="kit.zip", anchors=trust.published_anchors())


def resigned(files: Files) -> Files:
    """The same kit with a manifest that somebody at the platform signed anew over what is in it now."""
    old = json.loads(files["manifest.json"])
    body = {path: data for path, data in files.items() if not path.startswith("manifest.")}
    from core import clock

    plan = kit.KitPlan(
        old["ceremony"],
        tuple(old["agreements"]),
        old["trail_head"],
        old["trail_entries"],
        clock.parse_iso(old["made_at"]),
    )
    found = trust.trust()
    return kit.sealed(plan, body, platform=found.platform, timestamper=trust.timestamper())


def lines(files: Files) -> list[bytes]:
    return files["trail.jsonl"].splitlines()


def with_lines(files: Files, changed: list[bytes]) -> Files:
    return {**files, "trail.jsonl": b"".join(line + b"\n" for line in changed)}


def changed_entry(found: list[bytes]) -> list[bytes]:
    return [*found[:9], found[9].replace(b'"at":"20', b'"at":"19'), *found[10:]]


def rewritten_entry(found: list[bytes]) -> list[bytes]:
    """Changed with its digest made anew, as somebody would who knows how."""
    entry = json.loads(found[9])
    entry["at"] = "2020-02-11T02:00:00.000Z"
    del entry["digest"]
    entry["digest"] = hashlib.sha256(rfc8785.dumps(entry)).hexdigest()
    return [*found[:9], rfc8785.dumps(entry), *found[10:]]


TRAILS: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str, int]] = {
    "changed": (changed_entry, "trail-changed", 10),
    "rewritten": (rewritten_entry, "trail-changed", 10),
    "removed": (lambda found: [*found[:9], *found[10:]], "trail-removed", 10),
    "inserted": (lambda found: [*found[:10], found[3], *found[10:]], "trail-inserted", 11),
    "moved": (lambda found: [*found[:4], found[9], *found[4:9], *found[10:]], "trail-moved", 10),
}


@pytest.mark.parametrize("name", TRAILS)
@pytest.mark.parametrize("signed_anew", [False, True], ids=["", "manifest signed anew"])
def test_a_tampered_trail_fails_by_the_name_of_the_entry(whole: Files, name: str, signed_anew: bool) -> None:
    damage, code, where = TRAILS[name]
    damaged = with_lines(whole, damage(lines(whole)))
    found = verdict(resigned(damaged) if signed_anew else damaged)
    named = [(reason.code, reason.params.get("seq", reason.params.get("line"))) for reason in found.reasons]
    assert found.verdict is Indication.TOTAL_FAILED
    assert (code, where) in named
    assert ("file-changed" in [each for each, _ in named]) is not signed_anew


def test_of_a_trail_cut_short_is_told_how_much_is_missing(whole: Files) -> None:
    found = verdict(resigned(with_lines(whole, lines(whole)[:-3])))
    assert found.verdict is Indication.TOTAL_FAILED
    cut = [reason.params for reason in found.reasons if reason.code == "trail-cut"]
    assert cut == [{"count": 3, "seq": len(lines(whole)) - 2}]


@pytest.mark.parametrize(
    "path", ["README.txt", "report.html", "trail.tst", "certificate.pdf", "pki/issuing.crl", "originals"]
)
def test_a_changed_file_fails_by_its_name(whole: Files, path: str) -> None:
    path = next(each for each in sorted(whole) if each.startswith(path))
    changed = {**whole, path: whole[path][:-30] + bytes(byte ^ 1 for byte in whole[path][-30:])}
    found = verdict(changed)
    assert found.verdict is Indication.TOTAL_FAILED
    assert ("file-changed", path) in [(reason.code, reason.params.get("path")) for reason in found.reasons]


def test_a_missing_file_fails_by_its_name(whole: Files) -> None:
    found = verdict({path: data for path, data in whole.items() if path != "report.html"})
    assert found.verdict is Indication.TOTAL_FAILED
    assert [(reason.code, reason.params["path"]) for reason in found.reasons] == [("file-missing", "report.html")]


def test_an_added_file_fails_by_its_name(whole: Files) -> None:
    found = verdict({**whole, "agreements/99-side-letter.txt": b"and another thing"})
    assert found.verdict is Indication.TOTAL_FAILED
    assert [(r.code, r.params["path"]) for r in found.reasons] == [("file-added", "agreements/99-side-letter.txt")]


def test_an_agreement_rolled_back_to_an_earlier_revision_fails_even_under_a_new_manifest(
    sealed_once: World, whole: Files
) -> None:
    _, played = sealed_once
    park = agreements.get_agreement(played.agreements["park"])
    earlier = storage.read(park.signers[0].signed_digest or "")
    path = next(each for each in whole if each.startswith("agreements/01-"))
    found = verdict(resigned({**whole, path: earlier}))
    assert found.verdict is Indication.TOTAL_FAILED
    assert "agreement-digest" in [reason.code for reason in found.reasons]


def test_a_manifest_changed_by_one_byte_fails(whole: Files) -> None:
    found = verdict({**whole, "manifest.json": whole["manifest.json"].replace(b'"kit":1', b'"kit":1,"x":2')})
    assert found.verdict is Indication.TOTAL_FAILED


def test_the_kit_has_the_files_of_the_contract(whole: Files) -> None:
    first = list(whole)[:3]
    assert first == ["manifest.json", "manifest.p7s", "manifest.tst"]
    single = {"README.txt", "report.html", "trail.jsonl", "trail.tst", "certificate.pdf", "pki/anchors.pem"}
    assert single <= set(whole)
    folders = {path.split("/")[0] for path in whole if "/" in path}
    assert folders == {"agreements", "originals", "certificates", "pki"}
    manifest = json.loads(whole["manifest.json"])
    assert manifest.keys() == {"kit", "ceremony", "agreements", "files", "trail_head", "trail_entries", "made_at"}
    assert manifest["trail_head"] == json.loads(lines(whole)[-1])["digest"]
    assert manifest["trail_entries"] == len(lines(whole))
    assert rfc8785.dumps(manifest) == whole["manifest.json"]


def test_the_kit_of_one_agreement_holds_that_one_and_the_whole_trail(sealed_once: World) -> None:
    _, played = sealed_once
    agreement = agreements.get_agreement(played.agreements["xianyu"])
    files = unpack(storage.read(agreement.kit_digest or ""))
    held = [path for path in files if path.startswith("agreements/")]
    assert held == [f"agreements/02-{agreement.number}.pdf"]
    assert hashlib.sha256(files[held[0]]).hexdigest() == agreement.head_digest
    assert hashlib.sha256(files["certificate.pdf"]).hexdigest() == agreement.certificate_digest
    sealed = [json.loads(line) for line in lines(files) if b'"agreement.sealed"' in line]
    assert len(sealed) == 2
    assert json.loads(lines(files)[0])["seq"] == 1


def test_the_same_files_make_the_same_archive(whole: Files) -> None:
    turned = dict(reversed(list(whole.items())))
    assert kit.archive(whole) == kit.archive(turned)


def test_no_name_or_address_of_a_person_stands_in_the_trail(whole: Files) -> None:
    trail = whole["trail.jsonl"].decode()
    assert "样例" not in trail
    assert "@" not in trail
