"""Texts and times in the reader's language: Project Fluent catalogues, CLDR formats through Babel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale
from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.dates import format_time as babel_time
from babel.dates import get_timezone_location, get_timezone_name
from fluent.runtime import FluentBundle, FluentResource

from core import clock, money, paths

LOCALES = ("zh-CN", "en")
DEFAULT = "zh-CN"
_BABEL = {"zh-CN": Locale("zh", "CN", script="Hans"), "en": Locale("en")}
_current: ContextVar[str] = ContextVar("locale", default=DEFAULT)


class MissingText(LookupError):
    """A message id that no catalogue has, or arguments that do not fill it: a fault of ours, never of the reader."""


@cache
def _bundle(locale: str) -> FluentBundle:
    # Isolation marks would end up in mails, PDFs and copied addresses; none of our languages is right-to-left.
    bundle = FluentBundle([locale], use_isolating=False)
    for path in sorted((paths.locales() / locale).glob("*.ftl")):
        bundle.add_resource(FluentResource(path.read_text(encoding="utf-8")))
    return bundle


def has(message_id: str, locale: str | None = None) -> bool:
    """Whether the catalogue has this text."""
    return _bundle(locale or current()).has_message(message_id)


def t(message_id: str, /, **args: object) -> str:
    """The text with this id in the current locale; raises MissingText."""
    bundle = _bundle(current())
    if not bundle.has_message(message_id) or (pattern := bundle.get_message(message_id).value) is None:
        raise MissingText(f"{current()}: {message_id}")
    text, faults = bundle.format_pattern(pattern, dict(args))
    if faults:
        raise MissingText(f"{current()}: {message_id}: {faults[0]}")
    return str(text)


def in_every_locale(message_id: str, /, **args: object) -> dict[str, str]:
    """The text with this id by locale, for what is stored and read by others; raises MissingText."""
    texts = {}
    for locale in LOCALES:
        with use_locale(locale):
            texts[locale] = t(message_id, **args)
    return texts


def current() -> str:
    """The locale that texts are made in now: `zh-CN` or `en`."""
    return _current.get()


def set_locale(locale: str) -> None:
    """Use this locale for the rest of the request."""
    _current.set(locale if locale in LOCALES else DEFAULT)


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    """Use this locale inside the block."""
    token = _current.set(locale if locale in LOCALES else DEFAULT)
    try:
        yield
    finally:
        _current.reset(token)


def best_locale(accepted: Iterable[str]) -> str:
    """The best of our locales for a browser's Accept-Language values, best first."""
    wanted = [code for value in accepted for code in (value, value.split("-")[0])]
    found = negotiate_locale(wanted, ["zh", "en"], sep="-")
    return "zh-CN" if found == "zh" else "en" if found == "en" else DEFAULT


def pick(texts: dict[str, str], locale: str | None = None) -> str:
    """The text of a `{"zh-CN": …, "en": …}` value in the current locale, else in the other one."""
    return texts.get(locale or current()) or texts.get("zh-CN") or texts.get("en") or ""


def _babel(locale: str | None = None) -> Locale:
    return _BABEL[locale or current()]


def format_datetime(at: datetime, zone: str, *, seconds: bool = False) -> str:
    """Day and time of day in that zone, 24 hours: `2020年2月11日 10:05` or `11 February 2020, 10:05`."""
    clock = "HH:mm:ss" if seconds else "HH:mm"
    pattern = f"y年M月d日 {clock}" if current() == "zh-CN" else f"d MMMM y, {clock}"
    return babel_datetime(at, pattern, tzinfo=ZoneInfo(zone), locale=_babel())


def format_zoned(at: datetime, zone: str, *, seconds: bool = False) -> str:
    """`format_datetime` with the distance from UTC: `2020年2月11日 10:05（UTC+08:00）`."""
    return format_datetime(at, zone, seconds=seconds) + aside(utc_offset(at, zone))


def utc_offset(at: datetime, zone: str) -> str:
    """How far a zone is from UTC then: `UTC+08:00`."""
    offset = at.astimezone(ZoneInfo(zone)).strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}"


def format_named(at: datetime, zone: str, *, seconds: bool = False) -> str:
    """`format_datetime` with the zone as people say it: `11 February 2020, 10:05 (China Standard Time)`."""
    return format_datetime(at, zone, seconds=seconds) + aside(zone_name(zone))


def aside(text: str) -> str:
    """What is said beside something, put behind it: `（成都）`, or ` (Chengdu)` with its space."""
    return f"（{text}）" if current() == "zh-CN" else f" ({text})"


def format_time(at: datetime, zone: str, *, seconds: bool = False) -> str:
    """Time of day in that zone, 24 hours."""
    return babel_time(at, "HH:mm:ss" if seconds else "HH:mm", tzinfo=ZoneInfo(zone), locale=_babel())


def format_date(day: date, *, weekday: bool = False) -> str:
    """`2020年2月11日` or `11 February 2020`; with its weekday `2020年2月11日星期二` or `Tuesday, 11 February 2020`."""
    if current() == "zh-CN":
        return babel_date(day, "y年M月d日EEEE" if weekday else "y年M月d日", locale=_babel())
    return babel_date(day, "EEEE, d MMMM y" if weekday else "d MMMM y", locale=_babel())


def zone_place(zone: str) -> str:
    """Where a zone is, as people look for it: `中国（上海）时间`, `United States (Los Angeles) Time`."""
    return _zone_place(zone, current())


@cache
def _zone_place(zone: str, locale: str) -> str:
    # The city stands in it even where its country has one zone: cities are what is looked for.
    whole = get_timezone_location(zone, locale=_babel(locale))
    city = get_timezone_location(zone, locale=_babel(locale), return_city=True)
    return whole if city in whole else whole + (f"（{city}）" if locale == "zh-CN" else f" ({city})")


def format_day(at: datetime, zone: str) -> str:
    """`format_datetime` with the weekday: `2020年2月11日星期二 10:05` or `Tuesday, 11 February 2020, 10:05`."""
    pattern = "y年M月d日EEEE HH:mm" if current() == "zh-CN" else "EEEE, d MMMM y, HH:mm"
    return babel_datetime(at, pattern, tzinfo=ZoneInfo(zone), locale=_babel())


def zone_name(zone: str) -> str:
    """The zone as people say it: `中国标准时间`, `Pacific Time`; lib/clocks.ts calls it the same."""
    found = ZoneInfo(zone)
    year = clock.now().year
    # UTS 35 part 4, "Using Time Zone Names": where clocks are never put forward, the generic name is the standard one.
    has_summer_time = any(datetime(year, month, 1, tzinfo=found).dst() for month in range(1, 13))
    return get_timezone_name(
        found, width="long", zone_variant="generic" if has_summer_time else "standard", locale=_babel()
    )


def format_money(amount: Decimal, currency: str) -> str:
    """`人民币500,000,000.00元` or `RMB 500,000,000.00`, as on paper; raises NotMoney."""
    return money.money(amount, currency, current())
