"""Another installation altogether: RSA keys, authorities and signers of its own; pyHanko signs and stamps."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.pdf.signing_world import NOW

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Holder:
    """A key and its certificate."""

    key: PrivateKey
    certificate: x509.Certificate

    @property
    def asn1(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER))

    @property
    def asn1_key(self) -> keys.PrivateKeyInfo:
        secret = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return keys.PrivateKeyInfo.load(secret)


@dataclass(frozen=True)
class Elsewhere:
    """Root, issuing authority, timestamp authority, and the root's and the authority's lists."""

    root: Holder
    ca: Holder
    tsa: Holder
    lists: tuple[bytes, ...]

    def signer(self, name: str, *, curve: ec.EllipticCurve | None = None) -> Holder:
        return issued(self.ca, name, ec.generate_private_key(curve) if curve else None)


def issued(issuer: Holder | None, name: str, key: PrivateKey | None = None, *, usage: str = "") -> Holder:
    """A certificate by `issuer` (None: by itself), an authority's where usage is "ca", a clock's where it is "tsa"."""
    key = key or rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    is_ca = usage == "ca"
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(not is_ca, not is_ca, False, False, False, is_ca, is_ca, False, False), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if usage == "tsa":
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Holder(key, builder.sign(issuer.key if issuer else key, hashes.SHA256()))


def revocation_list(issuer: Holder, *, at: datetime = NOW) -> bytes:
    """An empty one, good for a month."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
    built = builder.last_update(at - timedelta(days=1)).next_update(at + timedelta(days=30))
    return built.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


@lru_cache(maxsize=1)
def elsewhere() -> Elsewhere:
    root = issued(None, "Elsewhere Root", usage="ca")
    ca = issued(root, "Elsewhere CA", usage="ca")
    return Elsewhere(root, ca, issued(ca, "Elsewhere TSA", usage="tsa"), (revocation_list(root), revocation_list(ca)))


def signed(pdf: bytes, field: str, who: Holder, *, stamped: bool = True, pss: bool = False, **options: object) -> bytes:
    """One signature as pyHanko makes it for this authority's customers."""
    here = elsewhere()
    store = SimpleCertificateStore()
    store.register_multiple([here.ca.asn1, here.root.asn1])
    given: dict[str, object] = {"md_algorithm": "sha256", "subfilter": fields.SigSeedSubFilter.PADES, **options}
    stamper = DummyTimeStamper(here.tsa.asn1, here.tsa.asn1_key, certs_to_embed=store)
    signer = signers.SimpleSigner(signing_cert=who.asn1, signing_key=who.asn1_key, cert_registry=store, prefer_pss=pss)
    out = io.BytesIO()
    signers.PdfSigner(
        signers.PdfSignatureMetadata(field_name=field, **given), signer, timestamper=stamper if stamped else None
    ).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out)
    return out.getvalue()


def validation_context() -> ValidationContext:
    here = elsewhere()
    return ValidationContext(
        trust_roots=[here.root.asn1],
        other_certs=[here.ca.asn1, here.tsa.asn1],
        crls=list(here.lists),
        allow_fetching=False,
    )
