"""The host of the replay: imports the file, fills in what it lacks, prints, invites, waits, downloads."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from core.i18n import t
from web.replay.client import Browser, Refused, ReplayFailed

_LINK = re.compile(r"https?://\S+/s/[A-Za-z0-9._-]+")
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
                raise ReplayFailed("this server is no demo (YUNQIAN_DEMO=1): codes cannot be read there") from None
            raise
        self._browser.open("/demo")  # a sign-in ends the CSRF token from before it

    def import_file(self, content: bytes) -> dict[str, Any]:
        """Import, then give every signer without one a made-up name and address."""
        state = self._browser.post_bytes("/api/ceremonies", content, Idempotency_Key=str(uuid.uuid4()))
        self.ceremony_id = str(state["id"])
        for index, party in enumerate(state["parties"]):
            if not party["seat"]["name"] or not party["seat"]["email"]:
                self._fill_in(party, index)
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
        until = time.monotonic() + 180
        while (state := self.state())["state"] == "printing":
            done = sum(agreement["state"] != "draft" for agreement in state["agreements"])
            if done != shown:
                self._say(t("replay-printing", done=done, all=len(state["agreements"])))
                shown = done
            if time.monotonic() > until:
                raise ReplayFailed("the agreements were not printed within three minutes")
            time.sleep(0.2)
        return state

    def stage_link(self) -> str:
        """The link that opens the stage."""
        return str(self._browser.post(f"/api/ceremonies/{self.ceremony_id}/stage-link")["url"])

    def personal_link(self, email: str) -> str:
        """The link from the invitation that a signer was sent."""
        for _ in range(600):
            for message in self._browser.get(f"/demo/mailbox.json?to={email}")["messages"]:
                found = _LINK.search(message["text"])
                if found:
                    return found.group(0)
            time.sleep(0.1)
        raise ReplayFailed(f"no invitation came for {email}")

    def wait_for_evidence(self) -> dict[str, Any]:
        """Until every agreement is sealed and the kit of the ceremony is made."""
        until = time.monotonic() + 180
        while (state := self.state())["kit"] is None:
            if time.monotonic() > until:
                raise ReplayFailed("the evidence kit was not made within three minutes")
            time.sleep(0.2)
        return state

    def download(self, path: str) -> bytes:
        """A file that the host may have."""
        return self._browser.download(path)
