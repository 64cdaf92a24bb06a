"""The child's side of pdf.intake for pictures: a scan or photograph becomes a page, with nothing but its pixels."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

import pikepdf
from pikepdf import Dictionary, Name
from PIL import Image, ImageChops, ImageCms, ImageOps

from pdf.errors import PdfError

_A4 = (595.276, 841.89)  # points
_MOST_PIXELS = 60_000_000  # A4 at 600 dpi is 35 million
_LEAST_SIDE = 100  # pixels
_QUALITY = 92
_USUAL_GAMMA = (0.4, 0.6)  # 1/2.2, and 1/1.8 of old Macintoshes; programs obey others or do not
_USUAL_TRANSFER = frozenset({1, 4, 6, 13, 14, 15})  # ITU-T H.273 table 3: what screens show by themselves
_MOST_TURNED, _MOST_TURNED_INKS = 64, 144  # of 255: profiles of cameras and screens, and of presses, change less
_SAMPLE = 2_000  # dots a side


def page_of_picture(data: bytes) -> bytes:
    """A PDF of one A4 page, upright or lying as the picture is.

    What a camera writes beside the pixels (place, time, owner, a small second picture) stays behind. Raises PdfError
    `picture_broken`, `picture_size`, and `picture_unclear` for what programs show in different ways.
    """
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as opened:
            if min(opened.size) < _LEAST_SIDE or opened.width * opened.height > _MOST_PIXELS:
                raise PdfError(f"{opened.width} × {opened.height} pixels", code="picture_size")
            _refuse_moving(opened)
            opened.load()
            _refuse_turned(opened, data)
            return _page(opened)
    except PdfError:
        raise
    except (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError) as error:
        raise PdfError(f"{type(error).__name__}: {error}"[:200], code="picture_broken") from error


def _page(opened: Image.Image) -> bytes:
    picture = _plain(ImageOps.exif_transpose(opened))
    with pikepdf.new() as pdf:
        data = jpeg(picture, quality=_QUALITY) if opened.format != "PNG" else lossless(picture)
        paper = _A4 if picture.height >= picture.width else _A4[::-1]
        scale = min(paper[0] / picture.width, paper[1] / picture.height)
        width, height = picture.width * scale, picture.height * scale
        left, bottom = (paper[0] - width) / 2, (paper[1] - height) / 2
        pdf.add_blank_page(page_size=paper)
        page = pdf.pages[0].obj
        page.Resources = Dictionary(XObject=Dictionary(Im=image_object(pdf, picture, data)))
        page.Contents = pdf.make_stream(f"q {width:.3f} 0 0 {height:.3f} {left:.3f} {bottom:.3f} cm /Im Do Q".encode())
        file = io.BytesIO()
        pdf.save(file, deterministic_id=True, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return file.getvalue()


def _refuse_moving(opened: Image.Image) -> None:
    """Browsers play an animated PNG, other programs show its first picture, which may be in no animation at all."""
    if opened.format == "PNG" and getattr(opened, "is_animated", False):
        raise PdfError("an animation", code="picture_unclear")


def _refuse_turned(opened: Image.Image, data: bytes) -> None:
    """Notes on colours that make another picture where a program obeys them; all others may be left out."""
    said = opened.info
    gamma = said.get("gamma")
    if gamma is not None and "srgb" not in said and not _USUAL_GAMMA[0] <= gamma <= _USUAL_GAMMA[1]:
        raise PdfError(f"a gamma of {gamma}", code="picture_unclear")
    head = data[: data.find(b"IDAT")] if opened.format == "PNG" else b""
    if (at := head.find(b"cICP")) >= 0 and head[at + 5] not in _USUAL_TRANSFER:
        raise PdfError("light of another kind", code="picture_unclear")
    if profile := said.get("icc_profile"):
        turned = _turned_by(profile, opened)
        if turned > (_MOST_TURNED_INKS if opened.mode == "CMYK" else _MOST_TURNED):
            raise PdfError(f"a profile that turns colours by {turned}", code="picture_unclear")


def _turned_by(profile: bytes, opened: Image.Image) -> int:
    """How far, of 255, a profile takes a colour of this picture; 0 for one that does not fit, which nobody obeys."""
    inks = opened.mode == "CMYK"
    grey = opened.mode in ("1", "L", "LA") or opened.mode.startswith("I")
    size = (min(opened.width, _SAMPLE), min(opened.height, _SAMPLE))
    sample = opened if inks else _plain(opened).convert("L" if grey else "RGB")
    sample = sample.resize(size, Image.Resampling.NEAREST)
    try:
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(sample, theirs, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return 0
    if made is None:
        return 0
    apart = ImageChops.difference(made, sample.convert("RGB"))
    return max(int(most) for _, most in apart.getextrema())  # type: ignore[misc]


def _plain(picture: Image.Image) -> Image.Image:
    """Grey or RGB without transparency: what shows through is white paper."""
    if picture.mode.startswith("I"):
        return _eight_bits(picture)
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(paper, layer).convert("RGB")
    return picture.convert("RGB")


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of sixteen bits as all programs show it; a conversion alone would cut all above 255 off."""
    clear = picture.info.get("transparency")
    shades = [255 if value == clear else round(value / 257) for value in range(65_536)]
    return picture.convert("I").point(shades, "L")


@dataclass(frozen=True)
class Packed:
    """A picture's data as a PDF holds them; `filter` is DCTDecode or FlateDecode, `bits` those of a colour's value."""

    data: bytes
    filter: Name
    bits: int = 8


def image_object(pdf: pikepdf.Pdf, picture: Image.Image, packed: Packed) -> pikepdf.Stream:
    """The image for a picture that is grey (modes L, P) or RGB."""
    image = pikepdf.Stream(pdf, packed.data, Filter=packed.filter)
    image.Type, image.Subtype = Name.XObject, Name.Image
    image.Width, image.Height, image.BitsPerComponent = picture.width, picture.height, packed.bits
    colours = 3 if picture.mode == "RGB" else 1
    image.ColorSpace = Name.DeviceRGB if colours == 3 else Name.DeviceGray
    # Ghostscript leaves out dots where it shows fewer, unless it is told not to: words in single dots would come out.
    image.Interpolate = True
    if packed.filter == Name.FlateDecode:
        image.DecodeParms = Dictionary(
            Predictor=15, Colors=colours, BitsPerComponent=packed.bits, Columns=picture.width
        )
    return image


def jpeg(picture: Image.Image, *, quality: int) -> Packed:
    """One baseline scan without anything beside the pixels, all colours as fine as the brightness."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, subsampling=0, exif=b"", icc_profile=None)
    return Packed(file.getvalue(), Name.DCTDecode)


def lossless(picture: Image.Image) -> Packed:
    """A PNG's own compressed data is what PDF calls Flate with predictor 15 (ISO 32000-2 7.4.4.4).

    A palette picture is taken for sixteen tones of grey: its numbers go in as they are, four bits each.
    """
    file = io.BytesIO()
    if picture.mode == "P":
        picture.save(file, "PNG", compress_level=6, bits=4)
        return Packed(_png_data(file.getvalue()), Name.FlateDecode, bits=4)
    picture.save(file, "PNG", compress_level=6)
    return Packed(_png_data(file.getvalue()), Name.FlateDecode)


def _png_data(png: bytes) -> bytes:
    """All IDAT chunks of a PNG that was written here (PNG 5.3: length, type, data, check)."""
    at, parts = 8, []
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        if kind == b"IDAT":
            parts.append(png[at + 8 : at + 8 + length])
        at += length + 12
    return b"".join(parts)
