"""What Apple and Google give to who may issue passes, made here: certificates of the same shape, a service account."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from core import clock

PASS_TYPE, TEAM, ISSUER = "pass.test.yunqian.sample", "ABCDE12345", "3388000000012345678"
ACCOUNT = "passes@sample-project.iam.example.test"


@cache
def key(number: int) -> rsa.RSAPrivateKey:
    """One of some keys, made once."""
    assert number >= 0
    return rsa.generate_private_key(65537, 2048)


def certificate(
    subject: str,
    *,
    of: int,
    by: int,
    issuer: str,
    days: int = 300,
    named: dict[x509.ObjectIdentifier, str] | None = None,
) -> x509.Certificate:
    """For the key numbered `of`, by the key numbered `by`."""
    attributes = {**(named or {}), NameOID.COMMON_NAME: subject}
    name = x509.Name([x509.NameAttribute(oid, text) for oid, text in attributes.items()])
    is_authority = named is None
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key(of).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=400))
        .not_valid_after(clock.now() + timedelta(days=days))
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .sign(key(by), hashes.SHA256())
    )


def pem(of: int) -> bytes:
    """The private key with this number."""
    return key(of).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def apple(folder: Path, *, days: int = 300, names: bool = True, of_key: int = 2) -> dict[str, Any]:
    """Settings with a Pass Type ID certificate; root.pem beside it is who OpenSSL is told to trust."""
    root = certificate("Sample Root CA", of=0, by=0, issuer="Sample Root CA")
    wwdr = certificate("Sample Developer Relations CA", of=1, by=0, issuer="Sample Root CA")
    named = {NameOID.USER_ID: PASS_TYPE, NameOID.ORGANIZATIONAL_UNIT_NAME: TEAM} if names else {}
    leaf = certificate(
        f"Pass Type ID: {PASS_TYPE}", of=2, by=1, issuer="Sample Developer Relations CA", days=days, named=named
    )
    (folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    (folder / "wwdr.cer").write_bytes(wwdr.public_bytes(serialization.Encoding.DER))  # as Apple hands it out
    (folder / "pass.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    (folder / "pass.key").write_bytes(pem(of_key))
    (folder / "pass.key").chmod(0o600)
    return {
        "wallet_apple_certificate": folder / "pass.pem",
        "wallet_apple_key": folder / "pass.key",
        "wallet_apple_wwdr": folder / "wwdr.cer",
    }


def google(folder: Path) -> dict[str, Any]:
    """Settings with a service account."""
    account = {"type": "service_account", "client_email": ACCOUNT, "private_key": pem(3).decode()}
    (folder / "account.json").write_text(json.dumps(account))
    (folder / "account.json").chmod(0o600)
    return {"wallet_google_account": folder / "account.json", "wallet_google_issuer": ISSUER}
