"""The attacks that tests/attacks/README.md has built: on certifications, by bombs, by loops. None passes or hurts."""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from pyhanko.sign import fields

from pdf.verify import FileVerdict, Indication, VerifyLimits, verify_file, verify_in_child
from tests.pdf import signing_world as world
from tests.pdf.verify import foreign, kits, tampering
from tests.pdf.verify.test_attacks import FILES, embedded_certificates
from tests.pdf.verify.test_foreign_files import world_signed
from tests.pdf.verify.test_good_files import codes, judged, sealed

SECONDS = 15.0


def certified(permission: fields.MDPPerm) -> bytes:
    """A file with two fields, certified by its author with this permission."""
    base = foreign.with_fields(foreign.one_page(page=PAGE, catalog=CATALOG), "A", "B")
    return foreign.signed(base, "A", certify=True, docmdp_permissions=permission)


PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [] >>"
CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"


def listed(pdf: bytes, extra: int, *, in_form: bool) -> bytes:
    """The file with an object hung on its page, and on its form where it is a field."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page, form = document.pages[0], document.Root.AcroForm
        changes = {page.objgen[0]: {b"Annots": _array(page.Annots, extra)}}
        if in_form:
            changes[form.objgen[0]] = {b"Fields": _array(form.Fields, extra)}
    return tampering.revised(pdf, changes)


def _array(kept: pikepdf.Array, extra: int) -> bytes:
    return b"[" + b" ".join(b"%d 0 R" % each.objgen[0] for each in kept) + b" %d 0 R]" % extra


def note(pdf: bytes) -> bytes:
    """An annotation over the page (evil annotation attack)."""
    body = b"<< /Type /Annot /Subtype /FreeText /Rect [0 0 595 842] /Contents (5) /DA (/Helv 12 Tf) /F 4 >>"
    return listed(tampering.with_objects(pdf, {900: body}), 900, in_form=False)


def signature_field(pdf: bytes) -> bytes:
    """A visible field over the page, signed by somebody whom the anchor covers too (sneaky signature attack)."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0].objgen[0]
    body = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Evil) /F 132 /Rect [0 0 595 842] /P %d 0 R >>" % page
    return world_signed(listed(tampering.with_objects(pdf, {900: body}), 900, in_form=True), "Evil")


@pytest.mark.parametrize("permission", list(fields.MDPPerm), ids=lambda each: f"P={each.value}")
@pytest.mark.parametrize("attack", [note, signature_field])
@pytest.mark.parametrize("then_signed", [False, True], ids=["at the end", "under a later signature"])
def test_what_is_added_to_a_certified_file_never_passes_whatever_its_author_permits(
    permission: fields.MDPPerm, attack: Callable[[bytes], bytes], then_signed: bool
) -> None:
    good = certified(permission)
    assert judged(good).verdict is Indication.TOTAL_PASSED
    changed = attack(good)
    verdict = judged(world_signed(changed, "B") if then_signed else changed)
    assert verdict.verdict is Indication.TOTAL_FAILED


def test_a_file_that_its_author_let_nobody_change_fails_when_it_is_signed_again() -> None:
    closed = judged(world_signed(certified(fields.MDPPerm.NO_CHANGES), "B"))
    assert (closed.verdict, codes(closed)) == (Indication.TOTAL_FAILED, ["change-not-allowed"])
    for permission in (fields.MDPPerm.FILL_FORMS, fields.MDPPerm.ANNOTATE):
        assert judged(world_signed(certified(permission), "B")).verdict is Indication.TOTAL_PASSED


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_published_attack_fails_in_the_limited_child_too_and_for_a_reason_of_its_own(path: Path) -> None:
    data = path.read_bytes()
    trusted: list[x509.Certificate] = embedded_certificates(data)
    verdicts = [verify_in_child(data, name=path.name, anchors=anchors) for anchors in (trusted, [])]
    assert [each.verdict for each in verdicts] == [Indication.TOTAL_FAILED] * 2
    details = [reason.params.get("detail") for each in verdicts for reason in each.reasons]
    assert not {"RuntimeError", "RecursionError", "AttributeError", "child process"} & set(map(str, details))


def hand_made(**changes: bytes) -> bytes:
    return foreign.one_page(**changes)


def many_kids() -> bytes:
    kids = b"3 0 R " * 1_000_000
    return hand_made(pages=b"<< /Type /Pages /Kids [" + kids + b"] /Count 1000000 >>")


def many_objects() -> bytes:
    empty = dict.fromkeys(range(3, 510_000), b"null")
    return foreign.hand_made({1: CATALOG, 2: b"<< /Type /Pages /Kids [] /Count 0 >>", **empty})


def bomb(layers: int) -> bytes:
    data = b"\0" * 200_000_000
    for _ in range(layers):
        data = zlib.compress(data, 9)
    filters = b"/FlateDecode " * layers
    return b"<< /Filter [%s] /Length %d >>\nstream\n%s\nendstream" % (filters, len(data), data)


def xref_bomb() -> bytes:
    table = zlib.compress(zlib.compress(b"\0" * 200_000_000, 9), 9)
    head = foreign.one_page()
    head = head[: head.index(b"xref")]
    stream = b"<< /Type /XRef /Size 50000000 /W [1 2 1] /Root 1 0 R /Filter [/FlateDecode /FlateDecode] /Length %d >>"
    return (
        head
        + b"9 0 obj\n"
        + stream % len(table)
        + b"\nstream\n"
        + table
        + (b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head))
    )


def looping_sections() -> bytes:
    pdf = foreign.one_page()
    at = pdf.index(b"xref")
    return pdf.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % at)


def signed_over(**changes: bytes) -> bytes:
    """The broken text with a good signature on it: what is wrong must be found behind the signature."""
    return world_signed(foreign.with_fields(hand_made(**changes), "A"), "A")


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a page tree that is its own child": lambda: hand_made(pages=b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
    "a million kids": many_kids,
    "six hundred thousand objects": many_objects,
    "nesting a hundred thousand deep": lambda: hand_made(content=b"[" * 100_000 + b"]" * 100_000),
    "a dictionary nested ten thousand deep": lambda: hand_made(content=b"<< /A " * 10_000 + b">>" * 10_000),
    "references that lead to each other": lambda: hand_made(catalog=b"4 0 R", content=b"1 0 R"),
    "a content stream that unpacks without end": lambda: hand_made(content=bomb(3)),
    "a table that unpacks without end": xref_bomb,
    "a table before itself": looping_sections,
    "a form whose fields are their own kids": lambda: hand_made(
        catalog=b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] >> >>",
        content=b"<< /T (a) /Kids [4 0 R] >>",
    ),
    "ten thousand ends": lambda: foreign.one_page() + b"startxref\n0\n%%EOF\n" * 10_000,
    "ten thousand tables": lambda: b"%PDF-1.7\n" + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 >>\n" * 10_000,
    "a megabyte of open brackets": lambda: b"%PDF-1.7\n1 0 obj\n" + b"<" * 1_000_000,
    "a hundred thousand byte ranges": lambda: foreign.one_page() + b"/ByteRange [0 9 99 999]\n" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_a_verdict_within_seconds_and_a_gigabyte(name: str) -> None:
    data = HOSTILE[name]()
    begun = time.monotonic()
    verdict = verify_in_child(data, name="x", anchors=[world.world().root.certificate])
    assert verdict.verdict is not Indication.TOTAL_PASSED
    assert verdict.reasons
    assert time.monotonic() - begun < 4 * SECONDS  # generous: the processors are shared with other tests


SIGNED_OVER: dict[str, dict[str, bytes]] = {
    "a page tree that is its own child": {"pages": b"<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 1 >>"},
}


@pytest.mark.parametrize("name", SIGNED_OVER)
def test_a_good_signature_on_a_broken_text_does_not_make_it_pass(name: str) -> None:
    assert judged(signed_over(**SIGNED_OVER[name])).verdict is Indication.TOTAL_FAILED


def kit_of_many_lines() -> bytes:
    return kits.zipped({**kits.good(), "trail.jsonl": b'{"seq":1}\n' * 1_000_000})


def kit_of_many_files() -> bytes:
    return kits.zipped({**kits.good(), **{f"extra/{number}": b"" for number in range(5_000)}})


def kit_in_kit() -> bytes:
    content = kits.good()
    return kits.zipped({**content, kits.AGREEMENT: kits.zipped(content)})


@pytest.mark.parametrize("make", [kit_of_many_lines, kit_of_many_files, kit_in_kit])
def test_a_hostile_kit_is_a_verdict(make: Callable[[], bytes]) -> None:
    verdict = verify_in_child(make(), name="kit.zip", anchors=[world.world().root.certificate])
    assert verdict.verdict is Indication.TOTAL_FAILED
    assert {"limits", "file-changed", "file-added"} & set(codes(verdict))


def test_nothing_raises_when_the_whole_file_is_cut_anywhere() -> None:
    pdf = sealed()
    for end in [*range(0, 3_000, 151), *range(3_000, len(pdf), 9_973)]:
        verdict: FileVerdict = verify_file(pdf[:end], name="x", anchors=(), limits=VerifyLimits())
        assert verdict.verdict is not Indication.TOTAL_PASSED
