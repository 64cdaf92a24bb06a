"""pyHanko's own difference analysis beside ours: never is ours the more lenient of the two."""

from __future__ import annotations

import pytest
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation.status import PdfSignatureStatus

from pdf.verify import Indication
from tests.pdf import signing_world as world
from tests.pdf.verify import tampering
from tests.pdf.verify.test_good_files import judged, sealed
from tests.pdf.verify.test_tampering import HIDDEN_BY_A_LATER_SIGNATURE, part_signed, stamped


def pyhanko_accepts(pdf: bytes) -> bool:
    """Whether every later change is one that pyHanko's policy allows after the signature before it."""
    for status in world.judged(pdf):
        if isinstance(status, PdfSignatureStatus) and not status.docmdp_ok:
            return False
        if status.modification_level is ModificationLevel.OTHER:
            return False
    return True


def test_both_accept_what_we_make() -> None:
    for pdf in (sealed(), world.sealed(sealed())):
        assert pyhanko_accepts(pdf)
        assert judged(pdf).verdict is Indication.TOTAL_PASSED


@pytest.mark.parametrize("name", HIDDEN_BY_A_LATER_SIGNATURE)
def test_we_refuse_what_pyhanko_refuses_and_more(name: str) -> None:
    change, _ = HIDDEN_BY_A_LATER_SIGNATURE[name]
    pdf = stamped(change(part_signed()), 2)
    # pyHanko lets /NeedAppearances through, which has a reader draw fields anew: we do not.
    assert pyhanko_accepts(pdf) is (name == "appearances asked for")
    assert judged(pdf).verdict is Indication.TOTAL_FAILED


def test_an_object_that_nothing_needs_is_refused() -> None:
    added = tampering.with_objects(part_signed(), {900: b"<< /Nothing (points here) >>"})
    assert judged(stamped(added, 2)).verdict is Indication.TOTAL_FAILED
    assert judged(tampering.with_objects(sealed(), {900: b"<< >>"})).verdict is Indication.TOTAL_FAILED
