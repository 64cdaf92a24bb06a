"""The host who leads: goes through the cue sheet as the page does, and waits where people sign."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from core.i18n import pick, t
from web.replay.client import Browser, Refused

_POLL_SECONDS = 0.2
# Another act came first, or this one's answer was lost and it was sent again: the sheet says what is so now.
_LOOK_AGAIN = {"cue_sheet_moved", "cue_unsigned", "cue_tick_moved", "cue_codes_changed"}


class Leader:
    """Leads one ceremony to the end of its cue sheet; `say` hears each cue. `is_everybody_here` lets it begin."""

    def __init__(
        self,
        browser: Browser,
        ceremony_id: str,
        *,
        pace: float,
        say: Callable[[str], None],
        stopping: threading.Event,
        is_everybody_here: Callable[[], bool],
    ) -> None:
        self._browser = browser
        self._base = f"/api/ceremonies/{ceremony_id}/cues"
        self._pace = pace
        self._say = say
        self._stopping = stopping
        self._is_everybody_here = is_everybody_here

    def make_sheet(self) -> dict[str, Any]:
        """The sheet that the plan suggests; where there is one, that one. Raises ReplayFailed, Refused."""
        return self._answer(self._browser.post(self._base))

    def lead(self) -> None:
        """From the first cue to the last, or until `stopping` is set. Raises ReplayFailed, Refused."""
        sheet = self.make_sheet()
        while not self._is_everybody_here():
            if self._stopping.wait(_POLL_SECONDS):
                return
        told = ""
        while sheet["state"] != "over" and not self._stopping.is_set():
            live = next((cue for cue in sheet["cues"] if cue["id"] == sheet["live"]), None)
            if live and live["id"] != told:
                told = live["id"]
                self._say(t("replay-cue", title=pick(live["title"])))
                self._stopping.wait(self._pace)
            sheet = self._step(sheet)

    def _step(self, sheet: dict[str, Any]) -> dict[str, Any]:
        """One act, and the sheet after it; where signatures are missing, the sheet a little later."""
        try:
            return self._answer(self._browser.post(*self._next(sheet)))
        except Refused as refused:
            if refused.code not in _LOOK_AGAIN:
                raise
            if refused.code == "cue_unsigned":
                self._stopping.wait(_POLL_SECONDS)
            return self._answer(self._browser.get(self._base))

    def _next(self, sheet: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """What is to be done now: address and body."""
        if sheet["to_tick"]:
            live = next(cue for cue in sheet["cues"] if cue["id"] == sheet["live"])
            first = sheet["to_tick"][0]
            party = {"party": first["party"], "shown": first["shown"], "ticked": True}
            return f"{self._base}/ticks", {"cue": live["id"], "run": live["began_at"], **party}
        verb, cue = "over", ""
        if sheet["state"] == "held":
            verb = "resume"
        elif sheet["standing_by"]:
            verb = "go"
        elif sheet["next"]:
            verb, cue = "stand_by", sheet["next"]
        return f"{self._base}/lead/{verb}", {"seq": sheet["seq"], "cue": cue}

    @staticmethod
    def _answer(sheet: Any) -> dict[str, Any]:
        found: dict[str, Any] = sheet
        return found
