"""Where a question by HTTP may go that a stranger's certificate asks for, and how long it may take."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from pdf.pki import reaching
from pdf.pki.reaching import Reach, Unreached, is_public

ANYWHERE = Reach(others=True)
ON_PRIVATE_NETWORKS = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",  # noqa: S104
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.1.2.3",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "3fff::1",
    "100::1",
    "5f00::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2001:0:7f00:1::1",
]
ON_THE_PUBLIC_NETWORK = [
    "1.1.1.1",
    "8.8.8.8",
    "172.32.0.1",
    "100.128.0.1",
    "223.5.5.5",
    "2400:3200::1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]


class Server(ThreadingHTTPServer):
    """On loopback; `answer` writes what it likes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer: Callable[[_Handler], None] = lambda handler: handler.give(b"a list")
        self.asked: list[tuple[str, str | None]] = []
        self.ended = threading.Event()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Host"]))
        self.server.answer(self)

    def give(self, body: bytes, *, status: int = 200, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def drip(self, beginning: bytes) -> None:
        """A beginning, and then an octet now and then for as long as anybody listens."""
        self.wfile.write(beginning)
        try:
            while not self.server.ended.wait(0.01):
                self.wfile.write(b"x")
        except OSError:
            self.server.ended.set()

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield made
        made.ended.set()
        made.shutdown()
        thread.join()


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Names of this test's own network, with the addresses that they are given, one set for each question."""
    known: dict[str, list[str]] = {}

    def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        found = known[host].pop(0).split()
        kinds = [socket.AF_INET6 if ":" in each else socket.AF_INET for each in found]
        return [(kind, socket.SOCK_STREAM, 6, "", (each, port)) for kind, each in zip(kinds, found, strict=True)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


def ask(url: str, reach: Reach, *, longest: int = 100, seconds: float = 5.0) -> bytes:
    return reaching.ask(url, None, {}, longest=longest, until=time.monotonic() + seconds, reach=reach)


def why_not(url: str, reach: Reach, *, longest: int = 100, seconds: float = 5.0) -> str:
    with pytest.raises(Unreached) as refused:
        ask(url, reach, longest=longest, seconds=seconds)
    return str(refused.value)


@pytest.mark.parametrize("address", ON_PRIVATE_NETWORKS)
def test_an_address_inside_a_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ON_THE_PUBLIC_NETWORK)
def test_an_address_of_the_public_network_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0"])
def test_this_machine_is_asked_under_none_of_its_names(host: str) -> None:
    assert why_not(f"http://{host}/secret", ANYWHERE) == "a host in a private network that no setting names"


def test_a_public_name_that_leads_inside_is_not_asked(resolved: dict[str, list[str]]) -> None:
    resolved["ca.example.cn"] = ["10.0.0.1 fd00::1"]
    assert "private network" in why_not("http://ca.example.cn/a.crl", ANYWHERE)


def test_of_several_addresses_none_inside_is_asked(
    resolved: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def connect(_: socket.socket, address: tuple[str, int]) -> None:
        tried.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "socket", type("Socket", (socket.socket,), {"connect": connect}))
    resolved["ca.example.cn"] = ["10.0.0.1 223.5.5.5 127.0.0.1 2400:3200::1"]
    assert why_not("http://ca.example.cn/a.crl", ANYWHERE) == "ConnectionRefusedError"
    assert tried == ["223.5.5.5", "2400:3200::1"]


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(
    resolved: dict[str, list[str]], server: Server
) -> None:
    resolved["ca.example.cn"] = ["127.0.0.1"]  # a second question to the resolver would fail
    reach = Reach(frozenset({f"ca.example.cn:{server.server_port}"}))
    assert ask(f"http://ca.example.cn:{server.server_port}/a.crl?b=1", reach) == b"a list"
    assert server.asked == [("/a.crl?b=1", f"ca.example.cn:{server.server_port}")]


@pytest.mark.parametrize("named", ["127.0.0.1", "127.0.0.1:1", "localhost", ""])
def test_other_ports_are_asked_only_where_a_setting_names_them(server: Server, named: str) -> None:
    reach = Reach(frozenset({named}), others=True)
    assert why_not(f"http://{server.place}/", reach) == f"port {server.server_port} of a host that no setting names"
    assert server.asked == []


@pytest.mark.parametrize("url", ["http://ca.example.cn/x", "https://ca.example.cn/x", "http://CA.example.cn:443/x"])
def test_a_name_without_a_port_is_for_the_two_of_the_web(url: str) -> None:
    assert Reach(frozenset({"ca.example.cn"})).allows(url)
    assert not Reach(frozenset({"ca.example.cn:8080"})).allows(url)


def test_an_ipv6_host_is_named_in_brackets() -> None:
    reach = Reach(frozenset({"[fd00::1]:8080"}))
    assert reach.allows("http://[fd00::1]:8080/x")
    assert not reach.allows("http://[fd00::2]:8080/x")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://ca.example.cn/x", "gopher://x/", "http://[::1", "http://a:x/",
                                 "http:///x", ""])  # fmt: skip
def test_only_web_addresses_are_asked(url: str) -> None:
    assert why_not(url, Reach(frozenset({"ca.example.cn"}), others=True)) == "not an http(s) address"
    assert not Reach(frozenset({"ca.example.cn"})).allows(url)


def test_a_redirection_is_not_followed(server: Server) -> None:
    server.answer = lambda handler: handler.give(b"", status=302, location=f"http://{server.place}/inside")
    assert why_not(f"http://{server.place}/a.crl", Reach(frozenset({server.place}))) == "HTTP status 302"
    assert [path for path, _ in server.asked] == ["/a.crl"]


def test_a_proxy_of_the_environment_is_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert ask(f"http://{server.place}/a.crl", Reach(frozenset({server.place}))) == b"a list"


def test_an_answer_has_a_greatest_length(server: Server) -> None:
    reach = Reach(frozenset({server.place}))
    server.answer = lambda handler: handler.give(b"x" * 100)
    assert len(ask(f"http://{server.place}/", reach)) == 100
    server.answer = lambda handler: handler.give(b"x" * 101)
    assert why_not(f"http://{server.place}/", reach) == "the answer is too long"


@pytest.mark.parametrize("beginning", [b"HTTP/1.1 200 OK\r\nA: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_who_answers_an_octet_at_a_time_is_left(server: Server, beginning: bytes) -> None:
    server.answer = lambda handler: handler.drip(beginning)
    reach = Reach(frozenset({server.place}))
    assert why_not(f"http://{server.place}/", reach, longest=10**6, seconds=0.2) == "TimeoutError"


def test_a_web_server_s_certificate_must_be_for_the_name(
    resolved: dict[str, list[str]], server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = _certificate("ca.example.cn", tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    port = server.server_port
    resolved["ca.example.cn"], resolved["other.example.cn"] = ["127.0.0.1"] * 2, ["127.0.0.1"]
    reach = Reach(frozenset({f"ca.example.cn:{port}", f"other.example.cn:{port}"}))

    unknown = why_not(f"https://ca.example.cn:{port}/", reach)
    monkeypatch.setattr(reaching, "_context", lambda: ssl.create_default_context(cafile=str(pem)))

    assert unknown == "SSLCertVerificationError"
    assert ask(f"https://ca.example.cn:{port}/", reach) == b"a list"
    assert why_not(f"https://other.example.cn:{port}/", reach) == "SSLCertVerificationError"


def _certificate(host: str, folder: Path) -> Path:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    day = timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - day, now + day)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    made = builder.sign(key, hashes.SHA256())
    path = folder / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path
