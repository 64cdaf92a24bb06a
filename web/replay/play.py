"""The whole play: one host who leads, all signers at once, a timeline on the way, files and verdicts at the end."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.i18n import current, pick, t
from pdf.verify import Anchors, FileVerdict, Indication, verify_in_child
from web.replay.client import Browser, ReplayFailed
from web.replay.host import Host
from web.replay.leader import Leader
from web.replay.signer import Act, Signer

Say = Callable[[str], None]
ANCHORS = "anchors.pem"
_SIGNED = {"completed", "sealed"}


@dataclass(frozen=True)
class Outcome:
    """What came of a replay: what the clients were told, and what was found in the files."""

    ceremony_id: str
    acts: tuple[Act, ...]
    verdicts: tuple[FileVerdict, ...]
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether everything that was written is TOTAL-PASSED."""
        return bool(self.verdicts) and all(each.verdict is Indication.TOTAL_PASSED for each in self.verdicts)


class Play:
    """Plays a ceremony file against a server that runs as a demo; `led`: by its cue sheet."""

    def __init__(
        self, server: str, *, out: Path, say: Say, pace: float = 0.0, patience: float = 60.0, led: bool = True
    ) -> None:
        self._server = server
        self._out = out
        self._tell = say
        self._pace = pace
        self._patience = patience
        self._led = led
        self._locale = current()
        self._begun = time.monotonic()
        self._host = Host(self._browser(), say=self._say)
        self._plan: dict[str, Any] = {}

    def _browser(self) -> Browser:
        return Browser(self._server, patience=self._patience, locale=self._locale)

    def _say(self, line: str) -> None:
        self._tell(f"{time.monotonic() - self._begun:7.2f} s  {line}")

    def run(self, content: bytes) -> Outcome:
        """Import `content` (a ceremony file) and play it. Raises ReplayFailed, Refused."""
        self._begun = time.monotonic()
        self._host.sign_in()
        state = self._host.import_file(content)
        counts = {"parties": len(state["parties"]), "agreements": len(state["agreements"])}
        self._say(t("replay-parties", title=pick(state["title"]), **counts))
        invited = self._host.invite()
        self._say(t("replay-invited", url=self._host.stage_link()))
        return self._play(invited)

    def run_existing(self, ceremony_id: str) -> Outcome:
        """Play a ceremony whose invitations are out; what people have signed in it already stays theirs."""
        self._begun = time.monotonic()
        self._host.sign_in()
        self._host.ceremony_id = ceremony_id
        return self._play(self._host.state())

    def _play(self, state: dict[str, Any]) -> Outcome:
        self._plan = state
        acts = self._sign_all(state)
        self._check_all_signed()
        self._say(t("replay-sealing"))
        verdicts = self._fetch_and_verify()
        return Outcome(self._host.ceremony_id, tuple(acts), tuple(verdicts), time.monotonic() - self._begun)

    def _sign_all(self, state: dict[str, Any]) -> list[Act]:
        """All signers at once; when one of them cannot go on, the others stop instead of waiting for it for ever."""
        stopping = threading.Event()
        # Each a little slower than the one before, so that a hall can follow who signs.
        signers = [
            self._signer(party["seat"], self._pace * (1 + number / 2), stopping)
            for number, party in enumerate(state["parties"])
        ]
        leader = self._leader(stopping) if self._led else None
        with ThreadPoolExecutor(len(signers) + 1) as pool:
            playing = [pool.submit(copy_context().run, signer.play) for signer in signers]
            waited: list[Future[Any]] = [*playing]
            if leader is not None:
                waited.append(pool.submit(copy_context().run, leader.lead))
            try:
                ended, _ = wait(waited, return_when=FIRST_EXCEPTION)
            finally:
                stopping.set()
        for each in ended:
            each.result()
        return [act for each in playing for act in each.result()]

    def _leader(self, stopping: threading.Event) -> Leader:
        browser = self._browser()
        Host(browser, say=self._say).sign_in()
        here = self._host.is_everybody_here
        leader = Leader(
            browser, self._host.ceremony_id, pace=self._pace, say=self._say, stopping=stopping, is_everybody_here=here
        )
        # Before anybody may sign: without a sheet everybody may at any time.
        leader.make_sheet()
        return leader

    def _signer(self, seat: dict[str, Any], pace: float, stopping: threading.Event) -> Signer:
        link = self._host.personal_link(seat["email"])
        return Signer(self._browser(), link=link, email=seat["email"], pace=pace, say=self._say_act, stopping=stopping)

    def _say_act(self, act: Act) -> None:
        party = next(each for each in self._plan["parties"] if each["seat"]["id"] == act.seat_id)
        agreement = next(each for each in self._plan["agreements"] if each["id"] == act.agreement)
        at = datetime.fromisoformat(act.signed_at.replace("Z", "+00:00")).astimezone(ZoneInfo(party["timezone"]))
        self._say(
            t(
                "replay-signed",
                place=pick(party["place"]),
                time=f"{at:%H:%M:%S}",
                zone=party["timezone"],
                organisation=pick(party["organisation"]),
                title=pick(agreement["title"]),
                seconds=f"{act.seconds:.2f}",
                again=t("replay-again", tries=act.tries) if act.tries > 1 else "",
            )
        )

    def _check_all_signed(self) -> None:
        open_ones = [each["number"] for each in self._host.state()["agreements"] if each["state"] not in _SIGNED]
        if open_ones:
            raise ReplayFailed("replay-not-signed", numbers=", ".join(open_ones))

    def _fetch_and_verify(self) -> list[FileVerdict]:
        """Each file as soon as it is to be had, verified while the next ones are made."""
        self._out.mkdir(parents=True, exist_ok=True)
        anchors = self._host.download("/pki/anchors.pem")
        (self._out / ANCHORS).write_bytes(anchors)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            verifying = []
            for name, address in self._host.list_files():
                path = self._out / name
                path.write_bytes(self._host.download(address))
                verifying.append(pool.submit(copy_context().run, self._verify, path, anchors))
            return [each.result() for each in verifying]

    def _verify(self, path: Path, anchors: bytes) -> FileVerdict:
        verdict = verify_in_child(path, name=path.name, anchors=Anchors.load(anchors))
        self._say(t("replay-verdict", file=path.name, verdict=str(verdict.verdict)))
        return verdict


__all__ = ["Outcome", "Play", "ReplayFailed"]
