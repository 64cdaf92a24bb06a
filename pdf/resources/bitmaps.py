"""Pictures in JPEG 2000 or as fax machines pack them, as plain samples: what one library makes of them, all read."""

from __future__ import annotations

import io
import struct

import pikepdf
import pypdfium2
from pikepdf import Dictionary, Name, Stream
from PIL import Image, Jpeg2KImagePlugin  # the plugin is loaded before the child's door is shut
from pypdfium2 import raw

from pdf.errors import PdfError
from pdf.resources import values
from pdf.resources.streams import Layer
from pdf.resources.values import unclear

_FORMAT = Jpeg2KImagePlugin.Jpeg2KImageFile.format
_FAX_FLAGS = ("/EndOfLine", "/EncodedByteAlign", "/EndOfBlock", "/BlackIs1")


def samples_of_jpx(data: bytes, size: tuple[int, int]) -> tuple[bytes, int]:
    """8-bit samples of JPEG 2000 data, and how many there are to a pixel (1, 3, 4). Raises `pdf_unclear`.

    Transparency is refused: readers differ on which is meant, and whether.
    """
    try:
        with Image.open(io.BytesIO(data), formats=(_FORMAT,)) as opened:
            if opened.size != size:
                raise unclear("a JPEG 2000 picture of another size")
            opened.load()
            picture = opened.point(lambda value: value / 256).convert("L") if opened.mode == "I;16" else opened.copy()
    except PdfError:
        raise
    except (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError) as error:
        raise unclear("a JPEG 2000 picture that cannot be read") from error
    components = {"L": 1, "RGB": 3, "CMYK": 4}.get(picture.mode)
    if components is None:
        raise unclear("a JPEG 2000 picture with transparency, or of unusual colours")
    return picture.tobytes(), components


def samples_of_fax(data: bytes, layer: Layer, size: tuple[int, int]) -> bytes:
    """Samples of one bit, rows filled up to bytes, of CCITT or JBIG2 data. Raises `pdf_unclear`.

    As pdfium unpacks them, whose picture people sign by.
    """
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(100, 100))
        image = Stream(pdf, data)
        image.Type, image.Subtype, image.ColorSpace = Name.XObject, Name.Image, Name.DeviceGray
        image.Width, image.Height, image.BitsPerComponent = *size, 1
        image.Filter = Name(layer.filter)
        image.DecodeParms = _fax(layer, size) if layer.filter == "/CCITTFaxDecode" else _jbig2(layer, pdf)
        page = pdf.pages[0].obj
        page.Resources = Dictionary(XObject=Dictionary(Im=image))
        page.Contents = pdf.make_stream(b"q 100 0 0 100 0 0 cm /Im Do Q")
        file = io.BytesIO()
        pdf.save(file, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return _drawn(file.getvalue(), size)


def _fax(layer: Layer, size: tuple[int, int]) -> Dictionary:
    about = layer.parameters
    columns, rows = values.entry(about, "/Columns"), values.entry(about, "/Rows")
    if values.whole(1728 if columns is None else columns, "fax columns", least=1) != size[0]:
        raise unclear("a fax of another width")
    if rows is not None and values.whole(rows, "fax rows") not in (0, size[1]):
        raise unclear("a fax of another height")
    found: dict[str, object] = {"/Columns": size[0], "/Rows": size[1]}
    found |= {key: values.flag(about, key) for key in _FAX_FLAGS if values.entry(about, key) is not None}
    turn = values.entry(about, "/K")
    found["/K"] = 0 if turn is None else values.whole(turn, "fax kind", least=-1_000)
    return Dictionary(found)


def _jbig2(layer: Layer, pdf: pikepdf.Pdf) -> Dictionary:
    shared = values.entry(layer.parameters, "/JBIG2Globals")
    if shared is None:
        return Dictionary()
    return Dictionary(JBIG2Globals=Stream(pdf, values.stream(shared, "JBIG2 globals").read_bytes()))


def _drawn(pdf: bytes, size: tuple[int, int]) -> bytes:
    try:
        document = pypdfium2.PdfDocument(pdf)
        page = document[0]
        image = next(iter(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE])))
        picture = image.get_bitmap().to_pil()
    except (pypdfium2.PdfiumError, StopIteration, ValueError) as error:
        raise unclear("a fax or scan that cannot be read") from error
    if picture.size != size:
        raise unclear("a fax or scan that cannot be read")
    gray = picture if picture.mode == "L" else picture.convert("L")
    samples = gray.convert("1", dither=Image.Dither.NONE)
    page.close()
    document.close()
    return bytes(samples.tobytes())
