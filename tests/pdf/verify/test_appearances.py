"""A signer draws into the box that was there, and nowhere else, whatever program writes the picture."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from functools import lru_cache

import pytest
from pyhanko import stamp
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

import pdf.sign as sign
from pdf.sign.revision import Update
from pdf.verify import FileVerdict, Indication, verify_pdf
from tests.pdf import signing_world as w
from tests.pdf.verify import crooked, foreign
from tests.pdf.verify.test_foreign_files import certified

Entries = dict[bytes, bytes]
Change = Callable[[Entries, bytes], tuple[Entries, bytes]]
# White over the text that others signed, and other words on it: the form's origin is the corner of the box.
SHEET = b"1 1 1 rg -60 400 595 100 re f 0 g BT /F1 30 Tf 0 430 Td (The price is 1 yuan) Tj ET"


def judged(pdf: bytes) -> FileVerdict:
    return verify_pdf(pdf, name="looks.pdf", anchors=[w.world().root.certificate])


@lru_cache(maxsize=1)
def nearly_signed() -> bytes:
    """Signed by all but the last."""
    head = crooked.frozen()
    for slot in (1, 2):
        head = w.signed(head, slot=slot, timestamper=w.world().timestamper)
    return head


def bent(monkeypatch: pytest.MonkeyPatch, kind: bytes, change: Change) -> pytest.MonkeyPatch:
    """The program of a signer that writes streams of one kind (/Form, /Image) otherwise than ours."""
    put = Update.put_stream

    def put_otherwise(update: Update, number: int, values: Entries, content: bytes) -> None:
        put(update, number, *(change(values, content) if values.get(b"Subtype") == kind else (values, content)))

    monkeypatch.setattr(Update, "put_stream", put_otherwise)
    return monkeypatch


LOOK = sign.Appearance(drawing=w.drawn_png(), captions=w.CAPTIONS, font=w.FONT)


def last_signed(monkeypatch: pytest.MonkeyPatch, change: Change, kind: bytes = b"/Form") -> FileVerdict:
    """The verdict on a file of ours whose last signer draws with another program."""
    with monkeypatch.context() as patched:
        bent(patched, kind, change)
        head = w.signed(nearly_signed(), slot=3, timestamper=w.world().timestamper, appearance=LOOK)
    return judged(w.sealed(head))


def saying(**more: bytes) -> Change:
    """The same form with other entries; those that are empty are left out."""
    said = {key.encode(): value for key, value in more.items()}
    return lambda values, content: ({k: v for k, v in {**values, **said}.items() if v}, content)


def drawing(content: bytes) -> Change:
    return lambda values, _: (values, content)


def and_then(more: bytes) -> Change:
    return lambda values, content: (values, content + more)


@pytest.mark.parametrize(
    "look", [LOOK, sign.Appearance(), sign.Appearance(captions=w.CAPTIONS, font=w.FONT),
             sign.Appearance(drawing=w.drawn_png()), sign.Appearance(typed="林晓云", font=w.FONT)],
    ids=["drawn", "empty", "captions", "drawing alone", "typed"],
)  # fmt: skip
def test_what_our_own_program_draws_passes(look: sign.Appearance) -> None:
    head = w.signed(nearly_signed(), slot=3, timestamper=w.world().timestamper, appearance=look)
    assert judged(w.sealed(head)).verdict is Indication.TOTAL_PASSED


def prepared(first: tuple[int, ...], second: tuple[int, ...], content: bytes, **options: object) -> FileVerdict:
    """A file of others with two fields that were there before; the second signer draws the content."""
    writer = IncrementalPdfFileWriter(io.BytesIO(foreign.one_page()))
    for name, box in (("First", first), ("Second", second)):
        fields.append_signature_field(writer, fields.SigFieldSpec(name, box=box))
    out = io.BytesIO()
    writer.write(out)
    one = foreign.signed(out.getvalue(), "First", **options)  # type: ignore[arg-type]
    style = stamp.TextStampStyle(stamp_text="x", border_width=0, background=RawContent(content))
    meta = signers.PdfSignatureMetadata(
        field_name="Second", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    signer = foreign.signer_of(foreign.stranger())
    done = io.BytesIO()
    pdf_signer = signers.PdfSigner(meta, signer, timestamper=foreign.LoopbackTimeStamper(), stamp_style=style)
    pdf_signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(one)), output=done)
    return judged(done.getvalue())


@pytest.mark.parametrize("certify", [False, True])
def test_a_field_as_large_as_the_page_that_somebody_prepared_is_doubted(certify: bool) -> None:
    verdict = prepared((20, 20, 120, 60), (0, 0, 595, 842), b"1 1 1 rg 0 0 595 842 re f", certify=certify)
    assert [(each.code, each.params["field"]) for each in verdict.reasons] == [("picture-large", "Second")]
    assert verdict.verdict is Indication.INDETERMINATE


@pytest.mark.parametrize(("box", "is_doubted"), [((20, 80, 220, 390), False), ((20, 80, 220, 400), True)])
def test_a_signature_takes_an_eighth_of_its_page_at_most(box: tuple[int, ...], is_doubted: bool) -> None:
    verdict = prepared((20, 20, 120, 60), box, b"0 g 0 0 5 5 re f")
    assert ("picture-large" in {each.code for each in verdict.reasons}) == is_doubted


def test_a_picture_without_end_is_not_walked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = last_signed(monkeypatch, drawing(b"0 0 m " * 200_000))
    assert [reason.params.get("what") for reason in verdict.reasons if reason.code == "limits"] == ["picture-bytes"]


OURS: dict[str, Change] = {
    "no frame": saying(BBox=b""),
    "a frame that is none": saying(BBox=b"null"),
    "a frame without room": saying(BBox=b"[0 0 0 0]"),
    "a frame of two numbers": saying(BBox=b"[0 0]"),
    "a larger frame": saying(BBox=b"[0 0 595 842]"),
    "a frame that begins elsewhere": saying(BBox=b"[-60 -330 140 -270]"),
    "a matrix": saying(Matrix=b"[3 0 0 3 0 0]"),
    "a layer": saying(OC=b"<< /Type /OCG /Name (x) >>"),
    "a group": saying(Group=b"<< /S /Transparency >>"),
    "a font": saying(Resources=b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >>"),
    "a page as picture": saying(Resources=b"<< /XObject << /P0 5 0 R >> >>"),
    "no resources": saying(Resources=b""),
    "another kind": saying(Subtype=b"/Image"),
    "words": drawing(SHEET),
    "words behind it": and_then(b"\n" + SHEET),
    "a frame left": and_then(b"\nQ Q"),
    "a picture that it does not have": drawing(b"q 1 0 0 1 0 0 cm /P7 Do Q"),
    "another colour": and_then(b"\n1 1 1 rg"),
}


@pytest.mark.parametrize("name", OURS)
def test_any_other_picture_in_a_file_of_ours_fails_it(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    verdict = last_signed(monkeypatch, OURS[name])
    assert verdict.verdict is Indication.TOTAL_FAILED
    assert "annotation-changed" in {reason.code for reason in verdict.reasons}


@pytest.mark.parametrize(
    "more", [{b"OPI": b"<< >>"}, {b"Alternates": b"[]"}, {b"Filter": b"/JPXDecode"}, {b"ImageMask": b"true"},
             {b"ColorSpace": b"[/Indexed /DeviceRGB 1 5 0 R]"}, {b"SMask": b"5 0 R"}]
)  # fmt: skip
def test_a_picture_that_says_more_in_a_file_of_ours_fails_it(monkeypatch: pytest.MonkeyPatch, more: Entries) -> None:
    verdict = last_signed(monkeypatch, lambda values, content: ({**values, **more}, content), b"/Image")
    assert verdict.verdict is Indication.TOTAL_FAILED


def by_another(monkeypatch: pytest.MonkeyPatch, change: Change) -> FileVerdict:
    """The verdict on a file that others certified and signed, the signer's program drawing so."""
    who, here, head = foreign.stranger(), w.world(), certified()
    with monkeypatch.context() as patched:
        bent(patched, b"/Form", change)
        waiting = sign.prepare(head, field="A", leaf=who.leaf, at=w.NOW, appearance=sign.Appearance(), name="x")
    raw = sign.sign_attributes(who.key, waiting.attributes)
    return judged(
        sign.finish(head, waiting, signature=raw, leaf=who.leaf, chain=here.ca.path, timestamper=here.timestamper)
    )


OTHERS: dict[str, Change] = {
    "a larger frame": lambda values, _: ({**values, b"BBox": b"[600 700 0 0]"}, b"q 1 0 0 1 5 5 cm Q"),
    "a matrix": saying(Matrix=b"[0 1 -1 0 0 0]", Group=b"<< /S /Transparency >>"),
    "Flate": lambda values, _: ({**values, b"Filter": b"/FlateDecode"}, zlib.compress(b"q Q")),
    "nothing in no room": saying(BBox=b"[0 0 0 0]"),
    "names and strings": drawing(b"q /Q gs (Q\\)Q(Q)) Tj <51> Tj % Q\n[ (Q) 5 ] TJ /BI << /Q 1 >> DP Q q"),
}
STRAYING: dict[str, Change] = {
    "no frame": saying(BBox=b""),
    "a frame that stands elsewhere": saying(BBox=b"4 0 R"),
    "a frame of names": saying(BBox=b"[0 0 /A 5]"),
    "a frame without width": saying(BBox=b"[0 0 0 5]"),
    "a frame of a hair's breadth": saying(BBox=b"[0 0 0.0001 5]"),
    "words in no room": lambda values, _: ({**values, b"BBox": b"[0 0 0 0]"}, SHEET),
    "a matrix that flattens": saying(Matrix=b"[1 0 0 0 0 0]"),
    "a matrix of four": saying(Matrix=b"[1 0 0 1]"),
    "a frame left": drawing(b"Q " + SHEET),
    "a frame left later": drawing(b"q Q\nQ " + SHEET),
    "a picture within": drawing(b"BI /W 1 /H 1 /BPC 8 /CS /G ID q EI Q Q"),
    "a string left open": drawing(b"q (Q"),
    "another file": saying(Ref=b"<< /F (a.pdf) /Page 0 >>"),
    "a stream elsewhere": saying(F=b"(a.txt)"),
    "another kind": saying(Subtype=b"/PS"),
    "rows": lambda values, _: (
        {**values, b"Filter": b"/FlateDecode", b"DecodeParms": b"<< /Predictor 12 /Columns 4 >>"},
        zlib.compress(b"\2q Q " + b"\0Q Q "),
    ),
    "another packing": lambda values, _: ({**values, b"Filter": b"/ASCIIHexDecode"}, b"7120510a>"),
    "more behind what is packed": lambda values, _: (
        {**values, b"Filter": b"/FlateDecode"},
        zlib.compress(b"q Q") + zlib.compress(b"Q Q"),
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_picture_of_another_program_that_keeps_to_its_frame_passes(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert by_another(monkeypatch, OTHERS[name]).verdict is Indication.TOTAL_PASSED


@pytest.mark.parametrize("name", STRAYING)
def test_a_picture_of_another_program_that_leaves_its_frame_fails_the_file(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    verdict = by_another(monkeypatch, STRAYING[name])
    assert verdict.verdict is Indication.TOTAL_FAILED
    assert {reason.code for reason in verdict.reasons} == {"annotation-changed"}
