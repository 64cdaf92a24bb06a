"""Third parties' timestamps: what their issuers say of the certificates, for validation data (levels B-LT, B-LTA)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtendedKeyUsageOID

from core import clock, config
from pdf import pki
from pdf import sign as pdf_sign
from pdf.errors import PkiError
from pdf.pki import asking
from pdf.pki.reaching import Reach

_LOG = structlog.get_logger()


@dataclass
class StampStatements:
    """The paths of the timestamp certificates in a file, and what issuers say of them, DER.

    `is_complete`: about every certificate below its anchor, so that level B-LT is reached as far as time goes.
    """

    certificates: list[x509.Certificate] = field(default_factory=list)
    lists: list[bytes] = field(default_factory=list)
    responses: list[bytes] = field(default_factory=list)
    is_complete: bool = True


def about_stamps(pdf: bytes, *, own: Sequence[x509.Certificate]) -> StampStatements:
    """What is to be had about the third parties' timestamps in a file, those below our `own` authorities left out.

    May ask their issuers by HTTP, at the hosts that are set: outside of transactions. Never raises for who is silent.
    """
    carried = [x509.load_der_x509_certificate(each) for each in pdf_sign.carried_certificates(pdf)]
    found = StampStatements()
    for leaf in carried:
        if _is_for_stamps(leaf) and not any(_is_issued_by(leaf, each) for each in own):
            _add(leaf, carried, found)
    return found


def _is_for_stamps(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return list(usage) == [ExtendedKeyUsageOID.TIME_STAMPING]


def _is_issued_by(leaf: x509.Certificate, issuer: x509.Certificate) -> bool:
    """By its key: another authority may have the name of ours."""
    try:
        leaf.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _add(leaf: x509.Certificate, carried: Sequence[x509.Certificate], found: StampStatements) -> None:
    from pdf import external  # loads pyHanko's chain builder, half a second

    settings, now = config.settings(), clock.now()
    roots = pki.load_certificates(settings.tsa_anchors.read_bytes()) if settings.tsa_anchors else ()
    try:
        path = (leaf, *external.build_chain(leaf, carried, roots, at=now))
    except PkiError:
        found.is_complete = False
        return
    reach = Reach(frozenset(settings.tsa_revocation_hosts))
    heard = asking.ask_issuers(path, timeout=settings.tsa_timeout_seconds, reach=reach)
    for trouble in heard.troubles:
        _LOG.warning("tsa.issuer_silent", trouble=trouble)
    lists, responses = external.about(path, heard.lists, heard.responses)
    found.certificates += path
    found.lists += lists
    found.responses += responses
    found.is_complete &= len(path) == 1 or external.is_covered(path, lists, responses, at=now)
