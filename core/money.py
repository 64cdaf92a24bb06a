"""Sums of money as people read and sign them: figures, short words, and Chinese capitals that cannot be altered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,15})(\.[0-9]{1,2})?", re.ASCII)
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_CENT = Decimal("0.01")


class NotMoney(ValueError):
    """No sum of money: not a plain decimal, below zero, 10^16 or more, finer than 0.01, or no currency we print."""


@dataclass(frozen=True)
class Currency:
    """How one ISO 4217 currency is written on paper."""

    code: str
    unit: str
    name_zh: str
    name_en: str


CURRENCIES = {
    currency.code: currency
    for currency in (
        Currency("CNY", "元", "人民币", "Renminbi"),
        Currency("HKD", "港元", "港币", "Hong Kong dollars"),
        Currency("USD", "美元", "美元", "United States dollars"),
        Currency("EUR", "欧元", "欧元", "euros"),
    )
}


def parse(text: str) -> Decimal:
    """`"500000000"` or `"0.5"` as a Decimal: ASCII digits, at most two after the point, no sign. Raises NotMoney."""
    if not _AMOUNT.fullmatch(text):
        raise NotMoney(f"not a sum of money: {text[:40]!r}")
    return Decimal(text)


def currency(code: str) -> Currency:
    """Raises NotMoney for a currency that papers are not printed in."""
    if code not in CURRENCIES:
        raise NotMoney(f"no currency we print: {code[:40]!r}")
    return CURRENCIES[code]


def figures(amount: Decimal) -> str:
    """`500,000,000.00`, the same in zh-CN and en. Raises NotMoney."""
    return f"{_checked(amount):,.2f}"


def money(amount: Decimal, code: str, locale: str) -> str:
    """`人民币500,000,000.00元` in zh-CN, `RMB 500,000,000.00` or `USD 1.00` in en. Raises NotMoney."""
    kind = currency(code)
    if locale == "zh-CN":
        return f"{kind.name_zh if kind.unit != kind.name_zh else ''}{figures(amount)}{kind.unit}"
    return f"{'RMB' if code == 'CNY' else code} {figures(amount)}"


def short(amount: Decimal, code: str, locale: str) -> str:
    """For screens: `5亿元`, `1.25万元`; `RMB 500 million`. Never rounded: what is not short stays in figures."""
    _checked(amount)
    steps = (("亿", 8), ("万", 4)) if locale == "zh-CN" else ((" billion", 9), (" million", 6))
    for word, power in steps:
        scaled = amount.scaleb(-power)
        if scaled >= 1 and scaled == scaled.quantize(_CENT):
            text = f"{scaled.normalize():,f}{word}"
            return f"{text}{currency(code).unit}" if locale == "zh-CN" else f"{'RMB' if code == 'CNY' else code} {text}"
    return money(amount, code, locale)


def capitals(amount: Decimal, code: str = "CNY") -> str:
    """`伍亿元整`, `壹仟陆佰捌拾元叁角贰分`. Raises NotMoney.

    中国人民银行《支付结算办法》附件一: 整 after 元 and 角, never after 分; 零 for zeros inside, once for several; the
    零 that the rule leaves free (before 角, or before a thousand that follows a zero) is left out.
    """
    cents = int(_checked(amount) * 100)
    whole, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    words = f"{_whole(whole)}{currency(code).unit}" if whole or not cents else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif fen and whole:
        words += "零"
    return words + (f"{_DIGITS[fen]}分" if fen else "整")


def _checked(amount: Decimal) -> Decimal:
    if not amount.is_finite() or amount.is_signed() or amount >= Decimal(10) ** 16 or amount != amount.quantize(_CENT):
        raise NotMoney(f"not a sum of money: {amount}")
    return amount


def _whole(number: int) -> str:
    if number == 0:
        return "零"
    for power, unit in ((8, "亿"), (4, "万")):
        high, low = divmod(number, 10**power)
        if high:
            gap = "零" if 0 < low < 10 ** (power - 1) else ""
            return f"{_whole(high)}{unit}{gap}{_whole(low) if low else ''}"
    return _below_ten_thousand(number)


def _below_ten_thousand(number: int) -> str:
    words, gap = "", False
    for power, unit in ((3, "仟"), (2, "佰"), (1, "拾"), (0, "")):
        digit = number // 10**power % 10
        if digit:
            words += ("零" if gap else "") + _DIGITS[digit] + unit
            gap = False
        else:
            gap = bool(words)
    return words
