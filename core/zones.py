"""Time zones by their names, and by what people call them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location

from core import i18n

# Files of the zone folder that are no zones of IANA's: browsers know none of them, and one is the machine's own.
_NO_ZONES = frozenset({"Factory", "localtime"})
# Their second half is no city: "Central" is a zone of four countries, and "West" of any.
_NO_CITIES = ("Brazil/", "Canada/", "Chile/", "Mexico/", "US/")
_SIDES = frozenset({"Australia/North", "Australia/South", "Australia/West"})
# Two names whose clocks agree in winter and in summer are one zone to who types a city.
_LOOKED_AT = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))


@cache
def known() -> frozenset[str]:
    """The IANA zones that this machine knows; asking walks the whole zone folder."""
    return frozenset(available_timezones() - _NO_ZONES)


def find(text: str) -> str | None:
    """The IANA name of a zone given by that name, or by its city or country as a page in any language offers it.

    None for what is unknown, and for a name that several zones share.
    """
    return text if text in known() else _by_word().get(_word(text))


def _word(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())


@cache
def _by_word() -> dict[str, str]:
    found: dict[str, str] = {}
    shared: set[str] = set()
    aliases = get_global("zone_aliases")
    places = (each for each in known() if "/" in each and not each.startswith(("Etc/", "posix", "right")))
    # A zone before its aliases: Europe/London has the same city as Europe/Belfast.
    for zone in sorted(places, key=lambda each: (each in aliases, each)):
        for word in {_word(each) for each in _names(zone)}:
            if _clock(found.setdefault(word, zone)) != _clock(zone):
                shared.add(word)
    return {word: zone for word, zone in found.items() if word not in shared}


def _names(zone: str) -> Iterator[str]:
    yield zone
    if not zone.startswith(_NO_CITIES) and zone not in _SIDES:
        yield zone.rpartition("/")[2]
    for locale in i18n.LOCALES:
        babel = locale.replace("-", "_")
        yield get_timezone_location(zone, locale=babel, return_city=True)
        yield get_timezone_location(zone, locale=babel)
        with i18n.use_locale(locale):
            yield i18n.zone_place(zone)


def _clock(zone: str) -> list[object]:
    return [at.astimezone(ZoneInfo(zone)).utcoffset() for at in _LOOKED_AT]
