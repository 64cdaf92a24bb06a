"""Pictures of foreign files have exactly the samples that they say, or are refused: readers fill gaps differently."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from pdf.errors import PdfError
from pdf.intake import rebuild
from pdf.preview import page_images
from tests.pdf.referring import SIZE, assert_unclear, image, lettering, pictured, saved, stream

GRAY = lettering().tobytes()
JPEG = saved(lettering(), "JPEG", quality=95)
COLOUR_JPEG = saved(lettering("RGB", "white", "black"), "JPEG", quality=95)
FRAME = JPEG[JPEG.index(b"\xff\xc0") : JPEG.index(b"\xff\xc4")]
SCAN = JPEG[JPEG.index(b"\xff\xda") : -2]
TABLES = JPEG[JPEG.index(b"\xff\xdb") : JPEG.index(b"\xff\xc0")]
PROGRESSIVE = saved(lettering(), "JPEG", quality=95, progressive=True)
LAST_SCAN = PROGRESSIVE[PROGRESSIVE.rindex(b"\xff\xda") : -2]
DCT = {"Filter": Name.DCTDecode}
JPX = {"Filter": Name.JPXDecode}
UNCLEAR = {
    "shorter than it says": pictured(GRAY[:1600]),
    "breaks off": pictured(zlib.compress(GRAY, 0)[:3000] + b"\xff" * 40, Filter=Name.FlateDecode),
    "rows of another length": pictured(
        zlib.compress(GRAY), Filter=Name.FlateDecode, DecodeParms=Dictionary(Predictor=12, Columns=5)
    ),
    "abbreviated": pictured(GRAY, ColorSpace=None, BitsPerComponent=None, CS=Name.G, BPC=8),
    "no colour space": pictured(GRAY, ColorSpace=None),
    "an unknown colour space": pictured(GRAY, ColorSpace=Name.Foo),
    "a profile left out": pictured(GRAY, ColorSpace=Array([Name.ICCBased])),
    "three bits": pictured(GRAY, BitsPerComponent=3),
    "no height": pictured(GRAY, Height=-30),
    "an unknown filter": pictured(GRAY, Filter=Name.Foo),
    "encrypted by itself": pictured(GRAY, Filter=Name.Krypt).replace(b"/Krypt", b"/Crypt"),  # saving drops it
    "a decoding to one value": pictured(GRAY, Decode=Array([1, 1])),
    "a decoding beyond light": pictured(GRAY, Decode=Array([1, 3])),
    "a decoding of the wrong length": pictured(GRAY, Decode=Array([0, 1, 0, 1])),
    "a stencil half turned": pictured(
        lettering().convert("1").tobytes(), ImageMask=True, ColorSpace=None, BitsPerComponent=1, Decode=Array([0.5, 1])
    ),
    "a stencil of 8 bits": pictured(GRAY, ImageMask=True, ColorSpace=None),
    "colours left out of a JPEG": pictured(JPEG, Mask=Array([0, 120]), **DCT),
    "a mask that is no stencil": pictured(GRAY, Mask=image(b"\xff" * 6000)),
    "a soft mask that is empty": pictured(GRAY, SMask=image(b"")),
    "a soft mask of colours": pictured(GRAY, SMask=image(GRAY * 3, ColorSpace=Name.DeviceRGB)),
    "a matte of another size": pictured(GRAY, SMask=image(GRAY[:3000], Height=15, Matte=Array([1]))),
    "a JPEG in colour, said to be gray": pictured(COLOUR_JPEG, **DCT),
    "a JPEG of another size": pictured(JPEG, Height=5, **DCT),
    "a JPEG without a colour space": pictured(JPEG, ColorSpace=None, **DCT),
    "a JPEG in a JPEG": pictured(JPEG, Filter=Array([Name.DCTDecode, Name.DCTDecode])),
    "a JPEG that is none": pictured(GRAY, **DCT),
    "a JPEG with two frames": pictured(JPEG[:2] + FRAME + JPEG[2:], **DCT),
    "a JPEG with two pictures, one scan each": pictured(JPEG[:-2] + SCAN + JPEG[-2:], **DCT),
    "a JPEG with tables between two scans": pictured(JPEG[:-2] + TABLES + SCAN + JPEG[-2:], **DCT),
    "a JPEG that is refined twice by the same bit": pictured(PROGRESSIVE[:-2] + LAST_SCAN + PROGRESSIVE[-2:], **DCT),
    "a JPEG with a part of a scan": pictured(JPEG.replace(SCAN[:10], SCAN[:8] + b"\x05" + SCAN[9:10]), **DCT),
    "a JPEG without one of its colours": pictured(
        COLOUR_JPEG[: COLOUR_JPEG.index(b"\xff\xda")] + SCAN + JPEG[-2:], ColorSpace=Name.DeviceRGB, **DCT
    ),
    "JPEG 2000 with transparency": pictured(
        saved(lettering("LA", (255, 255), (0, 255)), "JPEG2000"), SMaskInData=1, **JPX
    ),
    "JPEG 2000 with a layer more": pictured(saved(lettering("LA", (255, 0), (0, 255)), "JPEG2000"), **JPX),
    "JPEG 2000 decoded in between": pictured(saved(lettering(), "JPEG2000"), Decode=Array([1, 1]), **JPX),
    "JPEG 2000 of another size": pictured(saved(lettering(), "JPEG2000"), Height=60, **JPX),
    "a fax of another width": pictured(
        GRAY, BitsPerComponent=1, Filter=Name.CCITTFaxDecode, DecodeParms=Dictionary(K=-1, Columns=90)
    ),
    "parameters for a filter that is not there": pictured(GRAY, DecodeParms=Dictionary(Predictor=12)),
}  # fmt: skip


@pytest.mark.parametrize("pdf", UNCLEAR.values(), ids=UNCLEAR)
def test_a_picture_that_readers_show_differently_is_refused(pdf: bytes) -> None:
    assert_unclear(pdf)


def fax(picture: Image.Image) -> bytes:
    """The Group 4 data of a TIFF, which scanners put into PDFs as it is."""
    file = saved(picture.convert("1"), "TIFF", compression="group4")
    with Image.open(io.BytesIO(file)) as tiff:
        start, length = tiff.tag_v2[273][0], tiff.tag_v2[279][0]  # type: ignore[attr-defined]
    return file[start : start + length]


CMYK = Image.merge("CMYK", [Image.new("L", SIZE, 0)] * 3 + [lettering(ground=0, ink=255)])
PALETTE = Array([Name.Indexed, Name.DeviceRGB, 1, b"\xff\xff\xff\x10\x10\x80"])
BITS = lettering().convert("1")
PNG_ROWS = b"".join(b"\0" + GRAY[at : at + 200] for at in range(0, len(GRAY), 200))
USUAL = {
    "raw": pictured(GRAY),
    "with a line end behind it": pictured(GRAY + b"\r\n"),
    "Flate": pictured(zlib.compress(GRAY), Filter=Name.FlateDecode),
    "as in a PNG": pictured(
        zlib.compress(PNG_ROWS), Filter=Name.FlateDecode, DecodeParms=Dictionary(Predictor=15, Columns=200)
    ),
    "hexadecimal": pictured(GRAY.hex().encode() + b">", Filter=Name.ASCIIHexDecode),
    "run lengths": pictured(
        b"".join(b"\x7f" + GRAY[at : at + 128] for at in range(0, 5888, 128)) + b"\x6f" + GRAY[5888:] + b"\x80",
        Filter=Name.RunLengthDecode,
    ),
    "turned round": pictured(lettering(ground=0, ink=255).tobytes(), Decode=Array([1, 0])),
    "colours": pictured(lettering("RGB", "white", (90, 0, 0)).tobytes(), ColorSpace=Name.DeviceRGB),
    "inks": pictured(CMYK.tobytes(), ColorSpace=Name.DeviceCMYK),
    "16 bits": pictured(b"".join(bytes([each, each]) for each in GRAY), BitsPerComponent=16),
    "1 bit": pictured(BITS.tobytes(), BitsPerComponent=1),
    "palette": pictured(BITS.tobytes(), BitsPerComponent=1, ColorSpace=PALETTE),
    "stencil": pictured(BITS.tobytes(), BitsPerComponent=1, ColorSpace=None, ImageMask=True),
    "JPEG": pictured(JPEG, **DCT),
    "JPEG in steps": pictured(PROGRESSIVE, **DCT),
    "JPEG in colour, in steps": pictured(
        saved(lettering("RGB", "white", "blue"), "JPEG", progressive=True), ColorSpace=Name.DeviceRGB, **DCT
    ),
    "JPEG in colour": pictured(COLOUR_JPEG, ColorSpace=Name.DeviceRGB, **DCT),
    "JPEG inks": pictured(saved(CMYK, "JPEG", quality=95), ColorSpace=Name.DeviceCMYK, Decode=Array([1, 0] * 4), **DCT),
    "progressive JPEG": pictured(saved(lettering(), "JPEG", progressive=True), **DCT),
    "JPEG in hexadecimal": pictured(
        JPEG.hex().encode() + b">", Filter=Array([Name.ASCIIHexDecode, Name.DCTDecode]), DecodeParms=Array([None, None])
    ),
    "JPEG 2000": pictured(saved(lettering(), "JPEG2000"), ColorSpace=None, BitsPerComponent=None, **JPX),
    "JPEG 2000 in colour": pictured(
        saved(lettering("RGB", "white", (90, 0, 0)), "JPEG2000"), ColorSpace=Name.DeviceRGB, **JPX
    ),
    "fax": pictured(
        fax(lettering()),
        BitsPerComponent=1,
        Filter=Name.CCITTFaxDecode,
        DecodeParms=Dictionary(K=-1, Columns=200, Rows=30, BlackIs1=True),
    ),
    "soft mask": pictured(GRAY, SMask=image(lettering(ground=80, ink=255).tobytes())),
    "soft mask with a matte": pictured(GRAY, SMask=image(lettering(ground=80, ink=255).tobytes(), Matte=Array([0]))),
    "stencil as a mask": pictured(
        GRAY, Mask=image(BITS.tobytes(), ImageMask=True, ColorSpace=None, BitsPerComponent=1)
    ),
    "colours left out": pictured(GRAY, Mask=Array([200, 255])),
}


@pytest.mark.parametrize("pdf", USUAL.values(), ids=USUAL)
def test_usual_pictures_look_the_same_afterwards(pdf: bytes) -> None:
    assert page_images(rebuild(pdf))[0].png == page_images(pdf)[0].png


@contextmanager
def kept(pdf: bytes) -> Iterator[pikepdf.Stream]:
    """The picture as it is kept."""
    with pikepdf.open(io.BytesIO(rebuild(pdf))) as opened:
        picture = opened.pages[0].obj.Resources.XObject.Im
        assert isinstance(picture, pikepdf.Stream)
        yield picture


def test_a_picture_keeps_what_draws_it_alone() -> None:
    odd = pictured(GRAY, CS=Name.DeviceRGB, W=1, Alternates=Array([]), Name=Name.X, Intent=Name.Perceptual, Foo=1)
    wanted = ["/Type", "/Subtype", "/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Filter", "/Length"]
    with kept(odd) as picture:
        assert set(picture.stream_dict.keys()) == set(wanted)


def test_a_jpeg_loses_what_is_no_picture() -> None:
    decoy = b"\n12 0 obj\n<< /Type /Page >>\nendobj\nxref\ntrailer\n%%EOF\n"
    comment = b"\xff\xfe" + (len(decoy) + 2).to_bytes(2) + decoy
    camera = b"\xff\xe1" + (len(decoy) + 2).to_bytes(2) + decoy
    rebuilt = rebuild(pictured(JPEG[:2] + comment + camera + JPEG[2:] + decoy, **DCT))
    assert b"12 0 obj" not in rebuilt
    assert page_images(rebuilt)[0].png == page_images(pictured(JPEG, **DCT))[0].png


@pytest.mark.parametrize("said", [0, 1])
def test_how_a_jpeg_keeps_its_colours_is_said_in_one_place(said: int) -> None:
    """Without Adobe's marker readers believe the PDF, or the JPEG: afterwards there is the marker alone."""
    pdf = pictured(COLOUR_JPEG, ColorSpace=Name.DeviceRGB, DecodeParms=Dictionary(ColorTransform=said), **DCT)
    with kept(pdf) as jpeg:
        assert "/DecodeParms" not in jpeg.stream_dict
        assert jpeg.read_raw_bytes()[2:18] == b"\xff\xee\x00\x0eAdobe\x00d\x00\x00\x00\x00" + bytes([said])


def test_a_palette_has_a_colour_for_every_number() -> None:
    with kept(USUAL["palette"]) as picture:
        table = bytes(picture.ColorSpace[3])
    assert len(table) == 256 * 3
    assert table[3:6] == table[-3:] == b"\x10\x10\x80"


def test_fax_data_is_unpacked_for_all_readers() -> None:
    with kept(USUAL["fax"]) as picture:
        assert picture.Filter == Name.FlateDecode
        assert len(zlib.decompress(picture.read_raw_bytes())) == 25 * 30


def test_one_stream_is_not_two_kinds_of_things() -> None:
    pdf = pictured(GRAY, SMask=stream(b"0 g", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 1, 1])))
    with pytest.raises(PdfError, match="mask"):
        rebuild(pdf)
