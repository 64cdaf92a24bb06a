"""What a ceremony's trail tells about its cues: when each ran, also before it was gone back to, and holds. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Act:
    """One entry of the trail that is about a cue or the sheet: `cue_id` is empty where it is about the sheet alone."""

    at: datetime
    action: str
    cue_id: str


@dataclass(frozen=True)
class Run:
    """A cue from its *go* to its end; `ended_at` None while it is live. `end` is how: next, back, skipped, over."""

    cue_id: str
    began_at: datetime
    ended_at: datetime | None = None
    end: str = ""

    @property
    def took(self) -> timedelta | None:
        return self.ended_at - self.began_at if self.ended_at else None


@dataclass(frozen=True)
class Hold:
    """From when to when a ceremony was on hold; `ended_at` None while it is."""

    cue_id: str
    began_at: datetime
    ended_at: datetime | None = None


_ENDS = {"cue.went": "next", "cue.went_back": "back", "cues.over": "over"}


def runs(acts: Iterable[Act]) -> list[Run]:
    """Every run of every cue, in order."""
    found: list[Run] = []
    live: Run | None = None
    for act in acts:
        is_end = act.action in _ENDS or (act.action == "cue.skipped" and live and live.cue_id == act.cue_id)
        if live and is_end:
            found.append(Run(live.cue_id, live.began_at, act.at, _ENDS.get(act.action, "skipped")))
            live = None
        if act.action in {"cue.went", "cue.went_back"}:
            live = Run(act.cue_id, act.at)
    return [*found, live] if live else found


def holds(acts: Iterable[Act]) -> list[Hold]:
    """Every hold, in order; going back and ending end one too."""
    found: list[Hold] = []
    held: Hold | None = None
    for act in acts:
        if act.action == "cues.held":
            held = Hold(act.cue_id, act.at)
        elif held and act.action in {"cues.resumed", "cue.went_back", "cues.over"}:
            found.append(Hold(held.cue_id, held.began_at, act.at))
            held = None
    return [*found, held] if held else found


def span(length: timedelta) -> str:
    """`2:05`, or `1:02:05` from an hour on; minutes and seconds."""
    seconds = round(abs(length).total_seconds())
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def difference(length: timedelta) -> str:
    """`+0:35` later or longer than planned, `−0:10` earlier or shorter, `0:00`."""
    text = span(length)
    if round(length.total_seconds()) == 0:
        return text
    return ("+" if length > timedelta() else "−") + text
