"""The printed completion certificate: what was signed, by whom, how that was known, and how anybody checks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from signing.papers import Bilingual, fill, utc_time


@dataclass(frozen=True)
class Proof:
    """How somebody showed who they are: email_code, sms_code, passkey, spoken_code, sign_in."""

    method: str
    at: datetime


@dataclass(frozen=True)
class DrawnSeal:
    """The specimen seal that a signer drew: `digest` of its picture, hex; on the `edges` of all pages too."""

    digest: str
    edges: bool


@dataclass(frozen=True)
class SignatureLine:
    """One signature as people read it.

    `title` is the position in the organisation, `acting_as` authorised or legal; `signed_at` is the time that the
    timestamp states, `mark` drawn or typed. `custody`: client, server, external (pdf.pki). `level`: B-B, B-T, B-LT,
    B-LTA. `certificate` is the SHA-256 of the signer's certificate, hex, `names` and `issuer` whom it names and who
    issued it; `is_revocation_known` is False where the issuer of a signer's own one could not be asked.
    `letter`: SHA-256, hex, of the letter of authority by which an understudy came; empty for who was planned.
    """

    field: str
    name: str
    organisation: Bilingual
    title: Bilingual
    acting_as: str
    identified_by: tuple[Proof, ...]
    place: str
    timezone: str
    signed_at: datetime
    mark: str
    custody: str
    level: str
    certificate: str
    names: str
    issuer: str
    is_revocation_known: bool = True
    seal: DrawnSeal | None = None
    letter: str = ""


@dataclass(frozen=True)
class TimestampSource:
    """Who said what time it was; `third_party` is False for the built-in responder."""

    name: str
    third_party: bool


@dataclass(frozen=True)
class CompletionPaper:
    """Everything on a completion certificate; digests are SHA-256 in hex, times UTC. Equal values give equal bytes.

    `uploaded_digest` is that of a paper that was brought along; `code` and `verify_url` lead to what this installation
    knows of the final file.
    """

    agreement_number: str
    agreement_version: int
    agreement_title: Bilingual
    ceremony_title: Bilingual
    page_count: int
    uploaded_digest: str | None
    frozen_digest: str
    final_digest: str
    record_code: str
    signatures: tuple[SignatureLine, ...]
    completed_at: datetime
    trail_head: str
    trail_length: int
    anchors_fingerprint: str
    timestamps: TimestampSource
    verify_url: str
    code: str
    demo: bool = False
    rehearsal: bool = False


def completion_html(paper: CompletionPaper, *, data_name: str) -> str:
    """The document for pdf.render, zh-CN and en together; `data_name` is the file that lies inside it."""
    return fill("completion_certificate.html", paper=paper, data_name=data_name, made_at=utc_time(paper.completed_at))
