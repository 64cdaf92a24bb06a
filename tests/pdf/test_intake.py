"""A foreign PDF is written anew, or refused with the code of what is wrong with it."""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import zlib
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from pdf.child import Limits
from pdf.errors import PdfError
from pdf.intake import look, rebuild
from pdf.preview import page_images
from pdf.render import render
from tests.pdf.foreign import changed, drawn, one_page, stream, words
from tools.check_arrows import source_files

ROOT = Path(__file__).parents[2]
CHILDREN_ONLY = frozenset(
    f"pdf.{name}"
    for name in (
        "emblems", "placing", "differing", "rereading", "second_drawing", "drawing", "edging", "unseen", "covering",
        "reading_order", "verify.comparing",
        "page_pictures", "rebuilding", "refusing", "flattening", "filled", "silencing", "embedding", "sheet_reading",
        *(f"resources.{module.stem}" for module in (ROOT / "pdf/resources").glob("[a-z]*.py")),
        *(f"contents.{module.stem}" for module in (ROOT / "pdf/contents").glob("[a-z]*.py")),
    )
)  # fmt: skip
STYLE = "<style>@page { size: 200pt 100pt; margin: 10pt } body { font-family: 'Yunqian Serif' }</style>"


@pytest.fixture(scope="module")
def plain() -> bytes:
    return render(STYLE + '<p>合作意向书</p><p style="break-before: page">第二页</p>').pdf


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


def test_the_drawing_of_a_form_field_becomes_part_of_the_page(plain: bytes) -> None:
    def fill_in(pdf: Pdf) -> None:
        drawing = pdf.make_stream(b"0 0 0 rg 0 0 50 20 re f", {"/Type": Name.XObject, "/Subtype": Name.Form})
        drawing.BBox = Array([0, 0, 50, 20])
        field = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Tx,
                T=String("name"),
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


def texts(pdf: bytes) -> list[str]:
    return [image.text for image in page_images(pdf)]


def test_a_damaged_file_is_repaired(plain: bytes) -> None:
    damaged = b"mail header\r\n" + plain.rpartition(b"startxref")[0] + b"startxref\n999999\n%%EOF"
    assert texts(rebuild(damaged)) == texts(plain)


def test_a_table_that_points_into_the_middle_of_things_is_repaired(plain: bytes) -> None:
    head, _, tail = plain.rpartition(b"xref\n")
    assert texts(
        rebuild(head + b"xref\n" + tail.replace(b"00000 n", b"00001 n").replace(b"0000000", b"0000077"))
    ) == texts(plain)


def test_two_tables_that_disagree_are_made_one() -> None:
    """A hybrid file (ISO 32000-2 7.5.8.4): old readers follow the table, newer ones the stream named by /XRefStm."""
    shown, other = stream(words("shown").encode()), stream(words("other").encode())
    font = b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    objects = {5: shown, 6: other}
    hybrid = one_page(page=font, others=objects).replace(b"/Contents 4 0 R", b"/Contents 5 0 R")
    place = hybrid.index(b"6 0 obj")
    table = b"\x01" + place.to_bytes(4) + b"\x00"  # object 5 stands where object 6 does
    body = b"/Type /XRef /Size 7 /Index [5 1] /W [1 4 1] /Root 1 0 R"
    start = hybrid.rindex(b"xref\n0")
    xref_stream = b"9 0 obj\n" + stream(table, body) + b"\nendobj\n"
    tail = hybrid[start:].replace(b"/Root", b"/XRefStm %d /Root" % start)
    moved = hybrid[:start] + xref_stream + tail
    moved = moved.rpartition(b"startxref")[0] + b"startxref\n%d\n%%%%EOF\n" % (start + len(xref_stream))
    rebuilt = rebuild(moved)
    assert b"/XRefStm" not in rebuilt
    assert len(texts(rebuilt)) == 1
    with pikepdf.open(io.BytesIO(rebuilt)) as pdf:
        content = pdf.pages[0].Contents.read_bytes()
    assert (b"(shown)" in content) != (b"(other)" in content)


def test_fewer_pages_may_be_allowed() -> None:
    two = drawn("q Q", "q Q")
    assert rebuild(two, most_pages=2)
    with pytest.raises(PdfError) as caught:
        rebuild(two, most_pages=1)
    assert (caught.value.code, caught.value.params) == ("too_many_pages", {"pages": 2, "limit": 1})


@pytest.mark.parametrize(
    "page",
    [
        b"/MediaBox [0 0 100000 100]",
        b"/MediaBox [0 0 100 100000]",
        b"/MediaBox [0 0 3 3]",
        b"/MediaBox [0 0 0 0]",
        b"/MediaBox [900000 0 900300 200]",
        b"/CropBox [400 400 500 500]",
        b"/UserUnit 75",
    ],
    ids=["wide", "high", "dot", "empty", "far-away", "cropped-away", "large-units"],
)
def test_a_page_that_is_no_paper_is_refused_with_its_number(page: bytes) -> None:
    with pytest.raises(PdfError) as caught:
        rebuild(one_page(page=page) if b"Media" not in page else one_page().replace(b"/MediaBox [0 0 300 200]", page))
    assert (caught.value.code, caught.value.params) == ("page_too_large", {"page": 1})


@pytest.mark.parametrize(
    "page", [b"/MediaBox [300 200 0 0]", b"/MediaBox [0 0 300 200] /Rotate -270", b"/MediaBox [-9 -9 291 191]"]
)
def test_a_page_given_from_another_corner_is_the_same_page(page: bytes) -> None:
    pdf = one_page().replace(b"/MediaBox [0 0 300 200]", page)
    sizes = [(image.width, image.height) for image in page_images(rebuild(pdf))]
    assert sizes in ([(600, 400)], [(400, 600)])


def test_a_page_keeps_what_is_shown_of_it_alone() -> None:
    rebuilt = rebuild(one_page(page=b"/CropBox [50 50 150 250] /ArtBox [0 0 9 9] /Trans << /S /Blinds >> /Dur 3"))
    with pikepdf.open(io.BytesIO(rebuilt)) as pdf:
        page = pdf.pages[0]
        assert [float(value) for value in page.mediabox] == [50, 50, 150, 200]
        assert set(page.obj.keys()) == {"/Type", "/Parent", "/MediaBox", "/Contents", "/Resources"}


def test_a_page_whose_drawing_breaks_off_is_refused_with_its_number() -> None:
    broken = one_page(content=zlib.compress(words("half").encode() * 50)[:40]).replace(
        b"<<  /Length", b"<< /Filter /FlateDecode /Length"
    )
    with pytest.raises(PdfError) as caught:
        rebuild(broken)
    assert (caught.value.code, caught.value.params) == ("page_broken", {"page": 1})


def test_what_was_rebuilt_is_shown_as_it_is(plain: bytes) -> None:
    rebuilt = rebuild(plain)
    assert look(rebuilt, pages=2) == page_images(rebuilt)


def test_libraries_that_open_foreign_files_are_not_loaded_here() -> None:
    """pdfium and pikepdf's opening of strangers' files stay in children, whatever this process imports and asks for."""
    program = (
        "import sys\n"
        "import web.app, web.cli, web.jobs\n"
        "from pdf import intake, preview\n"
        "from tests.pdf.foreign import drawn\n"
        "rebuilt = intake.rebuild(drawn('q Q'))\n"
        "assert intake.look(rebuilt, pages=1) and preview.page_images(rebuilt)\n"
        f"print(sorted({set({'pypdfium2', 'pypdfium2_raw', 'weasyprint', *CHILDREN_ONLY})} & sys.modules.keys()))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout.strip() == "[]", said.stderr


def test_nobody_but_a_child_s_module_imports_a_child_s_module() -> None:
    """They are named as texts to pdf.child; an import anywhere else would load pdfium into the process that imports."""
    for path, name in ((path, ".".join(path.relative_to(ROOT).with_suffix("").parts)) for path in source_files(ROOT)):
        if name.split(".")[0] == "tests" or name in CHILDREN_ONLY:
            continue
        tree = ast.parse(path.read_bytes())
        wanted = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                wanted |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        assert not wanted & {"pypdfium2", *CHILDREN_ONLY}, name


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
