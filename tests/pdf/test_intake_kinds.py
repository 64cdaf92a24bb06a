"""Texts and pictures become PDFs like any other, or a refusal that says what is lacking."""

from __future__ import annotations

import io
import os
import stat
import tempfile
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


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (archive({"xl/workbook.xml": "<x/>"}), "not_a_pdf"),
        (archive({"mimetype": "application/epub+zip", "content.xml": "<x/>"}), "not_a_pdf"),
        (b"PK\x03\x04 nothing", "office_broken"),
        (docx("text")[:400], "office_broken"),
        (archive({f"{number}": b"" for number in range(5_001)}), "office_broken"),
        (archive({"word/document.xml": b"", "bomb": bytes(301_000_000)}), "office_broken"),
    ],
    ids=["spreadsheet", "book", "no-zip", "half-a-zip", "many-files", "bomb"],
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
