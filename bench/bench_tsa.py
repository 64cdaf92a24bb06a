"""The built-in timestamp authority: one token, and one answer to a request as /tsa gives it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from bench.common import Result, milliseconds
from pdf import pki
from pdf.tsa import LocalTimestamper
from pdf.tsa.client import request_for

LIMIT = 1.0  # milliseconds


def run() -> list[Result]:
    now = datetime.now(UTC)
    not_before, not_after = now - timedelta(days=1), now + timedelta(days=30)
    root = pki.create_root(pki.SubjectName("Bench root"), not_before=not_before, not_after=not_after)
    tsa = pki.issue_tsa(root, pki.SubjectName("Bench TSA"), not_before=not_before, not_after=not_after)
    timestamper = LocalTimestamper(tsa)
    digest = hashlib.sha256(b"a signature").digest()
    request = request_for(digest, 1 << 62)
    token = milliseconds(lambda: timestamper.token(digest), times=500, warm=20)
    answer = milliseconds(lambda: timestamper.respond(request), times=500, warm=20)
    return [
        Result("built-in timestamp: one token", token, "ms", limit=LIMIT, note="P-256, certificates included"),
        Result("built-in timestamp: answer to a request", answer, "ms", limit=LIMIT, note="request read strictly"),
    ]
