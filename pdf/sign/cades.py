"""A PAdES signature value: the CMS of one signer, with the timestamp over it where there is one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cryptography import x509

from pdf import cms
from pdf.tsa.protocol import Timestamper


def signed_and_stamped(
    attributes: bytes,
    signature: bytes,
    certificate: x509.Certificate,
    *,
    chain: Sequence[x509.Certificate],
    timestamper: Timestamper | None,
) -> bytes:
    """The detached CMS; `signature` is a checked one in DER, and the token is over exactly its octets."""
    token = timestamper.token(hashlib.sha256(signature).digest()) if timestamper else None
    return cms.signed_data(attributes, signature, certificate, certificates=(certificate, *chain), timestamp=token)
