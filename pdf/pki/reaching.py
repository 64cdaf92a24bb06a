"""One question by HTTP to an address that strangers wrote: into no private network, and never without end.

The host is resolved once and the connection goes to the very address that was looked at (no DNS rebinding). Redirects
are not followed, proxies of the environment not used.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import cast
from urllib.parse import SplitResult, urlsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH

_PORTS = {"http": 80, "https": 443}
_PIECE = 65_536
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1: an IPv4 address in the last 32 bits
_UNICAST = IPv6Network("2000::/3")  # all that IANA has given out for the public network
# What Python 3.11 counts as public although nobody outside has it, or although it leads elsewhere.
_NOT_PUBLIC_4 = (
    IPv4Network("192.0.0.0/24"),  # RFC 6890 §2.2.2, and a cloud's metadata
    IPv4Network("192.88.99.0/24"),  # RFC 7526: relays of 6to4
    IPv4Network("168.63.129.16/32"),  # a cloud's host, from inside its machines
)
_NOT_PUBLIC_6 = (
    IPv6Network("2001::/23"),  # RFC 2928: protocols, Teredo among them, which embeds IPv4
    IPv6Network("2001:db8::/32"),
    IPv6Network("3fff::/20"),  # RFC 9637
)


class Unreached(Exception):
    """Nothing was heard, or nothing was asked; the text says why."""


class Unasked(Unreached):
    """Nothing was asked: no connection came about, so that nothing can have been done about it."""


@dataclass(frozen=True)
class Reach:
    """Where questions may go.

    `named`: hosts as settings write them (`ca.example.cn` for the ports 80 and 443, `10.1.2.3:8080`, `[fd00::1]:8080`),
    wherever they are. `others`: also every other host, at public addresses and the ports 80 and 443.
    """

    named: frozenset[str] = frozenset()
    others: bool = False

    def names(self, url: str) -> bool:
        """Whether the address is at a host that settings name."""
        parts = split(url)
        if parts is None or parts.hostname is None:
            return False
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        port = parts.port or _PORTS[parts.scheme]
        return f"{host}:{port}" in self.named or (port in _PORTS.values() and host in self.named)

    def allows(self, url: str) -> bool:
        """Whether the address may be asked, as far as its text says."""
        return self.others or self.names(url)


def split(url: str) -> SplitResult | None:
    """The parts of an http(s) address with a host; None for every other text."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in _PORTS and parts.hostname else None


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public network: no private, local, shared, reserved or multicast one.

    IPv6 addresses that lead to an IPv4 address (mapped, NAT64, 6to4) are judged by that.
    """
    found = ip_address(address)
    if isinstance(found, IPv4Address):
        return found.is_global and not found.is_multicast and not any(found in each for each in _NOT_PUBLIC_4)
    inner = _inside(found)
    if inner is not None:
        return is_public(str(inner))
    return found in _UNICAST and found.is_global and not any(found in each for each in _NOT_PUBLIC_6)


def _inside(found: IPv6Address) -> IPv4Address | None:
    if found in _NAT64:
        return IPv4Address(int(found) & 0xFFFF_FFFF)
    return found.ipv4_mapped or found.sixtofour


@dataclass(frozen=True)
class Answer:
    """What was said to a question: the HTTP status, and the octets."""

    status: int
    body: bytes


def ask(url: str, body: bytes | None, headers: Mapping[str, str], *, longest: int, until: float, reach: Reach) -> bytes:
    """The octets of an answer with status 200: to a GET, or to a POST of `body`. Raises Unreached.

    `until` is of time.monotonic(), for all but the resolver, which has its own time-out.
    """
    answer = exchange(url, body, headers, longest=longest, until=until, reach=reach)
    if answer.status != 200:
        raise Unreached(f"HTTP status {answer.status}")
    return answer.body


def exchange(
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    longest: int,
    until: float,
    reach: Reach,
    method: str = "",
) -> Answer:
    """As `ask`, with every status being an answer, and with another `method` where one is given.

    Raises Unasked where no connection came about, Unreached for all that may have been heard there.
    """
    parts = split(url)
    if parts is None or parts.hostname is None:
        raise Unasked("not an http(s) address")
    try:
        plain = _connected(parts, until, is_named=reach.names(url), others=reach.others)
        secured = _secured(plain, parts)
    except (OSError, ValueError) as error:
        raise Unasked(type(error).__name__) from error
    try:
        with closing(secured) as sock:
            connection = HTTPConnection(parts.hostname, parts.port or _PORTS[parts.scheme])
            # http.client asks for sendall, makefile and close alone.
            connection.sock = cast(socket.socket, _Bounded(sock, until))
            path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
            connection.request(method or ("GET" if body is None else "POST"), path, body=body, headers=dict(headers))
            return _answer(connection, longest)
    except (HTTPException, OSError, ValueError) as error:
        raise Unreached(type(error).__name__) from error


def _answer(connection: HTTPConnection, longest: int) -> Answer:
    with connection.getresponse() as response:
        answer = b""
        while piece := response.read1(_PIECE):
            answer += piece
            if len(answer) > longest:
                raise Unreached("the answer is too long")
        if response.length:  # read1 says nothing of an answer that ends before the length that it stated
            raise Unreached("the answer was cut short")
        return Answer(response.status, answer)


def _connected(parts: SplitResult, until: float, *, is_named: bool, others: bool) -> socket.socket:
    """A connection to the first address of the host that may be asked and takes it."""
    port = parts.port or _PORTS[parts.scheme]
    if not is_named and (not others or port not in _PORTS.values()):
        raise Unasked(f"port {port} of a host that no setting names")
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    allowed = [each for each in found if is_named or is_public(str(each[4][0]))]
    if not allowed:
        raise Unasked("a host in a private network that no setting names")
    trouble: OSError = TimeoutError()
    for family, kind, protocol, _, address in allowed:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(_left(until))
            sock.connect(address)
        except OSError as error:
            sock.close()
            trouble = error
            continue
        return sock
    raise trouble


def _secured(sock: socket.socket, parts: SplitResult) -> socket.socket:
    return _context().wrap_socket(sock, server_hostname=parts.hostname) if parts.scheme == "https" else sock


@lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    """The machine's authorities of web servers, and those that come with requests."""
    context = ssl.create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


def _left(until: float) -> float:
    """Seconds; raises TimeoutError where there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Bounded:
    """A socket that stops when the time for the whole conversation is over, however it is fed."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until = sock, until

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(_left(self._until))
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock, self._until))

    def close(self) -> None:
        """Not yet: http.client closes when the headers are there, and who opened the socket closes it."""


class _Reader(io.RawIOBase):
    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until = sock, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        self._sock.settimeout(_left(self._until))
        return self._sock.recv_into(cast(bytearray, buffer))
