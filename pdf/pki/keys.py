"""Private keys that stay where they are: a token behind PKCS#11, a cloud's key service.

A key in a file is cryptography's own `EllipticCurvePrivateKey`. Any other place needs two things of it, the public key
and a signature over a digest; `RemoteKey` makes the rest of them, so that certificates, lists, timestamps and
signatures in files take either.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from pdf.errors import PkiError


def new_key() -> ec.EllipticCurvePrivateKey:
    """A fresh P-256 key in memory."""
    return ec.generate_private_key(ec.SECP256R1())


class RemoteKey(ec.EllipticCurvePrivateKey):
    """A P-256 key somewhere else; a subclass says how a digest gets its signature. Shared between threads.

    `public_key` must be the key's own: each signature is verified with it before anybody gets to see it.
    """

    def __init__(self, public_key: ec.EllipticCurvePublicKey) -> None:
        if not isinstance(public_key.curve, ec.SECP256R1):
            raise PkiError("only ECDSA P-256 keys are taken", code="key_unsuitable")
        self._public_key = public_key

    @abstractmethod
    def sign_digest(self, digest: bytes) -> bytes:
        """The ECDSA signature over a SHA-256 digest, in DER; raises PkiError `key_unreachable`."""

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public_key

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """ECDSA with SHA-256 over `data`; raises PkiError `key_unsuitable`, `key_unreachable`."""
        if not isinstance(signature_algorithm, ec.ECDSA) or not isinstance(
            signature_algorithm.algorithm, hashes.SHA256
        ):
            raise PkiError("only ECDSA with SHA-256 is signed", code="key_unsuitable")
        hashed = hashes.Hash(hashes.SHA256())
        hashed.update(data)
        digest = hashed.finalize()
        signature = self.sign_digest(digest)
        try:
            self._public_key.verify(signature, digest, ec.ECDSA(Prehashed(hashes.SHA256())))
        except InvalidSignature as error:
            raise PkiError("the key's signature does not verify", code="key_unreachable") from error
        return signature

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._public_key.curve

    @property
    def key_size(self) -> int:
        return self._public_key.key_size

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> NoReturn:  # noqa: ARG002
        self._stays()

    def private_numbers(self) -> NoReturn:
        self._stays()

    def private_bytes(self, encoding: Any, format: Any, encryption_algorithm: Any) -> NoReturn:  # noqa: ARG002
        self._stays()

    def __copy__(self) -> RemoteKey:
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> RemoteKey:
        return self

    @staticmethod
    def _stays() -> NoReturn:
        raise PkiError("the key does not leave its place", code="key_unsuitable")
