"""The built-in timestamp authority: our own clock, marked as such wherever its tokens are shown."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pdf import cms, der
from pdf.errors import DerError, PdfError
from pdf.pki import Authority
from pdf.pki.oids import TIMESTAMP_POLICY
from pdf.tsa.protocol import DIGEST_LENGTHS, SHA256, TST_INFO, Stamp

LONGEST_REQUEST = 4096


class Failure(IntEnum):
    """PKIFailureInfo of RFC 3161 §2.4.2."""

    BAD_ALG = 0
    BAD_REQUEST = 2
    BAD_DATA_FORMAT = 5
    UNACCEPTED_POLICY = 15
    UNACCEPTED_EXTENSION = 16


class _Rejected(Exception):
    def __init__(self, failure: Failure, text: str) -> None:
        self.failure = failure
        self.text = text
        super().__init__(text)


@dataclass(frozen=True)
class _Request:
    imprint: bytes  # the whole MessageImprint, as it came
    nonce: int | None
    wants_certificates: bool


class LocalTimestamper:
    """Tokens by our own key and clock; safe to share between threads.

    `authority` comes from `pki.issue_tsa`; `clock` returns an aware time.
    """

    third_party = False

    def __init__(
        self,
        authority: Authority,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        policy: str = TIMESTAMP_POLICY.dotted_string,
    ) -> None:
        self._authority = authority
        self._clock = clock
        self._policy = der.oid(policy)
        self.name = str(authority.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)

    def stamp(self, digest: bytes) -> Stamp:
        """`token`, marked as our own clock's."""
        return Stamp(self.token(digest), self.name, self.third_party)

    def token(self, digest: bytes) -> bytes:
        """A token over a SHA-256 digest, certificates included; raises PdfError `imprint_length` for another length."""
        if len(digest) != DIGEST_LENGTHS[SHA256]:
            raise PdfError("a SHA-256 digest has 32 octets", code="imprint_length")
        imprint = der.sequence(der.sequence(der.oid(SHA256), der.null()), der.octet_string(digest))
        return self._token(_Request(imprint, None, True))

    def respond(self, request: bytes) -> bytes:
        """The DER TimeStampResp to a DER TimeStampReq: a token, or a rejection that says why (for POST /tsa)."""
        try:
            token = self._token(self._read(request))
        except _Rejected as rejected:
            reason = der.tlv(der.SEQUENCE, der.utf8_string(rejected.text))
            return der.sequence(der.sequence(der.integer(2), reason, der.named_bit(rejected.failure)))
        return der.sequence(der.sequence(der.integer(0)), token)

    def _read(self, request: bytes) -> _Request:
        if len(request) > LONGEST_REQUEST:
            raise _Rejected(Failure.BAD_DATA_FORMAT, "the request is too long")
        try:
            top = der.read_one(request)
            if top.tag != der.SEQUENCE:
                raise DerError("not a SEQUENCE")
            version, imprint, *options = top.children()
            if version.as_integer() != 1:
                raise _Rejected(Failure.BAD_REQUEST, "only version 1 is answered")
            self._check_imprint(imprint)
            nonce, wants_certificates = self._read_options(options)
        except (DerError, ValueError) as error:
            raise _Rejected(Failure.BAD_DATA_FORMAT, "not a TimeStampReq") from error
        return _Request(imprint.raw, nonce, wants_certificates)

    def _check_imprint(self, imprint: der.Node) -> None:
        algorithm, hashed = imprint.children()
        kind, *parameters = algorithm.children()
        expected = next((size for dotted, size in DIGEST_LENGTHS.items() if der.oid(dotted) == kind.raw), None)
        if expected is None or any(parameter.raw != der.null() for parameter in parameters):
            raise _Rejected(Failure.BAD_ALG, "SHA-256, SHA-384 and SHA-512 are taken")
        if len(hashed.as_octets()) != expected:
            raise _Rejected(Failure.BAD_DATA_FORMAT, "the imprint's length is not its algorithm's")

    def _read_options(self, options: list[der.Node]) -> tuple[int | None, bool]:
        """reqPolicy, nonce, certReq and extensions: each at most once, in this order."""
        left = list(options)
        if left and left[0].tag == der.OID and left.pop(0).raw != self._policy:
            raise _Rejected(Failure.UNACCEPTED_POLICY, "tokens are given under one policy only")
        nonce = left.pop(0).as_integer() if left and left[0].tag == der.INTEGER else None
        wants_certificates = left.pop(0).as_boolean() if left and left[0].tag == der.BOOLEAN else False
        if left and left[0].tag == 0xA0:
            raise _Rejected(Failure.UNACCEPTED_EXTENSION, "no extension is known here")
        if left:
            raise DerError("something follows the request's last field")
        return nonce, wants_certificates

    def _token(self, request: _Request) -> bytes:
        info = der.sequence(
            der.integer(1),
            self._policy,
            request.imprint,
            der.integer(secrets.randbits(127) | 1 << 126),
            der.generalized_time(self._clock()),
            der.sequence(der.integer(1)),
            *(() if request.nonce is None else (der.integer(request.nonce),)),
        )
        certificate = self._authority.certificate
        attributes = cms.signed_attributes(hashlib.sha256(info).digest(), certificate, content_type=TST_INFO)
        return cms.signed_data(
            attributes,
            self._authority.key.sign(attributes, ec.ECDSA(hashes.SHA256())),
            certificate,
            certificates=self._authority.path if request.wants_certificates else (),
            content=info,
            content_type=TST_INFO,
        )
