"""The verifier: whole files and evidence kits, offline, with anchors given by the caller (signing.md 6)."""

from importlib import import_module
from typing import TYPE_CHECKING

from pdf.pki.anchors import Anchors
from pdf.verify.entrance import verify_file, verify_in_child, warm_up
from pdf.verify.limits import VerifyLimits
from pdf.verify.pictures import Difference, PagePair, draw_differences, last_sound, signed_by_people
from pdf.verify.stored import dump_verdict, load_verdict
from pdf.verify.verdict import (
    Anchor,
    Change,
    Covers,
    FileVerdict,
    Indication,
    Level,
    Reason,
    RevisionKind,
    RevisionVerdict,
    SignatureVerdict,
    Sub,
    TimeSource,
    TrailVerdict,
    exit_code,
)

if TYPE_CHECKING:
    from pdf.verify.judging import verify_pdf
    from pdf.verify.kit import persons_signatures, verify_kit

# What judges in this very process loads a tenth of all that a server loads; most servers ask a child.
_LATER = {
    "verify_pdf": "pdf.verify.judging",
    "verify_kit": "pdf.verify.kit",
    "persons_signatures": "pdf.verify.kit",
}

__all__ = [
    "Anchor",
    "Anchors",
    "Change",
    "Covers",
    "Difference",
    "FileVerdict",
    "Indication",
    "Level",
    "PagePair",
    "Reason",
    "RevisionKind",
    "RevisionVerdict",
    "SignatureVerdict",
    "Sub",
    "TimeSource",
    "TrailVerdict",
    "VerifyLimits",
    "draw_differences",
    "dump_verdict",
    "exit_code",
    "last_sound",
    "load_verdict",
    "persons_signatures",
    "signed_by_people",
    "verify_file",
    "verify_in_child",
    "verify_kit",
    "verify_pdf",
    "warm_up",
]


def __getattr__(name: str) -> object:
    """What is loaded by who asks for it first (PEP 562)."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)
