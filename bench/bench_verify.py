"""Strict verification against pyHanko's full validation, from 1 to 100 signatures; the page as strangers meet it."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from bench.bench_sign import DRAWING, FONT, sample
from bench.common import Result, compare, milliseconds
from core import config
from pdf import pki, sign
from pdf.tsa import LocalTimestamper
from pdf.verify import Indication, verify_pdf
from signing.trust import service as trust
from web import own_server

LIMIT = 1 / 8
PAGE_LIMIT = 0.5
COUNTS = (1, 10, 25, 50, 100)
NOW = datetime.now(UTC)
_FORM = 'name="csrf_token" value="'


@dataclass(frozen=True)
class Installation:
    """Keys and certificates of one measurement."""

    root: pki.Authority
    ca: pki.Authority
    platform: pki.Authority
    timestamper: LocalTimestamper
    crls: tuple[bytes, ...]


def run() -> list[Result]:
    here = _installation()
    results = []
    for count in COUNTS:
        pdf = finished(here, count, sample(100_000), drawn=False)
        results += _growth(here, pdf, count)
    drawn = finished(here, 50, sample(100_000), drawn=True)
    mine, theirs = compare(lambda: _ours(here, drawn), lambda: _stock(here, drawn), times=1, warm=0)
    results.append(_against(f"the same, with drawn signatures, {len(drawn) / 1e6:.1f} MB", mine, theirs))
    results.append(_page())
    return results


def _growth(here: Installation, pdf: bytes, count: int) -> list[Result]:
    name = f"verify {count} signature{'s' * (count > 1)}, sealed to B-LTA, {len(pdf) / 1e6:.1f} MB"
    if count == 100:  # pyHanko takes a minute
        return [Result(name, milliseconds(lambda: _ours(here, pdf), times=3, warm=1), "ms")]
    times = 1 if count > 20 else 3
    mine, theirs = compare(lambda: _ours(here, pdf), lambda: _stock(here, pdf), times=times, warm=1)
    return [_against(name, mine, theirs, limit=LIMIT if count == 50 else None)]


def _against(name: str, mine: float, theirs: float, *, limit: float | None = LIMIT) -> Result:
    return Result(name, mine, "ms", mine / theirs, limit, f"pyHanko with difference analysis: {theirs:.0f} ms")


def _ours(here: Installation, pdf: bytes) -> None:
    verdict = verify_pdf(pdf, name="bench.pdf", anchors=[here.root.certificate])
    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons


def _stock(here: Installation, pdf: bytes) -> None:
    root = asn1_x509.Certificate.load(here.root.certificate.public_bytes(Encoding.DER))
    for found in PdfFileReader(io.BytesIO(pdf)).embedded_signatures:
        context = ValidationContext(trust_roots=[root], allow_fetching=False)
        if found.sig_object_type == "/DocTimeStamp":
            assert validate_pdf_timestamp(found, context).valid
        else:
            assert validate_pdf_signature(found, context).bottom_line


def _page() -> Result:
    """A 1 MB agreement of ten signers, made with the server's own keys, uploaded over HTTP as a browser does."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        pdf = finished(_of_folder(data_dir), 10, sample(800_000), drawn=True)
        with own_server.running(data_dir, port=own_server.free_port()) as server, requests.Session() as browser:
            page = browser.get(f"{server.url}/verify", timeout=30).text
            token = page.partition(_FORM)[2].partition('"')[0]

            def upload() -> None:
                answer = browser.post(
                    f"{server.url}/verify", data={"csrf_token": token}, files={"file": ("a.pdf", pdf)}, timeout=30
                )
                assert "TOTAL-PASSED" in answer.text, answer.text[-2_000:]

            taken = milliseconds(upload, times=9, warm=2) / 1000
    return Result("page /verify: upload to answer", taken, "s", limit=PAGE_LIMIT, note=f"{len(pdf) / 1e6:.2f} MB")


def _of_folder(data_dir: Path) -> Installation:
    """The installation whose keys are in this folder; they are made there where there are none."""
    before = config.settings()
    config.use(config.load({"YUNQIAN_DATA_DIR": str(data_dir)}))
    try:
        kept = trust.trust()
    finally:
        config.use(before)
    if kept.root is None:
        raise RuntimeError(f"the root key is not in {data_dir}")
    return Installation(
        kept.root, kept.issuing, kept.platform, LocalTimestamper(kept.timestamping), _lists(kept.root, kept.issuing)
    )


def _installation() -> Installation:
    not_before, not_after = NOW - timedelta(days=1), NOW + timedelta(days=365)
    root = pki.create_root(pki.SubjectName("Bench root"), not_before=not_before, not_after=not_after)
    ca = pki.issue_ca(root, pki.SubjectName("Bench CA"), not_before=not_before, not_after=not_after)
    platform = pki.issue_platform(ca, pki.SubjectName("Bench platform"), not_before=not_before, not_after=not_after)
    tsa = pki.issue_tsa(ca, pki.SubjectName("Bench TSA"), not_before=not_before, not_after=not_after)
    return Installation(root, ca, platform, LocalTimestamper(tsa), _lists(root, ca))


def _lists(*authorities: pki.Authority) -> tuple[bytes, ...]:
    return tuple(
        pki.make_crl(each, number=1, this_update=NOW, next_update=NOW + timedelta(days=30)) for each in authorities
    )


def finished(here: Installation, count: int, plain: bytes, *, drawn: bool) -> bytes:
    """A file as the product makes it: certified, signed by so many, sealed to B-LTA."""
    fields = [sign.FieldSpec(f"Signer-{n}", n % 6, _box(n // 6)) for n in range(count)]
    head = sign.freeze(plain, fields=fields, platform=here.platform, timestamper=here.timestamper, at=NOW)
    look = sign.Appearance(drawing=DRAWING, captions=("签署人 · 授权代表", "UTC"), font=FONT) if drawn else None
    for n in range(count):
        key = ec.generate_private_key(ec.SECP256R1())
        name = pki.SubjectName(f"签署人 {n + 1}", "示例产业发展有限公司", "授权代表")
        leaf = pki.issue_leaf(
            here.ca, key.public_key(), name, custody=pki.KeyCustody.CLIENT,
            not_before=NOW - timedelta(minutes=1), not_after=NOW + timedelta(days=2),
        )  # fmt: skip
        waiting = sign.prepare(head, field=f"Signer-{n}", leaf=leaf, at=NOW, appearance=look, name="签署人")
        raw = sign.sign_attributes(key, waiting.attributes)
        head = sign.finish(head, waiting, signature=raw, leaf=leaf, chain=here.ca.path, timestamper=here.timestamper)
    return sign.seal(head, chain=here.ca.path, crls=here.crls, timestamper=here.timestamper, at=NOW)


def _box(place: int) -> tuple[float, float, float, float]:
    """Two columns of boxes on a page."""
    left, bottom = 60.0 + 240 * (place % 2), 40.0 + 45 * (place // 2)
    return left, bottom, left + 200, bottom + 40
