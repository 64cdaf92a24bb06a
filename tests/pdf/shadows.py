"""Papers with something in them that is to be uncovered after they are signed ("shadow" attacks, NDSS 2021)."""

from __future__ import annotations

from pikepdf import Array, Dictionary, Name, Pdf, String

from tests.pdf.foreign import changed, drawn, words

HONEST = words("The price is 100 yuan.")
PAPER = drawn(HONEST)
SHEET = "1 g 0 0 400 300 re f\n"
FIELD = {"Subtype": Name.Widget, "FT": Name.Tx, "T": String("sum"), "DA": String("/Helv 12 Tf 0 g")}


def marked(
    paper: bytes = PAPER, *, mark: dict[str, object], drawing: str | None = None, form: dict[str, object] | None = None
) -> bytes:
    """One more annotation or field `mark` on the first page; `drawing` is how it looks, `form` what its form says."""

    def add(pdf: Pdf) -> None:
        looks = {}
        if drawing is not None:
            made = pdf.make_stream(drawing.encode(), Type=Name.XObject, Subtype=Name.Form)
            made.BBox = Array([0, 0, 300, 40])
            made.Resources = Dictionary(Font=Dictionary(F1=pdf.pages[0].obj.Resources.Font.F1))
            looks = {"AP": Dictionary(N=made)}
        given = {"Type": Name.Annot, "F": 4, "Rect": Array([40, 80, 340, 120]), **looks, **mark}
        field = pdf.make_indirect(Dictionary({f"/{name}": value for name, value in given.items()}))
        pdf.pages[0].obj.Annots = Array([*pdf.pages[0].obj.get("/Annots", []), field])
        if form is not None:
            fields = Array([*pdf.Root.get("/AcroForm", Dictionary()).get("/Fields", []), field])
            pdf.Root.AcroForm = Dictionary({"/Fields": fields, **{f"/{name}": value for name, value in form.items()}})

    return changed(paper, add)


def laid_ready(text: str, paper: bytes = PAPER) -> bytes:
    """A drawing of `text` and another font lie ready in the file."""

    def lay(pdf: Pdf) -> None:
        other = pdf.make_stream(words(text).encode(), Type=Name.XObject, Subtype=Name.Form)
        other.BBox = Array([0, 0, 400, 300])
        pdf.pages[0].obj.Resources.XObject = Dictionary(Ready=other)
        pdf.pages[0].obj.Resources.Font.Ready = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Symbol)
        pdf.Root.Ready = other

    return changed(paper, lay)


def kept_aside(text: str, paper: bytes = PAPER) -> bytes:
    """A page with `text` is in the file and not in its tree of pages."""

    def keep(pdf: Pdf) -> None:
        page = pdf.pages[0].obj
        pdf.Root.Aside = pdf.make_indirect(
            Dictionary(Type=Name.Page, MediaBox=page.MediaBox, Resources=page.Resources,
                       Contents=pdf.make_stream(words(text).encode()))
        )  # fmt: skip

    return changed(paper, keep)
