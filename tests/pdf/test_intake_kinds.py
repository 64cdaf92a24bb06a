"""Texts and pictures become PDFs like any other, or a refusal that says what is lacking."""

from __future__ import annotations

import io
import os
import stat
import struct
import tempfile
import time
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from pdf.errors import PdfError
from pdf.intake import Kind, append, find_office, rebuild, take_in
from pdf.preview import page_images
from tests.pdf.documents import archive, docx, odt, picture
from tests.pdf.foreign import drawn, words

OFFICE = find_office()
needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed here")


def refusal(data: bytes, *, office: Path | None = None) -> PdfError:
    with pytest.raises(PdfError) as caught:
        take_in(data, office=office)
    return caught.value


def shown(data: bytes) -> Image.Image:
    (page,) = take_in(data).pages
    return Image.open(io.BytesIO(page.png)).convert("RGB")


def test_a_pdf_is_rebuilt_and_drawn() -> None:
    taken = take_in(drawn(words("one"), words("two")))
    assert (taken.kind, [page.text for page in taken.pages]) == (Kind.PDF, ["one", "two"])
    assert taken.pdf.startswith(b"%PDF-")


@pytest.mark.parametrize("data", [b"", b"{\\rtf1 text}", b"\xd0\xcf\x11\xe0 old Word", b"GIF89a", b"<html>"])
def test_other_kinds_are_refused(data: bytes) -> None:
    assert refusal(data).code == "not_a_pdf"


# Pictures


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", mode) for mode in ("RGB", "RGBA", "L", "1", "P")] + [("JPEG", mode) for mode in ("RGB", "L", "CMYK")],
)
def test_a_picture_becomes_a_page_of_a4(kind: str, mode: str) -> None:
    page = shown(picture(kind, size=(595, 842), mode=mode))
    assert page.size == (1191, 1684)
    assert max(page.getpixel((40, 40))) < 40  # type: ignore[type-var]
    assert min(page.getpixel((600, 900))) > 215  # type: ignore[type-var]


def test_a_picture_that_lies_gets_a_page_that_lies() -> None:
    assert shown(picture("PNG", size=(842, 595))).size == (1684, 1191)


def test_a_photograph_stands_as_the_camera_was_held_and_tells_no_place() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010E] = "at home"
    photograph = picture("JPEG", size=(842, 595), exif=exif)
    assert b"at home" in photograph
    taken = take_in(photograph)
    assert (taken.kind, taken.pages[0].width, taken.pages[0].height) == (Kind.JPEG, 1191, 1684)
    assert b"at home" not in taken.pdf
    assert b"Exif" not in taken.pdf


def test_a_drawing_without_loss_keeps_every_pixel() -> None:
    noise = Image.frombytes("RGB", (120, 160), os.urandom(120 * 160 * 3))
    file = io.BytesIO()
    noise.save(file, "PNG")
    with pikepdf.open(io.BytesIO(take_in(file.getvalue()).pdf)) as pdf:
        image = pdf.pages[0].obj.Resources.XObject.Im
        assert pikepdf.PdfImage(image).as_pil_image().convert("RGB").tobytes() == noise.tobytes()


def png_with(kind: bytes, content: bytes) -> bytes:
    """A picture with one more chunk behind its head (PNG 5.3)."""
    plain = picture("PNG", mode="L")
    check = zlib.crc32(kind + content)
    return plain[:33] + struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check) + plain[33:]


def test_grey_of_sixteen_bits_is_the_same_grey() -> None:
    deep = Image.frombytes("I;16", (300, 400), struct.pack("<H", 0x8080) * 120_000)
    deep.paste(0x2020, (0, 0, 150, 400))
    file = io.BytesIO()
    deep.save(file, "PNG")
    page = shown(file.getvalue())
    assert [page.getpixel((x, 800)) for x in (300, 900)] == [(0x20,) * 3, (0x80,) * 3]


def test_a_picture_that_moves_is_refused() -> None:
    """Browsers show the frames, and other programs a first picture that may be in no animation."""
    other = Image.new("RGB", (300, 400), "red")
    moving = picture("PNG", save_all=True, append_images=[other], default_image=True)
    assert refusal(moving).code == "picture_unclear"


@pytest.mark.parametrize(("gamma", "taken"), [(0.45455, True), (0.55556, True), (8.0, False), (0.05, False)])
def test_a_gamma_that_makes_another_picture_is_refused(gamma: float, taken: bool) -> None:
    noted = png_with(b"gAMA", round(gamma * 100_000).to_bytes(4))
    if taken:
        assert take_in(noted).pages
    else:
        assert refusal(noted).code == "picture_unclear"


def test_light_that_only_some_screens_know_is_refused() -> None:
    assert refusal(png_with(b"cICP", bytes([9, 16, 0, 1]))).code == "picture_unclear"
    assert take_in(png_with(b"cICP", bytes([12, 13, 0, 1]))).pages


def turning(gamma: float) -> bytes:
    """A profile for grey (ICC.1) that turns values by a power."""
    whole = int(gamma * 256).to_bytes(2)
    tags = {b"wtpt": b"XYZ " + bytes(4) + bytes.fromhex("0000f6d6000100000000d32d"), b"kTRC": b"curv" + bytes(4)}
    tags[b"kTRC"] += (1).to_bytes(4) + whole
    tags[b"desc"] = b"text" + bytes(4) + b"x\0"
    at, table, body = 128 + 4 + 12 * len(tags), len(tags).to_bytes(4), b""
    for name, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        table += name + (at + len(body)).to_bytes(4) + len(content).to_bytes(4)
        body += padded
    size = 128 + len(table) + len(body)
    head = size.to_bytes(4) + b"lcms" + bytes.fromhex("02400000") + b"mntrGRAYXYZ " + bytes(12) + b"acsp" + bytes(28)
    return head + bytes.fromhex("0000f6d6000100000000d32d") + bytes(48) + table + body


@pytest.mark.parametrize(("gamma", "taken"), [(2.2, True), (12.0, False)])
def test_a_profile_that_makes_another_picture_is_refused(gamma: float, taken: bool) -> None:
    grey = Image.new("L", (300, 400), 160)
    file = io.BytesIO()
    grey.save(file, "PNG", icc_profile=turning(gamma))
    if taken:
        assert take_in(file.getvalue()).pages
    else:
        assert refusal(file.getvalue()).code == "picture_unclear"


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_with_a_pdf_inside_is_the_picture(kind: str) -> None:
    pdf = drawn(words("another text"))
    made = png_with(b"prVt", pdf) if kind == "PNG" else picture("JPEG", comment=pdf)
    assert 0 < made.index(b"%PDF-") < 1_024
    assert [page.text for page in take_in(made).pages] == [""]


@pytest.mark.parametrize("cut", [60, 200])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_that_breaks_off_is_refused(kind: str, cut: int) -> None:
    assert refusal(picture(kind, size=(900, 900))[:cut]).code == "picture_broken"


@pytest.mark.parametrize("size", [(20, 900), (900, 20)])
def test_a_picture_too_small_to_read_is_refused(size: tuple[int, int]) -> None:
    assert refusal(picture("PNG", size=size)).code == "picture_size"


def test_a_picture_of_more_pixels_than_paper_has_is_refused_before_it_is_unpacked() -> None:
    bomb = bytearray(picture("PNG", size=(200, 200)))
    bomb[16:24] = (50_000).to_bytes(4) * 2  # width and height in IHDR; its check no longer fits, which comes later
    assert refusal(bytes(bomb)).code in {"picture_size", "picture_broken"}
    assert refusal(picture("PNG", size=(20_000, 3_100), mode="1")).code == "picture_size"


# Texts


def test_without_libreoffice_it_is_said_what_is_lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert find_office() is None
    assert refusal(docx("text")).code == "office_missing"


def fake_office(folder: Path, script: str) -> Path:
    """A program that is called as LibreOffice is; `$OUT` is where the PDF belongs."""
    program = folder / "program" / "soffice"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nfor last; do :; done\nOUT="${{last%.*}}.pdf"\n{script}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def test_what_the_program_prints_goes_the_way_of_any_pdf(tmp_path: Path) -> None:
    program = fake_office(tmp_path, f"cp {tmp_path}/program/it.pdf $OUT")
    (tmp_path / "program" / "it.pdf").write_bytes(drawn(words("printed")))
    assert [page.text for page in take_in(docx("text"), office=program).pages] == ["printed"]


def test_a_first_start_that_asks_for_another_gets_it(tmp_path: Path) -> None:
    program = fake_office(
        tmp_path, f"[ -e $HOME/profile-0 ] || {{ mkdir $HOME/profile; exit 81; }}; cp {tmp_path}/program/it.pdf $OUT"
    )
    (tmp_path / "program" / "it.pdf").write_bytes(drawn(words("second start")))
    assert [page.text for page in take_in(odt("text"), office=program).pages] == ["second start"]


@pytest.mark.parametrize("script", ["exit 1", "exit 0", "kill -9 $$"], ids=["fails", "prints-nothing", "dies"])
def test_a_text_that_cannot_be_printed_is_refused(tmp_path: Path, script: str) -> None:
    assert refusal(docx("text"), office=fake_office(tmp_path, script)).code == "office_broken"


def test_what_a_killed_process_left_of_a_text_goes_with_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name, age in (("yunqian-office-old", 7200), ("yunqian-office-new", 60), ("another", 7200)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "it.docx").write_bytes(b"somebody's text")
        os.utime(tmp_path / name, (time.time() - age, time.time() - age))
    refusal(docx("text"), office=fake_office(tmp_path, "exit 1"))
    assert sorted(each.name for each in tmp_path.iterdir() if each.name != "program") == [
        "another",
        "yunqian-office-new",
    ]


def test_the_program_sees_nothing_but_its_folder(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("secret")
    program = fake_office(tmp_path, f"cat {tmp_path}/../*/key; env | grep -c SECRET; exit 3")
    os.environ["A_SECRET"] = "x"
    try:
        said = str(refusal(docx("text"), office=program))
    finally:
        del os.environ["A_SECRET"]
    assert said.startswith("LibreOffice ended with 3")
    assert "secret" not in said


def test_a_word_file_with_macros_is_refused() -> None:
    assert refusal(docx("text", more={"word/vbaProject.bin": b"x"}), office=Path("/bin/false")).code == "pdf_script"


CHANGED = '<w:document><w:p><w:del w:author="a"><w:r><w:delText>900</w:delText></w:r></w:del></w:p></w:document>'
CHANGED_ODT = "<text:tracked-changes><text:changed-region/></text:tracked-changes>"
NAMED_ODT = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    "data",
    [
        archive({"word/document.xml": CHANGED}),
        archive({"word/document.xml": CHANGED.encode("utf-16")}),
        docx("text", more={"word/footer1.xml": CHANGED}),
        archive({"mimetype": NAMED_ODT, "content.xml": CHANGED_ODT}),
    ],
    ids=["word", "word-in-two-bytes", "footer", "opendocument"],
)
def test_a_text_with_changes_that_nobody_accepted_is_refused(data: bytes) -> None:
    """Word shows it as if they were; printed, the words that were taken out stand there too."""
    assert refusal(data, office=Path("/bin/false")).code == "text_changes"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_refused() -> None:
    file = io.BytesIO(docx("one"))
    with zipfile.ZipFile(file, "a") as made:
        made.writestr("word/document.xml", "two")
    assert "two members" in str(refusal(file.getvalue(), office=Path("/bin/false")))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (archive({"mimetype": NAMED_ODT, "content.xml": "<x/>", "word/document.xml": "<x/>"}), "not_a_pdf"),
        (archive({"xl/workbook.xml": "<x/>"}), "not_a_pdf"),
        (archive({"mimetype": "application/epub+zip", "content.xml": "<x/>"}), "not_a_pdf"),
        (b"PK\x03\x04 nothing", "office_broken"),
        (docx("text")[:400], "office_broken"),
        (archive({f"{number}": b"" for number in range(5_001)}), "office_broken"),
        (archive({"word/document.xml": b"", "bomb": bytes(301_000_000)}), "office_broken"),
    ],
    ids=["two-in-one", "spreadsheet", "book", "no-zip", "half-a-zip", "many-files", "bomb"],
)
def test_archives_that_are_no_texts_are_refused(data: bytes, code: str) -> None:
    assert refusal(data, office=Path("/bin/false")).code == code


def test_a_paper_of_ours_comes_behind_and_the_words_in_front_stay() -> None:
    theirs, ours = rebuild(drawn(words("theirs"), words("more"))), drawn(words("ours"), size=(300, 300))
    whole = append(theirs, ours, title="标题")
    assert whole == append(theirs, ours, title="标题")
    assert [page.text for page in page_images(whole)] == ["theirs", "more", "ours"]
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "标题"


@needs_office
@pytest.mark.slow
@pytest.mark.parametrize("make", [docx, odt])
def test_libreoffice_prints_a_text(make: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    taken = take_in(make("合作意向书 Letter of intent", "第二段"))  # type: ignore[operator]
    assert taken.kind in (Kind.DOCX, Kind.ODT)
    assert "合作意向书 Letter of intent" in taken.pages[0].text
    assert not list(tmp_path.iterdir())
