"""No mutant of a good file or kit passes, unless what was signed is the same to the last byte. Bounded by number."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pdf import sign
from pdf.verify import Indication
from tests.pdf import signing_world as world
from tests.pdf.verify import foreign, kits, tampering
from tests.pdf.verify.test_good_files import judged

_BOUNDED = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def small() -> bytes:
    """One certified revision, nothing left to sign: the smallest file that passes."""
    here = world.world()
    return sign.freeze(
        foreign.one_page(), fields=[], platform=here.platform, timestamper=here.timestamper, at=world.NOW
    )


GOOD = small()
GAP = tampering.gaps(GOOD)[-1]
WORDS = [
    b"/Kids",
    b"/Contents",
    b"endobj",
    b"xref\n0 0\n",
    b"trailer",
    b"%%EOF",
    b"stream\n",
    b"0 R",
    b">>",
    b"(",
    b"\n",
    b"<",
]


def signed_part(data: bytes) -> bytes:
    return data[: GAP[0]] + data[GAP[1] :]


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """A good file with one to three cuts, insertions, overwritings or doubled parts."""
    data = bytearray(GOOD)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 40))
        piece = draw(st.one_of(st.sampled_from(WORDS), st.binary(max_size=12), st.just(bytes(data[at : at + length]))))
        data[at : at + draw(st.sampled_from([0, length, len(piece)]))] = piece
    return bytes(data)


def test_the_good_file_passes() -> None:
    assert judged(GOOD).verdict is Indication.TOTAL_PASSED


@_BOUNDED
@given(mutants())
@example(GOOD[: GAP[0] + 1] + GOOD[GAP[0] + 1 : GAP[1]].lower() + GOOD[GAP[1] :])
def test_a_mutant_that_passes_has_the_same_signed_bytes(data: bytes) -> None:
    verdict = judged(data)
    assert verdict.reasons or verdict.verdict is Indication.TOTAL_PASSED
    if verdict.verdict is Indication.TOTAL_PASSED:
        assert len(data) == len(GOOD)
        assert signed_part(data) == signed_part(GOOD)


KIT = kits.good()


@settings(_BOUNDED, max_examples=40)
@given(st.sampled_from(sorted(KIT)), st.data())
def test_a_mutant_of_a_kit_that_passes_has_the_same_files_and_trail(path: str, data: st.DataObject) -> None:
    content = dict(KIT)
    at = data.draw(st.integers(0, len(content[path]) - 1))
    piece = data.draw(st.one_of(st.sampled_from(WORDS), st.binary(max_size=8)))
    content[path] = content[path][:at] + piece + content[path][at + data.draw(st.integers(0, 8)) :]
    verdict = kits.judged(content)
    if verdict.verdict is Indication.TOTAL_PASSED and content != KIT:
        # What carries a signature value is not under it; all that it signs is.
        assert path in ("manifest.p7s", "manifest.tst")
