"""Two judgements at once in one process: what reads itself on first use is not shared between threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from cryptography.hazmat.primitives.serialization import Encoding

from pdf.verify.certificates import read_certificate
from tests.pdf import signing_world as world


def test_each_thread_reads_certificates_of_its_own() -> None:
    """Shared, a certificate was met half read: `broken-file`, in more than half of two that began at once."""
    der = world.world().root.certificate.public_bytes(Encoding.DER)
    here = read_certificate(der)
    with ThreadPoolExecutor(1) as other:
        there = other.submit(read_certificate, der).result()

    assert read_certificate(der) is here
    assert there is not here
    assert there.dump() == here.dump()
