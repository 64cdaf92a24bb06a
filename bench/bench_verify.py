"""Strict verification against pyHanko's full validation, from 1 to 100 signatures; the page as strangers meet it."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import requests
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from bench.common import Result, compare, milliseconds
from bench.files import Installation, check, finished, installation, lists_of, sample
from core import config
from pdf.tsa import LocalTimestamper
from signing.trust import service as trust
from web import own_server

LIMIT = 1 / 8
PAGE_LIMIT = 0.5
COUNTS = (1, 10, 25, 50, 100)
_FORM = 'name="csrf_token" value="'


def run() -> list[Result]:
    here = installation()
    results = []
    for count in COUNTS:
        pdf = finished(here, count, sample(100_000), drawn=False)
        results += _growth(here, pdf, count)
    drawn = finished(here, 50, sample(100_000), drawn=True)
    mine, theirs = compare(lambda: check(here, drawn), lambda: _stock(here, drawn), times=1, warm=0)
    results.append(_against(f"the same, with drawn signatures, {len(drawn) / 1e6:.1f} MB", mine, theirs))
    results.append(_page())
    return results


def _growth(here: Installation, pdf: bytes, count: int) -> list[Result]:
    name = f"verify {count} signature{'s' * (count > 1)}, sealed to B-LTA, {len(pdf) / 1e6:.1f} MB"
    if count == 100:  # pyHanko takes a minute
        return [Result(name, milliseconds(lambda: check(here, pdf), times=3, warm=1), "ms")]
    times = 1 if count > 20 else 3
    mine, theirs = compare(lambda: check(here, pdf), lambda: _stock(here, pdf), times=times, warm=1)
    return [_against(name, mine, theirs, limit=LIMIT if count == 50 else None)]


def _against(name: str, mine: float, theirs: float, *, limit: float | None = LIMIT) -> Result:
    return Result(name, mine, "ms", mine / theirs, limit, f"pyHanko with difference analysis: {theirs:.0f} ms")


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
        kept.root, kept.issuing, kept.platform, LocalTimestamper(kept.timestamping), lists_of(kept.root, kept.issuing)
    )
