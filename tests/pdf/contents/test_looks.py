"""What programs write looks the same after its contents are written anew."""

from __future__ import annotations

import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from pdf.intake import rebuild
from pdf.preview import page_images
from pdf.render import render
from tests.pdf.foreign import changed, drawn

PAPER = """
<style>@page { size: 300pt 200pt; margin: 10pt } body { font-family: 'Yunqian Serif'; font-size: 9pt }
.turned { transform: rotate(9deg) scale(.9); opacity: .6; width: 90pt; background: #cde; border-radius: 6pt }
.shaded { background: linear-gradient(90deg, #fdd, #ddf); border: 2pt dashed #933; padding: 3pt }
td { border: 1pt dotted }
</style><h1>合作意向书</h1><div class="turned">甲方 <b>Party</b> <i>A</i></div>
<p class="shaded"><u>乙方</u> (50%) \\ fi</p>
<table><tr><td>1<td>2</table>
<svg width="90" height="40">
<defs><pattern id="p" width="6" height="6" patternUnits="userSpaceOnUse"><circle cx="3" cy="3"
r="2" fill="red"/></pattern><clipPath id="c"><circle cx="20" cy="20" r="18"/></clipPath></defs>
<rect width="90" height="40" fill="url(#p)" clip-path="url(#c)"/>
<path d="M40 5q9 30 40 0z" stroke="navy" fill="none"/></svg>
"""
# As reportlab, Word, Ghostscript and a scanner's program write; with what they repeat, leave out and leave open.
HABITS = (
    "1 0 0 1 0 0 cm  BT /F1 12 Tf 14.4 TL ET\nq\n.25 .5 .75 RG .8 .8 1 rg n 40 40 120 60 re b*\nQ\n"
    "BT 1 0 0 1 40 200 Tm (Price: 100\\040yuan \\(net\\)) Tj T* (next) Tj T* ET\n",
    "/P <</MCID 0>> BDC q\n0.000008871 0 400 300 re\nW* n\nBT\n/F1 11.04 Tf\n1 0 0 1 72.024 200.02 Tm\n0 g\n0 G\n"
    "[(T)-3(e)10(xt)] TJ\nET\nQ\n EMC  /P <</MCID 1>> BDC q 72 90 100 .48 re f* Q EMC /Artifact BMC EMC",
    "q 0.1 0 0 0.1 0 0 cm\n0 G 0 g\nq\n10 0 0 10 0 0 cm BT\n/F1 12 Tf\n1 0 0 1 72 160 Tm\n(Ghost)Tj\nET\nQ\n"
    "5 w 1 J 1 j [30 20]0 d 700 900 m 2000 900 l 2500 1500 2600 1400 2700 900 c S\nQ",
    "q 300 0 0 200 20 20 cm BI /W 4 /H 2 /BPC 8 /CS /G /F /AHx ID 00408000 ff80c0ff> EI Q\n"
    "/DeviceRGB cs 1 0 0 sc 10 10 m 60 10 l 35 50 l h f 0 0 0 rg BT 3 Tr /F1 9 Tf ET",
    "1 0 0 RG q 3 w 30 30 80 80 re 30 30 m 110 110 l s Q q 0 0 1 rg 200 100 40 40 re 210 110 20 20 re f* Q BT ET f n Q",
)


@pytest.mark.parametrize("content", HABITS, ids=["reportlab", "word", "ghostscript", "scanner", "careless"])
def test_what_programs_write_looks_the_same(content: str) -> None:
    paper = drawn(content)
    assert [page.png for page in page_images(rebuild(paper))] == [page.png for page in page_images(paper)]


def test_a_printed_page_with_everything_looks_the_same() -> None:
    paper = render(PAPER).pdf
    assert [page.png for page in page_images(rebuild(paper))] == [page.png for page in page_images(paper)]


def test_drawings_in_drawings_look_the_same() -> None:
    def add(pdf: Pdf) -> None:
        fonts = pdf.pages[0].obj.Resources.Font
        inner = pdf.make_stream(
            b"0 0 60 60 re W n 1 0 0 rg 0 0 m 60 60 l 60 0 l f BT /F1 9 Tf 5 5 Td (A) Tj ET", Type=Name.XObject,
            Subtype=Name.Form, BBox=Array([0, 0, 60, 60]), Matrix=Array([1, 0.2, 0, 1, 5, 5]),
        )  # fmt: skip
        outer = pdf.make_stream(
            b"q 2 0 0 2 9 9 cm /In Do Q 0 60 m 90 60 l S", Type=Name.XObject, Subtype=Name.Form,
            BBox=Array([0, 0, 300, 200]), Resources=Dictionary(XObject=Dictionary(In=inner), Font=fonts),
        )  # fmt: skip
        pdf.pages[0].obj.Resources.XObject = Dictionary(Fm=outer)

    paper = changed(drawn("0 0 1 RG 4 w q 1 0 0 1 40 40 cm /Fm Do Q"), add)
    assert page_images(rebuild(paper))[0].png == page_images(paper)[0].png
