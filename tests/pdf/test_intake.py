"""A foreign PDF is written anew, or refused with the code of what is wrong with it."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from pdf.child import Limits
from pdf.errors import PdfError
from pdf.intake import rebuild
from pdf.preview import page_images
from pdf.render import render

STYLE = "<style>@page { size: 200pt 100pt; margin: 10pt } body { font-family: 'Yunqian Serif' }</style>"


@pytest.fixture(scope="module")
def plain() -> bytes:
    return render(STYLE + '<p>合作意向书</p><p style="break-before: page">第二页</p>').pdf


def changed(pdf: bytes, change: Callable[[Pdf], None], **saving: object) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        change(opened)
        file = io.BytesIO()
        opened.save(file, **saving)  # type: ignore[arg-type]
    return file.getvalue()


def refusal(pdf: bytes) -> str:
    with pytest.raises(PdfError) as caught:
        rebuild(pdf)
    return caught.value.code


def test_the_pages_look_the_same_afterwards(plain: bytes) -> None:
    assert page_images(rebuild(plain)) == page_images(plain)


def test_the_same_file_gives_the_same_bytes(plain: bytes) -> None:
    assert rebuild(plain) == rebuild(plain)


def test_what_nothing_on_a_page_uses_stays_behind(plain: bytes) -> None:
    def hide(pdf: Pdf) -> None:
        pdf.Root.Hidden = pdf.make_stream(b"a secret of the sender")
        pdf.Root.Metadata = pdf.make_stream(b"made by somebody")
        pdf.pages[0].obj.PieceInfo = Dictionary(Private=String("draft 3"))

    rebuilt = rebuild(changed(plain, hide))
    assert not any(word in rebuilt for word in (b"secret of the sender", b"made by somebody", b"draft 3"))


def test_an_earlier_revision_is_gone(plain: bytes) -> None:
    """Appended updates keep the older text in the file; the rebuilt one has what was shown and nothing else."""
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        number = pdf.pages[0].Contents.objgen[0]
        older = pdf.pages[0].Contents.read_raw_bytes()
    update = b"\n%d 0 obj\n<< /Length 4 >>\nstream\nq Q \nendstream\nendobj\n" % number
    at = len(plain) + 1
    start = int(plain.rsplit(b"startxref", 1)[1].split()[0])
    tail = b"xref\n%d 1\n%010d 00000 n \ntrailer\n" % (number, at)
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        root, size = pdf.trailer.Root.objgen[0], int(pdf.trailer.Size)
    tail += b"<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        root,
        start,
        len(plain) + len(update),
    )
    rebuilt = rebuild(plain + update + tail)
    assert older in plain
    assert older not in rebuilt
    assert [image.text.strip() for image in page_images(rebuilt)] == ["", "第二页"]


def test_the_value_of_a_form_field_becomes_part_of_the_page(plain: bytes) -> None:
    def fill_in(pdf: Pdf) -> None:
        drawing = pdf.make_stream(b"0 0 0 rg 0 0 50 20 re f", {"/Type": Name.XObject, "/Subtype": Name.Form})
        drawing.BBox = Array([0, 0, 50, 20])
        field = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Tx,
                T=String("name"),
                V=String("x"),
                F=4,
                Rect=Array([100, 20, 150, 40]),
                AP=Dictionary(N=drawing),
            )
        )
        pdf.pages[0].obj.Annots = Array([field])
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]))

    filled = changed(plain, fill_in)
    rebuilt = rebuild(filled)
    assert page_images(rebuilt)[0].png == page_images(filled)[0].png != page_images(plain)[0].png
    with pikepdf.open(io.BytesIO(rebuilt)) as pdf:
        assert Name.AcroForm not in pdf.Root
        assert not pdf.pages[0].obj.get(Name.Annots)


def test_a_damaged_file_is_repaired(plain: bytes) -> None:
    damaged = b"mail header\r\n" + plain.rpartition(b"startxref")[0] + b"startxref\n999999\n%%EOF"
    assert [image.text for image in page_images(rebuild(damaged))] == [image.text for image in page_images(plain)]


@pytest.mark.parametrize("what", [b"", b"PK\x03\x04 a Word file", b"%PDF-1.7\nnothing more", b"\x00" * 5_000])
def test_what_is_no_pdf_is_refused(what: bytes) -> None:
    assert refusal(what) == "not_a_pdf"


def test_a_file_with_a_password_is_refused(plain: bytes) -> None:
    locked = changed(plain, lambda _: None, encryption=pikepdf.Encryption(owner="o", user="u"))
    assert refusal(locked) == "pdf_encrypted"


def test_a_file_that_forbids_changes_is_refused(plain: bytes) -> None:
    closed = pikepdf.Encryption(owner="o", user="", allow=pikepdf.Permissions(modify_other=False))
    assert refusal(changed(plain, lambda _: None, encryption=closed)) == "pdf_encrypted"


def acting(action: Dictionary) -> Callable[[Pdf], None]:
    def change(pdf: Pdf) -> None:
        pdf.Root.OpenAction = action

    return change


@pytest.mark.parametrize(
    "action",
    [
        Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")),
        Dictionary(S=Name.Launch, F=String("calc.exe")),
        Dictionary(S=Name.GoTo, D=String("x"), Next=Array([Dictionary(S=Name.JavaScript, JS=String("x"))])),
        Dictionary(S=Name.SubmitForm, F=String("http://127.0.0.1/")),
    ],
    ids=["script", "launch", "script-behind-a-link", "submit"],
)
def test_a_file_that_acts_by_itself_is_refused(plain: bytes, action: Dictionary) -> None:
    assert refusal(changed(plain, acting(action))) == "pdf_script"


def test_a_form_of_its_own_kind_is_refused(plain: bytes) -> None:
    def xfa(pdf: Pdf) -> None:
        pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=pdf.make_stream(b"<xdp/>"))

    assert refusal(changed(plain, xfa)) == "pdf_xfa"


def test_files_inside_the_file_are_refused(plain: bytes) -> None:
    def attach(pdf: Pdf) -> None:
        pdf.attachments["a.exe"] = b"MZ"

    assert refusal(changed(plain, attach)) == "pdf_attachment"


@pytest.mark.parametrize("flags", [0, 3])
def test_a_signed_file_is_refused(plain: bytes, flags: int) -> None:
    def sign(pdf: Pdf) -> None:
        value = pdf.make_indirect(Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite")))
        field = pdf.make_indirect(Dictionary(FT=Name.Sig, T=String("s"), V=value))
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=flags)

    assert refusal(changed(plain, sign)) == "pdf_signed"


def test_more_pages_than_allowed_are_refused(plain: bytes) -> None:
    def multiply(pdf: Pdf) -> None:
        for _ in range(300):
            pdf.add_blank_page()

    assert refusal(changed(plain, multiply)) == "too_many_pages"


def test_a_page_larger_than_any_paper_is_refused(plain: bytes) -> None:
    def widen(pdf: Pdf) -> None:
        pdf.pages[1].obj.MediaBox = Array([0, 0, 100_000, 100])

    assert refusal(changed(plain, widen)) == "page_too_large"


def test_a_page_tree_that_bites_its_tail_is_a_refusal_in_time(plain: bytes) -> None:
    def loop(pdf: Pdf) -> None:
        pdf.Root.Pages.Kids = Array([pdf.Root.Pages])

    with pytest.raises(PdfError):
        rebuild(changed(plain, loop), limits=Limits(wall_seconds=10))


def test_a_compression_bomb_is_copied_and_not_blown_up(plain: bytes) -> None:
    def plant(pdf: Pdf) -> None:
        nested = zlib.compress(zlib.compress(bytes(200_000_000), 9), 9)
        bomb = pikepdf.Stream(pdf, nested)
        bomb.Filter = Array([Name.FlateDecode, Name.FlateDecode])
        pdf.pages[0].obj.Resources.Bomb = pdf.make_indirect(bomb)

    kept = changed(plain, plant, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    assert len(rebuild(kept, limits=Limits(cpu_seconds=3, memory_bytes=400 * 1024 * 1024))) < len(plain) + 100_000


@pytest.mark.skipif(not Path("/work/shared/attacks").is_dir(), reason="no collection of attack files here")
def test_the_collected_attack_files_are_all_refused() -> None:
    files = sorted(Path("/work/shared/attacks").rglob("*.pdf"))
    assert len(files) > 10
    assert {refusal(file.read_bytes()) for file in files} <= {"pdf_signed", "not_a_pdf"}
