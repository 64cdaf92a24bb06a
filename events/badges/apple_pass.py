"""Tickets for Apple Wallet: a signed folder, as Apple's "Wallet Developer Guide" and "Creating a pass" say.

manifest.json has the SHA-1 of every file, `signature` is a detached PKCS#7 over it by a Pass Type ID certificate, with
Apple's intermediate (WWDR) inside.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from core import clock, i18n
from core.config import ConfigError, Settings, read_secret
from core.i18n import t
from events.badges.wallet_pictures import pictures
from events.badges.wallet_ticket import Ticket, said

MIMETYPE = "application/vnd.apple.pkpass"
_FOLDERS = {"zh-CN": "zh-Hans.lproj", "en": "en.lproj"}
_LABELS = ("name", "audience", "when", "venue", "address", "code", "about", "about-words", "demo")
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class AppleSigner:
    """A Pass Type ID certificate with its key and issuer; `pass_type` and `team` as the certificate names them."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    issuer: x509.Certificate
    pass_type: str
    team: str

    def signature(self, manifest: bytes) -> bytes:
        """PKCS#7 (DER) beside these bytes, with the time of signing, both certificates inside."""
        builder = pkcs7.PKCS7SignatureBuilder().set_data(manifest)
        builder = builder.add_signer(self.certificate, self.key, hashes.SHA256()).add_certificate(self.issuer)
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
        return builder.sign(serialization.Encoding.DER, options)


def signer(settings: Settings) -> AppleSigner | None:
    """What passes are signed with; None where nothing is set.

    Raises ConfigError: a file that cannot be read, is not its owner's alone (the key), or does not fit the others.
    """
    if not settings.offers_apple_wallet:
        return None
    certificate = _certificate(settings.wallet_apple_certificate)
    issuer = _certificate(settings.wallet_apple_wwdr)
    key = _key(settings)
    pass_type, team = (_named(certificate, oid) for oid in (NameOID.USER_ID, NameOID.ORGANIZATIONAL_UNIT_NAME))
    problems = []
    if not pass_type or not team:
        problems.append("it is no Pass Type ID certificate: it names no pass type (UID) or no team (OU)")
    if key.public_key() != certificate.public_key():
        problems.append("the key is another certificate's")
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        problems.append("YUNQIAN_WALLET_APPLE_WWDR is not the certificate that issued it")
    if min(certificate.not_valid_after_utc, issuer.not_valid_after_utc) <= clock.now():
        problems.append("it has run out")
    if problems:
        raise ConfigError([f"{settings.wallet_apple_certificate}: {each}" for each in problems])
    return AppleSigner(certificate, key, issuer, pass_type, team)


def _certificate(path: Any) -> x509.Certificate:
    try:
        data = path.read_bytes()
        return x509.load_pem_x509_certificate(data) if b"-----" in data else x509.load_der_x509_certificate(data)
    except OSError as error:
        raise ConfigError([f"{path} cannot be read: {error.strerror}"]) from None
    except ValueError:
        raise ConfigError([f"{path} is no certificate"]) from None


def _key(settings: Settings) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    path = settings.wallet_apple_key
    assert path is not None  # noqa: S101 - Settings refuses the others without it
    password = settings.wallet_apple_key_password.get_secret_value().encode() or None
    try:
        key = serialization.load_pem_private_key(read_secret(path).encode(), password)
    except (ValueError, TypeError):
        raise ConfigError([f"{path} is no private key in PEM, or its password is another one"]) from None
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ConfigError([f"{path} is a key of a kind that passes are not signed with"])
    return key


def _named(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def package(ticket: Ticket, by: AppleSigner) -> bytes:
    """The .pkpass."""
    files = {"pass.json": _json(_content(ticket, by)), **_strings(ticket), **pictures()}
    files["manifest.json"] = _json({name: hashlib.sha1(data).hexdigest() for name, data in files.items()})  # noqa: S324
    files["signature"] = by.signature(files["manifest.json"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _content(ticket: Ticket, by: AppleSigner) -> dict[str, Any]:
    code = {
        "format": "PKBarcodeFormatQR",
        "message": ticket.text,
        "messageEncoding": "iso-8859-1",
        "altText": ticket.code,
    }
    content: dict[str, Any] = {
        "formatVersion": 1,
        "passTypeIdentifier": by.pass_type,
        "teamIdentifier": by.team,
        "serialNumber": ticket.registration_id,
        "organizationName": ticket.organiser,
        "description": said(ticket.title, ticket.locale),
        "logoText": "title",
        "foregroundColor": "rgb(255, 255, 255)",
        "labelColor": "rgb(255, 255, 255)",
        "backgroundColor": _rgb(ticket.colour),
        "sharingProhibited": True,
        "barcodes": [code],
        "barcode": code,  # what iOS 8 and older watches read
        "eventTicket": _fields(ticket),
    }
    if ticket.starts_at is not None:
        content["relevantDate"] = _local(ticket.starts_at, ticket.timezone)
    return content


def _fields(ticket: Ticket) -> dict[str, list[dict[str, Any]]]:
    """Labels and texts that have languages are keys of pass.strings."""
    when = []
    if ticket.starts_at is not None:
        when.append(
            {
                **_field("when", _local(ticket.starts_at, ticket.timezone)),
                "dateStyle": "PKDateStyleMedium",
                "timeStyle": "PKDateStyleShort",
                "ignoresTimeZone": True,  # the venue's clock, wherever the phone is
            }
        )
    return {
        "headerFields": [{"key": "demo", "value": "label-demo"}] if ticket.is_demo else [],
        "primaryFields": [_field("name", ticket.name)],
        "secondaryFields": [_field("venue", "venue"), _field("audience", "audience")],
        "auxiliaryFields": when,
        "backFields": [_field("address", "address"), _field("code", ticket.code), _field("about", "label-about-words")],
    }


def _field(key: str, value: str) -> dict[str, Any]:
    return {"key": key, "label": f"label-{key}", "value": value}


def _strings(ticket: Ticket) -> dict[str, bytes]:
    files = {}
    for locale, folder in _FOLDERS.items():
        with i18n.use_locale(locale):
            texts = {f"label-{label}": t(f"wallet-{label}") for label in _LABELS}
            texts |= {name: i18n.pick(getattr(ticket, name)) for name in ("title", "venue", "audience", "address")}
        lines = (f"{_quoted(key)} = {_quoted(text)};\n" for key, text in texts.items())
        files[f"{folder}/pass.strings"] = "".join(lines).encode()
    return files


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"


def _local(at: datetime, zone: str) -> str:
    """W3C date and time with the venue's offset, to the minute."""
    return at.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
