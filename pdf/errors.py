"""What the PDF room refuses: every refusal has a stable `code` (docs/errors.md) that callers turn into a sentence."""

from __future__ import annotations


class PdfError(ValueError):
    """The base of all; `code` is the class's own, or the instance's where one class carries several."""

    code: str = "pdf_failed"

    def __init__(self, message: str = "", *, code: str | None = None) -> None:
        if code is not None:
            self.code = code
        super().__init__(message or self.code)
