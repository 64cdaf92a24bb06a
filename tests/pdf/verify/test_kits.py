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


def test_a_trail_that_a_signer_tells_is_not_shown_as_good() -> None:
    content = kits.files()
    who = world.world().signer("林晓云")
    signer = pki.Authority(who.key, who.leaf, tuple(world.world().ca.path))
    verdict = kits.judged({**content, **kits.manifest(content, kits.head_of(content), signer)})
    assert verdict.trail is not None
    assert verdict.trail.verdict is Indication.TOTAL_FAILED


def test_a_manifest_signed_by_a_signer_is_not_the_platforms() -> None:
    who = world.world().signer()
    failed_with(resigned(pki.Authority(who.key, who.leaf, world.world().ca.path)), ("manifest-signer", "林晓云"))


def test_a_manifest_signed_by_a_stranger_leads_to_no_anchor() -> None:
    span = {"not_before": world.NOW, "not_after": world.NOW + timedelta(days=99)}
    root = pki.create_root(pki.SubjectName("Stranger"), **span)  # type: ignore[arg-type]
    verdict = resigned(pki.issue_platform(root, pki.SubjectName("Strange Platform"), **span))  # type: ignore[arg-type]
    assert ("no-chain", "Strange Platform") in kits.reasons(verdict)
    assert verdict.verdict is not Indication.TOTAL_PASSED


def changed(entries: Entries) -> Entries:
    return [{**each, "at": "2026-07-01T09:00:00.000Z"} if each["seq"] == 4 else each for each in entries]


def changed_with_its_digest(entries: Entries) -> Entries:
    new = kits.entry(4, "agreement.declined", {}, str(entries[3]["prev"]))
    return [*entries[:3], new, *entries[4:]]


def removed(entries: Entries) -> Entries:
    return [each for each in entries if each["seq"] != 4]


def inserted(entries: Entries) -> Entries:
    extra = kits.entry(5, "agreement.declined", {}, str(entries[3]["digest"]))
    return [*entries[:4], extra, *entries[4:]]


def moved(entries: Entries) -> Entries:
    return [*entries[:3], *entries[4:7], entries[3], *entries[7:]]


def copied(entries: Entries, *, seqs: tuple[int, int], behind: int) -> Entries:
    first, last = seqs
    return [*entries[:behind], *entries[first - 1 : last], *entries[behind:]]


def appended(entries: Entries) -> Entries:
    return [*entries, kits.entry(11, "agreement.voided", {}, str(entries[-1]["digest"]))]


def cut(entries: Entries) -> Entries:
    return entries[:-1]


def rewritten(entries: Entries) -> Entries:
    acts = [(str(each["action"]), each["data"]) for each in entries]
    return kits.chain([*acts[:3], ("agreement.declined", {}), *acts[4:]])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (changed, ("trail-changed", 4)),
        (changed_with_its_digest, ("trail-changed", 4)),
        (removed, ("trail-removed", 4)),
        (inserted, ("trail-inserted", 5)),
        (moved, ("trail-moved", 4)),
        (appended, ("trail-inserted", 11)),
        (cut, ("trail-head", None)),
        (rewritten, ("trail-head", None)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_touched_trail_is_named_and_nothing_else_of_it(change, wanted: tuple[str, object]) -> None:  # type: ignore[no-untyped-def]
    verdict = kits.with_trail(change)
    assert verdict.verdict is Indication.TOTAL_FAILED
    named = [reason for reason in kits.reasons(verdict) if str(reason[0]).startswith("trail-")]
    also = {("trail-head", None)} if change is appended else set()
    assert set(named) == {wanted} | also
    assert verdict.trail is not None
    assert verdict.trail.verdict is Indication.TOTAL_FAILED


@pytest.mark.parametrize(
    ("seqs", "behind", "lines"),
    [((7, 7), 2, [3]), ((3, 3), 8, [9]), ((5, 7), 0, [1, 2, 3]), ((4, 4), 4, [5])],
    ids=["up", "down", "several, to the front", "behind itself"],
)
def test_a_copied_entry_is_named_by_the_line_of_the_copy(seqs: tuple[int, int], behind: int, lines: list[int]) -> None:
    verdict = kits.with_trail(lambda entries: copied(entries, seqs=seqs, behind=behind))
    of_trail = [each for each in kits.reasons(verdict) if str(each[0]).startswith("trail-")]
    assert of_trail == [("trail-inserted", line) for line in lines]


@pytest.mark.parametrize(
    ("kept", "wanted"),
    [(10, []), (9, [("trail-cut", 1, 10)]), (4, [("trail-cut", 6, 5)])],
)
def test_how_many_entries_are_missing_at_the_end_is_told(kept: int, wanted: list[tuple[str, int, int]]) -> None:
    content = kits.files()
    listed = kits.manifest(content, kits.head_of(content), entries=10)
    left = content["trail.jsonl"].splitlines(keepends=True)[:kept]
    verdict = kits.judged({**content, **listed, "trail.jsonl": b"".join(left)})
    of_trail = [each for each in verdict.reasons if each.code.startswith("trail-")]
    assert [(each.code, each.params["count"], each.params["seq"]) for each in of_trail] == wanted


def test_a_trail_longer_than_its_manifest_says_fails() -> None:
    content = kits.files()
    verdict = kits.judged({**content, **kits.manifest(content, kits.head_of(content), entries=9)})
    failed_with(verdict, ("trail-head", None))


@pytest.mark.parametrize("entries", [0, True, "10", [10], 10**30])
def test_a_count_of_entries_that_is_none_is_no_manifest(entries: object) -> None:
    content = kits.files()
    verdict = kits.judged({**content, **kits.manifest(content, kits.head_of(content), entries=entries)})
    failed_with(verdict, ("manifest-malformed", None))


def test_a_line_that_is_not_canonical_is_named() -> None:
    content = kits.good()
    lines = content["trail.jsonl"].splitlines(keepends=True)
    lines[2] = lines[2].replace(b'":', b'": ')
    failed_with(kits.judged({**content, "trail.jsonl": b"".join(lines)}), ("trail-malformed", 3))


def test_a_trail_stamped_for_another_head_fails() -> None:
    content = kits.files()
    content["trail.tst"] = world.world().timestamper.token(hashlib.sha256(b"other").digest())
    verdict = kits.judged({**content, **kits.manifest(content, kits.head_of(content))})
    failed_with(verdict, ("trail-timestamp", "trail.tst"))


def test_an_agreement_rolled_back_under_a_good_manifest_is_named() -> None:
    """Whoever can have a manifest signed still cannot give an earlier revision for the final one."""
    final = kits.agreement()
    earlier = final[: tampering.ends(final)[-2]]
    content = kits.files(earlier, kits.trail(final))
    verdict = kits.judged({**content, **kits.manifest(content, kits.head_of(content))})
    assert kits.reasons(verdict) == [("unsealed", kits.AGREEMENT), ("agreement-digest", kits.AGREEMENT)]


def test_an_agreement_with_fewer_signatures_than_recorded_is_named() -> None:
    content = kits.files(entries=kits.trail(kits.agreement(), signatures=4))
    verdict = kits.judged({**content, **kits.manifest(content, kits.head_of(content))})
    assert kits.reasons(verdict) == [("agreement-signatures", kits.AGREEMENT)]


def test_an_agreement_that_does_not_pass_fails_the_kit_under_its_own_name() -> None:
    pdf = kits.agreement() + b"\n"
    content = kits.files(pdf)
    verdict = kits.judged({**content, **kits.manifest(content, kits.head_of(content))})
    assert verdict.verdict is Indication.TOTAL_FAILED
    assert verdict.reasons[0].code == "not-whole-file"
    assert verdict.reasons[0].params["path"] == kits.AGREEMENT
    message = verdict.to_json()["reasons"][0]["message"]  # type: ignore[index]
    assert message.startswith(f"{kits.AGREEMENT}: ")


@pytest.mark.parametrize(
    "path", ["../evil", "/etc/passwd", "a/../../b", "a\\b", "C:/x", "a//b", "./a", "MANIFEST.JSON", "nul\x00.txt"]
)
def test_a_path_that_leaves_the_kit_or_repeats_fails(path: str) -> None:
    out = io.BytesIO(kits.zipped(kits.good()))
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo("x" * len(path))
        info.filename = path
        archive.writestr(info, b"evil")
    verdict = kits.judged(out.getvalue())
    assert [reason.code for reason in verdict.reasons] == ["kit-path"]


def test_a_name_that_stands_twice_fails() -> None:
    out = io.BytesIO(kits.zipped(kits.good()))
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("report.html", b"other")
    assert kits.reasons(kits.judged(out.getvalue())) == [("kit-path", "report.html")]


def test_a_certificate_that_cannot_be_read_is_no_material() -> None:
    content = kits.good()
    der = world.world().ca.certificate.public_bytes(Encoding.DER)
    version = der.index(b"\xa0\x03\x02\x01\x02")
    content["pki/odd.der"] = der[: version + 4] + b"\x3f" + der[version + 5 :]
    assert kits.reasons(kits.judged(content)) == [("file-added", "pki/odd.der")]


def test_a_zip_bomb_is_not_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in kits.good().items():
            archive.writestr(path, data)
        archive.writestr("recordings/bomb", b"\0" * 30_000_000)
    assert kits.reasons(kits.judged(out.getvalue())) == [("limits", "compression")]


def test_a_million_personal_values_are_not_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in {"private.jsonl": b"{}\n" * 1_000_000, **kits.good()}.items():
            archive.writestr(path, data)
    assert kits.reasons(kits.judged(out.getvalue())) == [("limits", "private-values")]


def test_a_manifest_of_more_files_than_a_kit_may_hold_is_not_gone_through() -> None:
    listed = [{"path": str(number), "sha256": "", "bytes": 0} for number in range(2_001)]
    raw = json.dumps({"kit": 1, "trail_head": "0" * 64, "files": listed}).encode()
    verdict = kits.judged({**kits.good(), "manifest.json": raw})
    assert [reason.code for reason in verdict.reasons] == ["limits"]


def test_of_many_reasons_of_a_kind_the_first_are_told_and_how_many_more() -> None:
    listed = [{"path": f"{number:03}", "sha256": "", "bytes": 0} for number in range(60)]
    raw = json.dumps({"kit": 1, "trail_head": "0" * 64, "files": listed}).encode()
    verdict = kits.judged({**kits.good(), "manifest.json": raw})
    missing = [("file-missing", f"{number:03}") for number in range(50)]
    found = kits.reasons(verdict)
    at = found.index(missing[0])
    assert found[at : at + 51] == [*missing, ("more-of-a-kind", 10)]
    assert found[at + 51][0] == "file-added"


def test_equal_reasons_are_told_once_without_comparing_each_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    def compared(*_: object) -> bool:
        raise AssertionError("two reasons were compared")

    reasons = [failed("file-missing", path=str(number)) for number in (1, 2, 1)]
    monkeypatch.setattr(Reason, "__eq__", compared)
    assert [each.params["path"] for each in once(reasons)] == ["1", "2"]


def test_something_before_or_behind_the_zip_fails() -> None:
    data = kits.zipped(kits.good())
    assert kits.judged(data + b"x").verdict is Indication.TOTAL_FAILED
    assert kits.judged(data[: len(data) // 2]).verdict is Indication.TOTAL_FAILED
    assert kits.judged(b"x" + data).verdict is Indication.TOTAL_FAILED
    assert kits.judged(b"PK\x03\x04" + data).verdict is Indication.TOTAL_FAILED


@pytest.mark.parametrize("after", ["agreements/01-park.pdf", "the last"])
def test_a_file_that_the_directory_does_not_list_fails(after: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in kits.good().items():
            archive.writestr(path, data)
            if path == after:
                archive.writestr("agreements/hidden.pdf", b"another text")
        if after == "the last":
            archive.writestr("agreements/hidden.pdf", b"another text")
        archive.filelist = [entry for entry in archive.filelist if entry.filename != "agreements/hidden.pdf"]
    assert b"another text" in out.getvalue()
    assert [reason.code for reason in kits.judged(out.getvalue()).reasons] == ["kit-broken"]


def test_a_kit_that_was_packed_without_seeking_passes() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

        def seek(self, *_: object) -> int:
            raise OSError

    out = Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in kits.good().items():
            archive.writestr(path, data)
        assert any(entry.flag_bits & 0x8 for entry in archive.filelist)
    assert kits.judged(out.getvalue()).verdict is Indication.TOTAL_PASSED


@pytest.mark.parametrize("half", ["\\ud800", "\\uDFFF", "a\\ud83dz"])
def test_half_a_character_in_a_manifest_is_a_verdict_that_can_be_written_down(half: str) -> None:
    good = kits.good()
    raw = good["manifest.json"].replace(b'"path": "README.txt"', b'"path": "%s"' % half.encode())
    assert raw != good["manifest.json"]
    verdict = kits.judged({**good, "manifest.json": raw})
    failed_with(verdict, ("manifest-malformed", None))
    assert dump_verdict(verdict)


def test_a_character_in_two_halves_is_one() -> None:
    assert parse_json(b'["\\ud83d\\ude00"]') == ["\U0001f600"]


def test_a_platform_tells_nothing_of_files_that_another_certified() -> None:
    """Two installations are trusted: the second makes a kit, trail and all, about an agreement of the first."""
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


def test_a_manifest_that_a_stranger_signed_anew_is_named() -> None:
    begin, end = world.NOW - timedelta(days=1), world.NOW + timedelta(days=3650)
    root = pki.create_root(pki.SubjectName("Evil Root", "E"), not_before=begin, not_after=end)
    evil = pki.issue_platform(root, pki.SubjectName("Evil Platform", "E"), not_before=begin, not_after=end)
    content = kits.files()
    signed_anew = {**content, **kits.manifest(content, kits.head_of(content), evil)}
    assert ("manifest-signer", "Evil Platform") in kits.reasons(kits.judged(signed_anew))
    unknown = verify_file(kits.zipped(signed_anew), name="kit.zip", anchors=[])
    assert "manifest-signer" not in {each.code for each in unknown.reasons}


def test_lines_without_end_under_pki_cost_no_time() -> None:
    """The library that splits PEM took 40 s for them: it grows what it reads line by line."""
    lines = b"a\n" * 1_000_000 + random.Random(7).randbytes(40_000)
    content = {**kits.good(), "pki/x.pem": b"-----BEGIN A-----\n" + lines}
    assert ("file-added", "pki/x.pem") in kits.reasons(kits.judged(content))
