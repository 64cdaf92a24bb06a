"""What single settings must be: types that read a text from the environment, or say in a sentence what is wrong."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, BeforeValidator

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_HOST = re.compile(r"([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{1,5}))?")


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _http_address(value: str) -> str:
    if urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).netloc:
        raise ValueError(f"{value!r} is not an http(s) address")
    return value


def _host(value: str) -> str:
    port = _HOST.fullmatch(value.lower())
    if port is None or int(port["port"] or 1) not in range(1, 65_536):
        raise ValueError(f"{value!r} is not a host such as ca.example.cn, 10.1.2.3:8080 or [fd00::1]")
    return value.lower()


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("must be an address such as https://sign.example.cn")
    return value.rstrip("/")


def _database_url(value: str) -> str:
    if value.startswith("postgres://"):
        value = "postgresql://" + value.removeprefix("postgres://")
    if value.startswith("postgresql://"):
        return "postgresql+psycopg://" + value.removeprefix("postgresql://")
    if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("must begin with postgresql:// or sqlite:/// or be empty")
    return value


def _smtp_url(value: str) -> str:
    if not value:
        return value
    try:
        parts = urlsplit(value)
        options, host = parse_qs(parts.query, strict_parsing=bool(parts.query)), parts.hostname
        _ = parts.port
    except ValueError:
        raise ValueError("is not an address such as smtp://user:password@host:587?tls=starttls") from None
    if parts.scheme not in {"smtp", "smtps"} or not host:
        raise ValueError("must begin with smtp:// or smtps:// and name a host")
    if set(options) - {"tls"} or options.get("tls", ["starttls"]) not in (["starttls"], ["none"]):
        raise ValueError("knows only ?tls=starttls and ?tls=none")
    is_covered = parts.scheme == "smtps" or options.get("tls") == ["starttls"]
    if parts.username and not is_covered and host not in _LOOPBACK:
        raise ValueError("would send a password in the clear: use smtps:// or ?tls=starttls")
    return value


def _sender(value: str) -> str:
    name, address = parseaddr(value)
    try:
        Address(display_name=name, addr_spec=address)
    except (ValueError, IndexError, MessageError):
        address = ""
    if not address or not value.isprintable():
        raise ValueError("must be an address such as Yunqian <no-reply@sign.example.cn>")
    return value


Comma = BeforeValidator(_split)  # a text with commas between
HttpAddress = Annotated[str, AfterValidator(_http_address)]
Host = Annotated[str, AfterValidator(_host)]  # a name or address, with a port or without
BaseUrl = Annotated[str, AfterValidator(_base_url)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]  # with the driver named
SmtpUrl = Annotated[str, AfterValidator(_smtp_url)]
Sender = Annotated[str, AfterValidator(_sender)]
