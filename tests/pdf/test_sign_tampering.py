"""Nothing that a signature covers can change unseen, and no value but the signer's own is ever embedded."""

from __future__ import annotations

import io
from functools import lru_cache

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.status import SignatureCoverageLevel

from pdf import sign
from pdf.errors import SignatureMismatch
from tests.pdf import signing_world as w

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@lru_cache(maxsize=1)
def signed() -> bytes:
    return w.signed(w.frozen(), timestamper=w.world().timestamper)


@lru_cache(maxsize=1)
def finished() -> bytes:
    return w.everything_signed()


@lru_cache(maxsize=1)
def waiting() -> tuple[w.Signer, sign.Prepared, bytes]:
    signer = w.world().signer()
    prepared = w.prepared(w.frozen(), signer)
    return signer, prepared, sign.sign_attributes(signer.key, prepared.attributes)


@lru_cache(maxsize=2)
def contents_of_last(pdf: bytes) -> range:
    """The places that the last signature does not cover."""
    _, first, second, _ = (int(each) for each in PdfFileReader(io.BytesIO(pdf)).embedded_signatures[-1].byte_range)
    return range(first, second)


def last_is_whole(pdf: bytes) -> bool:
    """Whether pyHanko takes the newest signature as intact and covering the entire file."""
    try:
        (newest,) = w.judged(pdf, newest_only=True)
    except Exception:  # noqa: BLE001 - pyHanko raises whatever it likes on a broken file, and that is a no
        return False
    return bool(newest.intact and newest.valid and newest.coverage is SignatureCoverageLevel.ENTIRE_FILE)


def test_the_files_are_whole_before_they_are_touched() -> None:
    assert last_is_whole(signed())
    assert last_is_whole(finished())


@pytest.mark.slow
@FEW
@given(st.data())
@pytest.mark.parametrize("made", [signed, finished])
def test_any_changed_byte_that_is_signed_is_noticed(made: object, data: st.DataObject) -> None:
    assert callable(made)
    whole = made()
    uncovered = contents_of_last(whole)
    at = data.draw(st.integers(0, len(whole) - 1).filter(lambda place: place not in uncovered))
    changed = bytearray(whole)
    changed[at] ^= data.draw(st.integers(1, 255))

    assert not last_is_whole(bytes(changed))


@FEW
@given(st.data())
def test_a_changed_signature_value_is_refused(data: st.DataObject) -> None:
    signer, prepared, raw = waiting()
    changed = bytearray(raw)
    changed[data.draw(st.integers(0, 63))] ^= data.draw(st.integers(1, 255))

    with pytest.raises(SignatureMismatch):
        sign.finish(w.frozen(), prepared, signature=bytes(changed), leaf=signer.leaf, chain=(), timestamper=None)


@FEW
@given(st.binary(max_size=80))
def test_noise_is_never_taken_for_a_signature(noise: bytes) -> None:
    signer, prepared, _ = waiting()

    with pytest.raises(SignatureMismatch):
        sign.finish(w.frozen(), prepared, signature=noise, leaf=signer.leaf, chain=(), timestamper=None)


def test_a_signature_over_other_attributes_is_refused() -> None:
    signer, prepared, _ = waiting()
    other = sign.sign_attributes(signer.key, prepared.attributes + b"\0")

    with pytest.raises(SignatureMismatch):
        sign.finish(w.frozen(), prepared, signature=other, leaf=signer.leaf, chain=(), timestamper=None)


def test_an_appended_page_is_noticed() -> None:
    with pikepdf.open(io.BytesIO(signed())) as document:
        document.add_blank_page()
        out = io.BytesIO()
        document.save(out)

    assert not last_is_whole(out.getvalue())


def test_bytes_after_the_end_are_noticed() -> None:
    assert not last_is_whole(finished() + b"\n% more\n")


def test_the_same_person_signs_with_the_same_key_only_what_they_saw() -> None:
    signer, prepared, raw = waiting()
    other = w.Signer(signer.leaf, ec.generate_private_key(ec.SECP256R1()))
    forged = sign.sign_attributes(other.key, prepared.attributes)

    with pytest.raises(SignatureMismatch):
        sign.finish(w.frozen(), prepared, signature=forged, leaf=signer.leaf, chain=(), timestamper=None)
    assert sign.finish(w.frozen(), prepared, signature=raw, leaf=signer.leaf, chain=(), timestamper=None)
