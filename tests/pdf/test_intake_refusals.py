"""A foreign PDF that acts, is locked, signed or no PDF at all is refused with the code of what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from pdf.errors import PdfError
from pdf.intake import rebuild
from tests.pdf.foreign import changed, drawn, one_page


@pytest.fixture(scope="module")
def plain() -> bytes:
    return drawn("q Q", "q Q")


def refusal(pdf: bytes) -> str:
    with pytest.raises(PdfError) as caught:
        rebuild(pdf)
    return caught.value.code


@pytest.mark.parametrize("what", [b"", b"PK\x03\x04 a Word file", b"%PDF-1.7\nnothing more", b"\x00" * 5_000])
def test_what_is_no_pdf_is_refused(what: bytes) -> None:
    assert refusal(what) == "not_a_pdf"


def test_a_file_with_a_password_is_refused(plain: bytes) -> None:
    locked = changed(plain, lambda _: None, encryption=pikepdf.Encryption(owner="o", user="u"))
    assert refusal(locked) == "pdf_encrypted"


def test_a_file_that_forbids_changes_is_refused(plain: bytes) -> None:
    closed = pikepdf.Encryption(owner="o", user="", allow=pikepdf.Permissions(modify_other=False))
    assert refusal(changed(plain, lambda _: None, encryption=closed)) == "pdf_encrypted"


def test_a_file_that_everybody_may_open_and_change_is_encrypted_all_the_same(plain: bytes) -> None:
    for_all = pikepdf.Encryption(owner="o", user="")
    assert refusal(changed(plain, lambda _: None, encryption=for_all)) == "pdf_encrypted"


def acting(action: Dictionary) -> Callable[[Pdf], None]:
    def change(pdf: Pdf) -> None:
        pdf.Root.OpenAction = action

    return change


@pytest.mark.parametrize(
    "action",
    [
        Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")),
        Dictionary(S=Name.Launch, F=String("calc.exe")),
        Dictionary(S=Name.GoTo, D=String("x"), Next=Array([Dictionary(S=Name.JavaScript, JS=String("x"))])),
        Dictionary(S=Name.SubmitForm, F=String("http://127.0.0.1/")),
        Dictionary(S=Name.Hide, T=String("sum")),
        Dictionary(S=Name.SetOCGState, State=Array([Name.OFF])),
        Dictionary(S=Name.GoTo, D=String("x"), Next=Dictionary(S=Name.ResetForm)),
    ],
    ids=["script", "launch", "script-behind-another", "submit", "hide", "layers", "reset-on-opening"],
)
def test_a_file_that_acts_by_itself_is_refused(plain: bytes, action: Dictionary) -> None:
    assert refusal(changed(plain, acting(action))) == "pdf_script"


def test_fields_that_are_reset_when_their_page_is_opened_are_refused(plain: bytes) -> None:
    def reset(pdf: Pdf) -> None:
        pdf.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.ResetForm))

    assert refusal(changed(plain, reset)) == "pdf_script"


def test_a_button_that_somebody_presses_to_begin_anew_is_none_of_our_business(plain: bytes) -> None:
    def button(pdf: Pdf) -> None:
        act = Dictionary(S=Name.ResetForm)
        pressed = Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), Border=Array([0, 0, 0]), A=act)
        pdf.pages[0].obj.Annots = Array([pressed])
        pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.Fit])

    assert rebuild(changed(plain, button))


def test_a_form_of_its_own_kind_is_refused(plain: bytes) -> None:
    def xfa(pdf: Pdf) -> None:
        pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=pdf.make_stream(b"<xdp/>"))

    assert refusal(changed(plain, xfa)) == "pdf_xfa"


def test_files_inside_the_file_are_refused(plain: bytes) -> None:
    def attach(pdf: Pdf) -> None:
        pdf.attachments["a.exe"] = b"MZ"

    assert refusal(changed(plain, attach)) == "pdf_attachment"


def carry_untyped(pdf: Pdf) -> None:
    file = pdf.make_indirect(Dictionary(F=String("a.exe"), EF=Dictionary(F=pdf.make_stream(b"MZ"))))
    pdf.pages[0].obj.PieceInfo = Dictionary(Some=file)


def list_files(pdf: Pdf) -> None:
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([])))


def be_portfolio(pdf: Pdf) -> None:
    pdf.Root.Collection = Dictionary(View=Name.T)


@pytest.mark.parametrize("carry", [carry_untyped, list_files, be_portfolio])
def test_files_inside_are_told_by_what_is_there_and_not_by_its_label(
    plain: bytes, carry: Callable[[Pdf], None]
) -> None:
    assert refusal(changed(plain, carry)) == "pdf_attachment"


def test_data_of_a_drawing_in_another_file_is_refused() -> None:
    outside = one_page().replace(b"<<  /Length 3 >>", b"<< /F (\\\\server\\x) /Length 3 >>")
    assert refusal(outside) == "pdf_attachment"


@pytest.mark.parametrize("kind", ["FileAttachment", "RichMedia", "Screen", "Movie", "Sound", "3D"])
def test_films_sounds_and_models_are_refused(plain: bytes, kind: str) -> None:
    def play(pdf: Pdf) -> None:
        pdf.pages[0].obj.Annots = Array(
            [Dictionary(Type=Name.Annot, Subtype=Name("/" + kind), Rect=Array([0, 0, 9, 9]))]
        )

    assert refusal(changed(plain, play)) == "pdf_attachment"


def test_drawings_for_printers_alone_are_refused(plain: bytes) -> None:
    def program(pdf: Pdf) -> None:
        script = pdf.make_stream(b"showpage", Type=Name.XObject, Subtype=Name.PS)
        pdf.pages[0].obj.Resources.XObject = Dictionary(P=script)
        pdf.pages[0].contents_add(b"/P Do")

    assert refusal(changed(plain, program)) == "pdf_script"


def test_a_certified_file_is_refused(plain: bytes) -> None:
    def certify(pdf: Pdf) -> None:
        pdf.Root.Perms = Dictionary(DocMDP=pdf.make_indirect(Dictionary(Type=Name.Sig)))

    assert refusal(changed(plain, certify)) == "pdf_signed"


@pytest.mark.parametrize("flags", [0, 3])
def test_a_signed_file_is_refused(plain: bytes, flags: int) -> None:
    def sign(pdf: Pdf) -> None:
        value = pdf.make_indirect(Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite")))
        field = pdf.make_indirect(Dictionary(FT=Name.Sig, T=String("s"), V=value))
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=flags)

    assert refusal(changed(plain, sign)) == "pdf_signed"


def test_more_pages_than_allowed_are_refused(plain: bytes) -> None:
    def multiply(pdf: Pdf) -> None:
        for _ in range(300):
            pdf.add_blank_page()

    assert refusal(changed(plain, multiply)) == "too_many_pages"


def test_the_published_attack_files_are_all_refused() -> None:
    files = sorted((Path(__file__).parents[1] / "attacks" / "usf_isa_swa").glob("*.pdf"))
    assert len(files) == 21
    assert {refusal(file.read_bytes()) for file in files} <= {"pdf_signed", "not_a_pdf", "pdf_too_complex"}
