"""One entrance for files of any kind: verdicts in words and numbers, and the limited child for strangers' files."""

from __future__ import annotations

import io
import random
import re
import string
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from pdf import sign
from pdf.child import ChildFailure, Limits
from pdf.verify import (
    FileVerdict,
    Indication,
    Reason,
    Sub,
    VerifyLimits,
    dump_verdict,
    entrance,
    exit_code,
    load_verdict,
    verify_file,
    verify_in_child,
)
from pdf.verify.messages import LIMITS, TEMPLATES
from pdf.verify.whole_file import WholeFile
from tests.pdf import signing_world as world
from tests.pdf.verify import kits
from tests.pdf.verify.test_good_files import codes, judged, sealed

ROOT = Path(__file__).parents[3]
ANCHORS = [world.world().root.certificate]


def of(indication: Indication) -> FileVerdict:
    reasons = () if indication is Indication.TOTAL_PASSED else (Reason("unsigned", indication, Sub.GENERIC),)
    return FileVerdict("x", reasons)


@pytest.mark.parametrize(
    ("worst", "code"),
    [
        (["TOTAL-PASSED"], 0),
        (["TOTAL-PASSED", "TOTAL-FAILED", "INDETERMINATE"], 1),
        (["INDETERMINATE", "TOTAL-PASSED"], 2),
        (["INDETERMINATE", "TOTAL-FAILED"], 1),
        ([], 2),
    ],
)
def test_the_worst_of_several_files_decides_the_exit_code(worst: list[str], code: int) -> None:
    assert exit_code([of(Indication(each)) for each in worst]) == code


def test_the_json_has_the_keys_of_the_contract() -> None:
    shown = judged(sealed()).to_json()
    assert list(shown) == ["file", "verdict", "sub_indication", "reasons", "signatures", "trail",
                           "revisions", "anchors"]  # fmt: skip
    signatures = shown["signatures"]
    assert isinstance(signatures, list)
    assert set(signatures[0]) == {
        "field", "signer", "organisation", "signed_at", "level", "timestamp_authority", "key_custody", "covers",
        "verdict", "sub_indication", "anchor", "timestamp_anchor", "signed_at_source",
    }  # fmt: skip


def test_a_reason_is_worded_by_the_caller_or_in_english() -> None:
    verdict = judged(b"%PDF-")
    assert verdict.reasons[0].code == "broken-file"
    said = verdict.to_json(lambda reason: f"<{reason.code}>")["reasons"]
    assert said[0]["message"] == "<broken-file>"  # type: ignore[index]
    assert str(verdict.to_json()["reasons"][0]["message"]).startswith("The file is broken")  # type: ignore[index]


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_both_catalogues_word_every_reason_with_the_same_params(locale: str) -> None:
    lines = (ROOT / "locales" / locale / "verify.ftl").read_text("utf-8").splitlines()
    worded = dict(line.split(" = ", 1) for line in lines if line.startswith("verify-reason-"))
    assert {code.removeprefix("verify-reason-") for code in worded} == set(TEMPLATES)
    for code, template in TEMPLATES.items():
        names = {name for _, name, _, _ in string.Formatter().parse(template) if name}
        # People read whose signature it is where the reason is about one, and nothing of the parser's own words.
        said = set(re.findall(r"\{ ?\$(\w+)", worded[f"verify-reason-{code}"]))
        assert {"field" if name == "whose" else name for name in said} == names - {"detail"}, code


def test_every_limit_is_worded_in_both_catalogues() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "pdf" / "verify").glob("*.py"))
    held = set(re.findall(r'within\("([^"]+)"|failed\("limits", what="([^"]+)"', source))
    assert {one or other for one, other in held} | {"time", "process"} == set(LIMITS)
    for locale in ("en", "zh-CN"):
        lines = (ROOT / "locales" / locale / "verify.ftl").read_text("utf-8").splitlines()
        worded = dict(line.split(" = ", 1) for line in lines if line.startswith("verify-limit-"))
        assert {name.removeprefix("verify-limit-") for name in worded} == set(LIMITS)
        for what, phrase in LIMITS.items():
            assert ("{ $limit }" in worded[f"verify-limit-{what}"]) == ("{limit}" in phrase)


def test_a_file_nested_too_deep_is_told_so_without_a_number() -> None:
    def deep(self: WholeFile) -> None:
        raise RecursionError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WholeFile, "run", deep)
        verdict = judged(sealed())
    (reason,) = verdict.to_json()["reasons"]  # type: ignore[misc]
    assert reason["message"] == (  # type: ignore[index]
        "The file asks for more than the verifier takes on: "
        "judging it takes too much memory, or its parts are nested too deep."
    )


def test_a_verdict_survives_being_stored() -> None:
    for verdict in (judged(sealed()), kits.judged(kits.good()), judged(sealed() + b" ")):
        assert load_verdict(dump_verdict(verdict)) == verdict
        assert repr(load_verdict(dump_verdict(verdict))) == repr(verdict)  # a word that equals a state is none


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00", b"hello", b"%PDF-1.7", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 18, b"%PDF-1.7\n%%EOF", b"\xff" * 99],
)
def test_what_is_no_document_is_a_verdict(data: bytes) -> None:
    verdict = judged(data)
    assert verdict.verdict is Indication.TOTAL_FAILED
    assert verdict.sub_indication is Sub.FORMAT_FAILURE


def test_the_child_says_what_the_verifier_says() -> None:
    for data in (kits.zipped(kits.good()), sealed()[:-1]):
        here = verify_file(data, name="x", anchors=ANCHORS, at=world.NOW)
        assert verify_in_child(data, name="x", anchors=ANCHORS, at=world.NOW) == here


def test_a_child_that_takes_too_long_is_a_verdict() -> None:
    verdict = verify_in_child(sealed(), name="x", anchors=ANCHORS, child=Limits(wall_seconds=0.05))
    assert (verdict.verdict, codes(verdict)) == (Indication.TOTAL_FAILED, ["limits"])
    assert verdict.reasons[0].params["what"] == "time"


def test_a_child_that_wants_too_much_memory_is_a_verdict() -> None:
    big = world.blank_pdf(ballast=70 * 1024 * 1024)
    verdict = verify_in_child(big, name="x", anchors=ANCHORS, child=Limits(memory_bytes=100 * 1024 * 1024))
    assert codes(verdict) == ["limits"]
    assert verdict.reasons[0].params["what"] == "memory"


def test_a_child_that_ends_by_itself_says_nothing_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> bytes:
        raise ChildFailure("ended with -9", code="child_crashed")

    monkeypatch.setattr(entrance.CHILDREN, "run", gone)
    verdict = verify_in_child(sealed(), name="x", anchors=ANCHORS)
    assert (verdict.verdict, codes(verdict)) == (Indication.INDETERMINATE, ["limits"])


def test_an_answer_in_the_words_of_another_version_says_nothing_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrance.CHILDREN, "run", lambda *_, **__: b'{"file": "x", "reasons": [{"code": "new"}]}')
    verdict = verify_in_child(sealed(), name="x", anchors=ANCHORS)
    assert (verdict.verdict, codes(verdict)) == (Indication.INDETERMINATE, ["limits"])


def test_more_than_the_limits_is_a_verdict_before_anything_is_read() -> None:
    pdf = sealed()
    for tight in (
        replace(VerifyLimits(), file_bytes=len(pdf) - 1),
        replace(VerifyLimits(), revisions=2),
        replace(VerifyLimits(), objects=10),
        replace(VerifyLimits(), pages=1),
        replace(VerifyLimits(), signatures=2),
        replace(VerifyLimits(), validation_bytes=100),
    ):
        assert codes(judged(pdf, limits=tight))[-1] == "limits"
    for tight in (replace(VerifyLimits(), kit_files=3), replace(VerifyLimits(), trail_entries=5)):
        kit = verify_file(kits.zipped(kits.good()), name="kit.zip", anchors=ANCHORS, limits=tight)
        assert "limits" in codes(kit)


def test_an_upload_is_passed_on_as_it_lies_in_memory_or_on_the_disk() -> None:
    here = judged(sealed())
    with tempfile.TemporaryFile() as on_disk:
        on_disk.write(sealed())
        for stream in (on_disk, io.BytesIO(sealed())):
            assert verify_in_child(stream, name="agreement.pdf", anchors=ANCHORS) == here


@pytest.mark.slow
def test_a_file_of_200_mb_and_1000_pages_is_judged_within_a_gigabyte(tmp_path: Path) -> None:
    here, noise = world.world(), random.Random(1).randbytes(200_000)
    with pikepdf.new() as document:
        for number in range(1_000):
            page = document.add_blank_page(page_size=(595, 842))
            page.obj.Contents = document.make_stream(b"% page " + str(number).encode() + noise)
        document.save(tmp_path / "plain.pdf")
    frozen = sign.freeze(
        (tmp_path / "plain.pdf").read_bytes(),
        fields=(), platform=here.platform, timestamper=here.timestamper, at=world.NOW,
    )  # fmt: skip
    assert len(frozen) > 200_000_000
    (tmp_path / "big.pdf").write_bytes(frozen)
    verdict = verify_in_child(tmp_path / "big.pdf", name="big.pdf", anchors=ANCHORS)
    assert (verdict.verdict, codes(verdict)) == (Indication.TOTAL_PASSED, [])
    (tmp_path / "big.pdf").write_bytes(frozen[:100_000_000] + b"x" + frozen[100_000_001:])
    verdict = verify_in_child(tmp_path / "big.pdf", name="big.pdf", anchors=ANCHORS)
    assert codes(verdict) == ["hash-mismatch"]


def test_who_asks_a_child_loads_nothing_that_judges() -> None:
    program = "import sys; import pdf.verify; print([m for m in sys.modules if m.startswith(('pyhanko', 'pikepdf'))])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def nested(count: int, octets: int) -> bytes:
    """A file whose streams lie in one another, each around all the rest."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    around = len(b"%07d 0 obj <</Length %010d>>stream\n" % (0, 0)) + len(b"\nendstream endobj")
    for at in range(count):
        places.append(len(out))
        out += b"%07d 0 obj <</Length %010d>>stream\n" % (at + 2, octets + (count - 1 - at) * around)
    out += b"A" * octets + b"\nendstream endobj" * count + b"\n"
    places.insert(0, len(out))
    kids = b" ".join(b"%d 0 R" % (at + 2) for at in range(count))
    out += b"1 0 obj\n<< /Type /Catalog /AcroForm << /Fields [%s] >> >>\nendobj\n" % kids
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (count + 2) + table
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count + 2, start)
    return bytes(out)


def test_objects_that_lie_in_one_another_are_not_read_for_ever() -> None:
    verdict = judged(nested(200, 50_000))
    assert ("limits", "read-bytes") in [(each.code, each.params.get("what")) for each in verdict.reasons]


def test_byte_ranges_without_number_are_not_all_followed() -> None:
    head = sealed()
    bent = head + b"%" + b"/ByteRange[0 1 2 1]" * 20_100 + head[head.rindex(b"\nstartxref") :]
    verdict = judged(bent)
    assert ("limits", "byte-ranges") in [(each.code, each.params.get("what")) for each in verdict.reasons]


def test_a_file_that_ends_nowhere_is_broken() -> None:
    assert codes(judged(sealed() + b" " * 4_000)) == ["broken-file"]
