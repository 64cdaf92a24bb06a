"""One person's signature on a 600 KB file, prepare + finish on the server: ours against stock pyHanko, both P-256."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pikepdf
from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from PIL import Image, ImageDraw
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from bench.common import Result, compare, milliseconds
from pdf import pki, sign
from pdf.sign import appearance as appearances
from pdf.tsa import LocalTimestamper, Timestamper

SIZE = 600_000
LIMIT = 0.25
LIMIT_WHOLE = 0.5
FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Signer:
    """Keys, certificates and the file of one measurement."""

    key: ec.EllipticCurvePrivateKey
    leaf: x509.Certificate
    ca: pki.Authority
    timestamper: LocalTimestamper
    plain: bytes
    frozen: bytes


def run() -> list[Result]:
    who = _signer()
    times = count()
    bare, stock = compare(lambda: _ours(who, None, None), lambda: _stock(who), times=20, warm=3)

    def whole() -> bytes:
        appearances.forget()
        captions = ("林晓云 · 授权代表", f"2026-07-01 02:03:04.{next(times):03d} UTC", "数字签名 digital signature")
        look = sign.Appearance(drawing=DRAWING, captions=captions, font=FONT)
        return _ours(who, look, who.timestamper)

    full, stock_again = compare(whole, lambda: _stock(who), times=20, warm=3)
    freezing = milliseconds(lambda: _freeze(who.plain, who.ca, who.timestamper), times=10)
    signed = _ours(who, None, who.timestamper)
    sealing = milliseconds(
        lambda: sign.seal(signed, chain=who.ca.path, crls=(), timestamper=who.timestamper, at=NOW), times=10
    )
    rival = "stock SimpleSigner, invisible, B-B: {:.1f} ms"
    return [
        Result("sign 600 KB: prepare + finish, B-B, no drawing", bare, "ms", bare / stock, LIMIT, rival.format(stock)),
        Result(
            "the same with a new drawing, captions, timestamp",
            full,
            "ms",
            full / stock_again,
            LIMIT_WHOLE,
            rival.format(stock_again),
        ),
        Result("freeze 600 KB with three fields and certify", freezing, "ms"),
        Result("seal 600 KB to B-LTA", sealing, "ms"),
    ]


def _ours(who: Signer, look: sign.Appearance | None, timestamper: Timestamper | None) -> bytes:
    """Both requests, with what is kept between them written out and read again, and the signer's own signing."""
    waiting = sign.prepare(who.frozen, field="Signer-1", leaf=who.leaf, at=NOW, appearance=look, name="林晓云")
    kept = sign.Prepared.from_dict(waiting.to_dict())
    raw = sign.sign_attributes(who.key, kept.attributes)
    return sign.finish(who.frozen, kept, signature=raw, leaf=who.leaf, chain=who.ca.path, timestamper=timestamper)


def _stock(who: Signer) -> bytes:
    registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    registry.register_multiple(_asn1(each) for each in who.ca.path)
    secret = who.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = signers.SimpleSigner(_asn1(who.leaf), keys.PrivateKeyInfo.load(secret), registry)
    wanted = PdfSignatureMetadata(field_name="Signer-1", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")
    out = io.BytesIO()
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(who.plain)), wanted, signer=signer, output=out)
    return out.getvalue()


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _signer() -> Signer:
    not_before, not_after = NOW - timedelta(days=1), NOW + timedelta(days=30)
    root = pki.create_root(pki.SubjectName("Bench root"), not_before=not_before, not_after=not_after)
    ca = pki.issue_ca(root, pki.SubjectName("Bench CA"), not_before=not_before, not_after=not_after)
    tsa = pki.issue_tsa(ca, pki.SubjectName("Bench TSA"), not_before=not_before, not_after=not_after)
    key = ec.generate_private_key(ec.SECP256R1())
    name = pki.SubjectName("林晓云", "示例产业发展有限公司", "授权代表")
    custody = pki.KeyCustody.CLIENT
    leaf = pki.issue_leaf(ca, key.public_key(), name, custody=custody, not_before=not_before, not_after=not_after)
    timestamper = LocalTimestamper(tsa)
    plain = sample(SIZE)
    return Signer(key, leaf, ca, timestamper, plain, _freeze(plain, ca, timestamper))


def _freeze(plain: bytes, ca: pki.Authority, timestamper: Timestamper) -> bytes:
    span = {"not_before": NOW - timedelta(days=1), "not_after": NOW + timedelta(days=30)}
    platform = pki.issue_platform(
        ca, pki.SubjectName("Bench platform"), not_before=span["not_before"], not_after=span["not_after"]
    )
    fields = [sign.FieldSpec(f"Signer-{n}", 5, (60.0, 100.0 * n, 260.0, 100.0 * n + 80)) for n in (1, 2, 3)]
    return sign.freeze(plain, fields=fields, platform=platform, timestamper=timestamper, at=NOW)


def sample(size: int) -> bytes:
    """Six pages with as many objects as a printed agreement has, and `size` bytes, most of which do not compress."""
    with pikepdf.new() as document:
        for number in range(6):
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


def _drawing() -> bytes:
    image = Image.new("RGBA", (600, 240))
    stroke = [(20 * n, 120 + 90 * (-1) ** n * (n % 5) / 5) for n in range(2, 29)]
    ImageDraw.Draw(image).line(stroke, fill=(13, 27, 62, 255), width=6, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


DRAWING = _drawing()
