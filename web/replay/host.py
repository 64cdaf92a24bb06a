"""The host of the replay: imports the file, fills in what it lacks, prints, invites, waits, downloads."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from core.i18n import t
from web.replay.client import Browser, Refused, ReplayFailed

_LINK = re.compile(r"https?://[^/\s]+(/s/[A-Za-z0-9._-]+)")
LONGEST_WAIT = 180.0  # seconds for printing, for a mail, for the evidence
_STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"


class Host:
    """Acts for the demo's host account."""

    def __init__(self, browser: Browser, *, say: Callable[[str], None]) -> None:
        self._browser = browser
        self._say = say
        self.ceremony_id = ""

    def sign_in(self) -> None:
        """By the demo's own button; raises ReplayFailed on a server that is no demo."""
        try:
            self._browser.open("/demo")
            self._browser.post_form("/demo/sign-in", next="/demo")
        except Refused as refused:
            if refused.status == 404:
                raise ReplayFailed("replay-no-demo") from None
            raise
        self._browser.open("/demo")  # a sign-in ends the CSRF token from before it

    def import_file(self, content: bytes) -> dict[str, Any]:
        """Import, then give every signer without one a made-up name and address."""
        state = self._browser.post_bytes("/api/ceremonies", content, Idempotency_Key=str(uuid.uuid4()))
        self.ceremony_id = str(state["id"])
        for index, party in enumerate(state["parties"]):
            if not party["seat"]["name"] or not party["seat"]["email"]:
                self._fill_in(party, index)
        self._browser.post(f"/api/ceremonies/{self.ceremony_id}/seals/demo")
        return self.state()

    def _fill_in(self, party: dict[str, Any], index: int) -> None:
        seat = party["seat"]
        body = {
            "representative_name": seat["name"] or f"演示代表{_STEMS[index]}",
            "email": seat["email"] or f"{party['key']}.{self.ceremony_id[-6:]}@demo.example",
            "locale": seat["locale"],
            "timezone": party["timezone"],
        }
        for name in ("organisation", "representative_title", "place"):
            body[name] = party[name].get("zh-CN") or party[name].get("en")
            body[f"{name}_en"] = party[name].get("en", "")
        self._browser.post(f"/api/ceremonies/{self.ceremony_id}/parties/{party['key']}", body)

    def state(self) -> dict[str, Any]:
        """The ceremony as the host sees it."""
        state: dict[str, Any] = self._browser.get(f"/api/ceremonies/{self.ceremony_id}")
        return state

    def invite(self) -> dict[str, Any]:
        """Print everything and wait until the invitations are out."""
        try:
            self._browser.post(f"/api/ceremonies/{self.ceremony_id}/invite")
        except Refused as refused:
            if refused.code not in {"ceremony_printing", "ceremony_invited"}:  # an answer that was lost
                raise
        shown = -1
        for state in self._watch("replay-not-printed"):
            done = sum(agreement["state"] != "draft" for agreement in state["agreements"])
            if done != shown:
                self._say(t("replay-printing", done=done, all=len(state["agreements"])))
                shown = done
            if state["state"] != "printing":
                break
        return state

    def _watch(self, too_late: str) -> Iterator[dict[str, Any]]:
        """The ceremony again and again; polling stands in for the live stream of a page. Raises ReplayFailed."""
        until = time.monotonic() + LONGEST_WAIT
        while True:
            yield self.state()
            if time.monotonic() > until:
                raise ReplayFailed(too_late, seconds=f"{LONGEST_WAIT:.0f}")
            time.sleep(0.2)

    def find_unopened(self) -> str | None:
        """The newest ceremony whose invitations are out and whose links nobody has opened."""
        for ceremony in self._browser.get("/api/ceremonies")["ceremonies"]:
            if ceremony["state"] == "invited":
                self.ceremony_id = str(ceremony["id"])
                if not any(party["seat"]["opened_at"] for party in self.state()["parties"]):
                    return self.ceremony_id
        return None

    def stage_link(self) -> str:
        """The link that opens the stage."""
        return str(self._browser.post(f"/api/ceremonies/{self.ceremony_id}/stage-link")["url"])

    def is_everybody_here(self) -> bool:
        """Whether all signers have proved who they are and agreed to sign in this way."""
        return all(party["seat"]["consented_at"] for party in self.state()["parties"])

    def personal_link(self, email: str) -> str:
        """The link from the invitation that a signer was sent, at the address where the server is now."""
        until = time.monotonic() + LONGEST_WAIT
        while time.monotonic() < until:
            for message in self._browser.get(f"/demo/mailbox.json?to={email}")["messages"]:
                found = _LINK.search(message["text"])
                if found:
                    return self._browser.server + found.group(1)
            time.sleep(0.1)
        raise ReplayFailed("replay-no-invitation", email=email)

    def list_files(self) -> Iterator[tuple[str, str]]:
        """Name and address of every final file as it comes to be had, then of the kit. Raises ReplayFailed."""
        listed: set[str] = set()
        for state in self._watch("replay-no-kit"):
            for number, agreement in enumerate(state["agreements"], start=1):
                name = f"{number:02d}-{agreement['key']}.pdf"
                if agreement["downloads"] and name not in listed:
                    listed.add(name)
                    yield name, agreement["downloads"]["final.pdf"]
            if state["kit"]:
                yield "kit.zip", state["kit"]
                return

    def download(self, path: str) -> bytes:
        """A file that the host may have."""
        return self._browser.download(path)
