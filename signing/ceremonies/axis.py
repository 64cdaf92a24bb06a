"""The time axis of a ceremony as values that a template only prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core import i18n
from core.i18n import t
from signing.ceremonies import hours, queries

_EVERY = 3  # on a narrow screen each third hour has its number


def axis(ceremony: queries.CeremonyView, *, suggest: bool = True) -> dict[str, Any]:
    """Every place with its hours around the planned start; `suggest` hours that suit everybody better."""
    first = hours.first_hour(ceremony.starts_at, ceremony.host_timezone)
    length = timedelta(minutes=ceremony.limit_minutes)
    offset = int((ceremony.starts_at - first).total_seconds() // 60)
    zones = [party.timezone for party in ceremony.parties] or [ceremony.host_timezone]
    return {
        "rows": [_row(ceremony, zone, places, first) for zone, places in _places(ceremony).items()],
        "band": {"x": offset, "width": max(6, min(ceremony.limit_minutes, hours.HOURS * 60 - offset))},
        "minutes": hours.HOURS * 60,
        "length": t("ceremony-minutes", n=ceremony.limit_minutes),
        "best": _best(ceremony, hours.best_hours(first, zones, length), length) if suggest else None,
        "other_day": _other_day(ceremony, hours.better_day(first, zones, length)) if suggest else None,
    }


def _places(ceremony: queries.CeremonyView) -> dict[str, str]:
    """The names of all places by their zone, the host's first."""
    host = ceremony.host
    found: dict[str, dict[str, None]] = {}
    for party in (host, *ceremony.parties):
        found.setdefault(party.timezone, {})[i18n.pick(party.place)] = None
    return {zone: t("list-separator").join(places) for zone, places in found.items()}


def _row(ceremony: queries.CeremonyView, zone: str, places: str, first: datetime) -> dict[str, Any]:
    local = ceremony.starts_at.astimezone(ZoneInfo(zone))
    apart = hours.days_apart(ceremony.starts_at, zone, ceremony.host_timezone)
    return {
        "place": places,
        "zone": i18n.zone_name(zone),
        "time": i18n.format_time(ceremony.starts_at, zone),
        "day": i18n.format_date(local.date(), weekday=True),
        "apart": t("axis-day-before" if apart < 0 else "axis-day-after") if apart else "",
        "part": str(hours.part_of_day(local)),
        "weekend": local.weekday() >= 5,
        "stretches": [vars(each) for each in hours.stretches(first, zone)],
        "hours": [_hour(first + timedelta(hours=number), zone, number) for number in range(hours.HOURS)],
    }


def _hour(at: datetime, zone: str, number: int) -> dict[str, Any]:
    local = at.astimezone(ZoneInfo(zone))
    return {
        # Half and quarter hours stand where they are, and say so.
        "text": f"{local:%H}" if local.minute == 0 else f"{local:%H:%M}",
        "planned": number == hours.BEFORE,
        "often": (number - hours.BEFORE) % _EVERY == 0,
        "midnight": local.hour == 0 and local.minute < 60 and number > 0,
    }


def _best(ceremony: queries.CeremonyView, best: hours.Best, length: timedelta) -> dict[str, Any]:
    fits = best.holds(ceremony.starts_at, length)
    return {
        "fits": t(f"axis-fits-{best.suit}") if fits else "",
        "words": t(f"axis-best-{best.suit}", places=_names(ceremony, best.at_night)),
        "windows": [] if fits else [_window(ceremony, each) for each in best.windows],
    }


def _other_day(ceremony: queries.CeremonyView, better: hours.BetterDay) -> dict[str, Any] | None:
    """What another day would change; None where the planned one is as good as can be."""
    if better.best is None:
        return {"words": t("axis-no-other-day", n=hours.DAYS_AHEAD), "window": None} if better.was_asked else None
    # The longest of them: of two short ones before and behind a night nobody means the shorter.
    window = max(better.best.windows, key=lambda each: each.last - each.first)
    day = i18n.format_date(window.start.astimezone(ZoneInfo(ceremony.host_timezone)).date(), weekday=True)
    return {"words": t(f"axis-other-day-{better.best.suit}", day=day), "window": _window(ceremony, window)}


def _names(ceremony: queries.CeremonyView, zones: Sequence[str]) -> str:
    return t("list-separator").join(places for zone, places in _places(ceremony).items() if zone in zones)


def _window(ceremony: queries.CeremonyView, window: hours.Window) -> dict[str, str]:
    zone = ceremony.host_timezone
    start = window.start.astimezone(ZoneInfo(zone))
    planned = ceremony.starts_at.astimezone(ZoneInfo(zone)).date()
    span = f"{i18n.format_time(window.first, zone)}–{i18n.format_time(window.last, zone)}"
    day = "" if window.first.astimezone(ZoneInfo(zone)).date() == planned else i18n.format_date(start.date()) + " "
    return {
        "span": day + t("axis-window", span=span, place=i18n.pick(ceremony.host.place)),
        "others": t("list-separator").join(
            f"{places} {i18n.format_time(window.start, there)}"
            for there, places in _places(ceremony).items()
            if there != zone
        ),
        "date": f"{start:%Y-%m-%d}",
        "time": f"{start:%H:%M}",
    }
