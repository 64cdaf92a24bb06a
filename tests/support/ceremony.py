"""The model ceremony for tests: imported, printed, invited and signed through the real use cases, with real keys."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask
from PIL import Image, ImageDraw
from sqlalchemy import select

from core import claims, config, paths, tokens
from core.audit import Actor
from core.config import Settings
from core.db import db
from core.jobs import Job
from core.outbox import OutboxMessage
from pdf import sign as pdf_sign
from signing.agreements import preparing, signing
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.agreements.rules import AgreementState, DrawnOrTyped, SignerState
from signing.ceremonies import inviting, planning
from signing.ceremonies.plan_file import CeremonyFile
from signing.seats import proving
from signing.seats import queries as seats
from signing.seats import service as seat_service
from signing.seats.rules import make_code
from tests.support.apps import quicken
from web.app import create_app
from web.jobs import do_job

HOST = Actor("account", "acc_test")
ORGANISATION = "org_test"
ADDRESS = "192.0.2.7"
NO_SERVER = "smtp://127.0.0.1:9"
EXAMPLE = "shuangliu-signing.json"
# Nobody real: 样例甲, 样例乙 …
NAMES = dict(
    zip(
        ("shuangliu", "baobeicang", "xianyu", "taobao_live", "jimi", "qidi"),
        ("样例甲", "样例乙", "样例丙", "样例丁", "样例戊", "样例己"),
        strict=True,
    )
)


@dataclass
class Person:
    """A signer with a key of his or her own, as a browser would hold it."""

    seat_id: str
    party: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))


@dataclass
class Played:
    """A ceremony in the database: `people` by party key, `agreements` (ids) by their key in the example."""

    organisation_id: str
    ceremony_id: str
    people: dict[str, Person]
    agreements: dict[str, str]


def settings_for(url: str, data_dir: Path, **values: object) -> Settings:
    """Settings of a test installation; what is no demo has a mail server, at a port where nobody listens."""
    chosen = {"data_dir": data_dir, "database_url": url, "demo": True, "log_level": "ERROR", **values}
    return Settings.model_validate({"smtp_url": "" if chosen["demo"] else NO_SERVER, **chosen})


def make_app(url: str, data_dir: Path, **values: object) -> Flask:
    """The application on this database."""
    app = quicken(create_app(settings_for(url, data_dir, **values)))
    app.config["TESTING"] = True
    return app


def close_app(app: Flask) -> None:
    """Let go of the application's database connections."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def example(**changes: Any) -> dict[str, Any]:
    """The example as data, with demo names and addresses filled in; `changes` replace whole top keys."""
    data: dict[str, Any] = json.loads((paths.examples() / EXAMPLE).read_text(encoding="utf-8"))
    for party in data["parties"]:
        party["representative_name"] = party.get("representative_name") or NAMES[party["key"]]
        party["email"] = party.get("email") or f"{party['key'].replace('_', '-')}@signers.example"
    return {**data, **changes}


def do_jobs(*, kinds: tuple[str, ...] = ()) -> int:
    """Do everything that is due, or what is of these kinds, in this thread, until nothing is left; returns how many.

    Errors are raised.
    """
    done = 0
    while True:
        found = claims.take(Job, worker="test", limit=1, only=kinds or None)
        if not found:
            return done
        do_job(found[0])
        db.session.remove()
        done += 1


def small() -> dict[str, Any]:
    """The example cut down to what a cascade needs: three parties, two agreements of which the second comes after."""
    data = example()
    parties, kept = {"shuangliu", "baobeicang", "xianyu"}, {"park", "xianyu"}
    data["parties"] = [party for party in data["parties"] if party["key"] in parties]
    data["agreements"] = [agreement for agreement in data["agreements"] if agreement["key"] in kept]
    return data


def invite(data: dict[str, Any] | None = None, *, organisation_id: str = ORGANISATION) -> Played:
    """Import, print and invite."""
    plan = CeremonyFile.read(data or example())
    ceremony_id = planning.import_ceremony(plan, organisation_id=organisation_id, by=HOST, demo=True)
    inviting.print_and_invite(ceremony_id, by=HOST)
    do_jobs()
    people = {seat.party_key: Person(seat.id, seat.party_key) for seat in seats.list_seats(ceremony_id)}
    ids = {agreement.key: agreement.id for agreement in agreements.list_agreements(ceremony_id)}
    db.session.remove()
    return Played(organisation_id, ceremony_id, people, ids)


def link_token(seat_id: str) -> str:
    """The newest personal link token that was mailed to this seat."""
    return tokens.write_again(_payload("invitation", seat_id)["link"], seat_service.LINK)


def mailed_code(seat_id: str) -> str:
    """The newest one-time code that was mailed to this seat."""
    return make_code(salt=_payload("seat_code", seat_id)["salt"], pepper=config.settings().secret.encode())


def _payload(kind: str, seat_id: str) -> dict[str, Any]:
    rows = db.session.scalars(select(OutboxMessage).filter_by(kind=kind).order_by(OutboxMessage.id.desc()))
    return next(row.payload for row in rows if row.payload.get("seat") == seat_id)


def enter(person: Person) -> None:
    """Open the link, prove the address by the mailed code, consent, have a certificate for the person's own key."""
    seat_service.open_link(link_token(person.seat_id))
    proving.send_code(person.seat_id, address=ADDRESS)
    proving.check_code(person.seat_id, mailed_code(person.seat_id), address=ADDRESS)
    seat = seats.get_seat(person.seat_id)
    seat_service.give_consent(
        person.seat_id, place=seat.place, timezone=seat.timezone, text_version="test", address=ADDRESS
    )
    seat_service.enrol(person.seat_id, certificate_request(person.key), address=ADDRESS)
    db.session.remove()


def certificate_request(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A PKCS#10 request in DER, as a browser makes it."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def sign(person: Person, agreement_id: str) -> preparing.Signed:
    """Read to the last page and sign with the person's own key."""
    for page in range(1, agreements.get_agreement(agreement_id).page_count + 1):
        agreement_service.note_read(person.seat_id, agreement_id, page, address=ADDRESS)
    prepared = preparing.prepare(
        person.seat_id,
        agreement_id,
        idempotency_key=f"key-{person.seat_id}-{agreement_id}",
        appearance=DrawnOrTyped(drawing=drawing(), typed=""),
    )
    if isinstance(prepared, preparing.Signed):
        return prepared
    raw = pdf_sign.sign_attributes(person.key, prepared.signed_attributes)
    signed = signing.finish(person.seat_id, prepared.signing_id, signature=raw, address=ADDRESS)
    db.session.remove()
    return signed


@cache
def drawing() -> bytes:
    """A drawn signature as a PNG."""
    image = Image.new("RGBA", (600, 240), (0, 0, 0, 0))
    points = [(40, 170), (120, 60), (180, 190), (260, 80), (330, 180), (420, 90), (560, 150)]
    ImageDraw.Draw(image).line(points, fill=(20, 30, 60, 255), width=7, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def sign_all(played: Played, *, only: tuple[str, ...] = ()) -> None:
    """Everybody enters and signs what is open, agreement after agreement, until nothing is left to sign.

    `only` names agreements by key; the others stay as they are.
    """
    for person in played.people.values():
        enter(person)
    wanted = [played.agreements[key] for key in only or played.agreements]
    by_seat = {person.seat_id: person for person in played.people.values()}
    while True:
        found = [agreements.get_agreement(agreement_id) for agreement_id in wanted]
        due = [
            (by_seat[signer.seat_id], agreement.id)
            for agreement in found
            if agreement.state is AgreementState.OPEN
            for signer in agreement.signers
            if signer.state is SignerState.PENDING
        ]
        if not due:
            return
        for person, agreement_id in due:
            sign(person, agreement_id)
