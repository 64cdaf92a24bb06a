"""One person's signature on a 600 KB file, prepare + finish on the server: ours against stock pyHanko, both P-256."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import count

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from bench import files
from bench.common import Result, compare, milliseconds
from pdf import sign
from pdf.sign import appearance as appearances
from pdf.tsa import Timestamper

SIZE = 600_000
LIMIT = 0.25
LIMIT_WHOLE = 0.5
FIELDS = 3


@dataclass(frozen=True)
class Bench:
    """Whose keys, who signs, and the file before and after freezing."""

    here: files.Installation
    who: files.Signer
    plain: bytes
    frozen: bytes


def run() -> list[Result]:
    bench = _bench()
    here, times = bench.here, count()
    bare, stock = compare(lambda: _ours(bench, None, None), lambda: _stock(bench), times=20, warm=3)

    def whole() -> bytes:
        appearances.forget()
        captions = ("林晓云 · 授权代表", f"2026-07-01 02:03:04.{next(times):03d} UTC", "数字签名 digital signature")
        look = sign.Appearance(drawing=files.DRAWING, captions=captions, font=files.FONT)
        return _ours(bench, look, here.timestamper)

    full, stock_again = compare(whole, lambda: _stock(bench), times=20, warm=3)
    freezing = milliseconds(lambda: files.frozen(here, bench.plain, fields=FIELDS), times=10)
    signed = _ours(bench, None, here.timestamper)
    sealing = milliseconds(lambda: files.sealed(here, signed), times=10)
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


def _ours(bench: Bench, look: sign.Appearance | None, timestamper: Timestamper | None) -> bytes:
    return files.signed(bench.here, bench.frozen, 1, bench.who, look=look, timestamper=timestamper)


def _stock(bench: Bench) -> bytes:
    registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    registry.register_multiple(_asn1(each) for each in bench.here.ca.path)
    secret = bench.who.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = signers.SimpleSigner(_asn1(bench.who.leaf), keys.PrivateKeyInfo.load(secret), registry)
    wanted = PdfSignatureMetadata(field_name="Signer-1", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")
    out = io.BytesIO()
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(bench.plain)), wanted, signer=signer, output=out)
    return out.getvalue()


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _bench() -> Bench:
    here, plain = files.installation(), files.sample(SIZE)
    return Bench(here, files.signer(here, 1), plain, files.frozen(here, plain, fields=FIELDS))
