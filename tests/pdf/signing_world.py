"""A small installation for signing tests: root, CA, platform, timestamp authority, signers, a file to sign."""

from __future__ import annotations

import io
import itertools
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import pikepdf
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image, ImageDraw
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.status import DocumentTimestampStatus, PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from pdf import pki, sign
from pdf.tsa import LocalTimestamper

NOW = datetime.now(UTC).replace(microsecond=0)
FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
CAPTIONS = ("林晓云 · 授权代表", "2026-07-01 02:03:04 UTC", "数字签名 digital signature")
IDENTIFIER = "5ea7" * 8
FIELDS = tuple(sign.FieldSpec(f"Signer-{n}", 0, (60.0, 600.0 - 90 * n, 260.0, 680.0 - 90 * n)) for n in range(1, 4))


@dataclass(frozen=True)
class Signer:
    """A person with a key that never leaves them, and the certificate they got for it."""

    leaf: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class World:
    """Everything that an installation holds, made anew for the test process."""

    root: pki.Authority
    ca: pki.Authority
    platform: pki.Authority
    tsa_authority: pki.Authority
    timestamper: LocalTimestamper
    crls: tuple[bytes, ...] = field(default=())

    def signer(
        self, name: str = "林晓云", custody: pki.KeyCustody = pki.KeyCustody.CLIENT, identifier: str = IDENTIFIER
    ) -> Signer:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = pki.SubjectName(name, "示例产业发展有限公司", "授权代表", identifier)
        leaf = pki.issue_leaf(
            self.ca,
            key.public_key(),
            subject,
            custody=custody,
            not_before=NOW - timedelta(minutes=1),
            not_after=NOW + timedelta(days=7),
            places=pki.Places(crl="http://127.0.0.1/pki/ca.crl"),
        )
        return Signer(leaf, key)


@lru_cache(maxsize=1)
def world() -> World:
    span: dict[str, datetime] = {"not_before": NOW - timedelta(days=1), "not_after": NOW + timedelta(days=3650)}
    root = pki.create_root(pki.SubjectName("测试根 Test Root", "云签测试"), **span)
    ca = pki.issue_ca(root, pki.SubjectName("测试签发 Test CA", "云签测试"), **span)
    platform = pki.issue_platform(ca, pki.SubjectName("测试平台 Test Platform", "云签测试"), **span)
    tsa = pki.issue_tsa(ca, pki.SubjectName("测试授时 Test TSA", "云签测试"), **span)
    when: dict[str, datetime] = {"this_update": NOW - timedelta(hours=1), "next_update": NOW + timedelta(days=30)}
    crls = tuple(pki.make_crl(issuer, number=1, **when) for issuer in (root, ca))
    # However long a run takes, what is stamped is stamped soon after it was made.
    stamps = itertools.count()
    stamper = LocalTimestamper(tsa, clock=lambda: NOW + timedelta(milliseconds=next(stamps)))
    return World(root, ca, platform, tsa, stamper, crls)


def blank_pdf(*, pages: int = 2, ballast: int = 0) -> bytes:
    """A PDF of A4 pages, with `ballast` bytes that do not compress."""
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page(page_size=(595, 842))
        if ballast:
            noise = document.make_stream(random.Random(7).randbytes(ballast))
            document.pages[-1].obj.PieceInfo = pikepdf.Dictionary(Noise=noise)
        out = io.BytesIO()
        document.save(out, deterministic_id=True, compress_streams=not ballast)
        return out.getvalue()


def drawn_png(size: tuple[int, int] = (600, 240)) -> bytes:
    """What a signature pad gives: dark strokes on transparency."""
    image = Image.new("RGBA", size)
    pen = ImageDraw.Draw(image)
    points = random.Random(3)
    stroke = [(size[0] * n / 30, points.uniform(0.2, 0.8) * size[1]) for n in range(2, 29)]
    pen.line(stroke, fill=(13, 27, 62, 255), width=6, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@lru_cache(maxsize=4)
def frozen(ballast: int = 0) -> bytes:
    here = world()
    return sign.freeze(
        blank_pdf(ballast=ballast), fields=FIELDS, platform=here.platform, timestamper=here.timestamper, at=NOW
    )


def prepared(head: bytes, signer: Signer, *, slot: int = 1, appearance: sign.Appearance | None = None) -> sign.Prepared:
    return sign.prepare(
        head,
        field=f"Signer-{slot}",
        leaf=signer.leaf,
        at=NOW,
        appearance=appearance,
        name="林晓云",
        reason="签署 Signing",
        location="成都 Chengdu",
    )


def signed(
    head: bytes,
    *,
    slot: int = 1,
    signer: Signer | None = None,
    appearance: sign.Appearance | None = None,
    timestamper: LocalTimestamper | None = None,
) -> bytes:
    here = world()
    who = signer or here.signer()
    waiting = prepared(head, who, slot=slot, appearance=appearance)
    raw = sign.sign_attributes(who.key, waiting.attributes)
    return sign.finish(head, waiting, signature=raw, leaf=who.leaf, chain=here.ca.path, timestamper=timestamper)


def sealed(head: bytes) -> bytes:
    here = world()
    return sign.seal(head, chain=here.ca.path, crls=here.crls, timestamper=here.timestamper, at=NOW)


def everything_signed() -> bytes:
    """Frozen, three signatures (B-T) with appearances, sealed to B-LTA."""
    head = frozen()
    look = sign.Appearance(
        drawing=drawn_png(),
        captions=CAPTIONS,
        font=FONT,
    )
    for slot in (1, 2, 3):
        head = signed(head, slot=slot, appearance=look, timestamper=world().timestamper)
    return sealed(head)


def judged(pdf: bytes, *, newest_only: bool = False) -> list[PdfSignatureStatus | DocumentTimestampStatus]:
    """What pyHanko says of each signature with our root as the only anchor and its own policy on later changes."""
    root = asn1_x509.Certificate.load(world().root.certificate.public_bytes(Encoding.DER))
    found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    statuses: list[PdfSignatureStatus | DocumentTimestampStatus] = []
    for embedded in found[-1:] if newest_only else found:
        context = ValidationContext(trust_roots=[root], allow_fetching=False)
        if embedded.sig_object_type == "/DocTimeStamp":
            statuses.append(validate_pdf_timestamp(embedded, context))
        else:
            statuses.append(validate_pdf_signature(embedded, context))
    return statuses
