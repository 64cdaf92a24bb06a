"""Where a ceremony has a time policy of its own, no background work takes the built-in clock instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core import clock, storage
from core.db import db, transaction
from pdf import render
from pdf.errors import TimestampUnavailable
from signing.agreements import printing, queries
from signing.agreements.rules import AgreementState
from signing.ceremonies import inviting
from signing.ceremonies.models import Ceremony
from signing.ceremonies.rules import TimePolicy
from signing.evidence import making
from signing.evidence import queries as evidence
from tests.signing.agreements.test_stamping import authority, do_stamps
from tests.support import ceremony, quick
from tests.support.ceremony import HOST
from tests.support.quick import Quick, QuickWorld


def has_own_policy(world: Quick) -> None:
    with transaction():
        db.session.get_one(Ceremony, world.id).time_policy = TimePolicy.REFUSE


def small_print(fields: int) -> Callable[[object, object], tuple[bytes, dict[str, render.Anchor]]]:
    places = {f"sign-sign_party_{letter}": render.Anchor(0, (50, 60, 300, 120)) for letter in "abc"[:fields]}
    return lambda _paper, _attached: (quick.blank_pdf(), places)


def test_freezing_waits_for_the_authority_and_is_done_when_it_speaks(
    quick_world: QuickWorld, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "print_paper", small_print(3))
    with quick_world.at("draft", "sqlite", data_dir) as world, authority("fallback", tmp_path) as silent:
        silent.speaks = False
        has_own_policy(world)
        inviting.print_and_invite(world.id, by=HOST)

        with pytest.raises(TimestampUnavailable):
            ceremony.do_jobs()
        before = queries.get_agreement(world.first).state
        db.session.rollback()
        silent.speaks = True
        do_stamps()

        assert before is AgreementState.DRAFT
        assert queries.get_agreement(world.first).state is not AgreementState.DRAFT


@pytest.fixture
def signed(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    """One agreement signed by two and sealed; its evidence is a few bytes."""
    with quick_world.at("entered", "sqlite", data_dir, parties=2, follow=0) as world:
        for person in world.people.values():
            quick.sign(person, world.first)
        with quick.small_evidence():
            ceremony.do_jobs()
        yield world


@pytest.mark.parametrize("what", ["certificate", "joined", "kit"])
def test_no_evidence_is_made_with_the_built_in_clock(
    signed: Quick, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "render", lambda *_, **__: render.Rendered(quick.blank_pdf(), {}, quick.PAGES))
    monkeypatch.setattr(making, "join", lambda *_, **__: quick.blank_pdf())
    has_own_policy(signed)
    material, lists, at = evidence.read_material(signed.id), making.validation((), rehearsal=False), clock.now()
    sealed = storage.read(str(material.agreements[0].head_digest))
    make: dict[str, Callable[[], object]] = {
        "certificate": lambda: making.completion_certificate(material, material.agreements[0], lists=lists, at=at),
        "joined": lambda: making.joined_certificate(material, [sealed], lists=lists, at=at),
        "kit": lambda: making.agreement_kit(material, quick.blank_pdf(), lists=lists, at=at),
    }
    with authority("fallback", tmp_path) as silent:
        silent.speaks = False
        with pytest.raises(TimestampUnavailable):
            make[what]()
