"""The list of refusals has what the code raises: statuses that a function chooses, and codes of the PDF room."""

from __future__ import annotations

from pathlib import Path

from tools import error_codes, pdf_codes

CORE = """
class Refusal(Exception):
    code = "refused"
    status = 400
class Conflict(Refusal):
    code = "conflict"
    status = 409
"""
RULES = """
def why(state):
    if state == 1:
        return "agreement_closed"
    return {2: "not_your_turn"}[state]
def change(state):
    raise Conflict(why(state))
"""
PDF = '''
class PdfError(ValueError):
    """The base."""
    code: str = "pdf_failed"
class FieldProblem(PdfError):
    """A field is missing; `code` says which."""
    code = "signature_field"
class Stranger(Exception):
    code = "not_ours"
def check(name):
    raise FieldProblem(f"{name} stands twice", code="field_doubled")
    raise errors.PdfError(str(name), code="not_a_pdf")
    raise Stranger("x", code="elsewhere")
'''


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True)
    path.write_text(text)


def test_a_code_that_a_function_chooses_has_its_status(tmp_path: Path) -> None:
    write(tmp_path, "core/errors.py", CORE)
    write(tmp_path, "signing/rules.py", RULES)
    found = error_codes.statuses(tmp_path)
    assert found["agreement_closed"] == found["not_your_turn"] == {409}


def test_every_code_of_the_pdf_room_is_listed_with_its_words(tmp_path: Path) -> None:
    write(tmp_path, "pdf/errors.py", PDF)
    assert [(each.code, each.kind, each.says) for each in pdf_codes.find(tmp_path)] == [
        ("field_doubled", "FieldProblem", "… stands twice"),
        ("not_a_pdf", "PdfError", "anything else, in the words of the library that failed"),
        ("pdf_failed", "PdfError", "anything else, in the words of the library that failed"),
        ("signature_field", "FieldProblem", "A field is missing"),
    ]


def test_no_refusal_is_listed_without_a_status() -> None:
    assert [line for line in error_codes.document().splitlines() if line.startswith("| `") and " |  | " in line] == []
