"""What our DER writer writes, others read as the same value; what is not DER, our reader refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from pdf import der
from pdf.errors import DerError

ARCS = st.lists(st.integers(0, 2**130), min_size=1, max_size=6)


@given(st.integers(-(2**300), 2**300))
def test_integers_are_read_back_by_others_and_by_us(value: int) -> None:
    encoded = der.integer(value)

    assert core.Integer.load(encoded, strict=True).native == value
    assert core.Integer(value).dump() == encoded
    assert der.read_one(encoded).as_integer() == value


@given(st.integers(0, 1), st.integers(0, 39), ARCS)
def test_object_identifiers_of_any_size_are_what_others_write(first: int, second: int, rest: list[int]) -> None:
    dotted = ".".join(map(str, (first, second, *rest)))

    assert core.ObjectIdentifier(dotted).dump() == der.oid(dotted)


@given(ARCS)
def test_the_uuid_arc_is_read_back(rest: list[int]) -> None:
    dotted = ".".join(map(str, (2, 25, *rest)))

    assert core.ObjectIdentifier.load(der.oid(dotted), strict=True).dotted == dotted


@given(st.integers(0, 70_000))
def test_lengths_are_the_shortest(size: int) -> None:
    encoded = der.octet_string(b"x" * size)

    assert encoded == core.OctetString(b"x" * size).dump()
    assert der.read_one(encoded).as_octets() == b"x" * size


@given(st.datetimes(datetime(1950, 1, 1), datetime(9999, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_times_are_utc_without_trailing_zeros(moment: datetime, minutes: int) -> None:
    at = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))

    encoded = der.generalized_time(at)

    assert core.GeneralizedTime.load(encoded, strict=True).native == at
    assert b"0Z" not in encoded[2:] if at.microsecond else b"." not in encoded


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(DerError):
        der.generalized_time(datetime(2026, 7, 1))  # noqa: DTZ001


@given(st.lists(st.binary(max_size=8), max_size=6))
def test_members_of_a_set_stand_in_order(values: list[bytes]) -> None:
    encoded = der.set_of(der.octet_string(value) for value in values)

    members = [node.raw for node in der.read_one(encoded).children()]
    assert members == sorted(members)
    assert sorted(node.as_octets() for node in der.read_one(encoded).children()) == sorted(values)


@pytest.mark.parametrize("number", [0, 2, 5, 7, 8, 15, 25])
def test_a_named_bit_is_the_only_one(number: int) -> None:
    bits = core.BitString.load(der.named_bit(number), strict=True).native

    assert [place for place, bit in enumerate(bits) if bit] == [number]
    assert len(bits) == number + 1


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x30", id="a tag alone"),
        pytest.param(b"\x04\x05abcd", id="cut off"),
        pytest.param(b"\x04\x01ab", id="something behind"),
        pytest.param(b"\x30\x80\x00\x00", id="indefinite length"),
        pytest.param(b"\x04\x81\x01a", id="long form of a short length"),
        pytest.param(b"\x04\x82\x00\x80" + b"a" * 128, id="leading zero in a length"),
        pytest.param(b"\x04\x85\x01\x00\x00\x00\x00", id="length of five octets"),
        pytest.param(b"\x1f\x81\x01\x00", id="a large tag number"),
    ],
)
def test_what_is_not_der_is_refused(data: bytes) -> None:
    with pytest.raises(DerError):
        der.read_one(data)


@pytest.mark.parametrize("data", [b"\x02\x00", b"\x02\x02\x00\x01", b"\x02\x02\xff\xff", b"\x04\x01a"])
def test_an_integer_that_is_none_or_too_long_is_refused(data: bytes) -> None:
    with pytest.raises(DerError):
        der.read_one(data).as_integer()


@pytest.mark.parametrize("data", [b"\x01\x01\x01", b"\x01\x00", b"\x02\x01\x00"])
def test_a_boolean_is_all_ones_or_zero(data: bytes) -> None:
    with pytest.raises(DerError):
        der.read_one(data).as_boolean()


@given(st.binary(max_size=200))
def test_the_reader_never_fails_otherwise_than_by_its_own_name(data: bytes) -> None:
    try:
        nodes = list(der.read_all(data))
    except DerError:
        return
    assert b"".join(node.raw for node in nodes) == data


def test_padding_behind_a_value_is_dropped() -> None:
    assert der.first_value(der.octet_string(b"a") + b"\0" * 20) == der.octet_string(b"a")


def test_midnight_has_no_decimals() -> None:
    assert der.generalized_time(datetime(2026, 7, 1, tzinfo=UTC)) == b"\x18\x0f20260701000000Z"
