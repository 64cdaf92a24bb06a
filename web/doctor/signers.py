"""Signers' own certificates: whose authorities are accepted, and whether their revocation lists are fresh."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography import x509

from core import clock
from core.config import ConfigError, Settings
from pdf import pki
from signing.trust import service as trust
from web.doctor.finding import Finding, fail, ok, warn


def check_signers(settings: Settings) -> Iterator[Finding]:
    """The anchors can be read and have not ended; lists are there, and have not run out. Nothing where none is set."""
    try:
        anchors = trust.external_anchors()
    except ConfigError as error:
        yield fail("signers", "signers-unreadable", why="; ".join(error.problems))
        return
    for anchor in anchors:
        facts = {"name": pki.readable(anchor.subject), "until": f"{anchor.not_valid_after_utc:%Y-%m-%d}"}
        ended = anchor.not_valid_after_utc <= clock.now()
        yield warn("signers", "signers-ended", **facts) if ended else ok("signers", "signers", **facts)
    if not anchors or settings.external_revocation != "offline":
        return
    lists = [x509.load_der_x509_crl(each) for each in trust.external_lists()]
    if not lists:
        yield warn("signers", "signers-no-lists")
    for each in lists:
        until = each.next_update_utc
        if until is not None and until <= clock.now():
            yield warn("signers", "signers-list-ended", name=pki.readable(each.issuer), until=f"{until:%Y-%m-%d}")
