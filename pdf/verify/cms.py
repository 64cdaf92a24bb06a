"""CMS signatures and RFC 3161 tokens: form, digest and signature value; who may be trusted is `chains`' matter."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator, SignatureValidationContext

import pdf.asn1  # noqa: F401 - its classes are set up before threads meet them
from pdf.verify.certificates import is_short_key, public_key_of, read_certificate
from pdf.verify.parts import check_parts, size
from pdf.verify.verdict import Finding, Reason, Sub, failed, unsure

_DIGESTS = ("sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512")
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - to say that the signature is right; `strength` says that it is weak
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_384": hashes.SHA3_384(),
    "sha3_512": hashes.SHA3_512(),
}
_WEAK_DIGESTS = ("md5", "sha1", "sha224")


@dataclass(frozen=True)
class Signed:
    """A parsed SignedData of one signer, and the certificates that it carries; `attributes` is what was signed."""

    data: cms.SignedData
    signer: cms.SignerInfo
    certificate: asn1_x509.Certificate
    certificates: tuple[asn1_x509.Certificate, ...]
    digest: str
    attributes: bytes


@dataclass(frozen=True)
class Token:
    """A timestamp token whose own signature holds; `at` is its time, `imprint` what it stamps."""

    signed: Signed
    at: datetime
    imprint: bytes
    algorithm: str


def parse(der: bytes, name: str) -> Signed:
    """A ContentInfo with SignedData of one signer, followed by zero octets at most. Raises Finding."""
    try:
        return _parsed(der, name)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise Finding(failed("cms-malformed", field=name)) from error


def _parsed(der: bytes, name: str) -> Signed:
    head = size(der)
    if der[head:].strip(b"\0"):
        raise Finding(failed("padding", field=name))
    info = cms.ContentInfo.load(der[:head], strict=True)
    data = info["content"]
    if info["content_type"].native != "signed_data":
        raise Finding(failed("cms-malformed", field=name))
    check_parts(data)
    if len(data["signer_infos"]) != 1:
        raise Finding(failed("cms-malformed", field=name))
    signer = data["signer_infos"][0]
    # RFC 5652 §5.1 only advises it, and nothing signs this list: a list that does not name the digest was touched.
    if signer["digest_algorithm"]["algorithm"].native not in [
        each["algorithm"].native for each in data["digest_algorithms"]
    ]:
        raise Finding(failed("cms-malformed", field=name))
    given = data["certificates"]
    certificates = (
        ()
        if isinstance(given, core.Void)
        else tuple(read_certificate(each.chosen.dump()) for each in given if each.name == "certificate")
    )
    certificate = _signing_certificate(signer, certificates)
    if certificate is None:
        raise Finding(unsure("no-certificate", Sub.NO_SIGNING_CERTIFICATE_FOUND, field=name))
    attributes = signer["signed_attrs"]
    if isinstance(attributes, core.Void) or not attributes.contents:
        raise Finding(failed("cms-malformed", field=name))
    # RFC 5652 §5.4: what is signed is the SET OF, not the [0] that stands in its place.
    signed = core.SetOf(contents=attributes.contents).dump()
    return Signed(data, signer, certificate, certificates, str(signer["digest_algorithm"]["algorithm"].native), signed)


def _signing_certificate(
    signer: cms.SignerInfo, certificates: tuple[asn1_x509.Certificate, ...]
) -> asn1_x509.Certificate | None:
    wanted = signer["sid"]
    for certificate in certificates:
        if wanted.name == "issuer_and_serial_number":
            same = wanted.chosen["serial_number"].native == certificate.serial_number
            issuer = wanted.chosen["issuer"]
            # Almost always the same bytes; RFC 5280 §7.1 compares letters of either case and any blanks as equal.
            if same and (issuer.dump() == certificate.issuer.dump() or issuer == certificate.issuer):
                return certificate
        elif certificate.key_identifier == wanted.chosen.native:
            return certificate
    return None


def check(signed: Signed, digest: bytes, content_type: str, name: str, *, ess: bool) -> list[Reason]:
    """Whether the signature is right and over this digest (RFC 5652 §5.6); with `ess` it must name its certificate."""
    try:
        stated = _stated(signed, content_type, ess=ess)
        valid = stated is not None and _is_valid(signed)
    except (UnsupportedAlgorithm, NotImplementedError):
        return [unsure("weak-algorithm", Sub.CRYPTO_CONSTRAINTS_FAILURE, signer=name)]
    except (ValueError, TypeError, KeyError, AttributeError, AssertionError):
        return [failed("cms-malformed", field=name)]
    if stated is None:
        return [failed("cms-malformed", field=name)]
    if not valid:
        return [failed("signature-value", Sub.SIG_CRYPTO_FAILURE, field=name)]
    if stated.digest != digest:
        return [failed("hash-mismatch", Sub.HASH_FAILURE, field=name)]
    if not stated.same_certificate:
        return [unsure("no-certificate", Sub.NO_SIGNING_CERTIFICATE_FOUND, field=name)]
    return strength(signed, name)


@dataclass(frozen=True)
class _Stated:
    digest: bytes
    same_certificate: bool


def _stated(signed: Signed, content_type: str, *, ess: bool) -> _Stated | None:
    """What the signed attributes state, each of them once with one value; None where that is not so."""
    attributes: dict[str, core.Asn1Value] = {}
    for attribute in signed.signer["signed_attrs"]:
        kind = attribute["type"].native
        if kind in attributes or len(attribute["values"]) != 1:
            return None
        attributes[kind] = attribute["values"][0]
    reference = attributes.get("signing_certificate_v2") or attributes.get("signing_certificate")
    if "message_digest" not in attributes or (ess and reference is None):
        return None
    if "content_type" not in attributes or attributes["content_type"].native != content_type:
        return None
    if not _is_protected(signed.signer, attributes.get("cms_algorithm_protection")):
        return None
    same = reference is None or _names(reference, signed.certificate)
    return _Stated(bytes(attributes["message_digest"].native), same)


def _is_protected(signer: cms.SignerInfo, protection: core.Asn1Value | None) -> bool:
    """RFC 6211: where algorithms are stated under the signature they are the ones used."""
    if protection is None:
        return True
    same_digest = protection["digest_algorithm"].native == signer["digest_algorithm"].native
    return bool(same_digest and protection["signature_algorithm"].native == signer["signature_algorithm"].native)


def _names(reference: core.Asn1Value, certificate: asn1_x509.Certificate) -> bool:
    """RFC 5035 §5: the first entry is the signer's certificate, by its hash (SHA-1 in the older attribute)."""
    first = reference["certs"][0]
    algorithm = first["hash_algorithm"]["algorithm"].native if isinstance(first, tsp.ESSCertIDv2) else "sha1"
    return bool(hashlib.new(algorithm, certificate.dump(), usedforsecurity=False).digest() == first["cert_hash"].native)


def _is_valid(signed: Signed) -> bool:
    algorithm, value = signed.signer["signature_algorithm"], signed.signer["signature"].native
    key = public_key_of(signed.certificate)
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and algorithm.signature_algo == "ecdsa":
            key.verify(value, signed.attributes, ec.ECDSA(_HASHES[_hash_of(signed)]))
            return True
        context = SignatureValidationContext(contextual_md_algorithm=signed.digest, prehashed=False)
        DefaultSignatureValidator().validate_signature(
            value, signed.attributes, signed.certificate.public_key, algorithm, context=context
        )
    except InvalidSignature:
        return False
    return True


def _hash_of(signed: Signed) -> str:
    """The digest that the signature algorithm names; some leave it to the digest algorithm beside it."""
    try:
        return str(signed.signer["signature_algorithm"].hash_algo)
    except ValueError:
        return signed.digest


def strength(signed: Signed, name: str) -> list[Reason]:
    """Digests and key must be strong enough (ETSI TS 119 312)."""
    weak = signed.digest not in _DIGESTS or _hash_of(signed) not in _DIGESTS or is_short_key(signed.certificate)
    return [unsure("weak-algorithm", Sub.CRYPTO_CONSTRAINTS_FAILURE, signer=name)] if weak else []


def known_digest(signed: Signed, name: str) -> str:
    """The name of the message digest for hashlib. Raises Finding for one that is not known."""
    if signed.digest not in (*_DIGESTS, *_WEAK_DIGESTS):
        raise Finding(unsure("weak-algorithm", Sub.CRYPTO_CONSTRAINTS_FAILURE, signer=name))
    return signed.digest


def token(der: bytes, name: str) -> tuple[Token, list[Reason]]:
    """A timestamp token, its own signature checked (RFC 3161 §2.4.2). Raises Finding if it cannot be read."""
    signed = parse(der, name)
    encapsulated = signed.data["encap_content_info"]
    try:
        if encapsulated["content_type"].native != "tst_info":
            raise Finding(failed("token-malformed", field=name))
        content = encapsulated["content"].contents
        info = encapsulated["content"].parsed
        if not isinstance(info, tsp.TSTInfo):
            raise Finding(failed("token-malformed", field=name))
        imprint = info["message_imprint"]
        found = Token(
            signed,
            info["gen_time"].native,
            imprint["hashed_message"].native,
            imprint["hash_algorithm"]["algorithm"].native,
        )
        if found.algorithm not in (*_DIGESTS, *_WEAK_DIGESTS):
            raise Finding(unsure("weak-algorithm", Sub.CRYPTO_CONSTRAINTS_FAILURE, signer=name))
        digest = hashlib.new(known_digest(signed, name), content).digest()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Finding(failed("token-malformed", field=name)) from error
    reasons = check(signed, digest, "tst_info", name, ess=True)
    if found.algorithm not in _DIGESTS:
        reasons = [*reasons, unsure("weak-algorithm", Sub.CRYPTO_CONSTRAINTS_FAILURE, signer=name)]
    return found, reasons


def signature_token(signed: Signed, name: str) -> bytes | None:
    """The signature timestamp among the unsigned attributes, as DER. Raises Finding if there are several."""
    attributes = signed.signer["unsigned_attrs"]
    if isinstance(attributes, core.Void):
        return None
    values = [
        value for each in attributes if each["type"].native == "signature_time_stamp_token" for value in each["values"]
    ]
    if len(values) > 1:
        raise Finding(failed("cms-malformed", field=name))
    return bytes(values[0].dump()) if values else None
