"""PDFs as strangers make them: small, built object by object, broken or dishonest where a test asks for it."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Callable, Mapping

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

HELVETICA = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)


def changed(pdf: bytes, change: Callable[[Pdf], None], **saving: object) -> bytes:
    """The file after `change`, otherwise as it was."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        change(opened)
        file = io.BytesIO()
        opened.save(file, **saving)  # type: ignore[arg-type]
    return file.getvalue()


def drawn(
    *contents: str, size: tuple[float, float] = (400, 300), resources: Mapping[str, object] | None = None
) -> bytes:
    """One page for each content stream; `/F1` is Helvetica."""
    with pikepdf.new() as pdf:
        for content in contents:
            pdf.add_blank_page(page_size=size)
            page = pdf.pages[-1].obj
            page.Contents = pdf.make_stream(content.encode())
            page.Resources = Dictionary(Font=Dictionary(F1=HELVETICA), **dict(resources or {}))
        file = io.BytesIO()
        pdf.save(file)
    return file.getvalue()


GRAIN = random.Random(1).randbytes(100 * 75)


def pictured(
    content: str, *, over: str = "", alpha: float = 1, grain: bytes = GRAIN, font: object = HELVETICA
) -> bytes:
    """A page of `content` with a picture `/Im` (grey, 100 × 75) that its drawings may use; `/G` makes it thinner.

    `over` is the content of a drawing `/Fm`, which has both and `/F1` too.
    """

    def add(pdf: Pdf) -> None:
        image = pdf.make_stream(grain, Type=Name.XObject, Subtype=Name.Image, ColorSpace=Name.DeviceGray)
        image.Width, image.Height, image.BitsPerComponent = 100, 75, 8
        state = Dictionary(ca=alpha, CA=alpha)
        form = pdf.make_stream(over.encode(), Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 400, 300]))
        fonts = Dictionary(F1=HELVETICA)
        form.Resources = Dictionary(XObject=Dictionary(Im=image), Font=fonts, ExtGState=Dictionary(G=state))
        pdf.pages[0].obj.Resources = Dictionary(
            XObject=Dictionary(Im=image, Fm=form), Font=fonts, ExtGState=Dictionary(G=state)
        )

    return changed(drawn(content), add)


def words(text: str, *, x: int = 40, y: int = 200, colour: str = "0 g", size: int = 14, mode: int = 0) -> str:
    """Drawing a line of text."""
    return f"BT {colour} {mode} Tr /F1 {size} Tf {x} {y} Td ({text}) Tj ET\n"


def raw(objects: Mapping[int, bytes], *, root: int = 1, tail: bytes = b"") -> bytes:
    """A file of these object bodies with a correct cross-reference table."""
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
    out += b"trailer\n<< /Size %d /Root %d 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, tail, start)
    return bytes(out)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """The body of a stream object."""
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def one_page(*, page: bytes = b"", others: Mapping[int, bytes] | None = None, content: bytes = b"q Q") -> bytes:
    """A page (object 3) with `page` among its entries; `others` are objects from 5 on."""
    return raw(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R %s >>" % page,
            4: stream(content),
            **(others or {}),
        }
    )


def blown_up(unit: bytes, times: int, *, wrappings: int = 1) -> bytes:
    """zlib data (RFC 1950) of `unit` so many times over, made without compressing more than one of them."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(unit) + packer.flush(zlib.Z_FULL_FLUSH)  # after a full flush nothing refers back
    end = zlib.compressobj(9, wbits=-15).flush()
    check = 1
    for _ in range(times):
        check = zlib.adler32(unit, check)
    packed = b"\x78\xda" + block * times + end + check.to_bytes(4)
    for _ in range(wrappings - 1):
        packed = zlib.compress(packed, 9)
    return packed


def layered(content: str, **groups: Mapping[str, object]) -> bytes:
    """One page whose content uses layers `/A`, `/B`…: for each what `on`, `usage` or `membership` says."""

    def add(pdf: Pdf) -> None:
        made: dict[str, pikepdf.Object] = {}
        listed, off = Array(), Array()
        for name, says in groups.items():
            group = Dictionary(Type=Name.OCG, Name=name, **{"Usage": says["usage"]} if "usage" in says else {})
            group = pdf.make_indirect(group)
            listed.append(group)
            if not says.get("on", True):
                off.append(group)
            made[f"/{name}"] = group
            if "membership" in says:
                made[f"/{name}"] = pdf.make_indirect(
                    Dictionary(Type=Name.OCMD, OCGs=group, **dict(says["membership"]))  # type: ignore[call-overload]
                )
        pdf.pages[0].obj.Resources.Properties = Dictionary(made)
        pdf.Root.OCProperties = Dictionary(OCGs=listed, D=Dictionary(OFF=off, Order=listed))

    return changed(drawn(content), add)
