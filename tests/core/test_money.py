"""Money reads the same in figures and in capitals, and nothing that is not money gets through."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core import money

CENTS = st.one_of(
    st.integers(0, 10**18 - 1),
    st.integers(0, 18).map(lambda power: 10**power - 1),
    # zeros in the middle are where capitals go wrong
    st.lists(st.sampled_from("0001234567890"), min_size=1, max_size=18).map(lambda digits: int("".join(digits))),
)

RULE_BOOK = [
    # 《支付结算办法》附件一, its own examples, in the form without the optional 零
    ("1409.50", "壹仟肆佰零玖元伍角整"),
    ("6007.14", "陆仟零柒元壹角肆分"),
    ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
    ("107000.53", "壹拾万柒仟元伍角叁分"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("325.04", "叁佰贰拾伍元零肆分"),
    # boundaries
    ("500000000", "伍亿元整"),
    ("0", "零元整"),
    ("0.05", "伍分"),
    ("0.5", "伍角整"),
    ("0.32", "叁角贰分"),
    ("10", "壹拾元整"),
    ("1001", "壹仟零壹元整"),
    ("10000", "壹万元整"),
    ("10001", "壹万零壹元整"),
    ("99999.99", "玖万玖仟玖佰玖拾玖元玖角玖分"),
    ("100000001", "壹亿零壹元整"),
    ("100010000", "壹亿零壹万元整"),
    ("110000000", "壹亿壹仟万元整"),
    ("1000100000", "壹拾亿零壹拾万元整"),
    ("1000000000000", "壹万亿元整"),
    ("1000100000001", "壹万零壹亿零壹元整"),
    (
        "9999999999999999.99",
        "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
    ),
]


def read_capitals(words: str) -> int:
    """The cents that capitals say, read by an independent rule: a larger unit multiplies all that stands before it."""
    whole, _, rest = words.partition("元") if "元" in words else ("", "", words)
    units = {"拾": 10, "佰": 100, "仟": 1000}
    total = section = digit = 0
    for char in whole:
        if char in money._DIGITS:
            digit = money._DIGITS.index(char)
        elif char in units:
            section, digit = section + digit * units[char], 0
        elif char == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        elif char == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
    cents = (total + section + digit) * 100
    for char, following in pairwise(rest):
        if following in "角分":
            cents += money._DIGITS.index(char) * (10 if following == "角" else 1)
    return cents


@pytest.mark.parametrize(("amount", "words"), RULE_BOOK)
def test_capitals_follow_the_rule_book(amount: str, words: str) -> None:
    assert money.capitals(money.parse(amount)) == words


@given(CENTS)
@example(10**18 - 1)
def test_capitals_say_exactly_the_amount(cents: int) -> None:
    words = money.capitals(Decimal(cents).scaleb(-2))
    assert read_capitals(words) == cents
    assert "零零" not in words
    assert not any(f"零{unit}" in words for unit in "拾佰仟万亿角整")
    assert words == "零元整" or not words.startswith("零")
    assert words.endswith("整") == (cents % 10 == 0)


@given(CENTS)
def test_what_is_parsed_prints_as_the_same_figures(cents: int) -> None:
    text = f"{cents // 100}.{cents % 100:02}"
    assert money.figures(money.parse(text)).replace(",", "") == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-1",
        "+1",
        "1.",
        ".5",
        "1.234",
        "01",
        "1,000",
        "1e9",
        "NaN",
        "Infinity",
        "５００",
        "1 000",
        "1\n",
        "9" * 17,
    ],
)
def test_what_is_not_money_is_refused(text: str) -> None:
    with pytest.raises(money.NotMoney):
        money.parse(text)


@pytest.mark.parametrize("amount", ["-1", "0.001", "1e16", "NaN", "Infinity", "-0"])
def test_an_amount_that_cannot_be_printed_is_refused(amount: str) -> None:
    with pytest.raises(money.NotMoney):
        money.capitals(Decimal(amount))


def test_money_stands_with_its_currency_in_both_languages() -> None:
    amount = Decimal("500000000")
    assert money.money(amount, "CNY", "zh-CN") == "人民币500,000,000.00元"
    assert money.money(amount, "CNY", "en") == "RMB 500,000,000.00"
    assert money.money(amount, "USD", "zh-CN") == "500,000,000.00美元"
    assert money.capitals(amount, "USD") == "伍亿美元整"
    with pytest.raises(money.NotMoney):
        money.money(amount, "XYZ", "en")


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        ("500000000", "5亿元", "RMB 500 million"),
        ("1250000000", "12.5亿元", "RMB 1.25 billion"),
        ("12500", "1.25万元", "RMB 12,500.00"),
        ("100000001", "人民币100,000,001.00元", "RMB 100,000,001.00"),
        ("10000000000000", "100,000亿元", "RMB 10,000 billion"),
    ],
)
def test_the_short_form_is_never_rounded(amount: str, zh: str, en: str) -> None:
    assert money.short(Decimal(amount), "CNY", "zh-CN") == zh
    assert money.short(Decimal(amount), "CNY", "en") == en
