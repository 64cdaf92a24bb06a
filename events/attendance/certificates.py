"""Use cases: certify that somebody was there, once each; make the paper when it is first asked for; take it back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from accounts import queries as accounts
from core import audit, clock, config, ids, jobs, outbox, storage
from core.audit import Actor, Private, Subject
from core.db import db, transaction
from core.errors import Conflict, NotFound
from events.attendance import queries, reckoning, rules
from events.attendance.certificate_paper import Facts, certificate_html
from events.attendance.models import AttendanceCertificate
from events.attendance.queries import CertificateView
from events.attendance.reckoning import Attended
from events.attendance.rules import Standing
from events.conferences import queries as conferences
from events.conferences.queries import ConferenceView
from events.registration import queries as registrations
from events.registration.privacy_service import forgets
from pdf import render
from pdf import sign as pdf_sign
from signing.seats import queries as seats
from signing.trust import service as trust

CERTIFY, REMOVE, MAIL = "attendance.certify", "attendance.remove_file", "attendance_certified"
_CHUNK = 25  # in one transaction: whoever registers waits for the trail no longer than for these


def is_over(conference: ConferenceView) -> bool:
    """Whether the last item of all venues has ended."""
    ends = rules.ends(reckoning.agendas(conference).values())
    return ends is not None and ends <= clock.now()


def list_due(conference: ConferenceView, people: Sequence[Attended]) -> list[Attended]:
    """Those of these people who were present and have no certificate yet."""
    certified = queries.list_certified(conference.id)
    return [each for each in people if each.presence.standing is Standing.PRESENT and each.person.id not in certified]


def issue(registration_id: str, *, by: Actor) -> CertificateView:
    """Certify one person's attendance; who has a certificate keeps it as it was.

    Raises NotFound, Conflict `conference_not_over`, `not_present`.
    """
    if known := queries.find_certificate(registration_id):
        return known
    person = registrations.get_registration(registration_id)
    conference = conferences.get_conference(person.conference_id)
    found, over = reckoning.reckon_one(conference, registration_id), is_over(conference)
    rules.check_certified(found.presence.standing, over=over)
    db.session.rollback()
    issue_some(conference, [found], by=by, with_mail=False)
    made = queries.find_certificate(registration_id)
    if made is None:
        raise NotFound("attendance_uncertified")
    return made


def ask_for_all(conference: ConferenceView, *, by: Actor, request_key: str) -> None:
    """Have everybody certified who was present, with a mail each. Raises Conflict `conference_not_over`."""
    if not is_over(conference):
        raise Conflict("conference_not_over")
    db.session.rollback()
    with transaction():
        key = hashlib.sha256(f"{conference.id}:{request_key}".encode()).hexdigest()
        jobs.add(CERTIFY, key, chain=conference.id, conference=conference.id, by=by.id)


def issue_some(conference: ConferenceView, found: Sequence[Attended], *, by: Actor, with_mail: bool) -> None:
    """A certificate each, in small transactions that hold the conference: of two that come at once one issues."""
    issuer = accounts.get_organisation_name(conference.organisation_id)
    db.session.rollback()
    for start in range(0, len(found), _CHUNK):
        chunk = found[start : start + _CHUNK]
        with transaction():
            conferences.take_conference(conference.id)
            for each in chunk:
                person = registrations.get_registration(each.person.id)
                if queries.find_certificate(person.id) is None and person.state == rules.CONFIRMED:
                    _write(conference, each, issuer, by=by)
                    if with_mail:
                        outbox.add(
                            MAIL,
                            to=person.email,
                            locale=person.locale,
                            chain=conference.id,
                            registration=person.id,
                        )


def _write(conference: ConferenceView, found: Attended, issuer: str, *, by: Actor) -> None:
    facts, person = facts_of(conference, found, issuer), found.person
    number = int.from_bytes(hashlib.sha256(ids.secret().encode()).digest()[:8]) >> 64 - rules.CODE_BITS
    db.session.add(
        AttendanceCertificate(
            registration_id=person.id,
            conference_id=conference.id,
            code=rules.code_of(number),
            facts=asdict(facts),
            issued_at=clock.now(),
            issued_by=by.id,
        )
    )
    db.session.flush()
    subject = Subject("registration", person.id)
    audit.record(conference.id, "attendance.certified", actor=by, subject=subject, minutes=found.presence.minutes)


def facts_of(conference: ConferenceView, found: Attended, issuer: str) -> Facts:
    """What stands on the certificate of somebody who was there."""
    venue = next(each for each in conference.venues if each.id == found.person.venue_id)
    return Facts(
        name=found.person.name,
        organisation=found.person.company,
        conference=dict(conference.title),
        venue=dict(venue.name),
        city=dict(venue.city),
        begins_on=conference.starts_on.isoformat(),
        ends_on=conference.ends_on.isoformat(),
        minutes=found.presence.minutes,
        of_minutes=found.presence.of_minutes,
        issuer=issuer,
        is_demo=conference.is_demo,
    )


def address_of(found: CertificateView) -> str:
    """Where anybody checks it."""
    return f"{config.settings().base_url}/attended/{rules.grouped(found.code)}"


def file_of(registration_id: str) -> bytes:
    """The certificate as PDF, sealed by the platform; made once. Raises NotFound, Conflict `certificate_withdrawn`."""
    found = queries.find_certificate(registration_id)
    if found is None:
        raise NotFound("attendance_uncertified")
    if found.withdrawn_at is not None:
        raise Conflict("certificate_withdrawn")
    if not found.file_digest:
        made = _sealed(found, at=found.issued_at)
        with transaction():
            row = queries.take_certificate(registration_id)
            if row is None:  # deleted with the person meanwhile
                raise NotFound("attendance_uncertified")
            row.file_digest = row.file_digest or storage.put(made)
            digest = row.file_digest
    else:
        digest = found.file_digest
    return storage.read(digest)


def _sealed(found: CertificateView, *, at: datetime) -> bytes:
    """Printed and signed by the platform, as completion certificates are; slow, without the database."""
    revoked = seats.list_revoked()
    db.session.rollback()
    code = rules.grouped(found.code)
    html = certificate_html(Facts(**found.facts), code=code, url=address_of(found), issued_at=at)
    own = trust.trust()
    return pdf_sign.attest(
        render.render(html).pdf,
        platform=own.platform,
        timestamper=trust.timestamper(),
        chain=[*own.platform.path, *own.timestamping.path, *own.crossing],
        crls=trust.revocation_lists(revoked),
        at=clock.now(),
    )


def withdraw(registration_id: str, *, reason: str, by: Actor) -> None:
    """Take a certificate back for good: its code says so from now on. Done twice, it is once. Raises NotFound."""
    with transaction():
        row = queries.take_certificate(registration_id)
        if row is None:
            raise NotFound("attendance_uncertified")
        if row.withdrawn_at is None:
            row.withdrawn_at, row.withdrawn_reason = clock.now(), reason
            subject = Subject("registration", registration_id)
            chain = row.conference_id
            audit.record(chain, "attendance.withdrawn", actor=by, subject=subject, reason=Private(reason))
            outbox.withdraw(MAIL, chain=chain, registration=registration_id)


@forgets
def forget(registration_id: str) -> None:
    """A certificate goes with the person, its file too: its code is not known any more."""
    row = queries.take_certificate(registration_id)
    if row is None:
        return
    if row.file_digest:
        jobs.add(REMOVE, registration_id, chain=row.conference_id, digest=row.file_digest)
    db.session.delete(row)
