"""An installation that was started once, and files that go through it while its authorities are replaced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from core import clock
from pdf import pki, sign
from pdf.verify import Anchors, FileVerdict, Indication, verify_pdf
from signing.trust import roots
from signing.trust import service as trust
from tests.pdf import signing_world as w

PASSWORD = b"another medium"
BOX = (60.0, 600.0, 260.0, 680.0)


def frozen() -> bytes:
    fields = [sign.FieldSpec("Signer-1", 0, BOX)]
    return sign.freeze(
        w.blank_pdf(), fields=fields, platform=trust.trust().platform, timestamper=trust.timestamper(), at=clock.now()
    )


def enrolled() -> w.Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = trust.issue_seat_certificate(key.public_key(), pki.SubjectName("样例甲", "样例甲公司"), "client")
    return w.Signer(leaf, key)


def signed(head: bytes, who: w.Signer) -> bytes:
    waiting = sign.prepare(head, field="Signer-1", leaf=who.leaf, at=clock.now(), appearance=None, name="样例甲")
    raw = sign.sign_attributes(who.key, waiting.attributes)
    above = trust.trust().above(who.leaf)
    return sign.finish(head, waiting, signature=raw, leaf=who.leaf, chain=above, timestamper=trust.timestamper())


def sealed(head: bytes) -> bytes:
    found = trust.trust()
    return sign.seal(
        head,
        chain=[*found.chain, found.timestamping.certificate],
        crls=trust.revocation_lists([]),
        timestamper=trust.timestamper(),
        at=clock.now(),
    )


def judged(
    pdf: bytes, *, at: datetime | None = None, anchors: Anchors | Sequence[x509.Certificate] | None = None
) -> FileVerdict:
    return verify_pdf(pdf, name="file.pdf", anchors=anchors or trust.published_anchors(), at=at)


def passes(
    pdf: bytes, *, at: datetime | None = None, anchors: Anchors | Sequence[x509.Certificate] | None = None
) -> bool:
    verdict = judged(pdf, at=at, anchors=anchors)
    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons
    return True


def exported(*, serial: int | None = None) -> pki.Authority:
    """A root as it comes back from its medium."""
    return roots.read_exported_root(roots.export_root(PASSWORD, serial=serial), PASSWORD)
