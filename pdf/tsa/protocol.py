"""What anything that gives timestamps looks like, and the identifiers that both sides share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from asn1crypto import cms, tsp

import pdf.asn1  # noqa: F401 - its classes are set up before threads meet them

TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"
SHA256: Final = "2.16.840.1.101.3.4.2.1"
DIGEST_LENGTHS: Final = {SHA256: 32, "2.16.840.1.101.3.4.2.2": 48, "2.16.840.1.101.3.4.2.3": 64}

LONGEST_TOKEN: Final = 8_192  # octets of an answer; a signature placeholder has room for it beside the certificates


class Fault(StrEnum):
    """What is wrong with one authority, for who has to mend it: `params["fault"]` of a TimestampUnavailable."""

    AWAY = "away"
    SLOW = "slow"
    TLS = "tls"
    HTTP = "http"
    REFUSED = "refused"
    ANSWER = "answer"
    POLICY = "policy"
    AUTHORITY = "authority"
    CLOCK = "clock"


@dataclass(frozen=True)
class Stamp:
    """A token (the DER ContentInfo) and who gave it; `third_party` is False for our own clock, and pages say so."""

    token: bytes
    name: str
    third_party: bool

    @property
    def at(self) -> datetime:
        """The time that the token states, UTC: genTime (RFC 3161 §2.4.2)."""
        content = cms.ContentInfo.load(self.token)["content"]["encap_content_info"]["content"]
        found: datetime = tsp.TSTInfo.load(content.contents)["gen_time"].native
        return found


class Timestamper(Protocol):
    """A source of tokens. `name` and `third_party` say who would be asked first, `stamp` who did answer."""

    @property
    def name(self) -> str:
        """Who vouches for the time, for people."""

    @property
    def third_party(self) -> bool: ...

    def stamp(self, digest: bytes) -> Stamp:
        """A token over a SHA-256 digest; raises TimestampUnavailable, never imitates."""

    def token(self, digest: bytes) -> bytes:
        """The token of `stamp` alone."""
