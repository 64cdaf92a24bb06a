"""Drawings, states, colours, functions and fonts of foreign files: closed lists, or a refusal where readers part."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Dictionary, Name, Pdf, String
from PIL import ImageChops, ImageCms

from pdf.intake import rebuild
from pdf.preview import page_images
from pdf.render import render
from tests.pdf.foreign import HELVETICA, changed, one_page
from tests.pdf.referring import HONEST, SECRET, Later, assert_unclear, coloured, exponential, form, resourced, stream

DARKENING, TURNING = exponential([1], [0]), exponential([0], [1], C0=[1], C1=[0])
GROUP = {"S": Name.Transparency, "CS": Name.DeviceGray}
LETTER = b"1000 0 0 0 1000 1000 d1 0 0 700 700 re f"


def state(**entries: object) -> bytes:
    return resourced(HONEST + f"q /G gs {SECRET} Q", ExtGState={"G": entries})


def masked(**entries: object) -> bytes:
    drawing = form("1 g 0 0 400 300 re f", Group=GROUP)
    return state(SMask={"S": Name.Luminosity, "G": drawing, **entries})


def tinted(function: object, space: Name = Name.Spot) -> bytes:
    return coloured([Name.Separation, space, Name.DeviceGray, function])


def sampled(data: bytes, **entries: object) -> Later:
    usual = {"FunctionType": 0, "Domain": [0, 1], "Range": [0, 1], "Size": [2], "BitsPerSample": 8}
    return stream(data, **(usual | entries))


def program(text: str) -> Later:
    return stream(text.encode(), FunctionType=4, Domain=[0, 1], Range=[0, 1])


def shaded(**entries: object) -> bytes:
    usual = {"ShadingType": 2, "ColorSpace": Name.DeviceGray, "Coords": [40, 0, 300, 0], "Function": TURNING}
    shading = {key: value for key, value in (usual | entries).items() if value is not None}
    return resourced(HONEST + "q 40 100 200 30 re W n /S sh Q", Shading={"S": shading})


def tiled(**entries: object) -> bytes:
    usual = {"PatternType": 1, "PaintType": 1, "TilingType": 1, "BBox": [0, 0, 10, 10], "XStep": 10, "YStep": 10}
    usual |= {"Resources": {}}
    pattern = stream(b"0 0 5 5 re f", **(usual | entries))
    return resourced(HONEST + "/Pattern cs /P scn 40 100 200 30 re f", Pattern={"P": pattern})


def lettered(text: str = "aa", **entries: object) -> bytes:
    """A line in a Type 3 font, whose letters are drawings."""
    usual: dict[str, object] = {
        "Type": Name.Font, "Subtype": Name.Type3, "FontBBox": [0, 0, 1000, 1000], "FirstChar": 97, "LastChar": 97,
        "FontMatrix": [0.001, 0, 0, 0.001, 0, 0], "CharProcs": {"a": stream(LETTER)}, "Widths": [1000],
        "Encoding": {"Differences": [97, Name.a]},
    }  # fmt: skip
    font = {key: value for key, value in (usual | entries).items() if value is not None}
    return resourced(HONEST + f"BT 0 g /T 20 Tf 40 100 Td ({text}) Tj ET\n", Font={"T": font})


def drawing(content: str = SECRET, **entries: object) -> bytes:
    return resourced(HONEST + "/Fm Do\n", XObject={"Fm": form(content, **entries)})


PIECES = {
    "FunctionType": 3,
    "Domain": [0, 1],
    "Functions": [TURNING, DARKENING],
    "Bounds": [0.5],
    "Encode": [0, 1, 0, 1],
}
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LATIN = {"Type": Name.Font, "Subtype": Name.Type1, "BaseFont": Name.Helvetica}
D65 = [0.9505, 1, 1.089]
UNCLEAR = {
    "a drawing without bounds": drawing(BBox=None),
    "a drawing with half a matrix": drawing(Matrix=[1, 0, 0, 1, 0]),
    "a drawing folded flat": drawing(Matrix=[1, 0, 1, 0, 0, 0]),
    "a drawing that does not say so": drawing(Subtype=None),
    "a drawing of an older kind": drawing(Subtype=None, Subtype2=Name.Form),
    "colours turned for a printer": state(TR=DARKENING),
    "colours turned in newer ways": state(TR2=DARKENING),
    "a font chosen by a state": state(Font=[HELVETICA, 9]),
    "more than opaque": state(ca=7),
    "less than nothing": state(ca=-1),
    "an opacity of many": state(ca=[0.5]),
    "alpha as a shape": state(AIS=True),
    "an unknown mixing": state(BM=Name.Foo),
    "an unknown mixing before a known one": state(BM=[Name.Foo, Name.Screen]),
    "dashes of nothing": state(D=[[0, 0], 0]),
    "a mask of an unknown kind": masked(S=Name.Foo),
    "a mask without a group": masked(G=form("")),
    "a ground of too many colours": masked(BC=[1, 1, 1]),
    "an ink that is none": tinted(DARKENING, Name("/None")),
    "inks that are none": coloured([Name.DeviceN, [Name("/None")], Name.DeviceGray, DARKENING]),
    "an unknown colour space": coloured([Name.CalCMYK, {}]),
    "a palette of a palette": coloured([Name.Indexed, [Name.Indexed, Name.DeviceGray, 0, String("a")], 0, String("a")]),
    "a palette of 300": coloured([Name.Indexed, Name.DeviceGray, 300, String("a")]),
    "a white that is none": coloured([Name.Lab, {"WhitePoint": [1, 0.5, 1]}], "50 0 0 scn"),
    "a profile of two": coloured([Name.ICCBased, stream(b"x", N=2)]),
    "a tint of three colours": tinted(exponential([0, 0, 0], [1, 1, 1])),
    "a tint without a range": tinted(stream(b"{ }", FunctionType=4, Domain=[0, 1])),
    "a tint without samples": tinted(sampled(b"a")),
    "a tint upside down": tinted(exponential([0], [1], Domain=[1, 0])),
    "a tint of an unknown kind": tinted(exponential([0], [1], FunctionType=1)),
    "a program with an unknown word": tinted(program("{ run }")),
    "a program that leaves nothing": tinted(program("{ pop }")),
    "a program that takes what is not there": tinted(program("{ add }")),
    "a program of two ways": tinted(program("{ dup 0.5 gt { } { dup } ifelse }")),
    "a program without an end": tinted(program("{ { 1 }")),
    "parts out of order": tinted(
        {"FunctionType": 3, "Domain": [0, 1], "Functions": [TURNING] * 3, "Bounds": [0.7, 0.2], "Encode": [0, 1] * 3}
    ),
    "a shading without ends": shaded(Coords=None),
    "a shading of no length": shaded(Coords=[40, 0, 40, 0]),
    "a shading without a function": shaded(Function=None),
    "a shading of an unknown kind": shaded(ShadingType=9),
    "a pattern without steps": tiled(XStep=0),
    "a pattern without bounds": tiled(BBox=[0, 0, 0, 10]),
    "a pattern of an unknown kind": tiled(PatternType=3),
    "drawn letters with half a matrix": lettered(FontMatrix=[0.001, 0, 0, 0.001]),
    "drawn letters without a matrix": lettered(FontMatrix=None),
    "drawn letters without names": lettered(Encoding=None),
    "odd letters in a font of the reader's": resourced(
        HONEST + "BT /F2 20 Tf 40 100 Td (A) Tj ET",
        Font={"F2": {**LATIN, "Encoding": {"Differences": [65, Name.afii10017]}}},
    ),
    "a drawn letter that is none": lettered(CharProcs={"a": {}}),
}  # fmt: skip


@pytest.mark.parametrize("pdf", UNCLEAR.values(), ids=UNCLEAR)
def test_what_readers_show_differently_is_refused(pdf: bytes) -> None:
    assert_unclear(pdf)


USUAL = {
    "drawing": drawing(),
    "drawing with a matrix": drawing(Matrix=[0.5, 0, 0, 0.5, 10, 10.25], Group={**GROUP, "I": True}),
    "drawing of no size": drawing(BBox=[0, 0, 0, 0], content="0 0 9 9 re f"),
    "half transparent": state(ca=0.5, CA=0.5, BM=Name.Multiply),
    "printers' settings": state(OP=True, op=False, OPM=1, SM=0.02, TR=Name.Identity, TR2=Name.Default, UCR=DARKENING),
    "several mixings": state(BM=[Name.Multiply, Name.Foo]),
    "dashes": state(D=[[3, 1.5], 0], LW=2, LC=1, LJ=1, ML=10),
    "luminous mask": masked(),
    "mask with a ground": masked(BC=[0]),
    "mask turned round, as Chromium's": masked(TR=TURNING, BC=[1]),
    "mask by opacity": masked(S=Name.Alpha),
    "no mask": state(SMask=Name("/None")),
    "ink": tinted(DARKENING),
    "ink by samples": tinted(sampled(b"\xff\x20")),
    "ink by a program": tinted(program("{ 1 exch sub dup 0.5 gt { 0.9 mul } if }")),
    "ink by pieces": tinted(PIECES, Name.All),
    "two inks": coloured(
        [Name.DeviceN, [Name.One, Name("/None")], Name.DeviceGray, stream(
            b"{ pop 1 exch sub }", FunctionType=4, Domain=[0, 1, 0, 1], Range=[0, 1]
        ), {"Colorants": {}}], "0.7 0.1 scn"
    ),
    "profile": coloured([Name.ICCBased, stream(SRGB, N=3, Alternate=Name.DeviceRGB)], "0.9 0.2 0.1 scn"),
    "measured gray": coloured([Name.CalGray, {"WhitePoint": D65, "Gamma": 2.2}], "0.4 scn"),
    "measured colour": coloured(
        [Name.CalRGB, {
            "WhitePoint": D65,
            "Gamma": [2.2, 2.2, 2.2],
            "Matrix": [0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505],
        }], "0.9 0.2 0.1 scn"
    ),
    "lab": coloured([Name.Lab, {"WhitePoint": D65, "Range": [-100, 100, -100, 100]}], "50 60 -20 scn"),
    "palette": coloured([Name.Indexed, Name.DeviceRGB, 1, String(b"\x20\x40\xf0\xf0\x20\x40")]),
    "straight shading": shaded(Extend=[True, False], Domain=[0, 1]),
    "round shading": shaded(ShadingType=3, Coords=[140, 115, 0, 140, 115, 60], Extend=[False, True]),
    "pattern": tiled(Matrix=[1, 0, 0, 1, 3, 3]),
    "drawn letters": lettered(Resources={}),
    "spaced out by hand": resourced(
        HONEST + "BT /F2 20 Tf 40 100 Td (fi \\226 A) Tj ET",
        Font={"F2": {**LATIN, "Encoding": {"Differences": [65, Name.Euro, 150, Name.endash]}}},
    ),
}  # fmt: skip


# What readers reckon in different ways becomes a table of 255 steps.
STEPPED = {
    "shading of three functions": shaded(ColorSpace=Name.DeviceRGB, Function=[TURNING, DARKENING, PIECES]),
    "shading by place": shaded(
        ShadingType=1,
        Coords=None,
        Domain=[0, 300, 0, 300],
        Function=stream(b"{ add 600 div }", FunctionType=4, Domain=[0, 300, 0, 300], Range=[0, 1]),
    ),
}


@pytest.mark.parametrize("pdf", USUAL.values(), ids=USUAL)
def test_usual_things_look_the_same_afterwards(pdf: bytes) -> None:
    for ours, theirs in zip(page_images(rebuild(pdf)), page_images(pdf), strict=True):
        assert ours.png == theirs.png
        # The names of drawn letters are told to pdfium, which does not look at them by itself.
        assert ours.text == theirs.text or "\ufffd" in theirs.text


@pytest.mark.parametrize("pdf", STEPPED.values(), ids=STEPPED)
def test_what_becomes_a_table_is_off_by_two_steps_but_on_its_jumps(pdf: bytes) -> None:
    before, after = (
        pypdfium2.PdfDocument(each)[0].render(scale=2).to_pil().convert("L") for each in (pdf, rebuild(pdf))
    )
    off = ImageChops.difference(before, after).histogram()
    assert sum(off[3:]) <= sum(off) / 2_000


def test_a_printed_page_with_shadows_and_slopes_looks_the_same_afterwards() -> None:
    style = "@page { size: 300pt 200pt } body { font-family: 'Yunqian Serif'; background: linear-gradient(#fff, #ccd) }"
    mask = "<mask id=m><circle r=40 fill=white /></mask><rect width=90 height=50 mask='url(#m)' />"
    slope = "p { opacity: 0.4; transform: rotate(3deg) }"
    text = f"<p>合作意向书 fi 2026</p><svg width=200 height=60>{mask}</svg>"
    pdf = render(f"<style>{style} {slope}</style>{text}").pdf
    assert [page.png for page in page_images(rebuild(pdf))] == [page.png for page in page_images(pdf)]


def said(pdf: bytes) -> str:
    return page_images(rebuild(pdf))[0].text


TABLE = b"begincmap 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfchar <31> <0039> endbfchar endcmap"


def test_a_font_of_the_reader_s_says_what_it_shows() -> None:
    font = {**LATIN, "ToUnicode": stream(TABLE)}
    lying = resourced(HONEST, Font={"F1": font})
    assert "900" in page_images(lying)[0].text
    assert "100 yuan" in said(lying)


@pytest.mark.parametrize(("shown", "other"), [("100", "900"), ("一百", "九百")])
def test_a_font_in_the_file_says_what_its_own_table_says(shown: str, other: str) -> None:
    lying = lying_about(shown, other)
    assert other in page_images(lying)[0].text
    assert shown in said(lying)


def test_a_radical_is_read_as_the_character_that_it_looks_like() -> None:
    """Chromium names glyphs by radicals, which screen readers call otherwise."""
    assert "文" in said(lying_about("文", "⽂"))


def lying_about(first: str, other: str) -> bytes:
    """A page printed here in which the table of letters says `other` for `first`."""
    pdf = render(
        f"<style>@page {{ size: 200pt 100pt }} p {{ font-family: 'Yunqian Serif' }}</style><p>{first} yuan</p>"
    ).pdf

    def lie(opened: Pdf) -> None:
        for thing in opened.objects:
            if isinstance(thing, Dictionary) and "/ToUnicode" in thing:
                table = thing.ToUnicode.read_bytes()
                found, wanted = (each.encode("utf-16-be").hex().encode() for each in (first[0], other[0]))
                assert b"<%s>" % found in table.lower()
                thing.ToUnicode.write(table.lower().replace(b"<%s>\n" % found, b"<%s>\n" % wanted))

    return changed(pdf, lie)


def test_what_is_left_out_never_comes_back() -> None:
    extra: dict[str, Any] = {"Foo": String("a secret"), "Private": {"A": String("a secret")}}
    rebuilt = [
        rebuild(state(LW=1, **extra)),
        rebuild(drawing(**extra)),
        rebuild(tiled(**extra)),
        rebuild(shaded(**extra)),
        rebuild(lettered(**extra)),
        rebuild(tinted({**DARKENING, **extra})),
    ]
    assert not any(b"a secret" in each for each in rebuilt)


def test_a_profile_that_hides_is_left_out() -> None:
    """Readers that mind profiles would show nothing where others show black."""
    broken = coloured([Name.ICCBased, stream(b"broken", N=1)], "0 scn")
    hiding = coloured([Name.ICCBased, stream(whitening(), N=3)], "0 0 0 scn")
    for pdf in (broken, hiding):
        with pikepdf.open(io.BytesIO(rebuild(pdf))) as opened:
            assert opened.pages[0].obj.Resources.ColorSpace.S in (Name.DeviceGray, Name.DeviceRGB)


def whitening() -> bytes:
    """The profile of sRGB with curves for which all is light (ICC.1:2022 10.6: one entry is a power of 1/256)."""
    profile = bytearray(SRGB)
    count = int.from_bytes(profile[128:132])
    for index in range(count):
        tag, start, length = (profile[132 + 12 * index + part : 136 + 12 * index + part] for part in (0, 4, 8))
        if bytes(tag) in (b"rTRC", b"gTRC", b"bTRC"):
            at = int.from_bytes(start)
            curve = b"curv\0\0\0\0" + (2).to_bytes(4) + b"\xff\xff\xff\xff"
            assert len(curve) <= int.from_bytes(length)
            profile[at : at + len(curve)] = curve
    return bytes(profile)


def test_a_page_turned_by_a_decimal_is_turned_for_all() -> None:
    with pikepdf.open(io.BytesIO(rebuild(one_page(page=b"/Rotate 90.0")))) as opened:
        assert opened.pages[0].obj.Rotate == 90


def test_spaces_put_in_place_of_plain_colours_are_no_more_than_profiles() -> None:
    odd = coloured(Name.DeviceGray, "0 g", DefaultGray=[Name.Separation, Name.X, Name.DeviceGray, DARKENING])
    with pikepdf.open(io.BytesIO(rebuild(odd))) as opened:
        assert set(opened.pages[0].obj.Resources.ColorSpace.keys()) == {"/S"}


def test_one_thing_is_not_used_as_two() -> None:
    def share(pdf: Pdf) -> None:
        both = pdf.make_indirect(Dictionary(PatternType=2, LW=1))
        pdf.pages[0].obj.Resources.ExtGState = Dictionary(G=both)
        pdf.pages[0].obj.Resources.Pattern = Dictionary(P=both)

    assert_unclear(changed(resourced(HONEST + "/G gs /Pattern cs /P scn 0 0 9 9 re f"), share))
