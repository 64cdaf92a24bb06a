"""Groups, shadings and tiles of foreign files: what most readers do not obey is gone, so that no other one obeys it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Object, Pdf

from pdf.preview import page_images
from pdf.rebuilding import rebuild_here
from tests.pdf.foreign import changed
from tests.pdf.referring import HONEST, assert_unclear, exponential, form, made_in, resourced, stream

GROUNDED = {
    "ShadingType": 2, "ColorSpace": Name.DeviceGray, "Coords": [100, 0, 101, 0], "Background": [0],
    "Function": exponential([0], [0]),
}  # fmt: skip
CLIPPED = "q 40 90 200 40 re W n /S sh Q\n"
FILLED = "/Pattern cs /P scn 40 90 200 40 re f\n"
KNOCKING = {"S": Name.Transparency, "K": True, "I": True, "CS": Name.DeviceGray}


def written_anew(pdf: bytes) -> bytes:
    return rebuild_here(b'{"most_pages": 9}\n' + pdf).partition(b"\n")[2]


@contextmanager
def resources_of(pdf: bytes) -> Iterator[Object]:
    """What its page refers to, made anew."""
    with pikepdf.open(io.BytesIO(written_anew(pdf))) as opened:
        yield opened.pages[0].obj.Resources


def tiled(size: float, matrix: list[object] | None = None) -> bytes:
    entries: dict[str, object] = {"PatternType": 1, "PaintType": 1, "TilingType": 1, "BBox": [0, 0, 9, 9]}
    entries |= {"Matrix": matrix} if matrix else {}
    tile = stream(b"0 0 5 5 re f", XStep=9, YStep=Object.parse(str(size).encode()), Resources={}, **entries)
    return resourced(HONEST + FILLED, Pattern={"P": tile})


def test_groups_mix_colours_in_one_space_and_knock_nothing_out() -> None:
    drawing = form("1 1 0 rg 40 90 200 40 re f", Group=Dictionary({f"/{key}": each for key, each in KNOCKING.items()}))
    pdf = resourced(HONEST + "/Fm Do", XObject={"Fm": drawing})
    group = Dictionary(Type=Name.Group, S=Name.Transparency, CS=Name.DeviceRGB, I=True)
    with resources_of(pdf) as resources:
        assert resources.XObject.Fm.Group == group


def test_a_page_mixes_colours_in_that_space_too() -> None:
    def group(pdf: Pdf) -> None:
        pdf.pages[0].obj.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceCMYK)

    with pikepdf.open(io.BytesIO(written_anew(changed(resourced(HONEST), group)))) as opened:
        assert opened.pages[0].obj.Group["/CS"] == Name.DeviceRGB


def test_a_mask_keeps_the_space_of_its_ground() -> None:
    drawing = form("1 g 0 0 40 300 re f", Group=Dictionary(S=Name.Transparency, CS=Name.DeviceGray))
    state = {"SMask": {"S": Name.Luminosity, "G": drawing, "BC": [0]}}
    with resources_of(resourced(HONEST + "q /G gs 0 0 90 90 re f Q", ExtGState={"G": state})) as resources:
        assert resources.ExtGState.G.SMask.G.Group["/CS"] == Name.DeviceGray


def test_what_is_a_mask_in_gray_is_not_drawn_too() -> None:
    drawing = form("1 1 0 rg 0 0 40 300 re f", Group=Dictionary(S=Name.Transparency, CS=Name.DeviceGray))

    def both(pdf: Pdf) -> None:
        shared = made_in(pdf, drawing)
        resources = pdf.pages[0].obj.Resources
        mask = Dictionary(S=Name.Luminosity, G=shared)
        inner = Dictionary(ExtGState=Dictionary(G=Dictionary(SMask=mask)))
        around = pdf.make_stream(b"/G gs 0 0 9 9 re f", Subtype=Name.Form, BBox=Array([0, 0, 90, 90]), Resources=inner)
        resources.XObject = Dictionary(A=around, B=shared)

    assert_unclear(changed(resourced(HONEST + "/A Do /B Do"), both))


def test_what_is_painted_with_sh_has_no_ground() -> None:
    pdf = resourced(HONEST + CLIPPED, Shading={"S": GROUNDED})
    with resources_of(pdf) as resources:
        assert "/Background" not in resources.Shading.S


def test_a_pattern_keeps_its_ground() -> None:
    pdf = resourced(HONEST + FILLED, Pattern={"P": {"PatternType": 2, "Shading": GROUNDED}})
    with resources_of(pdf) as resources:
        assert list(resources.Pattern.P.Shading.Background) == [0]


def test_tiles_too_small_to_see_are_refused() -> None:
    for pdf in (tiled(0.4), tiled(9, [1, 0, 0, 0.05, 0, 0]), tiled(-0.4)):
        assert_unclear(pdf)


@pytest.mark.parametrize("pdf", [tiled(0.5), tiled(-9), tiled(1, [0, 1, -1, 0, 0, 0])], ids=["small", "down", "turned"])
def test_tiles_that_are_seen_stay(pdf: bytes) -> None:
    assert page_images(written_anew(pdf)) == page_images(pdf)
