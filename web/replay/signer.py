"""One signer: does what the seat page does, with the same checks before the key signs."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from pdf.sign import sign_attributes
from web.replay import flourish
from web.replay.client import Browser, Refused, ReplayFailed

# CMS attribute messageDigest: SEQUENCE body OID 1.2.840.113549.1.9.4, SET, OCTET STRING of 32 octets.
_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d01090431220420")
_CODE = re.compile(r"\b(\d{6})\b")
_POLL_SECONDS = 0.2
_BEAT_SECONDS = 10.0
_TRIES = 60
_NOT_CALLED = "cue_not_live"


@dataclass(frozen=True)
class Act:
    """One signature that was given."""

    seat_id: str
    agreement: str
    signed_at: str
    digest: str
    seconds: float
    tries: int


class Signer:
    """Plays one seat to its end; `say` hears each signature."""

    def __init__(
        self,
        browser: Browser,
        *,
        link: str,
        email: str,
        pace: float,
        say: Callable[[Act], None],
        stopping: threading.Event,
    ) -> None:
        self._browser = browser
        self._link = link
        self._email = email
        self._pace = pace
        self._say = say
        self._stopping = stopping
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._base = ""
        self._keys: dict[str, str] = {}
        self._heard_at = -_BEAT_SECONDS

    def play(self) -> list[Act]:
        """From the link to the last signature, or until `stopping` is set. Raises ReplayFailed, Refused."""
        page = self._browser.open(self._link)
        found = re.search(r"/api/seat/(sea_[0-9a-z]+)", page)
        if not found:
            raise ReplayFailed("replay-no-seat")
        self._base = f"/api/seat/{found.group(1)}"
        seat = self._prove()["seat"]
        consent = {"accepted": True, "place": seat["place"], "timezone": seat["timezone"]}
        state = self._browser.post(f"{self._base}/consent", consent)
        self._enrol()
        acts: dict[str, Act] = {}
        while not self._stopping.is_set():
            self._tell_here()
            waiting = [item for item in state["agreements"] if item["mine"] in {"open", "waiting"}]
            if not waiting:
                break
            for item in waiting:
                if item["id"] in acts:
                    raise ReplayFailed("replay-lost", number=item["number"])
                if item["mine"] == "open" and item["blocked_by"] != _NOT_CALLED:
                    act = self._read_and_sign(item)
                    acts |= {act.agreement: act} if act else {}
            self._stopping.wait(_POLL_SECONDS)  # polling is the replay's stand-in for the live stream of a page
            state = self._state()
        if not self._stopping.is_set():
            self._tell_here(leaving=True)
        return list(acts.values())

    def _tell_here(self, *, leaving: bool = False) -> None:
        """As the page does every ten seconds: the lobby and the report know who was there."""
        if leaving or time.monotonic() - self._heard_at >= _BEAT_SECONDS:
            self._heard_at = time.monotonic()
            self._browser.post(f"{self._base}/here", {"visible": True, "leaving": leaving})

    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = self._browser.get(self._base)
        return state

    def _prove(self) -> dict[str, Any]:
        """The one-time code from the demo's mailbox; asked for again when it came to nothing. Returns the state."""
        until = time.monotonic() + 120
        tried: set[str] = set()
        while not (state := self._state())["identity"]["proved"]:
            if time.monotonic() > until:
                raise ReplayFailed("replay-no-code", email=self._email)
            try:
                self._browser.post(f"{self._base}/code")
            except Refused as refused:
                if refused.code != "code_just_sent":  # its answer was lost: the mail is on its way
                    raise
            code = self._wait_for_code(tried)
            tried.add(code)
            try:
                self._browser.post(f"{self._base}/code/check", {"code": code})
            except Refused as refused:
                if not refused.code.startswith("code_"):
                    raise
        return state

    def _wait_for_code(self, tried: set[str]) -> str:
        """The newest code that was not tried yet."""
        until = time.monotonic() + 60
        while time.monotonic() < until and not self._stopping.is_set():
            for message in self._browser.get(f"/demo/mailbox.json?to={self._email}")["messages"]:
                found = _CODE.search(message["subject"])
                if found and found.group(1) not in tried:
                    return found.group(1)
            self._stopping.wait(_POLL_SECONDS)
        raise ReplayFailed("replay-no-code", email=self._email)

    def _enrol(self) -> None:
        builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
        request = builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.DER)
        self._browser.post(f"{self._base}/certificate", {"csr": base64.b64encode(request).decode()})

    def _read_and_sign(self, item: dict[str, Any]) -> Act | None:
        """None where the host went on meanwhile: it is signed when it is called again."""
        agreement = f"{self._base}/agreements/{item['id']}"
        for page in range(item["read_to"] + 1, item["pages"] + 1):
            self._browser.download(f"{agreement.replace('/api', '', 1)}/pages/{page}.png")
            self._browser.post(f"{agreement}/read", {"page": page})
        if self._pace:
            self._stopping.wait(self._pace)
            flourish.show(self._browser, self._base, item["id"], seed=self._email, stopping=self._stopping)
        begun = time.monotonic()
        tries = 0
        while True:
            tries += 1
            try:
                answer = self._sign(agreement, item)
                break
            except Refused as refused:
                if refused.code == "already_signed":  # an earlier act whose answer was lost, under another key
                    raise ReplayFailed("replay-signed-by-other", number=item["number"]) from None
                if refused.code == _NOT_CALLED:
                    return None
                if (
                    refused.code not in {"revision_moved", "preparation_expired", "timestamp_unavailable"}
                    or tries > _TRIES
                ):
                    raise
                if refused.code == "timestamp_unavailable":
                    self._stopping.wait(1.0)
        act = Act(
            self._base.rpartition("/")[2],
            item["id"],
            answer["signed_at"],
            answer["digest"],
            time.monotonic() - begun,
            tries,
        )
        self._say(act)
        return act

    def _sign(self, agreement: str, item: dict[str, Any]) -> dict[str, Any]:
        key = self._keys.setdefault(item["id"], str(uuid.uuid4()))
        prepared = self._browser.post(
            f"{agreement}/signature/prepare",
            {
                "idempotency_key": key,
                "custody": "client",
                "appearance": {
                    "kind": "drawn",
                    "png": base64.b64encode(flourish.picture(self._email)).decode(),
                    "seal": item.get("seal") is not None,
                },
            },
        )
        if prepared["status"] == "signed":
            return dict(prepared)
        attributes = self._checked_attributes(prepared, item)
        signature = base64.b64encode(sign_attributes(self._key, attributes)).decode()
        path = f"{self._base}/signatures/{prepared['signing_id']}/finish"
        return dict(self._browser.post(path, {"signature": signature}))

    def _checked_attributes(self, prepared: dict[str, Any], item: dict[str, Any]) -> bytes:
        """What the key may sign: only if these bytes are the text that was read, and the attributes speak of them."""
        content = self._browser.download(prepared["content_url"])
        start, first, second, length = prepared["byte_range"]
        if start != 0 or second + length != len(content):
            raise ReplayFailed("replay-bad-range")
        digest = hashlib.sha256(content[:first] + content[second:]).digest()
        attributes = base64.b64decode(prepared["signed_attributes"])
        if digest.hex() != prepared["digest"] or _MESSAGE_DIGEST + digest not in attributes:
            raise ReplayFailed("replay-other-bytes")
        if hashlib.sha256(content[: item["frozen_length"]]).hexdigest() != item["frozen_digest"]:
            raise ReplayFailed("replay-other-text")
        return attributes
