"""Whom a verifier believes, and in what: the platform, timestamp authorities, authorities of signers' own certificates.

`anchors.pem` says it in a line before each certificate, which programs that read PEM pass over (RFC 7468 §5.2). A
certificate without such a line is believed in everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography import x509

from pdf.errors import PkiError
from pdf.pki.authorities import Revoked
from pdf.pki.pem import dump_certificates, load_certificates

_BEGIN = re.compile(rb"^-----BEGIN CERTIFICATE-----[ \t]*\r?$", re.MULTILINE)
_END = re.compile(rb"^-----END CERTIFICATE-----[ \t]*\r?$", re.MULTILINE)
_HEADING = re.compile(rb"^Yunqian-Anchor: ([a-z]+)[ \t]*\r?$", re.MULTILINE)
_KINDS = ("platform", "timestamps", "signers", "crossing")


@dataclass(frozen=True)
class Anchors:
    """`platform` is believed in everything, whose hands a key was in too; `timestamps` and `signers` in one thing.

    `crossing` are no anchors: what the platform's roots, one after the other, say of each other. Nor are `revoked`,
    which counts like the issuers' own word: certificates that the caller knows to be revoked, each behind the key
    identifier (hex) of who issued it. `dump` leaves them out.
    """

    platform: tuple[x509.Certificate, ...] = ()
    timestamps: tuple[x509.Certificate, ...] = ()
    signers: tuple[x509.Certificate, ...] = ()
    crossing: tuple[x509.Certificate, ...] = ()
    revoked: tuple[tuple[str, Revoked], ...] = ()

    @classmethod
    def of(cls, given: Anchors | Sequence[x509.Certificate]) -> Anchors:
        """Plain certificates are believed in everything."""
        return given if isinstance(given, Anchors) else cls(platform=tuple(given))

    @property
    def all(self) -> tuple[x509.Certificate, ...]:
        """The platform's first."""
        return (*self.platform, *self.timestamps, *self.signers)

    @property
    def for_signatures(self) -> tuple[x509.Certificate, ...]:
        return (*self.platform, *self.signers)

    @property
    def for_timestamps(self) -> tuple[x509.Certificate, ...]:
        return (*self.platform, *self.timestamps)

    def dump(self) -> bytes:
        """PEM with a line before each certificate that says what it is for; the platform's first."""
        lines = (
            (
                f"Yunqian-Anchor: {kind}\nSubject: {_one_line(each.subject)}\n"
                f"Valid: {each.not_valid_before_utc:%Y-%m-%d} – {each.not_valid_after_utc:%Y-%m-%d}\n".encode(),
                dump_certificates([each]),
            )
            for kind in _KINDS
            for each in getattr(self, kind)
        )
        return b"".join(b"".join(pair) for pair in lines)

    @classmethod
    def load(cls, pem: bytes) -> Anchors:
        """The inverse of `dump`, and any other PEM; raises PkiError `pem_malformed`."""
        found: dict[str, list[x509.Certificate]] = {kind: [] for kind in _KINDS}
        for before, block in _parts(pem):
            headings = _HEADING.findall(before)
            # The first: a name that follows, and that others chose, is no heading.
            kind = headings[0].decode() if headings else "platform"
            if kind not in found:
                raise PkiError(f"an anchor for {kind} is not known", code="pem_malformed")
            found[kind].extend(load_certificates(block))
        if not any(found.values()):
            raise PkiError("no readable certificate", code="pem_malformed")
        platform, timestamps, signers, crossing = (tuple(found[kind]) for kind in _KINDS)
        return cls(platform, timestamps, signers, crossing)


def _one_line(name: x509.Name) -> str:
    return "".join(char if char.isprintable() else " " for char in name.rfc4514_string())


def _parts(pem: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each certificate, and the text since the one before it; marks within a line are part of a name."""
    at = 0
    while (begin := _BEGIN.search(pem, at)) and (end := _END.search(pem, begin.end())):
        yield pem[at : begin.start()], pem[begin.start() : end.end()]
        at = end.end()
