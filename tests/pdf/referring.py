"""Pages that refer to pictures, drawings, states, colours and fonts, as strangers make them."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from pikepdf import Array, Dictionary, Name, Object, Pdf, StreamDecodeLevel
from PIL import Image, ImageDraw

from pdf.errors import PdfError
from pdf.rebuilding import rebuild_here
from tests.pdf.foreign import HELVETICA, changed, drawn, words

HONEST = words("The price is 100 yuan.")
SECRET = words("PLUS 900 YUAN", y=100)
PUT = "q 200 0 0 30 40 100 cm /Im Do Q\n"
SIZE = (200, 30)

# Values that need the file in which they will stand are made by a function of it.
Later = Callable[[Pdf], object]


def resourced(content: str, **kinds: dict[str, object] | Later) -> bytes:
    """A page with these resources besides its font, by kind; functions are called with the file."""

    def add(pdf: Pdf) -> None:
        resources = pdf.pages[0].obj.Resources
        for kind, named in kinds.items():
            made = made_in(pdf, named)
            if kind == "Font":
                for key, font in Dictionary(made).items():  # type: ignore[arg-type]
                    resources.Font[key] = font
            else:
                resources[f"/{kind}"] = made

    # Saved as it was made: the library would unpack and mend it.
    return changed(drawn(content), add, stream_decode_level=StreamDecodeLevel.none, compress_streams=False)


def made_in(pdf: Pdf, value: object) -> object:
    """The value in this file, functions called and dictionaries filled."""
    if callable(value):
        return made_in(pdf, value(pdf))
    if isinstance(value, dict):
        return Dictionary({f"/{key}": made_in(pdf, each) for key, each in value.items()})
    if isinstance(value, list):
        return Array([made_in(pdf, each) for each in value])
    return value


def stream(data: bytes, **entries: object) -> Later:
    """A stream with these entries, made when the file is there."""

    def make(pdf: Pdf) -> Object:
        made = pdf.make_stream(data)
        for key, value in entries.items():
            made[f"/{key}"] = made_in(pdf, value)
        return made

    return make


def image(data: bytes, **entries: object) -> Later:
    """A gray picture of 200 × 30 and 8 bits, but for what `entries` say; None leaves one out."""
    usual: dict[str, object] = {"Type": Name.XObject, "Subtype": Name.Image, "Width": SIZE[0], "Height": SIZE[1]}
    usual |= {"ColorSpace": Name.DeviceGray, "BitsPerComponent": 8}
    return stream(data, **{key: value for key, value in (usual | entries).items() if value is not None})


def pictured(data: bytes, **entries: object) -> bytes:
    """A page with this picture, besides honest words."""
    return resourced(HONEST + PUT, XObject={"Im": image(data, **entries)})


def form(content: str, **entries: object) -> Later:
    """A drawing of the size of the page."""
    usual: dict[str, object] = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": Array([0, 0, 400, 300])}
    usual |= {"Resources": Dictionary(Font=Dictionary(F1=HELVETICA))}
    return stream(content.encode(), **{key: value for key, value in (usual | entries).items() if value is not None})


def exponential(start: list[object], end: list[object], **entries: object) -> dict[str, object]:
    """A function of type 2 from one colour to another."""
    return {"FunctionType": 2, "Domain": [0, 1], "C0": start, "C1": end, "N": 1, **entries}


def lettering(mode: str = "L", ground: object = 255, ink: object = 0) -> Image.Image:
    """A picture of letters."""
    picture = Image.new(mode, SIZE, ground)  # type: ignore[arg-type]
    ImageDraw.Draw(picture).text((10, 8), "PLUS 900 YUAN IN A PICTURE", fill=ink)  # type: ignore[arg-type]
    return picture


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as a file of this kind."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def coloured(space: object, colour: str = "1 scn", **others: object) -> bytes:
    return resourced(HONEST + f"/S cs {colour} 40 100 200 30 re f", ColorSpace={"S": space, **others})


def assert_unclear(pdf: bytes) -> None:
    """The file is refused, with its page and a reason; here and not in a child, which would take ten times as long."""
    with pytest.raises(PdfError) as caught:
        rebuild_here(b'{"most_pages": 9}\n' + pdf)
    assert (caught.value.code, caught.value.params["page"]) == ("pdf_unclear", 1), caught.value
    assert caught.value.params["reason"]
