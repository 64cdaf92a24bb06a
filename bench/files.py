"""The files that are measured, made as the product makes them: certified, signed one after another, sealed to B-LTA."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image, ImageDraw

from pdf import pki, sign
from pdf.tsa import LocalTimestamper, Timestamper
from pdf.verify import Indication, verify_pdf

FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
_PAGES = 6


@dataclass(frozen=True)
class Installation:
    """Keys and certificates of one measurement, and the revocation lists of its authorities."""

    root: pki.Authority
    ca: pki.Authority
    platform: pki.Authority
    timestamper: LocalTimestamper
    crls: tuple[bytes, ...]


@dataclass(frozen=True)
class Signer:
    """A signer's key and its certificate."""

    key: ec.EllipticCurvePrivateKey
    leaf: x509.Certificate


def installation() -> Installation:
    """With keys made for this time only."""
    now = datetime.now(UTC)
    not_before, not_after = now - timedelta(days=1), now + timedelta(days=365)
    root = pki.create_root(pki.SubjectName("Bench root"), not_before=not_before, not_after=not_after)
    ca = pki.issue_ca(root, pki.SubjectName("Bench CA"), not_before=not_before, not_after=not_after)
    platform = pki.issue_platform(ca, pki.SubjectName("Bench platform"), not_before=not_before, not_after=not_after)
    tsa = pki.issue_tsa(ca, pki.SubjectName("Bench TSA"), not_before=not_before, not_after=not_after)
    return Installation(root, ca, platform, LocalTimestamper(tsa), lists_of(root, ca))


def lists_of(*authorities: pki.Authority) -> tuple[bytes, ...]:
    """A revocation list of each, DER."""
    now = datetime.now(UTC)
    return tuple(
        pki.make_crl(each, number=1, this_update=now, next_update=now + timedelta(days=30)) for each in authorities
    )


def signer(here: Installation, number: int) -> Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    name = pki.SubjectName(f"签署人 {number}", "示例产业发展有限公司", "授权代表")
    now = datetime.now(UTC)
    since, until = now - timedelta(minutes=1), now + timedelta(days=2)
    leaf = pki.issue_leaf(
        here.ca, key.public_key(), name, custody=pki.KeyCustody.CLIENT, not_before=since, not_after=until
    )
    return Signer(key, leaf)


def frozen(here: Installation, plain: bytes, *, fields: int) -> bytes:
    """A file with so many empty fields, certified by the platform."""
    specs = [sign.FieldSpec(f"Signer-{n}", n % _PAGES, _box(n // _PAGES)) for n in range(1, fields + 1)]
    return sign.freeze(plain, fields=specs, platform=here.platform, timestamper=here.timestamper, at=datetime.now(UTC))


def signed(
    here: Installation,
    head: bytes,
    number: int,
    who: Signer,
    *,
    look: sign.Appearance | None = None,
    timestamper: Timestamper | None,
) -> bytes:
    """Both requests of a signature, with what is kept between them written out and read again, and the signer's own
    signing in between."""
    waiting = sign.prepare(
        head, field=f"Signer-{number}", leaf=who.leaf, at=datetime.now(UTC), appearance=look, name="签署人"
    )
    kept = sign.Prepared.from_dict(waiting.to_dict())
    raw = sign.sign_attributes(who.key, kept.attributes)
    return sign.finish(head, kept, signature=raw, leaf=who.leaf, chain=here.ca.path, timestamper=timestamper)


def sealed(here: Installation, head: bytes) -> bytes:
    return sign.seal(head, chain=here.ca.path, crls=here.crls, timestamper=here.timestamper, at=datetime.now(UTC))


def finished(here: Installation, count: int, plain: bytes, *, drawn: bool) -> bytes:
    """A file that so many have signed, sealed."""
    look = sign.Appearance(drawing=DRAWING, captions=("签署人 · 授权代表", "UTC"), font=FONT) if drawn else None
    head = frozen(here, plain, fields=count)
    for number in range(1, count + 1):
        head = signed(here, head, number, signer(here, number), look=look, timestamper=here.timestamper)
    return sealed(here, head)


def check(here: Installation, pdf: bytes) -> None:
    """Strict verification, which must pass."""
    verdict = verify_pdf(pdf, name="bench.pdf", anchors=[here.root.certificate])
    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons


def sample(size: int) -> bytes:
    """Six pages with as many objects as a printed agreement has, and `size` bytes, most of which do not compress."""
    with pikepdf.new() as document:
        for number in range(_PAGES):
            page = document.add_blank_page(page_size=(595, 842))
            page.obj.Contents = document.make_stream(b"0 0 m 595 842 l S " * (number + 1))
        for _ in range(200):
            document.make_indirect(pikepdf.Dictionary(Kind=pikepdf.Name.Filler))
        kept = [document.make_indirect(pikepdf.Dictionary(Number=n)) for n in range(200)]
        noise = document.make_stream(random.Random(1).randbytes(size - 40_000))  # noqa: S311 - ballast
        document.Root.PieceInfo = pikepdf.Dictionary(Kept=pikepdf.Array(kept), Noise=noise)
        out = io.BytesIO()
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return out.getvalue()


def _box(place: int) -> tuple[float, float, float, float]:
    """Two columns of boxes on a page."""
    left, bottom = 60.0 + 240 * (place % 2), 40.0 + 45 * (place // 2)
    return left, bottom, left + 200, bottom + 40


def _drawing() -> bytes:
    image = Image.new("RGBA", (600, 240))
    stroke = [(20 * n, 120 + 90 * (-1) ** n * (n % 5) / 5) for n in range(2, 29)]
    ImageDraw.Draw(image).line(stroke, fill=(13, 27, 62, 255), width=6, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


DRAWING = _drawing()
