"""By what letters a name is found."""

from __future__ import annotations

import pytest

from events.registration.pinyin import LONGEST, find_by


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("张样例", "zyl zhangyangli"),
        ("欧阳样例", "oyyl ouyangyangli"),
        ("Sample Person-Name", "spn samplepersonname"),
        ("Élodie", "é élodie"),
        ("阿里木·样例", "almyl alimuyangli"),
        ("   ", ""),
    ],
)
def test_a_name_is_found_by_its_initials_and_by_the_whole(name: str, found: str) -> None:
    assert find_by(name).startswith(found)


def test_a_surname_of_two_readings_is_found_by_both() -> None:
    assert {"cyl", "cengyangli", "zyl", "zengyangli"} <= set(find_by("曾样例").split())


def test_a_long_name_is_cut() -> None:
    assert len(find_by("样例" * 60)) == LONGEST
