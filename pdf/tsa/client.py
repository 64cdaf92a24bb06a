"""Timestamps from third parties: RFC 3161 over HTTP, addresses in order, every answer checked before use.

An address that failed rests: for a while it is asked last, so that an authority that hangs costs its time-out once and
not at every signature.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import requests
from cryptography import x509
from urllib3.exceptions import HTTPError, ReadTimeoutError

from pdf import der
from pdf.errors import PdfError, TimestampUnavailable
from pdf.tsa.protocol import DIGEST_LENGTHS, LONGEST_TOKEN, SHA256, Fault, Stamp

_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
_PIECE = 4096


class HttpTimestamper:
    """Third parties' timestamp authorities; safe to share between threads.

    `timeout` is in seconds for one address: for the connection, for the head of the answer, and for the whole answer.
    `anchors` are the roots that a token must chain to; `policies` the TSA policies taken (dotted; empty: any).
    `rest` is how many seconds an address that failed is asked last. With `clock`, this machine's, a token whose time is
    two minutes from it is not taken: what is signed by two clocks that differ would be doubted for ever.
    """

    third_party = True

    def __init__(
        self,
        urls: Sequence[str],
        *,
        timeout: float = 10.0,
        anchors: Sequence[x509.Certificate],
        policies: Collection[str] = (),
        rest: float = 60.0,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        bad = [url for url in urls if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname]
        if bad or not urls or not anchors:
            raise PdfError("addresses by http or https and anchors are needed", code="timestamp_settings", urls=bad)
        self._urls = tuple(urls)
        self._timeout = timeout
        self._anchors = tuple(anchors)
        self._policies = frozenset(policies)
        self._rest = rest
        self._clock = clock
        self._resting: dict[str, float] = {}  # address → until when (monotonic)
        self.name = ", ".join(_host(url) for url in urls)

    def token(self, digest: bytes) -> bytes:
        """The token of `stamp`."""
        return self.stamp(digest).token

    def stamp(self, digest: bytes) -> Stamp:
        """The first token over a SHA-256 digest to pass every check; raises TimestampUnavailable with all reasons."""
        if len(digest) != DIGEST_LENGTHS[SHA256]:
            raise PdfError("a SHA-256 digest has 32 octets", code="imprint_length")
        reasons = []
        for url in self._in_order():
            try:
                return Stamp(self._ask(url, digest), _host(url), third_party=True)
            except TimestampUnavailable as error:
                self._resting[url] = time.monotonic() + self._rest
                reasons.append(f"{_host(url)}: {error}")
        raise TimestampUnavailable("no authority gave a usable token", reasons=tuple(reasons))

    def try_each(self, digest: bytes) -> dict[str, TimestampUnavailable | None]:
        """Each address with what is wrong with its answer, or None: for who looks after the installation."""
        found: dict[str, TimestampUnavailable | None] = dict.fromkeys(self._urls)
        for url in self._urls:
            try:
                self._ask(url, digest)
            except TimestampUnavailable as error:
                found[url] = error
        return found

    def _in_order(self) -> list[str]:
        """The addresses as they were given, those that rest after the others."""
        now = time.monotonic()
        return sorted(self._urls, key=lambda url: self._resting.get(url, 0.0) > now)

    def _ask(self, url: str, digest: bytes) -> bytes:
        # pyHanko takes half a second to import; a server with its own responder never needs it here.
        from pdf.tsa.checks import checked_token

        nonce = secrets.randbits(63) | 1 << 62
        answer = self._reached(url, request_for(digest, nonce))
        now = self._clock() if self._clock else None
        return checked_token(
            answer, digest=digest, nonce=nonce, anchors=self._anchors, policies=self._policies, now=now
        )

    def _reached(self, url: str, request: bytes) -> bytes:
        """The answer's body; what the network says is put in words of ours."""
        try:
            return self._post(url, request)
        except requests.exceptions.SSLError as error:
            raise TimestampUnavailable("its TLS certificate is not accepted", fault=Fault.TLS) from error
        except (requests.exceptions.Timeout, TimeoutError, ReadTimeoutError) as error:
            raise self._slow() from error
        except (requests.RequestException, HTTPError, OSError) as error:
            raise TimestampUnavailable("it cannot be reached, or breaks off", fault=Fault.AWAY) from error

    def _slow(self) -> TimestampUnavailable:
        return TimestampUnavailable("the answer took too long", fault=Fault.SLOW, seconds=self._timeout)

    def _post(self, url: str, request: bytes) -> bytes:
        until = time.monotonic() + self._timeout
        with requests.post(
            url, data=request, headers=_HEADERS, timeout=self._timeout, stream=True, allow_redirects=False
        ) as response:
            if response.status_code != 200:
                status = response.status_code
                raise TimestampUnavailable(f"HTTP status {status}", fault=Fault.HTTP, status=status)
            answer = b""
            while piece := response.raw.read1(_PIECE, decode_content=True):
                answer += piece
                if len(answer) > LONGEST_TOKEN:
                    raise TimestampUnavailable("the answer is too long", fault=Fault.ANSWER)
                if time.monotonic() > until:
                    raise self._slow()
            return answer


def _host(url: str) -> str:
    return str(urlsplit(url).hostname)


def request_for(digest: bytes, nonce: int) -> bytes:
    """A TimeStampReq over a SHA-256 digest that asks for the certificates."""
    imprint = der.sequence(der.sequence(der.oid(SHA256), der.null()), der.octet_string(digest))
    return der.sequence(der.integer(1), imprint, der.integer(nonce), der.boolean(True))
