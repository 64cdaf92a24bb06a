"""What the PDF room refuses: every refusal has a stable `code` (docs/errors.md) that callers turn into a sentence."""

from __future__ import annotations


class PdfError(ValueError):
    """The base of all; `code` is the class's own, or the instance's where one class carries several."""

    code: str = "pdf_failed"

    def __init__(self, message: str = "", *, code: str | None = None, **params: object) -> None:
        if code is not None:
            self.code = code
        self.params = params
        super().__init__(message or self.code)


class StructureUnsupported(PdfError):
    """The file is not built as our frozen files are (classic cross-reference tables, one object per field)."""

    code = "pdf_structure_unsupported"


class AlreadySigned(PdfError):
    """A file given for freezing carries a signature or signature fields already."""

    code = "pdf_already_signed"


class FieldProblem(PdfError):
    """A signature field is missing, taken, doubled, badly named, or lies outside its page."""

    code = "signature_field"


class AppearanceRefused(PdfError):
    """A drawn or typed signature cannot be shown: not a PNG, too large, empty, or no font for its text."""

    code = "appearance_refused"


class HeadMismatch(PdfError):
    """A prepared revision does not belong to this head; prepare again on the newer one."""

    code = "head_mismatch"


class SignatureMismatch(PdfError):
    """The signature value does not verify over the prepared attributes with the leaf's key."""

    code = "signature_mismatch"


class PlaceholderTooSmall(PdfError):
    """The finished CMS is longer than the room reserved for it by `prepare(reserve=…)`."""

    code = "signature_too_large"


class DerError(PdfError):
    """Bytes that are not the DER that they should be."""

    code = "der_malformed"


class PkiError(PdfError):
    """A certificate, key or request that may not be used as asked."""

    code = "pki_refused"


class TimestampUnavailable(PdfError):
    """No timestamp authority gave a token that passes every check; `params["reasons"]` has one line per address.

    Of one address: `params["fault"]` is a `pdf.tsa.Fault`, and what it speaks of stands beside it.
    """

    code = "timestamp_unavailable"
