"""Certificates in both shapes that the libraries want, each read once however often a file repeats it."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import cast

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

import pdf.asn1  # noqa: F401 - its classes are set up before threads meet them

_KEPT = 2_048  # more than any file within the limits repeats
_LEAST_BITS = {"rsa": 2_048, "rsassa_pss": 2_048, "ec": 256}  # ETSI TS 119 312


class _OfThread(threading.local):
    """What asn1crypto gives out reads itself on first use: a second thread meets it half read."""

    def __init__(self) -> None:
        self.read = lru_cache(maxsize=_KEPT)(asn1_x509.Certificate.load)


_OF_THREAD = _OfThread()


def read_certificate(der: bytes) -> asn1_x509.Certificate:
    """The certificate as chain building takes it; in one thread the same object for the same bytes."""
    return cast("asn1_x509.Certificate", _OF_THREAD.read(der))


@lru_cache(maxsize=_KEPT)
def read_x509(der: bytes) -> x509.Certificate:
    """The certificate as cryptography has it. Raises ValueError, UnsupportedAlgorithm, x509.InvalidVersion."""
    return x509.load_der_x509_certificate(der)


def public_key_of(certificate: asn1_x509.Certificate) -> PublicKeyTypes:
    """Its key, ready to verify with. Raises ValueError, UnsupportedAlgorithm for one that cannot be used."""
    return _key(certificate.dump())


def is_short_key(certificate: asn1_x509.Certificate) -> bool:
    """Whether its key is too short to sign anything with."""
    key = certificate.public_key
    return key.algorithm in _LEAST_BITS and bool(key.bit_size < _LEAST_BITS[key.algorithm])


@lru_cache(maxsize=_KEPT)
def _key(der: bytes) -> PublicKeyTypes:
    return read_x509(der).public_key()
