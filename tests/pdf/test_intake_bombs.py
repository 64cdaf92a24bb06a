"""Files made to exhaust a reader: an error with a name, within the child's limits, and this process does not notice."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from pdf import drawing, intake
from pdf.child import Limits
from pdf.errors import PdfError
from pdf.preview import PageImage
from pdf.progress import Progress
from tests.pdf.foreign import blown_up, one_page, raw, stream

pytestmark = pytest.mark.slow
FLATE = b"/Filter /FlateDecode"
# Far below what is allowed in earnest: whoever runs into a limit does so in any case, and the test is over sooner.
SHORT = Limits(wall_seconds=15, cpu_seconds=2, memory_bytes=500 * 1024 * 1024, output_bytes=50 * 1024 * 1024)
HEAVY = {"child_memory", "child_time", "child_crashed", "child_output"}


def refusal(pdf: bytes) -> str:
    """The code with which the file is refused by rebuilding or by drawing."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(PdfError) as caught:
        intake.look(intake.rebuild(pdf, limits=SHORT), pages=1, limits=SHORT)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes
    return caught.value.code


def outcome(pdf: bytes) -> str:
    """`drawn` for a file that could be read after all, or the code of the refusal."""
    try:
        images = intake.look(intake.rebuild(pdf, limits=SHORT), pages=1, limits=SHORT)
    except PdfError as error:
        return error.code
    assert len(images) == 1
    return "drawn"


def test_the_limits_in_earnest_are_fifteen_seconds_and_a_gigabyte() -> None:
    for limits in (intake.LIMITS, intake.LOOKING, intake.READING, intake.PICTURING):
        assert limits.wall_seconds <= 15
        assert limits.cpu_seconds <= 15
        assert limits.memory_bytes <= 1024**3


@pytest.mark.parametrize(
    ("patience", "spent", "left"),
    [(1, (0.5, 3, 5), (14.5, 12, 10)), (1, (14.5, 16, 17), (1, 1, 1)), (3, (14.5, 16, 50), (30.5, 29, 1))],
)
def test_rebuilding_both_readings_and_the_pictures_share_their_seconds(
    monkeypatch: pytest.MonkeyPatch, patience: float, spent: tuple[float, ...], left: tuple[float, ...]
) -> None:
    given: list[Limits] = []

    def look(rebuilt: bytes, *, pages: int, limits: Limits, progress: Progress) -> list[PageImage]:
        given.append(limits)
        return []

    def picture(rebuilt: bytes, *, pages: int, limits: Limits, progress: Progress) -> bytes:
        given.append(limits)
        raise PdfError("enough seen")

    monkeypatch.setattr(intake, "monotonic", iter((100.0, *(100.0 + each for each in spent))).__next__)
    monkeypatch.setattr(intake, "look", look)
    monkeypatch.setattr(intake, "read_again", lambda *_, limits, **__: given.append(limits))
    monkeypatch.setattr(intake, "find_reader", lambda: Path("pdftoppm"))
    monkeypatch.setattr(intake, "as_pictures", picture)
    with Progress(patience=patience) as progress, pytest.raises(PdfError, match="enough seen"):
        intake.take_in(one_page(), progress=progress)
    assert tuple(limits.wall_seconds for limits in given) == left


# Compression


def page_with(content: bytes, entries: bytes = FLATE) -> bytes:
    pages = raw(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R >>",
            4: stream(content, entries),
        }
    )
    assert len(pages) < 5_000_000
    return pages


def test_a_page_that_blows_up_a_thousand_times() -> None:
    assert refusal(page_with(blown_up(b" " * 1_000_000, 600))) in HEAVY


def test_a_page_that_blows_up_in_two_steps() -> None:
    content = blown_up(b" " * 1_000_000, 600, wrappings=2)
    assert len(content) < 10_000
    assert refusal(page_with(content, b"/Filter [/FlateDecode /FlateDecode]")) in HEAVY


def test_a_list_of_objects_that_blows_up() -> None:
    packed = blown_up(b" " * 1_000_000, 600)
    assert refusal(
        raw(
            {
                1: b"<< /Type /Catalog /Pages 2 0 R >>",
                2: b"<< /Type /Pages /Kids [9 0 R] /Count 1 >>",
                5: stream(packed, FLATE + b" /Type /ObjStm /N 1 /First 4"),
            }
        )
    )


def picture(width: int, height: int, data: bytes) -> bytes:
    image = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 " % (
        width,
        height,
    )
    return one_page(
        page=b"/Resources << /XObject << /I 5 0 R >> >>",
        others={5: stream(data, image + FLATE)},
        content=b"q 300 0 0 200 0 0 cm /I Do Q",
    )


def test_a_picture_larger_than_any_memory() -> None:
    """Drawn small or not at all, or refused: never held in memory."""
    assert outcome(picture(60_000, 60_000, blown_up(bytes(1_000_000), 800))) in {"drawn", "pdf_too_complex", *HEAVY}


# Loops


def kids(*numbers: int, count: int = 1) -> bytes:
    return b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % number for number in numbers), count)


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] >>"


@pytest.mark.parametrize(
    "objects",
    [
        {2: kids(2)},
        {2: kids(3), 3: kids(2)},
        {2: kids(3), 3: kids(4), 4: kids(5, 3), 5: PAGE},
        {2: kids(3, 3, 3), 3: PAGE},
    ],
    ids=["itself", "each-other", "a-long-way-round", "one-page-thrice"],
)
def test_a_page_tree_in_circles(objects: dict[int, bytes]) -> None:
    assert refusal(raw({1: CATALOG, **objects})) == "pdf_too_complex"


def test_a_page_whose_parents_go_in_circles() -> None:
    """Size and resources are inherited from above, and above is below."""
    page = b"<< /Type /Page /Parent 4 0 R /Contents 6 0 R >>"
    above = [b"<< /Type /Pages /Parent %d 0 R /Kids [3 0 R] /Count 1 >>" % number for number in (5, 4)]
    objects = {1: CATALOG, 2: kids(3), 3: page, 4: above[0], 5: above[1], 6: stream(b"q Q")}
    assert outcome(raw(objects)) in {"drawn", "not_a_pdf", "page_too_large"}


def test_a_table_that_refers_to_itself() -> None:
    looped = one_page()
    start = looped.rindex(b"xref\n0")
    assert outcome(looped.replace(b"/Root", b"/Prev %d /Root" % start)) == "drawn"


def test_a_drawing_that_draws_itself() -> None:
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 300 200] /Resources << /XObject << /F 5 0 R >> >>"
    looped = one_page(
        page=b"/Resources << /XObject << /F 5 0 R >> >>", others={5: stream(b"/F Do /F Do", form)}, content=b"/F Do"
    )
    assert refusal(looped) == "pdf_too_complex"


def test_drawings_that_draw_ten_others_each() -> None:
    """Ten to the power of nine rectangles in 2 kB."""
    others = {}
    for number in range(5, 14):
        inside = b"/Resources << /XObject << /F %d 0 R >> >>" % (number + 1) if number < 13 else b""
        form = b"/Type /XObject /Subtype /Form /BBox [0 0 300 200] " + inside
        others[number] = stream(b"/F Do " * 10 if number < 13 else b"0 0 5 5 re f", form)
    page = one_page(page=b"/Resources << /XObject << /F 5 0 R >> >>", others=others, content=b"/F Do " * 10)
    assert refusal(page) in HEAVY


# Numbers


def test_a_million_kids() -> None:
    assert refusal(raw({1: CATALOG, 2: kids(*[3] * 1_000_000, count=1_000_000), 3: PAGE})) in {"too_many_pages", *HEAVY}


def test_a_million_branches_without_a_leaf() -> None:
    branches = {2: kids(*range(3, 303))} | {number: kids(*range(303, 603)) for number in range(3, 303)}
    assert refusal(raw({1: CATALOG, **branches})) in {"pdf_no_page", "pdf_too_complex", "too_many_pages"}


def test_a_number_of_pages_that_is_only_claimed() -> None:
    claimed = raw({1: CATALOG, 2: kids(3, count=1_000_000_000), 3: PAGE})
    assert outcome(claimed) == "drawn"


def test_a_page_of_a_million_strokes_is_drawn_or_refused_in_time() -> None:
    strokes = b"".join(b"%d 0 m 0 %d l S " % (number % 300, number % 200) for number in range(1_000))
    assert refusal(page_with(blown_up(strokes * 30, 300))) in HEAVY


def test_many_slow_pages_are_stopped_as_early_as_one() -> None:
    """A page may take long; pages that all do so are over after eight seconds, not after five for each of 300."""
    assert drawing.seconds_left(0, 0.0) == 5.0
    assert drawing.seconds_left(1, 5.0) == pytest.approx(3.4)
    assert drawing.seconds_left(2, 8.4) == pytest.approx(0.4)
    assert 0 < drawing.seconds_left(2, 9.0) < 0.01
    assert drawing.seconds_left(299, 120.0) == 5.0  # a long text of dense pages goes on


# Depth


@pytest.mark.parametrize("depth", [400, 200_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b"<< /A ", b">>")])
def test_things_inside_things_inside_things(opening: bytes, closing: bytes, depth: int) -> None:
    deep = opening * depth + b"1" + closing * depth
    pdf = one_page(page=b"/Resources << /ExtGState << /G %s >> >>" % deep)
    assert refusal(pdf) in {"pdf_too_complex", "not_a_pdf", "pdf_no_page", *HEAVY}


def test_a_page_tree_as_deep_as_a_well() -> None:
    levels = {number: kids(number + 1) for number in range(2, 20_000)}
    assert refusal(raw({1: CATALOG, **levels, 20_000: PAGE})) == "pdf_too_complex"


def test_more_objects_than_any_text_needs() -> None:
    many = b"[" + b"<< /A [] >> " * 2 + b"]"
    objects = dict.fromkeys(range(5, 210_000), many)
    listed = b" ".join(b"/G%d %d 0 R" % (number, number) for number in objects)
    pdf = one_page(page=b"/Resources << /ExtGState << %s >> >>" % listed, others=objects)
    assert refusal(pdf) in {"pdf_too_complex", *HEAVY}
