"""Functions and inks of foreign files: what readers reckon in different ways becomes a table that all read alike."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pikepdf
import pytest
from pikepdf import Array, Name, Object

from pdf.rebuilding import rebuild_here
from pdf.resources import calculators, tables
from tests.pdf.referring import Later, assert_unclear, coloured, exponential, stream


@contextmanager
def space_of(pdf: bytes) -> Iterator[Object]:
    """The colour space of the page, made anew."""
    anew = rebuild_here(b'{"most_pages": 9}\n' + pdf).partition(b"\n")[2]
    with pikepdf.open(io.BytesIO(anew)) as opened:
        (space,) = (space for _, space in opened.pages[0].obj.Resources.ColorSpace.items())
        yield space


def table_of(pdf: bytes) -> tables.Table:
    """The function of a colour space, as the table that became of it."""
    with space_of(pdf) as space:
        assert int(space[3].FunctionType) == 0
        return tables.Table(tuple(map(int, space[3].Size)), 1, space[3].read_bytes())


def tinted(function: object, ink: Name = Name.Spot) -> bytes:
    return coloured([Name.Separation, ink, Name.DeviceGray, function])


def mixing(function: object, count: int = 2) -> bytes:
    inks = [Name.Black, Name.Cyan, Name.All, Name("/None")][:count]
    return coloured([Name.DeviceN, inks, Name.DeviceGray, function], "0.5 " * count + "scn")


def program(text: str, inputs: int = 1) -> Later:
    return stream(text.encode(), FunctionType=4, Domain=[0, 1] * inputs, Range=[0, 1])


@pytest.mark.parametrize("ink", [Name.Black, Name.Cyan, Name.All, Name.Gold])
def test_no_device_takes_an_ink_by_its_name(ink: Name) -> None:
    with space_of(tinted(exponential([1], [0]), ink)) as space:
        assert space[1] == Name.Ink1


def test_each_of_several_inks_has_a_name_of_its_own() -> None:
    with space_of(mixing(program("{ add 2 div }", 2))) as space:
        assert list(space[1]) == [Name.Ink1, Name.Ink2]


def test_a_program_becomes_a_table_of_what_it_makes() -> None:
    table = table_of(tinted(program("{ dup 0.25 gt { pop 0 } { 1 exch sub } ifelse }")))

    assert table.size == (1024,)
    assert [table.samples[at] for at in (0, 255, 256, 1023)] == [255, 191, 0, 0]


def test_parts_that_meet_stay_parts_and_a_jump_becomes_a_table() -> None:
    def parts(second: float) -> dict[str, object]:
        ends = [exponential([1], [0.5]), exponential([second], [0])]
        return {"FunctionType": 3, "Domain": [0, 1], "Functions": ends, "Bounds": [0.2], "Encode": [0, 1, 0, 1]}

    with space_of(tinted(parts(0.5))) as space:
        assert int(space[3].FunctionType) == 3
    samples = table_of(tinted(parts(0.9))).samples
    assert (samples[204], samples[205]) == (128, 229)


def test_samples_read_in_another_order_become_a_table_in_the_usual_one() -> None:
    turned = stream(
        bytes([0, 100, 255]), FunctionType=0, Domain=[0, 1], Range=[0, 1], Size=[3], BitsPerSample=8, Encode=[2, 0]
    )
    samples = table_of(tinted(turned)).samples
    assert (samples[0], samples[1023], len(samples)) == (255, 0, 1024)


def test_two_inputs_become_a_table_so_fine_that_both_ways_of_mixing_agree() -> None:
    """At the half of both, pdfium adds up two steps where others mix four corners: 1 and 0.5 of this one."""
    coarse = stream(
        bytes([0, 255, 255, 0]), FunctionType=0, Domain=[0, 1] * 2, Range=[0, 1], Size=[2, 2], BitsPerSample=8
    )
    assert not tables.Table((2, 2), 1, bytes([0, 255, 255, 0])).is_plain()
    fine = table_of(mixing(coarse))
    assert (fine.size, fine.is_plain()) == ((129, 129), True)
    assert (fine.samples[64 * 129 + 64], fine.samples[128]) == (128, 255)


def test_a_jump_over_two_inputs_is_refused() -> None:
    assert_unclear(mixing(program("{ 0.5 gt exch 0.5 gt xor { 1 } { 0 } ifelse }", 2)))


ODD = [
    "{ 8 -1.0 bitshift }", "{ 1.5 1 and }", "{ true 1 eq { 0 } { 1 } ifelse }", "{ 0.5 { 1 } if }", "{ -4 sqrt }",
    "{ -8 0.3 exp }", "{ 1 0 idiv }", "{ 7.5 2 idiv }", "{ 1 0 mod }", "{ 0 div }", "{ 0 ln }", "{ 0.5 gt }",
    "{ 9 add 9999 exp }", "{ 1 2 index pop pop }", "{ 1e3 }", "{ { 1 } }", "{ 1.5 1 roll }", "{ add }", "{ } }",
    "{ pop " + "1 " * 20_001 + "}", "{ pop " + "999999999 dup mul " * 3 + " }",
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_programs_that_reckon_with_what_is_no_number_are_refused(text: str) -> None:
    assert_unclear(tinted(program(text)))


@pytest.mark.parametrize(
    ("text", "given", "left"),
    [
        ("{ -7 2 idiv exch pop }", [0], [-3]), ("{ pop -7 2 mod }", [0], [-1]), ("{ 2 exp }", [3], [9]),
        ("{ pop 8 -1 bitshift }", [0], [4]), ("{ -0.5 add round }", [0], [0]), ("{ 2.5 add round }", [0], [3]),
        ("{ pop -1.5 cvi }", [0], [-1]), ("{ pop 1 0 atan }", [0], [90]), ("{ pop -1 0 atan }", [0], [270]),
        ("{ pop 5 not }", [0], [-6]), ("{ 1 2 3 3 1 roll }", [0], [0, 3, 1, 2]),
        ("{ 1 2 3 3 -1 roll }", [0], [0, 2, 3, 1]),
        ("{ 1 2 2 copy }", [0], [0, 1, 2, 1, 2]), ("{ 7 1 index }", [4], [4, 7, 4]), ("{ 1 exch sub }", [0.25], [0.75]),
        ("{ dup truncate sub }", [2.75], [0.75]), ("{ 0.5 ge { 1 } { 2 } ifelse }", [0.5], [1]),
    ],
)  # fmt: skip
def test_words_mean_what_the_standard_says(text: str, given: list[float], left: list[float]) -> None:
    assert calculators.run(calculators.parse(text.encode()), given, len(left)) == pytest.approx(left)


def test_a_program_that_is_too_long_for_its_points_is_refused() -> None:
    assert_unclear(tinted(program("{ " + "1 mul " * 4_000 + "}")))


def test_more_inks_than_a_table_can_have_are_refused() -> None:
    inks = [Name(f"/Spot{at}") for at in range(9)]
    function = program("{ " + "add " * 8 + "9 div }", 9)
    assert_unclear(coloured([Name.DeviceN, inks, Name.DeviceGray, function], "0.5 " * 9 + "scn"))


def test_an_array_of_names_is_no_ink() -> None:
    assert_unclear(coloured([Name.DeviceN, Array([]), Name.DeviceGray, exponential([0], [1])]))
