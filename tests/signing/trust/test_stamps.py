"""Whose timestamps their issuers are asked about: those of others, told from ours by keys and not by names."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.x509.oid import NameOID

from core import clock, config
from pdf import pki, sign
from pdf.tsa import LocalTimestamper
from signing.trust import service as trust
from tests.pdf import signing_world as w


def stamped(authority: pki.Authority) -> bytes:
    """A file with no other timestamps than this authority's."""
    stamper = LocalTimestamper(authority, clock=clock.now)
    return sign.freeze(w.blank_pdf(), fields=(), platform=trust.trust().platform, timestamper=stamper, at=clock.now())


@pytest.mark.usefixtures("started")
def test_nobody_is_asked_about_our_own_clock() -> None:
    found = trust.about_stamps(stamped(trust.trust().timestamping))
    assert (found.certificates, found.is_complete) == ([], True)


@pytest.mark.usefixtures("started")
def test_an_authority_with_the_name_of_ours_is_somebody_else(tmp_path: Path) -> None:
    ours = trust.trust().timestamping.certificate.issuer
    name, organisation = (
        str(ours.get_attributes_for_oid(kind)[0].value) for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    )
    now = clock.now()
    root = pki.create_root(
        pki.SubjectName(name, organisation), not_before=now - timedelta(days=1), not_after=now + timedelta(days=99)
    )
    theirs = pki.issue_tsa(
        root, pki.SubjectName("样例时间"), not_before=now - timedelta(days=1), not_after=now + timedelta(days=99)
    )
    anchors = tmp_path / "theirs.pem"
    anchors.write_bytes(pki.dump_certificates([root.certificate]))
    config.use(config.settings().model_copy(update={"tsa_anchors": anchors}))

    found = trust.about_stamps(stamped(theirs))

    assert root.certificate.subject == ours
    assert found.certificates == [theirs.certificate, root.certificate]
    assert not found.is_complete
