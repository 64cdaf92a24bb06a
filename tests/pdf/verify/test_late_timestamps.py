"""A signature without a timestamp of its own, and a document timestamp over it afterwards: B-T from then on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pdf import sign
from pdf.tsa import LocalTimestamper
from pdf.verify import FileVerdict, Indication, SignatureVerdict, TimeSource, verify_pdf
from tests.pdf import signing_world as w


def judged(pdf: bytes, *, days: int = 0) -> FileVerdict:
    at = w.NOW + timedelta(days=days) if days else None
    return verify_pdf(pdf, name="file.pdf", anchors=[w.world().root.certificate], at=at)


def of(verdict: FileVerdict, slot: int) -> SignatureVerdict:
    return next(each for each in verdict.signatures if each.field == f"Signer-{slot}")


def late(*, slot: int = 1) -> bytes:
    return sign.stamp(w.signed(w.frozen(), slot=slot), timestamper=w.world().timestamper)


def test_it_is_b_b_before_and_b_t_after_with_the_time_that_proves_it() -> None:
    before = of(judged(w.signed(w.frozen())), 1)
    after = of(judged(late()), 1)

    assert (before.level, before.signed_at, before.timestamp_authority) == ("B-B", None, None)
    assert (after.level, after.timestamp_authority) == ("B-T", w.world().timestamper.name)
    assert after.signed_at is not None
    assert (before.signed_at_source, after.signed_at_source) == (None, TimeSource.DOCUMENT)
    assert after.only_existed


def test_a_signature_with_a_timestamp_of_its_own_keeps_it_under_later_ones() -> None:
    head = w.signed(late(), slot=2, timestamper=w.world().timestamper)
    verdict = judged(sign.stamp(head, timestamper=w.world().timestamper))

    assert [of(verdict, slot).signed_at_source for slot in (1, 2)] == [TimeSource.DOCUMENT, TimeSource.SIGNATURE]
    assert [each.only_existed for each in verdict.signatures if each.level == "document-timestamp"] == [False, False]


def test_signing_goes_on_after_a_late_timestamp() -> None:
    finished = w.signed(late(), slot=2, timestamper=w.world().timestamper)
    verdict = judged(w.sealed(w.signed(finished, slot=3, timestamper=w.world().timestamper)))

    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons
    assert [of(verdict, slot).level for slot in (1, 2)] == ["B-LTA", "B-LTA"]


@pytest.mark.parametrize(("stamped", "verdict"), [(True, Indication.TOTAL_PASSED), (False, Indication.INDETERMINATE)])
def test_only_the_late_timestamp_carries_it_over_the_end_of_its_certificate(stamped: bool, verdict: Indication) -> None:
    head = late() if stamped else w.signed(w.frozen())

    assert of(judged(head, days=30), 1).verdict is verdict


def test_a_timestamp_that_came_after_the_certificate_s_end_proves_nothing() -> None:
    too_late = LocalTimestamper(w.world().tsa_authority, clock=lambda: w.NOW + timedelta(days=8))
    verdict = judged(sign.stamp(w.signed(w.frozen()), timestamper=too_late), days=30)

    assert verdict.verdict is Indication.TOTAL_FAILED
    assert of(verdict, 1).sub_indication == "EXPIRED"


@pytest.mark.parametrize(("minutes", "reasons"), [(14, []), (16, ["timestamp-late"])])
def test_a_token_that_came_long_after_the_time_in_the_signed_bytes_leaves_doubt(
    minutes: int, reasons: list[str]
) -> None:
    """As if the last signer's token had been taken out, and another put in, before the file was sealed anew."""
    then = w.NOW + timedelta(minutes=minutes)
    later = LocalTimestamper(w.world().tsa_authority, clock=lambda: then)
    head = w.signed(w.signed(w.frozen()), slot=2)
    pdf = sign.seal(
        w.signed(head, slot=3, timestamper=later), chain=w.world().ca.path, crls=w.world().crls, timestamper=later,
        at=w.NOW,
    )  # fmt: skip
    verdict = judged(pdf, days=1)

    assert [each.code for each in verdict.reasons] == reasons
    assert verdict.verdict is (Indication.INDETERMINATE if reasons else Indication.TOTAL_PASSED)


def test_pyhanko_takes_the_file_too() -> None:
    finished = w.sealed(w.signed(late(), slot=2, timestamper=w.world().timestamper))

    assert all(status.bottom_line for status in w.judged(finished) if hasattr(status, "bottom_line"))
