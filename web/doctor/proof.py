"""What proof stands on: settings, keys, certificates, timestamp authorities, and a file that is signed and verified."""

from __future__ import annotations

import hashlib
import io
import math
import time
from collections.abc import Iterator
from datetime import timedelta

import pikepdf
from cryptography import x509
from cryptography.x509.oid import NameOID

from core import clock
from core.config import ConfigError, Settings
from core.errors import Refusal
from core.i18n import t
from pdf import pki, sign
from pdf.errors import PdfError, TimestampUnavailable
from pdf.verify import Indication, verify_pdf
from signing.trust import keys
from signing.trust import service as trust
from web.doctor.finding import Finding, fail, ok, warn

# Rotation is announced so long before: the timestamp authority's certificate must outlive what it stamps.
_NOTICE = {
    # What it issues ends with it: some years before its end, successors live too short.
    keys.ROOT: timedelta(days=5 * 365),
    keys.TIMESTAMPING: timedelta(days=730),
    keys.ISSUING: timedelta(days=365),
    keys.PLATFORM: timedelta(days=90),
}
_ROOT_LIST_NOTICE = timedelta(days=60)
_FIELD = sign.FieldSpec("Doctor", 0, (60.0, 600.0, 260.0, 680.0))


def check_settings(settings: Settings) -> Iterator[Finding]:
    """What must not stay so when the work is real."""
    if settings.demo:
        yield warn("settings", "settings-demo")
    if not settings.is_tls:
        yield warn("settings", "settings-no-tls", url=settings.base_url)
    if settings.is_tls and not settings.demo:
        yield ok("settings", "settings", url=settings.base_url)


def check_keys(settings: Settings) -> Iterator[Finding]:
    """They open, and their passphrase is not beside them."""
    if not (settings.data_dir / "keys" / "root.pem").exists():
        yield fail("keys", "keys-none", folder=str(settings.data_dir))
        return
    try:
        found = trust.trust()
    except ConfigError as error:
        yield fail("keys", "keys-closed", why="; ".join(error.problems))
        return
    if not settings.key_passphrase.get_secret_value() and settings.key_passphrase_file is None:
        yield warn("keys", "keys-beside", folder=str(settings.data_dir))
    for root in found.roots:
        if root.authority is not None and not root.is_in_token:
            yield warn("keys", "keys-root-here", serial=f"{root.certificate.serial_number:x}")
    yield ok("keys", "keys")


def check_certificates(settings: Settings) -> Iterator[Finding]:
    """Those in use live long enough, name this address, and the root's list is fresh."""
    found, now = trust.trust(), clock.now()
    below = {keys.TIMESTAMPING: found.timestamping, keys.ISSUING: found.issuing, keys.PLATFORM: found.platform}
    used = {keys.ROOT: found.root_certificate, **{name: each.certificate for name, each in below.items()}}
    for name, certificate in used.items():
        until = certificate.not_valid_after_utc
        facts = {"name": name, "until": f"{until:%Y-%m-%d}"}
        if until <= now:
            yield fail("certificates", "certificate-ended", **facts)
        elif until - _NOTICE[name] <= now:
            yield warn("certificates", "certificate-ends", **facts)
        else:
            yield ok("certificates", "certificate", **facts)
        if name != keys.ROOT and not _names(certificate, settings.base_url):
            yield warn("certificates", "certificate-elsewhere", url=settings.base_url, **facts)
    for root in found.roots:
        yield from _root_list(root)


def _names(certificate: x509.Certificate, base_url: str) -> bool:
    try:
        (point,) = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return all(str(name.value).startswith(f"{base_url}/") for name in point.full_name or ())


def _root_list(root: keys.Root) -> Iterator[Finding]:
    # What stood below a root that has ended has ended too: nobody needs its list any more.
    if root.authority is not None or root.certificate.not_valid_after_utc <= clock.now():
        return
    until = x509.load_der_x509_crl(root.crl or b"").next_update_utc or clock.now()
    facts = {"name": pki.readable(root.certificate.subject), "until": f"{until:%Y-%m-%d}"}
    if until <= clock.now():
        yield fail("certificates", "root-list-ended", **facts)
    elif until - _ROOT_LIST_NOTICE <= clock.now():
        yield warn("certificates", "root-list-ends", **facts)
    else:
        yield ok("certificates", "root-list", **facts)


def check_timestamps(settings: Settings) -> Iterator[Finding]:
    """Every authority is asked for a token, and the token checked as for a signature."""
    others = trust.third_parties()
    if others is None:
        yield warn("timestamps", "stamps-own")
        return
    answers = others.try_each(hashlib.sha256(b"yunqian doctor").digest())
    nobody = all(answers.values()) and settings.tsa_policy != "fallback"
    for url, wrong in answers.items():
        if wrong is None:
            yield ok("timestamps", "stamps", url=url)
        else:
            yield (fail if nobody else warn)("timestamps", "stamps-bad", url=url, **_about(wrong))


def _about(wrong: TimestampUnavailable) -> dict[str, str | int | float]:
    """What is wrong with an authority, and what that speaks of: all that a sentence may need."""
    facts = {key: value for key, value in wrong.params.items() if isinstance(value, str | int | float)}
    seconds = math.ceil(abs(float(facts.get("seconds", 0))))
    return {"status": 0, "said": "", "policy": "", **facts, "fault": str(facts["fault"]), "seconds": seconds}


def check_signature(_settings: Settings) -> Iterator[Finding]:
    """A blank page is certified, signed by a passing key, sealed with the real keys, verified, and thrown away."""
    begun = time.monotonic()
    try:
        verdict = verify_pdf(_signed_page(), name="doctor.pdf", anchors=trust.published_anchors())
    except (TimestampUnavailable, PdfError, Refusal) as error:
        why = t("doctor-no-timestamp") if isinstance(error, TimestampUnavailable) else str(error)
        yield fail("signature", "signature-failed", why=why)
        return
    people = [each for each in verdict.signatures if each.field == _FIELD.name]
    if verdict.verdict is Indication.TOTAL_PASSED:
        taken = int((time.monotonic() - begun) * 1000)
        yield ok("signature", "signature", milliseconds=taken, level=str(people[0].level) if people else "-")
    else:
        why = ", ".join(reason.code for reason in verdict.reasons) or str(verdict.verdict)
        yield fail("signature", "signature-bad", why=why)


def _signed_page() -> bytes:
    found, now, stamps = trust.trust(), clock.now(), trust.timestamper()
    name = str(found.platform.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
    key = pki.new_key()
    subject = pki.SubjectName("自检 yunqian doctor")
    leaf = trust.issue_seat_certificate(key.public_key(), subject, pki.KeyCustody.SERVER)
    frozen = sign.freeze(_blank(), fields=[_FIELD], platform=found.platform, timestamper=stamps, at=now)
    waiting = sign.prepare(frozen, field=_FIELD.name, leaf=leaf, at=now, appearance=None, name=name)
    signed = sign.finish(
        frozen,
        waiting,
        signature=sign.sign_attributes(key, waiting.attributes),
        leaf=leaf,
        chain=found.above(leaf),
        timestamper=stamps,
    )
    return sign.seal(signed, chain=found.chain, crls=trust.revocation_lists([]), timestamper=stamps, at=clock.now())


def _blank() -> bytes:
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        out = io.BytesIO()
        document.save(out, deterministic_id=True)
        return out.getvalue()
