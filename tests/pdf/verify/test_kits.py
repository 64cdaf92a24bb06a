"""An evidence kit passes as it was made, and fails by name in every other form."""

from __future__ import annotations

import hashlib
import io
import json
import random
import zipfile
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from pdf import pki
from pdf.verify import Anchors, FileVerdict, Indication, Level, Sub, verify_file
from pdf.verify.json_lines import parse_json
from pdf.verify.judging import once
from pdf.verify.stored import dump_verdict
from pdf.verify.verdict import Reason, failed
from tests.pdf import signing_world as world
from tests.pdf.verify import kits, tampering

Entries = list[dict[str, object]]


def failed_with(verdict: FileVerdict, *wanted: tuple[str, object]) -> None:
    assert verdict.verdict is Indication.TOTAL_FAILED
    assert set(wanted) <= set(kits.reasons(verdict))


def test_a_kit_passes_and_shows_its_signatures_and_its_trail() -> None:
    verdict = kits.judged(kits.good())
    assert (verdict.reasons, verdict.verdict) == ((), Indication.TOTAL_PASSED)
    shown = verdict.to_json()
    assert [each["field"] for each in shown["signatures"]][1] == "agreements/01-park.pdf#Signer-1"  # type: ignore[attr-defined]
    assert {each.level for each in verdict.signatures} == {Level.B_LTA, Level.DOCUMENT_TIMESTAMP}
    trail = shown["trail"]
    assert isinstance(trail, dict)
    assert trail.pop("signed_at").endswith("Z")
    assert trail == {
        "entries": 10,
        "head": kits.trail(kits.agreement())[-1]["digest"],
        "timestamp_authority": "测试授时 Test TSA",
        "verdict": "TOTAL-PASSED",
        "private": {"kept": 0, "gone": []},
        "sm2_key": None,
        "told_by": "测试平台 Test Platform",
    }


def test_a_kit_packed_again_by_another_program_passes() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.mkdir("agreements")
        for path, data in reversed(kits.good().items()):
            archive.writestr(path, data)
    assert kits.judged(out.getvalue()).verdict is Indication.TOTAL_PASSED


def test_a_kit_of_strangers_is_indeterminate_whatever_roots_it_brings() -> None:
    verdict = verify_file(kits.zipped(kits.good()), name="kit.zip", anchors=[])
    assert (verdict.verdict, verdict.sub_indication) == (Indication.INDETERMINATE, Sub.NO_CERTIFICATE_CHAIN_FOUND)


@pytest.mark.parametrize("path", sorted(path for path in kits.good() if not path.startswith("manifest.")))
def test_a_changed_file_is_named(path: str) -> None:
    content = kits.good()
    content[path] = tampering.flipped(content[path], len(content[path]) // 2)
    failed_with(kits.judged(content), ("file-changed", path))


@pytest.mark.parametrize("path", sorted(kits.good()))
def test_a_missing_file_is_named(path: str) -> None:
    content = kits.good()
    del content[path]
    wanted = "manifest-missing" if path.startswith(("manifest.", "trail.")) else "file-missing"
    failed_with(kits.judged(content), (wanted, path))


def test_an_added_file_is_named() -> None:
    failed_with(kits.judged({**kits.good(), "agreements/02.txt": b"more"}), ("file-added", "agreements/02.txt"))


@pytest.mark.parametrize(
    ("path", "start", "step"), [("manifest.json", 0, 211), ("manifest.p7s", -60, 7), ("manifest.tst", -60, 7)]
)
def test_a_flipped_bit_in_the_manifest_or_in_its_signature_values_fails(path: str, start: int, step: int) -> None:
    content = kits.good()
    for at in range(len(content[path]) + start if start else 0, len(content[path]), step):
        verdict = kits.judged({**content, path: tampering.flipped(content[path], at)})
        assert verdict.verdict is not Indication.TOTAL_PASSED, at


def resigned(signer: pki.Authority) -> FileVerdict:
    content = kits.files()
    return kits.judged({**content, **kits.manifest(content, kits.head_of(content), signer)})


def test_a_manifest_signed_by_a_signer_is_not_the_platforms() -> None:
    who = world.world().signer()
    failed_with(resigned(pki.Authority(who.key, who.leaf, world.world().ca.path)), ("manifest-signer", "林晓云"))


def test_a_manifest_signed_by_a_stranger_leads_to_no_anchor() -> None:
    begin, end = world.NOW - timedelta(days=1), world.NOW + timedelta(days=3650)
    root = pki.create_root(pki.SubjectName("B Root", "B"), not_before=begin, not_after=end)
    ca = pki.issue_ca(root, pki.SubjectName("B CA", "B"), not_before=begin, not_after=end)
    other = pki.issue_platform(ca, pki.SubjectName("B", "B"), not_before=begin, not_after=end)
    content = kits.files()
    forged = kits.zipped({**content, **kits.manifest(content, kits.head_of(content), other)})
    both = Anchors(platform=(world.world().root.certificate, root.certificate))

    verdict = verify_file(forged, name="kit.zip", anchors=both)
    assert ("manifest-signer", "B") in [(each.code, each.params.get("signer")) for each in verdict.reasons]
    assert verdict.verdict is Indication.TOTAL_FAILED
    good = verify_file(kits.zipped(kits.good()), name="kit.zip", anchors=both)
    assert good.verdict is Indication.TOTAL_PASSED
    assert good.trail
    assert good.trail.to_json()["told_by"] == "测试平台 Test Platform"


def test_lines_without_end_under_pki_cost_no_time() -> None:
    """The library that splits PEM took 40 s for them: it grows what it reads line by line."""
    content = {
        **kits.good(),
        "pki/x.pem": b"-----BEGIN A-----\n" + b"a\n" * 1_000_000 + random.Random(7).randbytes(40_000),
    }
    assert ("file-added", "pki/x.pem") in kits.reasons(kits.judged(content))
