"""CMS signatures and RFC 3161 tokens: form, digest and signature value; who may be trusted is `chains`' matter."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, core, parser, tsp
from asn1crypto import x509 as asn1_x509
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import get_signing_cert_attr, validate_sig_integrity

from pdf.verify.verdict import Finding, Reason, Sub, failed, unsure

_DIGESTS = ("sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512")
_WEAK_DIGESTS = ("md5", "sha1", "sha224")
_LEAST_RSA_BITS = 2048


@dataclass(frozen=True)
class Signed:
    """A parsed SignedData of one signer, and the certificates that it carries."""

    data: cms.SignedData
    signer: cms.SignerInfo
    certificate: asn1_x509.Certificate
    certificates: tuple[asn1_x509.Certificate, ...]
    digest: str


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
    head = parser.peek(der)
    if der[head:].strip(b"\0"):
        raise Finding(failed("padding", field=name))
    info = cms.ContentInfo.load(der[:head], strict=True)
    data = info["content"]
    if info["content_type"].native != "signed_data" or len(data["signer_infos"]) != 1:
        raise Finding(failed("cms-malformed", field=name))
    signer = data["signer_infos"][0]
    # RFC 5652 §5.1 only advises it, and nothing signs this list: a list that does not name the digest was touched.
    if signer["digest_algorithm"]["algorithm"].native not in [
        each["algorithm"].native for each in data["digest_algorithms"]
    ]:
        raise Finding(failed("cms-malformed", field=name))
    given = data["certificates"]
    certificates = (
        () if isinstance(given, core.Void) else tuple(each.chosen for each in given if each.name == "certificate")
    )
    certificate = _signing_certificate(signer, certificates)
    if certificate is None:
        raise Finding(unsure("no-certificate", Sub.NO_SIGNING_CERTIFICATE_FOUND, field=name))
    if isinstance(signer["signed_attrs"], core.Void) or not len(signer["signed_attrs"]):
        raise Finding(failed("cms-malformed", field=name))
    return Signed(data, signer, certificate, certificates, str(signer["digest_algorithm"]["algorithm"].native))


def _signing_certificate(
    signer: cms.SignerInfo, certificates: tuple[asn1_x509.Certificate, ...]
) -> asn1_x509.Certificate | None:
    wanted = signer["sid"]
    for certificate in certificates:
        if wanted.name == "issuer_and_serial_number":
            same = wanted.chosen["issuer"] == certificate.issuer
            if same and wanted.chosen["serial_number"].native == certificate.serial_number:
                return certificate
        elif certificate.key_identifier == wanted.chosen.native:
            return certificate
    return None


def check(signed: Signed, digest: bytes, content_type: str, name: str, *, ess: bool) -> list[Reason]:
    """Whether the signature is right and over this digest; `ess` demands a signing-certificate attribute."""
    try:
        intact, valid = validate_sig_integrity(signed.signer, signed.certificate, content_type, digest)
        stated = get_signing_cert_attr(signed.signer["signed_attrs"])
    except SignatureValidationError as error:
        return [_library_reason(error, name)]
    except (ValueError, TypeError, KeyError, NotImplementedError, AttributeError):
        return [failed("cms-malformed", field=name)]
    if not valid:
        return [failed("signature-value", Sub.SIG_CRYPTO_FAILURE, field=name)]
    if not intact:
        return [failed("hash-mismatch", Sub.HASH_FAILURE, field=name)]
    if ess and stated is None:
        return [failed("cms-malformed", field=name)]
    return strength(signed, name)


def _library_reason(error: SignatureValidationError, name: str) -> Reason:
    if (
        error.ades_subindication is not None
        and error.ades_subindication.standard_name == "NO_SIGNING_CERTIFICATE_FOUND"
    ):
        return unsure("no-certificate", Sub.NO_SIGNING_CERTIFICATE_FOUND, field=name)
    return failed("cms-malformed", field=name)


def strength(signed: Signed, name: str) -> list[Reason]:
    """Digest and key must be strong enough (ETSI TS 119 312)."""
    key = signed.certificate.public_key
    weak = signed.digest not in _DIGESTS or (key.algorithm == "rsa" and key.bit_size < _LEAST_RSA_BITS)
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
