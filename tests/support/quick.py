"""Ceremonies whose papers are one small PDF: everything but the printing is real, and takes milliseconds."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import pikepdf
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from accounts import staff
from accounts.rules import Role
from core import storage
from core.db import db, transaction
from pdf import sign as pdf_sign
from signing.agreements import preparing, signing, work
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.agreements.paper import AgreementPaper, Attached
from signing.agreements.printing import FrozenPage, FrozenPaper, field_signers, seal_spec
from signing.agreements.rules import DrawnOrTyped
from signing.ceremonies import inviting, planning
from signing.ceremonies.plan_file import CeremonyFile
from signing.evidence import making
from signing.evidence.queries import Material
from signing.seals.queries import SealToFreeze
from signing.seats import queries as seats
from signing.trust import service as trust
from tests.support import apps, ceremony, rehearsal
from tests.support.ceremony import ADDRESS, HOST, Person, Played
from tests.support.stages import Stage, Stages

PAGES = 3


@dataclass
class Quick:
    """A ceremony in the application that is running; `people` by party key, `agreements` (ids) by key."""

    app: Flask
    played: Played

    @property
    def people(self) -> dict[str, Person]:
        return self.played.people

    @property
    def agreements(self) -> dict[str, str]:
        return self.played.agreements

    @property
    def id(self) -> str:
        return self.played.ceremony_id

    def link(self, party: str) -> str:
        """The path of somebody's personal link, from the newest invitation; asked outside an application context."""
        with self.app.app_context():
            return f"/s/{ceremony.link_token(self.people[party].seat_id)}"

    def code(self, party: str) -> str:
        """The one-time code that was mailed last; asked outside an application context."""
        with self.app.app_context():
            return str(ceremony.mailed_code(self.people[party].seat_id))

    @property
    def first(self) -> str:
        """The agreement that opens first."""
        return next(iter(self.agreements.values()))


def plan(*, parties: int = 3, follow: int = 1) -> dict[str, Any]:
    """A main agreement between all parties, and `follow` agreements after it between the first and one other."""
    keys = [f"party_{chr(ord('a') + number)}" for number in range(parties)]
    names = "甲乙丙丁戊己庚辛壬癸"
    return {
        "title": {"zh-CN": "样例项目云签约", "en": "Sample project: remote signing"},
        "date": "2026-07-01",
        "host_timezone": "Asia/Shanghai",
        "parties": [
            {
                "key": key,
                "organisation": {"zh-CN": f"样例{names[number]}公司", "en": f"Sample {number} Ltd"},
                "representative_title": {"zh-CN": "董事长", "en": "Chair"},
                "representative_name": f"样例{names[number]}",
                "email": f"{key.replace('_', '-')}@signers.example",
                "place": {"zh-CN": "成都", "en": "Chengdu"},
                "timezone": ("Asia/Shanghai", "America/Los_Angeles")[number % 2],
                "role": "host" if number == 0 else "partner",
            }
            for number, key in enumerate(keys)
        ],
        "agreements": [
            {"key": "main", "title": "样例主协议", "kind": "cooperation", "between": keys, "after": []},
            *(
                {
                    "key": f"next_{number}",
                    "title": f"样例后续协议{number}",
                    "between": [keys[0], keys[1 + number % (parties - 1)]],
                    "after": ["main"],
                }
                for number in range(follow)
            ),
        ],
    }


@cache
def blank_pdf() -> bytes:
    """Three empty pages."""
    with pikepdf.new() as document:
        for _ in range(PAGES):
            document.add_blank_page(page_size=(595, 842))
        out = io.BytesIO()
        document.save(out, deterministic_id=True)
        return out.getvalue()


@cache
def picture() -> bytes:
    """A page's picture: one grey pixel."""
    out = io.BytesIO()
    Image.new("L", (1, 1), 200).save(out, "PNG")
    return out.getvalue()


def freeze(
    paper: AgreementPaper,
    fields: dict[str, str],
    *,
    at: datetime,
    time_policy: str,
    attached: Attached | None = None,
    seals: Sequence[SealToFreeze] = (),
) -> FrozenPaper:
    """Stands where `print_and_freeze` stands: a small paper with a box for everybody, really certified."""
    persons = field_signers(paper)
    boxes = [
        pdf_sign.FieldSpec(name, PAGES - 1, (50.0, 760.0 - 70 * row, 300.0, 820.0 - 70 * row), persons.get(key))
        for row, (key, name) in enumerate(fields.items())
    ]
    frozen = pdf_sign.freeze(
        blank_pdf(),
        fields=boxes,
        seals=[seal_spec(seal) for seal in seals],
        platform=trust.trust(rehearsal=paper.rehearsal).platform,
        timestamper=trust.timestamper(time_policy, rehearsal=paper.rehearsal),
        at=at,
    )
    image = storage.put(picture())
    pages = tuple(FrozenPage(number, image, 1, 1, f"第{number}页") for number in range(1, PAGES + 1))
    return FrozenPaper(storage.put(blank_pdf()), storage.put(frozen), len(frozen), pages)


@contextmanager
def small_papers() -> Iterator[None]:
    """The printing job makes small papers inside the block."""
    with mock.patch.object(work, "print_and_freeze", freeze):
        yield


def _kit_names(material: Material, **_: object) -> dict[str, bytes]:
    """Stands where `ceremony_kit` stands: the keys of the agreements that are in it."""
    return {"names": " ".join(agreement.key for agreement in material.agreements).encode()}


@contextmanager
def small_evidence() -> Iterator[None]:
    """Certificates and kits are a few bytes inside the block; the jobs that make and keep them are real."""
    small: dict[str, Any] = {
        "completion_certificate": lambda _material, agreement, **_: f"certificate of {agreement.id}".encode(),
        "agreement_kit": lambda _material, certificate, **_: {"certificate.pdf": certificate},
        "ceremony_kit": _kit_names,
    }
    with mock.patch.multiple(making, **small):
        yield


def draft(data: dict[str, Any], organisation_id: str) -> Played:
    """Import only."""
    plan_read = CeremonyFile.read(data)
    ceremony_id = planning.import_ceremony(plan_read, organisation_id=organisation_id, by=HOST, demo=False)
    return played_from(ceremony_id, organisation_id)


def played_from(ceremony_id: str, organisation_id: str) -> Played:
    """What is in the database of this ceremony."""
    found = sorted(seats.list_seats(ceremony_id), key=lambda seat: seat.party_key)
    people = {seat.party_key: Person(seat.id, seat.party_key) for seat in found}
    ids = {agreement.key: agreement.id for agreement in agreements.list_agreements(ceremony_id)}
    db.session.remove()
    return Played(organisation_id, ceremony_id, people, ids)


def invite(data: dict[str, Any], organisation_id: str) -> Played:
    """Import, freeze small papers by the real job, invite."""
    played = draft(data, organisation_id)
    inviting.print_and_invite(played.ceremony_id, by=HOST)
    with small_papers():
        ceremony.do_jobs()
    return played


def read_all(person: Person, agreement_id: str) -> None:
    """Turn every page."""
    for page in range(1, PAGES + 1):
        agreement_service.note_read(person.seat_id, agreement_id, page, address=ADDRESS)


def typed(person: Person) -> DrawnOrTyped:
    """The person's own name as it stands in the agreement."""
    return DrawnOrTyped(drawing=None, typed=seats.get_seat(person.seat_id).name)


def prepare(
    person: Person, agreement_id: str, *, key: str = "", appearance: DrawnOrTyped | None = None
) -> preparing.Preparation | preparing.Signed:
    """Ask for the revision that the person's key is to sign."""
    look = appearance or typed(person)
    return preparing.prepare(
        person.seat_id, agreement_id, idempotency_key=key or f"key-{person.seat_id}", appearance=look
    )


def prepared(person: Person, agreement_id: str, *, key: str = "") -> preparing.Preparation:
    """As `prepare`, for who has not signed yet."""
    found = prepare(person, agreement_id, key=key)
    assert isinstance(found, preparing.Preparation)
    return found


def finish(person: Person, preparation: preparing.Preparation) -> preparing.Signed:
    """Sign what was prepared with the person's own key."""
    raw = pdf_sign.sign_attributes(person.key, preparation.signed_attributes)
    return signing.finish(person.seat_id, preparation.signing_id, signature=raw, address=ADDRESS)


def sign(person: Person, agreement_id: str, *, key: str = "") -> preparing.Signed:
    """Read what is left, prepare, sign."""
    read_all(person, agreement_id)
    return finish(person, prepared(person, agreement_id, key=key))


def host(world: Quick, role: Role = Role.HOST, *, locale: str = "zh-CN", elsewhere: bool = False) -> FlaskClient:
    """A new browser, signed in as somebody of the ceremony's organisation, or of another one."""
    account = apps.add_account(
        world.app,
        role,
        email=f"{role}-{locale}@example.test".lower(),
        organisation_id="" if elsewhere else world.played.organisation_id,
        locale=locale,
    )
    return apps.sign_in(world.app, account)


def _drafted(data: dict[str, Any], make: Callable[[dict[str, Any], str], Played]) -> Played:
    with transaction():
        organisation_id = staff.add_organisation("样例单位")
    return make(data, organisation_id)


def _all_enter(before: Played | None) -> Played:
    assert before
    for person in before.people.values():
        ceremony.enter(person)
        read_all(person, next(iter(before.agreements.values())))
    return before


def _rehearse(before: Played | None) -> Played:
    assert before
    rehearsal.play(rehearsal.rehearse(before.ceremony_id))
    return before


def sign_and_seal(world: Quick | Played, *keys: str) -> None:
    """Everybody who is asked to signs these agreements (by key; all where none is named), which are then sealed."""
    for key in keys or tuple(world.agreements):
        agreement = agreements.get_agreement(world.agreements[key])
        seats_of = {signer.seat_id for signer in agreement.signers if signer.signed_at is None}
        db.session.remove()
        for person in world.people.values():
            if person.seat_id in seats_of:
                sign(person, agreement.id, key=f"{agreement.id}-{person.seat_id}"[-80:])
        with small_evidence():
            ceremony.do_jobs()
        db.session.remove()


def _seal(before: Played | None) -> Played:
    assert before
    sign_and_seal(before)
    return before


def stage_of(name: str, *, parties: int, follow: int) -> Stage:
    """A ceremony that is a `draft`, `invited`, or where all have `entered` and read, or `sealed` to the last agreement,
    or that was `rehearsed` to the end with all its papers."""
    full_name = f"quick-{name}-{parties}-{follow}"
    if name == "rehearsed":
        return Stage(full_name, _rehearse, after=stage_of("draft", parties=parties, follow=follow))
    if name == "entered":
        return Stage(full_name, _all_enter, after=stage_of("invited", parties=parties, follow=follow))
    if name == "sealed":
        return Stage(full_name, _seal, after=stage_of("entered", parties=parties, follow=follow))
    make = {"draft": draft, "invited": invite}[name]
    return Stage(full_name, lambda _: _drafted(plan(parties=parties, follow=follow), make))


class QuickWorld:
    """Ready-made ceremonies: every test gets a copy of its own."""

    def __init__(self, stages: Stages) -> None:
        self._stages = stages

    @contextmanager
    def at(
        self, stage: str, kind: str, data_dir: Path, *, parties: int = 3, follow: int = 1, inside: bool = True
    ) -> Iterator[Quick]:
        """A ceremony that is a `draft`, `invited`, or where all have `entered` and read.

        `inside` an application context; outside of one for tests that open pages, since a request inside shares its g.
        """
        chosen = stage_of(stage, parties=parties, follow=follow)
        with self._stages.at(chosen, kind, data_dir, inside=inside) as (app, played):
            yield Quick(app, played)
