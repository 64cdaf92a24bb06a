"""Archive timestamps are renewed before they weaken: sealed agreements and completion certificates get one more.

A file as it was issued stays as it is, under its digest; the renewed one begins with all of its bytes and is handed out
from then on. Kits are not renewed (docs/decisions/0013).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core import audit, claims, clock, jobs, storage
from core.claims import Claim
from core.db import db, transaction
from pdf import sign as pdf_sign
from pdf.tsa import Stamp, WitnessedTimestamper
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.evidence import queries
from signing.evidence.models import ArchivedFile
from signing.seats import queries as seats
from signing.trust import service as trust

WATCH = "evidence.watch_archive"
RENEW = "evidence.renew"
# A year for whoever must get a new timestamp certificate first, and for installations that are rarely started.
MARGIN = timedelta(days=365)
# Digests and signatures weaken while certificates are still valid.
LONGEST = timedelta(days=5 * 365)


def renew_by(pdf: bytes, *, made_at: datetime) -> datetime:
    """When the newest archive timestamp of a file must be covered by another."""
    return min(pdf_sign.archived_until(pdf) - MARGIN, made_at + LONGEST)


@jobs.repeats(WATCH, every=timedelta(days=1))
def watch_archive(claim: Claim, _payload: dict[str, Any]) -> None:
    """Learn of files that were sealed since yesterday; ask for the renewal of those whose time has come."""
    found = queries.list_unregistered()
    db.session.rollback()
    for agreement_id, what, digest in found:
        _register(agreement_id, what, digest)
    with transaction():
        for form in queries.list_due(clock.now()):
            ceremony_id = agreements.get_agreement(form.agreement_id).ceremony_id
            jobs.add(RENEW, form.digest, chain=ceremony_id, digest=form.digest)
        claims.finish(claim)


def _register(agreement_id: str, what: str, digest: str) -> None:
    now = clock.now()
    by = renew_by(storage.read(digest), made_at=now)
    with transaction():
        if db.session.get(ArchivedFile, digest) is None:
            row = ArchivedFile(digest=digest, original=digest, number=0, agreement_id=agreement_id, what=what)
            row.made_at, row.renew_by = now, by
            db.session.add(row)


@jobs.handles(RENEW)
def renew_file(claim: Claim, payload: dict[str, Any]) -> None:
    """Add fresh validation data and a document timestamp to one file; raises Hopeless where the outcome would fail."""
    form = db.session.get_one(ArchivedFile, payload["digest"])
    newest = queries.find_newest(form.original)
    if newest is None or newest.digest != form.digest:
        with transaction():
            claims.finish(claim)
        return
    digest, revoked = form.digest, seats.list_revoked()
    ceremony = ceremonies.get_ceremony(agreements.get_agreement(form.agreement_id).ceremony_id)
    policy, rehearsal = ceremony.time_policy, ceremony.is_rehearsal
    db.session.rollback()  # the timestamp may come over the network
    before = storage.read(digest)
    stamps = trust.about_stamps(before, rehearsal=rehearsal)
    at, found = clock.now(), trust.trust(rehearsal=rehearsal)
    witness = WitnessedTimestamper(trust.timestamper(policy, rehearsal=rehearsal))
    renewed = pdf_sign.seal(
        before,
        chain=[*found.chain, found.timestamping.certificate, *stamps.certificates],
        crls=[*trust.revocation_lists(revoked, rehearsal=rehearsal), *stamps.lists],
        ocsps=stamps.responses,
        timestamper=witness,
        at=at,
    )
    trust.refuse_failing(renewed, name=f"{form.original}.pdf", reason="renewed_file_fails", rehearsal=rehearsal)
    _keep(digest, storage.put(renewed), renew_by(renewed, made_at=at), witness.last, claim)


def _keep(before: str, after: str, by: datetime, stamp: Stamp | None, claim: Claim) -> None:
    with transaction():
        form = db.session.get_one(ArchivedFile, before)
        agreement = agreements.get_agreement(form.agreement_id)
        row = ArchivedFile(digest=after, original=form.original, number=form.number + 1, agreement_id=agreement.id)
        row.what, row.made_at, row.renew_by = form.what, clock.now(), by
        db.session.add(row)
        audit.record(
            agreement.ceremony_id,
            "agreement.renewed",
            actor=audit.SYSTEM,
            subject=audit.Subject("agreement", agreement.id),
            what=form.what,
            original=form.original,
            before=before,
            after=after,
            timestamp=stamp.name if stamp else "",
            third_party_time=bool(stamp and stamp.third_party),
        )
        claims.finish(claim)
