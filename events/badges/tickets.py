"""A person's own ticket: the code of their badge on a phone, before and after the badge is printed."""

from __future__ import annotations

import io
import math
from typing import Any, cast

import segno
import zxingcpp
from PIL import Image

from core.errors import Conflict
from events.badges import qr, queries, rules
from events.badges.qr import BadgePrint
from events.registration import queries as registrations
from events.registration import ticket_service
from signing.trust import service as trust

_QUIET = 4
_DARK = "#000000"
_PIXELS = 8  # a module, in a picture


def ticket_text(registration_id: str) -> str:
    """What the code says: the print that is in use, or the first before there is one.

    Raises NotFound, Conflict `ticket_not_confirmed`.
    """
    found = registrations.get_registration(registration_id)
    if str(found.state) != rules.CONFIRMED:
        raise Conflict("ticket_not_confirmed")
    number = queries.newest_prints([registration_id]).get(registration_id, 1)
    key = trust.door_key()
    return qr.make(BadgePrint(found.conference_id, found.id, number), key_id=key.id, sign=key.sign)


def ticket_svg(registration_id: str, *, words: str) -> str:
    """The code as an SVG for a page, with its quiet zone; `words` say what it is to whoever hears the page read.

    Raises as `ticket_text`.
    """
    code = segno.make_qr(ticket_text(registration_id), error="m", boost_error=False)
    file = io.BytesIO()
    code.save(
        file,
        kind="svg",
        border=_QUIET,
        dark=_DARK,
        light="#ffffff",
        omitsize=True,
        xmldecl=False,
        title=words,
        svgclass=None,
        lineclass=None,
    )
    return file.getvalue().decode()


@ticket_service.draws
def ticket_png(registration_id: str) -> bytes:
    """The code as a picture for a mail, 456 pixels wide. Raises as `ticket_text`."""
    # Everybody who registers gets one: segno, which is Python alone, takes twelve times as long.
    made = zxingcpp.create_barcode(ticket_text(registration_id), zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    dots = bytes(cast(Any, made.to_image(scale=1)))  # a buffer, a byte a module, with the quiet zone
    side = math.isqrt(len(dots))
    large = Image.frombytes("L", (side, side), dots).resize((side * _PIXELS,) * 2, Image.Resampling.NEAREST)
    file = io.BytesIO()
    large.convert("1", dither=Image.Dither.NONE).save(file, "PNG")
    return file.getvalue()
