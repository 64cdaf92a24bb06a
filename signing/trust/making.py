"""New keys and their certificates: who issues which, how long they live, and where they say to ask."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509

from core import clock, config
from pdf import pki
from signing.trust.keys import ISSUING, PLATFORM, ROOT, TIMESTAMPING, KeyFolder, Made
from signing.trust.values import Trust, key_id

ROOT_LIFE = timedelta(days=365 * 25)
CA_LIFE = timedelta(days=365 * 15)
PLATFORM_LIFE = timedelta(days=365 * 10)
TSA_LIFE = timedelta(days=365 * 14)
LEAF_LIFE = timedelta(days=2)
LONGEST_LEAF_LIFE = timedelta(days=31)
# A signer's clock, and a verifier's, may be a little behind ours.
BEFORE = timedelta(minutes=5)
_ROLES = {ROOT: "Root", ISSUING: "Ceremony CA", PLATFORM: "Platform Seal", TIMESTAMPING: "Timestamp"}


def places_of(issuer: x509.Certificate, *, answers_ocsp: bool) -> pki.Places:
    """What certificates below this authority say about where to ask (docs/decisions/0011)."""
    settings = config.settings()
    base, name = f"{settings.base_url}/pki", key_id(issuer)
    ocsp = f"{base}/ocsp" if answers_ocsp and settings.ocsp_in_certificates else ""
    return pki.Places(crl=f"{base}/{name}.crl", issuer=f"{base}/{name}.cer", ocsp=ocsp)


def everything(keys: KeyFolder) -> dict[str, Made]:
    """The set of a first start."""
    now = clock.now()
    root = _new_root(keys, now, number=1)
    return {ROOT: root, **_below(keys, root.authority, now, {})}


def successor(keys: KeyFolder, found: Trust, old: pki.Authority) -> dict[str, Made]:
    """A new root with everything below it, and what it and the old one say of each other (RFC 9810 §4.4).

    The new one speaks for the old one's key only as long as somebody may sign with a certificate from before: what is
    made with a key that was lost later must not count.
    """
    now = clock.now()
    numbers = {name: number_of_next(found, name) for name in (ROOT, ISSUING, PLATFORM, TIMESTAMPING)}
    root = _new_root(keys, now, number=numbers[ROOT])
    new = root.authority
    crossing = (
        _crossed(old, new.certificate, now, until=new.certificate.not_valid_after_utc),
        _crossed(new, old.certificate, now, until=now + LONGEST_LEAF_LIFE),
    )
    return {ROOT: Made(new, root.text, crossing), **_below(keys, new, now, numbers)}


def _crossed(by: pki.Authority, root: x509.Certificate, now: datetime, *, until: datetime) -> x509.Certificate:
    return pki.cross_certify(
        by,
        root,
        not_before=now - BEFORE,
        not_after=min(until, by.certificate.not_valid_after_utc, root.not_valid_after_utc),
        places=places_of(by.certificate, answers_ocsp=False),
    )


def issue(keys: KeyFolder, name: str, issuer: pki.Authority, *, now: datetime, number: int = 1) -> Made:
    """A new key with its certificate by `issuer`, which it does not outlive."""
    by = {ISSUING: pki.issue_ca, PLATFORM: pki.issue_platform, TIMESTAMPING: pki.issue_tsa}[name]
    life = {ISSUING: CA_LIFE, PLATFORM: PLATFORM_LIFE, TIMESTAMPING: TSA_LIFE}[name]
    key = keys.new_key(name)
    authority = by(
        issuer,
        _subject(name, number=number, specimen=keys.is_rehearsal),
        not_before=now - BEFORE,
        not_after=min(now + life, issuer.certificate.not_valid_after_utc),
        # Nobody is to ask about what counts for nothing.
        places=pki.NOWHERE if keys.is_rehearsal else places_of(issuer.certificate, answers_ocsp=name == PLATFORM),
        key=key.key,
    )
    return Made(authority, key.text)


def number_of_next(found: Trust, name: str) -> int:
    """Which one of its kind the next will be: no two authorities of ours share a name."""
    return 2 + sum(1 for kind, _ in found.retired if kind == name)


def _new_root(keys: KeyFolder, now: datetime, *, number: int) -> Made:
    key = keys.new_key(ROOT)
    subject = _subject(ROOT, number=number, specimen=keys.is_rehearsal)
    root = pki.create_root(
        subject, not_before=now - BEFORE, not_after=now + ROOT_LIFE, specimen=keys.is_rehearsal, key=key.key
    )
    return Made(root, key.text)


def _below(keys: KeyFolder, root: pki.Authority, now: datetime, numbers: dict[str, int]) -> dict[str, Made]:
    issuing = issue(keys, ISSUING, root, now=now, number=numbers.get(ISSUING, 1))
    return {
        ISSUING: issuing,
        PLATFORM: issue(keys, PLATFORM, issuing.authority, now=now, number=numbers.get(PLATFORM, 1)),
        TIMESTAMPING: issue(keys, TIMESTAMPING, root, now=now, number=numbers.get(TIMESTAMPING, 1)),
    }


def _subject(name: str, *, number: int, specimen: bool) -> pki.SubjectName:
    settings = config.settings()
    mark = " (演示 DEMO)" if settings.demo else ""
    role = f" {_ROLES[name]}{f' {number}' if number > 1 else ''}{mark}"
    # The mark of a specimen comes in front, and must not push out what tells authorities apart.
    room = 64 - len(role) - (len(pki.SPECIMEN_MARK) if specimen else 0)
    organisation = pki.shortened(settings.organisation, room)
    return pki.SubjectName(common_name=f"{organisation}{role}", organisation=settings.organisation)
