"""SM2 with SM3 (GB/T 32918.2, GB/T 32905), made by GmSSL: keys in PEM, signatures in DER (docs/decisions/0016-sm2.md).

The signer's identity is the standard's default, openssl's `distid:1234567812345678`.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass

from asn1crypto import core, keys, pem
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from gmssl_pyx import InvalidValueError, normalize_sm2_public_key, sm2_key_generate, sm2_sign, sm2_verify

import pdf.asn1  # noqa: F401 - its classes are set up before threads meet them
from pdf import der
from pdf.errors import PkiError

_EC, _CURVE = "1.2.840.10045.2.1", "1.2.156.10197.1.301"
_PBES2, _PBKDF2 = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12"
_HMAC_SHA256, _AES_256_CBC = "1.2.840.113549.2.9", "2.16.840.1.101.3.4.1.42"
_SIZE = 32
_ITERATIONS, _MOST_ITERATIONS = 600_000, 10_000_000
_ALGORITHM = der.sequence(der.oid(_EC), der.oid(_CURVE))
# An uncompressed point (GB/T 32918.1 §4.2.9) in a bit string without unused bits.
_POINT = b"\x00\x04"


class _Pair(core.SequenceOf):  # type: ignore[misc]
    _child_spec = core.Integer


@dataclass(frozen=True)
class Sm2PublicKey:
    """A point of the curve; `raw` is x and y, 64 octets."""

    raw: bytes

    @property
    def spki(self) -> bytes:
        """SubjectPublicKeyInfo (RFC 5480) in DER."""
        return der.sequence(_ALGORITHM, der.tlv(der.BIT_STRING, _POINT + self.raw))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of `spki`, hex."""
        return hashlib.sha256(self.spki).hexdigest()

    def to_pem(self) -> bytes:
        """`PUBLIC KEY`, as openssl reads it."""
        return bytes(pem.armor("PUBLIC KEY", self.spki))

    def is_signature(self, signature: bytes, message: bytes) -> bool:
        """Whether this key signed the message; False for a signature that is not two numbers in DER."""
        return _is_pair(signature) and bool(sm2_verify(self.raw, message, signature))


@dataclass(frozen=True)
class Sm2Key:
    """A private key in memory."""

    secret: bytes
    public: Sm2PublicKey

    def __repr__(self) -> str:
        return f"Sm2Key({self.public.fingerprint})"

    def sign(self, message: bytes) -> bytes:
        """The signature over the message in DER."""
        return bytes(sm2_sign(self.secret, self.public.raw, message))

    def to_pem(self, password: bytes) -> bytes:
        """PKCS#8, encrypted by PBES2 (RFC 8018) with AES-256, as openssl reads it."""
        point = der.explicit(1, der.tlv(der.BIT_STRING, _POINT + self.public.raw))
        private = der.sequence(der.integer(1), der.octet_string(self.secret), point)
        info = der.sequence(der.integer(0), _ALGORITHM, der.octet_string(private))
        return bytes(pem.armor("ENCRYPTED PRIVATE KEY", _encrypted(info, password)))


def new_sm2_key() -> Sm2Key:
    """A fresh key."""
    public, secret = sm2_key_generate()
    return Sm2Key(secret, Sm2PublicKey(public))


def load_sm2_public(text: bytes) -> Sm2PublicKey:
    """From PEM; raises PkiError `pem_malformed`, `key_unsuitable` for a key of another kind."""
    found = _unarmored(text, "PUBLIC KEY")
    raw = found[-2 * _SIZE :]
    try:
        key = Sm2PublicKey(normalize_sm2_public_key(raw))
    except InvalidValueError as error:
        raise PkiError("not a point of the curve", code="key_unsuitable") from error
    if key.spki != found:
        raise PkiError("only SM2 keys are taken", code="key_unsuitable")
    return key


def load_sm2_key(text: bytes, *, password: bytes) -> Sm2Key:
    """From encrypted PKCS#8 in PEM; raises PkiError `pem_malformed` (another password too), `key_unsuitable`."""
    sealed = _unarmored(text, "ENCRYPTED PRIVATE KEY")
    try:
        info = keys.PrivateKeyInfo.load(_decrypted(sealed, password), strict=True)
        algorithm = info["private_key_algorithm"].dump()
        private = keys.ECPrivateKey.load(info["private_key"].contents, strict=True)
        secret, point = private["private_key"].contents, private["public_key"].contents
    except (ValueError, TypeError, KeyError) as error:
        raise PkiError("no readable key, or another password", code="pem_malformed") from error
    if algorithm != _ALGORITHM or len(secret) != _SIZE or not (point or b"").startswith(_POINT):
        raise PkiError("only SM2 keys with their public half are taken", code="key_unsuitable")
    key = Sm2Key(bytes(secret), Sm2PublicKey(point[len(_POINT) :]))
    try:
        fits = key.public.is_signature(key.sign(b"trial"), b"trial")
    except InvalidValueError:
        fits = False
    if not fits:
        raise PkiError("the two halves of the key do not fit", code="key_unsuitable")
    return key


def _is_pair(signature: bytes) -> bool:
    """SEQUENCE of two positive integers of the curve's size, in the one way to write it."""
    try:
        r, s = (int(each.native) for each in _Pair.load(signature, strict=True))
    except (ValueError, TypeError):
        return False
    return 0 < r < 1 << 256 and 0 < s < 1 << 256 and der.sequence(der.integer(r), der.integer(s)) == signature


def _unarmored(text: bytes, kind: str) -> bytes:
    try:
        name, _, found = pem.unarmor(text)
    except ValueError as error:
        raise PkiError("no PEM", code="pem_malformed") from error
    if name != kind:
        raise PkiError(f"{kind} is expected", code="pem_malformed")
    return bytes(found)


def _encrypted(info: bytes, password: bytes) -> bytes:
    salt, vector = os.urandom(16), os.urandom(16)
    padder = padding.PKCS7(128).padder()
    padded = padder.update(info) + padder.finalize()
    encryptor = Cipher(algorithms.AES(_derived(password, salt, _ITERATIONS)), modes.CBC(vector)).encryptor()
    prf = der.sequence(der.oid(_HMAC_SHA256), der.null())
    kdf = der.sequence(der.oid(_PBKDF2), der.sequence(der.octet_string(salt), der.integer(_ITERATIONS), prf))
    cipher = der.sequence(der.oid(_AES_256_CBC), der.octet_string(vector))
    scheme = der.sequence(der.oid(_PBES2), der.sequence(kdf, cipher))
    return der.sequence(scheme, der.octet_string(encryptor.update(padded) + encryptor.finalize()))


def _decrypted(sealed: bytes, password: bytes) -> bytes:
    """Raises ValueError, TypeError or KeyError for another password or another way of encrypting."""
    found = keys.EncryptedPrivateKeyInfo.load(sealed, strict=True)
    scheme = found["encryption_algorithm"]
    if scheme.kdf != "pbkdf2" or scheme.kdf_hmac != "sha256" or scheme.encryption_cipher != "aes":
        raise ValueError("only PBKDF2 with HMAC-SHA-256 and AES-256-CBC are taken")
    if scheme.encryption_mode != "cbc" or scheme.key_length != _SIZE or scheme.kdf_iterations > _MOST_ITERATIONS:
        raise ValueError("only PBKDF2 with HMAC-SHA-256 and AES-256-CBC are taken")
    key = _derived(password, scheme.kdf_salt, scheme.kdf_iterations)
    decryptor = Cipher(algorithms.AES(key), modes.CBC(scheme.encryption_iv)).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    padded = decryptor.update(found["encrypted_data"].native) + decryptor.finalize()
    return unpadder.update(padded) + unpadder.finalize()


def _derived(password: bytes, salt: bytes, iterations: int) -> bytes:
    return PBKDF2HMAC(hashes.SHA256(), _SIZE, salt, iterations).derive(password)
