"""The whole play: one host, all signers at once, a timeline on the way, files and verdicts at the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.i18n import current, pick, t, use_locale
from pdf.pki import load_certificates
from pdf.verify import FileVerdict, verify_in_child
from web.replay.client import Browser, ReplayFailed
from web.replay.host import Host
from web.replay.signer import Act, Signer

Say = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What came of a replay."""

    acts: tuple[Act, ...]
    verdicts: tuple[FileVerdict, ...]
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether everything that was written is TOTAL-PASSED."""
        return bool(self.verdicts) and all(verdict.verdict == "TOTAL-PASSED" for verdict in self.verdicts)


class Play:
    """Plays a ceremony file against a server that runs as a demo."""

    def __init__(self, server: str, *, out: Path, say: Say, pace: float = 0.0, patience: float = 60.0) -> None:
        self._server = server
        self._out = out
        self._tell = say
        self._pace = pace
        self._patience = patience
        self._locale = current()
        self._begun = time.monotonic()
        self._host = Host(self._browser(), say=self._say)

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
        return self._play(self._host.invite())

    def run_existing(self, ceremony_id: str) -> Outcome:
        """Play a ceremony whose invitations are out."""
        self._begun = time.monotonic()
        self._host.sign_in()
        self._host.ceremony_id = ceremony_id
        return self._play(self._host.state())

    def _play(self, state: dict[str, Any]) -> Outcome:
        self._say(t("replay-invited", url=self._host.stage_link()))
        acts = self._sign_all(state)
        self._say(t("replay-sealing"))
        self._host.wait_for_evidence()
        verdicts = self._fetch_and_verify()
        return Outcome(tuple(acts), tuple(verdicts), time.monotonic() - self._begun)

    def _sign_all(self, state: dict[str, Any]) -> list[Act]:
        signers = [self._signer(party["seat"]) for party in state["parties"]]
        with ThreadPoolExecutor(len(signers)) as pool:
            return [act for acts in pool.map(Signer.play, signers) for act in acts]

    def _signer(self, seat: dict[str, Any]) -> Signer:
        link = self._host.personal_link(seat["email"])
        return Signer(self._browser(), link=link, email=seat["email"], pace=self._pace, say=self._say_act)

    def _say_act(self, state: dict[str, Any], act: Act) -> None:
        seat = state["seat"]
        at = datetime.fromisoformat(act.signed_at.replace("Z", "+00:00")).astimezone(ZoneInfo(seat["timezone"]))
        with use_locale(self._locale):  # called by the signers' threads
            self._say(
                t(
                    "replay-signed",
                    place=seat["place"],
                    time=f"{at:%H:%M:%S}",
                    zone=seat["timezone"],
                    organisation=seat["organisation"],
                    title=state["agreement"]["title"],
                    seconds=f"{act.seconds:.2f}",
                    again=t("replay-again", tries=act.tries) if act.tries > 1 else "",
                )
            )

    def _fetch_and_verify(self) -> list[FileVerdict]:
        self._out.mkdir(parents=True, exist_ok=True)
        anchors = self._host.download("/pki/anchors.pem")
        (self._out / "anchors.pem").write_bytes(anchors)
        state = self._host.state()
        files = [
            (self._out / f"{number:02d}-{agreement['key']}.pdf", agreement["downloads"]["final.pdf"])
            for number, agreement in enumerate(state["agreements"], start=1)
        ]
        files.append((self._out / "kit.zip", state["kit"]))
        verdicts = []
        for path, address in files:
            path.write_bytes(self._host.download(address))
            verdict = verify_in_child(path, name=path.name, anchors=load_certificates(anchors))
            self._say(t("replay-verdict", file=path.name, verdict=str(verdict.verdict)))
            verdicts.append(verdict)
        return verdicts


__all__ = ["Outcome", "Play", "ReplayFailed"]
