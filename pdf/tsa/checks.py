"""What a third party's token must pass before it is embedded (RFC 3161 §2.2, §2.3, §2.4.2)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from asn1crypto import cms as asn1
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.general import CMSExtractionError, extract_signer_info
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

import pdf.asn1
from pdf import der
from pdf.errors import TimestampUnavailable
from pdf.tsa.protocol import SHA256, TST_INFO, Fault

pdf.asn1.set_up()  # those of the path validation, too

# Well under what the verifier bears: certificates begin five minutes back, a signature may take ten.
CLOCKS_APART = timedelta(minutes=2)
_GRANTED = (0, 1)  # granted, granted with modifications
_MALFORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)


def checked_token(
    answer: bytes,
    *,
    digest: bytes,
    nonce: int,
    anchors: Sequence[x509.Certificate],
    policies: Collection[str],
    now: datetime | None = None,
) -> bytes:
    """The token in a TimeStampResp; raises TimestampUnavailable with a sentence on what is wrong with it.

    With `now`, what this machine's clock says, the token's time must be near it.
    """
    try:
        token = _granted(answer)
        signed = asn1.ContentInfo.load(token, strict=True)["content"]
        content = signed["encap_content_info"]
        if content["content_type"].dotted != TST_INFO:
            raise TimestampUnavailable("the token holds no time", fault=Fault.ANSWER)
        _check_info(content["content"].parsed, digest, nonce, policies)
        _check_authority(signed)
        _check_signature(signed, digest, anchors)
        if now is not None:
            _check_clock(content["content"].parsed["gen_time"].native, now)
        return token
    except TimestampUnavailable:
        raise
    except (SignatureValidationError, CMSExtractionError) as error:
        raise TimestampUnavailable(f"the token cannot be verified: {error}", fault=Fault.AUTHORITY) from error
    except _MALFORMED as error:
        raise TimestampUnavailable("the answer is not a TimeStampResp", fault=Fault.ANSWER) from error


def _granted(answer: bytes) -> bytes:
    """The token's own octets (asn1crypto reads no response without a token, which is what a rejection is)."""
    status, *token = der.read_one(answer).children()
    code, *details = status.children()
    if code.as_integer() not in _GRANTED:
        said = b" ".join(text.content for detail in details if detail.tag == der.SEQUENCE for text in detail.children())
        words = said[:200].decode(errors="replace")
        raise TimestampUnavailable(
            f"refused with status {code.as_integer()}: {words}",
            fault=Fault.REFUSED,
            status=code.as_integer(),
            said=words,
        )
    (only,) = token
    return only.raw


def _check_info(info: tsp.TSTInfo, digest: bytes, nonce: int, policies: Collection[str]) -> None:
    imprint = info["message_imprint"]
    if imprint["hash_algorithm"]["algorithm"].dotted != SHA256 or imprint["hashed_message"].native != digest:
        raise TimestampUnavailable("the token is over something else", fault=Fault.ANSWER)
    if info["nonce"].native != nonce:
        raise TimestampUnavailable("the token answers another request", fault=Fault.ANSWER)
    if policies and info["policy"].dotted not in policies:
        found = info["policy"].dotted
        raise TimestampUnavailable(f"the token's policy is {found}", fault=Fault.POLICY, policy=found)


def _check_clock(at: datetime, now: datetime) -> None:
    """Signatures state this machine's time, and its certificates begin by it: both are held against the token."""
    if abs(at - now) > CLOCKS_APART:
        apart = int((at - now).total_seconds())
        raise TimestampUnavailable(
            f"its time and this machine's clock are {apart} seconds apart", fault=Fault.CLOCK, seconds=apart
        )


def _check_authority(signed: asn1.SignedData) -> None:
    """Time-stamping must be the certificate's only purpose, and critical (RFC 3161 §2.3)."""
    sid = extract_signer_info(signed)["sid"]
    for choice in signed["certificates"]:
        if choice.name != "certificate" or not _is_named(choice.chosen, sid):
            continue
        try:
            certificate = x509.load_der_x509_certificate(choice.chosen.dump())
            purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
        except (x509.ExtensionNotFound, x509.InvalidVersion, ValueError):
            break
        if purposes.critical and list(purposes.value) == [ExtendedKeyUsageOID.TIME_STAMPING]:
            return
    raise TimestampUnavailable("the token is not by a timestamp authority's certificate", fault=Fault.AUTHORITY)


def _is_named(certificate: asn1_x509.Certificate, sid: asn1.SignerIdentifier) -> bool:
    if sid.name == "issuer_and_serial_number":
        same_serial = sid.chosen["serial_number"].native == certificate.serial_number
        return bool(same_serial and sid.chosen["issuer"] == certificate.issuer)
    return bool(sid.chosen.native == certificate.key_identifier)


def _check_signature(signed: asn1.SignedData, digest: bytes, anchors: Sequence[x509.Certificate]) -> None:
    roots = [asn1_x509.Certificate.load(anchor.public_bytes(Encoding.DER)) for anchor in anchors]
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    status = TimestampSignatureStatus(
        **asyncio.run(validate_tst_signed_data(signed, context, lambda _algorithm: digest))
    )
    if not (status.intact and status.valid):
        raise TimestampUnavailable("the token's signature does not verify", fault=Fault.AUTHORITY)
    if not status.trusted:
        raise TimestampUnavailable("the token's authority is not below a trusted anchor", fault=Fault.AUTHORITY)
