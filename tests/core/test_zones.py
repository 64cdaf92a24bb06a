"""Zones by what people type: a name of IANA's, a city or a country, in either language."""

from __future__ import annotations

import pytest

from core import zones


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        ("上海", "Asia/Shanghai"),
        ("伦敦", "Europe/London"),
        (" london ", "Europe/London"),
        ("los angeles", "America/Los_Angeles"),
        ("Los_Angeles", "America/Los_Angeles"),
        ("英国时间", "Europe/London"),
        ("United Kingdom Time (London)", "Europe/London"),
        ("中国（上海）时间", "Asia/Shanghai"),
    ],
)
def test_a_zone_is_found_by_its_name_city_or_country(typed: str, zone: str) -> None:
    assert zones.find(typed) == zone


@pytest.mark.parametrize("typed", ["", "火星", "Mars/Base", "localtime", "Factory", "/etc/passwd", "A" * 10_000])
def test_what_is_no_place_is_no_zone(typed: str) -> None:
    assert zones.find(typed) is None


@pytest.mark.parametrize(
    "typed", ["Central", "eastern", "Pacific", "Mountain", "Atlantic", "East", "west", "North", "South", "General"]
)
def test_what_says_half_of_a_country_is_not_taken_for_one_of_them(typed: str) -> None:
    assert zones.find(typed) is None


def test_the_whole_of_an_old_name_is_still_known() -> None:
    assert zones.find("us/eastern") == "US/Eastern"
    assert zones.find("Belfast") == "Europe/Belfast"


def test_a_name_of_several_zones_is_nobodys() -> None:
    for word, zone in zones._by_word().items():
        assert zones.find(word) == zone
    assert zones.find("india time") in {"Asia/Kolkata", "Asia/Calcutta"}
