"""Contents of one page as the rebuild reads them and writes them anew, without a child around it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from pdf.contents.drawings import write_anew
from pdf.errors import PdfError
from tests.pdf.foreign import HELVETICA, drawn


def opened(content: bytes | str, change: Callable[[Pdf], None] | None = None) -> Pdf:
    """A page with `/F1` Helvetica and this content, written anew after `change`."""
    pdf = pikepdf.open(io.BytesIO(drawn("")))
    written = content if isinstance(content, bytes) else content.encode("latin-1")
    pdf.pages[0].obj.Contents = pdf.make_stream(written)
    if change is not None:
        change(pdf)
    write_anew(pdf)
    return pdf


def lines(content: bytes | str, change: Callable[[Pdf], None] | None = None) -> list[str]:
    """The page's instructions anew."""
    with opened(content, change) as pdf:
        return instructions(pdf.pages[0].Contents)


def instructions(stream: Object) -> list[str]:
    return stream.read_bytes().decode("ascii").splitlines()


def refused(content: bytes | str, change: Callable[[Pdf], None] | None = None, *, code: str = "pdf_unclear") -> str:
    """Why it is refused."""
    with pytest.raises(PdfError) as caught:
        opened(content, change)
    assert caught.value.code == code
    if code == "pdf_unclear":
        assert caught.value.params["page"] == 1
    return str(caught.value)


def with_things(**categories: Callable[[Pdf], dict[str, object]]) -> Callable[[Pdf], None]:
    """Adds resources of these categories: names and things."""

    def add(pdf: Pdf) -> None:
        for category, make in categories.items():
            there = pdf.pages[0].obj.Resources.get(f"/{category}", Dictionary())
            for name, thing in make(pdf).items():
                there[f"/{name}"] = thing
            pdf.pages[0].obj.Resources[f"/{category}"] = there

    return add


def form(pdf: Pdf, content: str, *, bare: bool = False, **more: object) -> Stream:
    """A drawing; `bare` has no resources of its own."""
    given = {} if bare else {"Resources": Dictionary(Font=Dictionary(F1=HELVETICA))}
    entries = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": Array([0, 0, 400, 300]), **given, **more}
    return pdf.make_stream(content.encode(), **entries)


def picture(pdf: Pdf, **more: object) -> Stream:
    """One gray pixel."""
    entries = {"Width": 1, "Height": 1, "BitsPerComponent": 8, "ColorSpace": Name.DeviceGray, **more}
    return pdf.make_stream(b"\0", Type=Name.XObject, Subtype=Name.Image, **entries)


def drawn_font(pdf: Pdf, letter: str, **more: object) -> Object:
    """A Type 3 font whose letter A is this drawing."""
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 1000, 1000]), FirstChar=65, LastChar=65,
        FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]), Widths=Array([1000]),
        CharProcs=Dictionary(A=pdf.make_stream(letter.encode())),
        Encoding=Dictionary(Type=Name.Encoding, Differences=Array([65, Name.A])), **more,
    )  # fmt: skip
    return pdf.make_indirect(font)
