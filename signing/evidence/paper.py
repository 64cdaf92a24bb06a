"""The printed completion certificate: what was signed, by whom, how that was known, and how anybody checks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from signing.papers import Bilingual, fill, utc_time


@dataclass(frozen=True)
class SignatureLine:
    """One signature as people read it.

    `signed_at` is the time that the timestamp states, `mark` drawn or typed.
    `identified_by`: email_code, sms_code, passkey, spoken_code, sign_in. `custody`: client, server, external (pdf.pki).
    `level`: B-B, B-T, B-LT, B-LTA. `certificate`: SHA-256 of the signer's certificate, hex.
    """

    name: str
    organisation: Bilingual
    capacity: Bilingual
    identified_by: tuple[str, ...]
    place: str
    timezone: str
    signed_at: datetime
    mark: str
    custody: str
    level: str
    certificate: str


@dataclass(frozen=True)
class TimestampSource:
    """Who said what time it was; `third_party` is False for the built-in responder."""

    name: str
    third_party: bool


@dataclass(frozen=True)
class CompletionPaper:
    """Everything on a completion certificate; digests are SHA-256 in hex, times UTC. Equal values give equal bytes."""

    agreement_number: str
    agreement_version: int
    agreement_title: Bilingual
    ceremony_title: Bilingual
    page_count: int
    final_digest: str
    frozen_digest: str
    record_code: str
    signatures: tuple[SignatureLine, ...]
    completed_at: datetime
    trail_head: str
    trail_length: int
    anchors_fingerprint: str
    timestamps: TimestampSource
    verify_url: str
    short_code: str
    demo: bool = False


def completion_html(paper: CompletionPaper) -> str:
    """The document for pdf.render, zh-CN and en together."""
    return fill("completion_certificate.html", paper=paper, made_at=utc_time(paper.completed_at))
