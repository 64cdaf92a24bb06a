"""Specimen seals from the picture to the signature: who may use which, who said so, and each use in the trail."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import select

from core import audit, storage
from core.db import db
from core.errors import Conflict, NotFound, Refusal
from core.i18n import use_locale
from pdf import render
from pdf.sign.revision import Head
from pdf.sign.sheets import POINTS_A_MM
from pdf.verify import FileVerdict, Indication, verify_pdf
from signing.agreements import preparing, printing
from signing.agreements import queries as agreements
from signing.agreements.rules import DrawnOrTyped
from signing.ceremonies import arranging, copying, editing, inviting
from signing.ceremonies import queries as ceremonies
from signing.ceremonies import service as ceremony_service
from signing.ceremonies.rules import AgreementChange, CopyWish
from signing.seals import demo, queries, service
from signing.seals.models import AgreementSeal
from signing.seals.rules import SealUse
from signing.seats import queries as seats
from signing.trust import service as trust
from tests.pdf.seal_world import A4, Page, encoded, mark, paper, specimen
from tests.support import ceremony, quick
from tests.support.ceremony import HOST, Person
from tests.support.quick import Quick, QuickWorld

PICTURE = encoded(mark(300))


@pytest.fixture
def draft(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    """On SQLite alone: what these tests ask for does not depend on the database."""
    with quick_world.at("draft", "sqlite", data_dir) as made:
        yield made


def entries(world: Quick, prefix: str = "seal.") -> list[tuple[str, dict[str, Any]]]:
    found = map(json.loads, audit.list_lines(world.id))
    return [(entry["action"], entry["data"]) for entry in found if entry["action"].startswith(prefix)]


def party_id(world: Quick, key: str) -> str:
    return ceremonies.get_ceremony(world.id).party(key).id


def upload(world: Quick, key: str = "party_a") -> queries.SealView:
    """As `upload_seal`, without the child that takes the ink."""
    return service.keep_seal(world.id, key, storage.put(specimen()), original=PICTURE, by=HOST)


def approve(world: Quick, key: str = "party_a") -> queries.SealView:
    made = upload(world, key)
    service.approve_seal(world.id, key, made.digest, by=HOST)
    return queries.get_seal(made.party_id)


def invite(world: Quick) -> None:
    inviting.print_and_invite(world.id, by=HOST)
    with quick.small_papers():
        ceremony.do_jobs()


def enter(world: Quick, *keys: str) -> None:
    for key in keys:
        ceremony.enter(world.people[key])


def sign(world: Quick, key: str, *, seal: bool) -> None:
    person: Person = world.people[key]
    quick.read_all(person, world.first)
    look = DrawnOrTyped(drawing=None, typed=seats.get_seat(person.seat_id).name, seal=seal)
    quick.finish(person, prepare(world, person, look))


def prepare(world: Quick, person: Person, look: DrawnOrTyped) -> preparing.Preparation:
    found = quick.prepare(person, world.first, appearance=look)
    assert isinstance(found, preparing.Preparation)
    return found


def verdict(world: Quick) -> FileVerdict:
    head = storage.read(agreements.get_agreement(world.first).head_digest or "")
    return verify_pdf(head, name="x.pdf", anchors=trust.trust().anchors)


def drawn_changes(found: FileVerdict) -> list[object]:
    return [change.params["n"] for row in found.revisions for change in row.changes if change.what == "seal-drawn"]


def test_an_uploaded_picture_is_kept_as_it_came_and_as_ink_and_waits_for_approval(draft: Quick) -> None:
    made = service.upload_seal(draft.id, "party_a", PICTURE, by=HOST)

    assert storage.read(made.original_digest) == PICTURE
    with Image.open(io.BytesIO(storage.read(made.digest))) as ink:
        assert (ink.mode, ink.width) == ("RGBA", ink.height)
    assert not made.is_approved
    assert entries(draft) == [
        ("seal.uploaded", {"key": "party_a", "seal": made.digest, "original": made.original_digest,
                           "bytes": len(PICTURE)}),
    ]  # fmt: skip


def test_only_the_picture_that_was_looked_at_is_approved_and_another_one_is_to_be_approved_anew(draft: Quick) -> None:
    made = approve(draft)
    other = service.keep_seal(draft.id, "party_a", storage.put(b"other ink"), original=b"other", by=HOST)

    assert made.is_approved
    assert made.approved_by == HOST.id
    assert not other.is_approved
    with pytest.raises(Conflict, match="seal_replaced"):
        service.approve_seal(draft.id, "party_a", made.digest, by=HOST)
    assert [action for action, _ in entries(draft)] == ["seal.uploaded", "seal.approved", "seal.uploaded"]


def test_a_seal_is_set_aside_again(draft: Quick) -> None:
    upload(draft)

    service.remove_seal(draft.id, "party_a", by=HOST)

    assert queries.find_seal(party_id(draft, "party_a")) is None
    with pytest.raises(NotFound, match="seal_not_found"):
        service.remove_seal(draft.id, "party_a", by=HOST)


def test_a_table_of_uses_is_kept_whole_or_not_at_all(draft: Quick) -> None:
    follow = draft.agreements["next_0"]
    edges = (draft.first, "party_a", SealUse.EDGES)
    for stranger in ("party_c", "party_zzz"):
        with pytest.raises(Refusal):
            service.choose_uses(draft.id, [edges, (follow, stranger, SealUse.NONE)], by=HOST)
    refused = entries(draft)
    service.choose_uses(draft.id, [edges, (follow, "party_b", SealUse.NONE)], by=HOST)

    assert refused == []
    assert [data["use"] for _, data in entries(draft)] == ["edges", "none"]


def test_who_saves_a_table_second_is_refused_and_undoes_nothing(draft: Quick) -> None:
    follow = draft.agreements["next_0"]
    shown = queries.seen_uses(ceremonies.get_ceremony(draft.id))
    theirs = [(draft.first, "party_a", SealUse.EDGES)]
    mine = [(draft.first, "party_a", SealUse.SIGNATURE), (follow, "party_b", SealUse.NONE)]
    service.choose_uses(draft.id, theirs, by=HOST, looked_at=shown)

    with pytest.raises(Conflict, match="plan_changed"):
        service.choose_uses(draft.id, mine, by=HOST, looked_at=shown)
    service.choose_uses(draft.id, theirs, by=HOST, looked_at=shown)  # a form sent twice is one change

    assert [data["use"] for _, data in entries(draft)] == ["edges"]
    assert queries.find_use(follow, party_id(draft, "party_b")) is SealUse.SIGNATURE


def test_a_picture_that_came_meanwhile_is_neither_replaced_nor_removed(draft: Quick) -> None:
    shown = queries.seen_seal(party_id(draft, "party_a"))
    ink = storage.put(specimen())
    first = service.keep_seal(draft.id, "party_a", ink, original=PICTURE, by=HOST, looked_at=shown)

    with pytest.raises(Conflict, match="plan_changed"):
        service.keep_seal(draft.id, "party_a", ink, original=b"another", by=HOST, looked_at=shown)
    with pytest.raises(Conflict, match="plan_changed"):
        service.remove_seal(draft.id, "party_a", by=HOST, looked_at=shown)
    again = service.keep_seal(draft.id, "party_a", ink, original=PICTURE, by=HOST, looked_at=shown)

    assert again == first == queries.find_seal(party_id(draft, "party_a"))
    assert [action for action, _ in entries(draft)] == ["seal.uploaded"]


def test_an_approval_changes_what_was_looked_at(draft: Quick) -> None:
    upload(draft)
    shown = queries.seen_seal(party_id(draft, "party_a"))
    service.approve_seal(draft.id, "party_a", queries.get_seal(party_id(draft, "party_a")).digest, by=HOST)

    with pytest.raises(Conflict, match="plan_changed"):
        service.remove_seal(draft.id, "party_a", by=HOST, looked_at=shown)


def test_a_seal_in_an_agreement_that_its_party_does_not_sign_is_refused_by_name(draft: Quick) -> None:
    with use_locale("zh-CN"), pytest.raises(Conflict, match="seal_party_not_bound") as refused:
        service.choose_use(draft.id, draft.agreements["next_0"], "party_c", SealUse.EDGES, by=HOST)

    assert refused.value.params["who"] == "样例丙公司"


@pytest.mark.parametrize(
    ("data", "code"), [(b"GIF89a", "seal_kind"), (encoded(Image.new("RGB", (300, 300), "white")), "seal_empty")]
)
def test_a_picture_that_is_no_seal_is_refused_and_nothing_is_kept(draft: Quick, data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        service.upload_seal(draft.id, "party_a", data, by=HOST)

    assert (refused.value.code, refused.value.status) == (code, 422)
    assert queries.find_seal(party_id(draft, "party_a")) is None


def test_the_signer_who_confirms_draws_the_seal_and_each_use_is_in_the_trail(draft: Quick) -> None:
    first, second = approve(draft, "party_a"), approve(draft, "party_b")
    service.choose_use(draft.id, draft.first, "party_a", SealUse.EDGES, by=HOST)
    invite(draft)
    enter(draft, *draft.people)

    sign(draft, "party_a", seal=True)
    sign(draft, "party_b", seal=False)
    sign(draft, "party_c", seal=False)
    with quick.small_evidence():
        ceremony.do_jobs()

    found = verdict(draft)
    assert found.verdict is Indication.TOTAL_PASSED, found.reasons
    assert drawn_changes(found) == [1 + quick.PAGES]
    field_a, field_b = "sign_party_a", "sign_party_b"
    seals = {each.field: each for each in queries.list_frozen(draft.first)}
    assert (seals[field_a].digest, seals[field_a].edges) == (first.digest, True)
    assert (seals[field_b].digest, seals[field_b].edges) == (second.digest, False)
    assert seals[field_a].used_at is not None
    assert seals[field_b].used_at is None
    used = [data for action, data in entries(draft) if action == "seal.used"]
    assert [(data["field"], data["seal"], data["edges"]) for data in used] == [(field_a, first.digest, True)]


def test_slices_are_frozen_where_the_text_of_the_paper_leaves_room(
    draft: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = paper([Page(A4, inked=((140.0, 165.0),)), Page(A4)])
    anchors = {
        f"sign-sign_{key}": render.Anchor(0, (60.0, 100.0 + 80 * n, 260.0, 170.0 + 80 * n))
        for n, key in enumerate(draft.people)
    }
    monkeypatch.setattr(printing, "print_paper", lambda _paper, _attached: (text, anchors))
    approve(draft)
    for agreement_id in draft.agreements.values():
        service.choose_use(draft.id, agreement_id, "party_a", SealUse.EDGES, by=HOST)

    inviting.print_and_invite(draft.id, by=HOST)
    ceremony.do_jobs()

    with pikepdf.open(storage.path(agreements.get_agreement(draft.first).frozen_digest or "")) as document:
        boxes = [[float(each) for each in one.Rect] for page in document.pages for one in page.Annots]
    places = {(box[1], box[3]) for box in boxes if box[2] > A4[0] - 1}
    [(_, top)] = places
    assert top <= 140 * POINTS_A_MM


def test_a_seal_that_nobody_approved_or_that_goes_nowhere_is_not_in_the_text(draft: Quick) -> None:
    upload(draft, "party_a")
    approve(draft, "party_b")
    service.choose_use(draft.id, draft.first, "party_b", SealUse.NONE, by=HOST)
    invite(draft)
    enter(draft, "party_a")

    frozen = Head(storage.read(agreements.get_agreement(draft.first).head_digest or ""))
    assert not [name for name in frozen.fields if name.endswith("-seal")]
    assert queries.list_frozen(draft.first) == []
    with pytest.raises(Refusal) as refused:
        sign(draft, "party_a", seal=True)
    assert (refused.value.code, refused.value.status) == ("seal_not_frozen", 422)


def test_seals_are_chosen_in_a_draft_only(draft: Quick) -> None:
    made = upload(draft)
    invite(draft)

    for change in (
        lambda: service.upload_seal(draft.id, "party_a", PICTURE, by=HOST),
        lambda: service.approve_seal(draft.id, "party_a", made.digest, by=HOST),
        lambda: service.remove_seal(draft.id, "party_a", by=HOST),
        lambda: service.choose_use(draft.id, draft.first, "party_a", SealUse.NONE, by=HOST),
    ):
        with pytest.raises(Conflict, match="ceremony_invited"):
            change()
        db.session.rollback()


def test_two_signers_at_once_draw_their_seals_one_after_the_other(draft: Quick) -> None:
    for key in draft.people:
        approve(draft, key)
        service.choose_use(draft.id, draft.first, key, SealUse.EDGES, by=HOST)
    invite(draft)
    enter(draft, *draft.people)
    prepared = {}
    for key, person in draft.people.items():
        quick.read_all(person, draft.first)
        look = DrawnOrTyped(drawing=None, typed=seats.get_seat(person.seat_id).name, seal=True)
        prepared[key] = (person, look, prepare(draft, person, look))

    for person, look, made in prepared.values():
        if person.party != "party_a":
            with pytest.raises(Conflict, match="revision_moved"):
                quick.finish(person, made)
            db.session.rollback()
            made = prepare(draft, person, look)
        quick.finish(person, made)
    with quick.small_evidence():
        ceremony.do_jobs()

    found = verdict(draft)
    assert found.verdict is Indication.TOTAL_PASSED, found.reasons
    assert drawn_changes(found) == [1 + quick.PAGES] * 3
    assert len([1 for action, _ in entries(draft) if action == "seal.used"]) == 3


def test_the_same_act_sent_twice_with_and_without_a_seal_is_prepared_anew_for_the_other_picture(draft: Quick) -> None:
    approve(draft)
    invite(draft)
    enter(draft, "party_a")
    person = draft.people["party_a"]
    quick.read_all(person, draft.first)
    name = seats.get_seat(person.seat_id).name

    without = prepare(draft, person, DrawnOrTyped(None, name))
    with_seal = prepare(draft, person, DrawnOrTyped(None, name, seal=True))

    assert without.digest != with_seal.digest
    assert [action for action, _ in entries(draft, "seal.used")] == []


def test_a_copied_ceremony_has_the_pictures_to_be_approved_anew(draft: Quick) -> None:
    made = [approve(draft, key) for key in draft.people]
    invite(draft)
    ceremony_service.cancel(draft.id, reason="postponed", by=HOST)
    wish = CopyWish(held_on=date(2026, 8, 1), starts_at=time(10, 0))

    copied = ceremonies.get_ceremony(copying.copy_unsigned(draft.id, wish, by=HOST))

    seals = [queries.get_seal(party.id) for party in copied.parties]
    assert [seal.digest for seal in seals] == [seal.digest for seal in made]
    told = [
        entry["data"] for entry in map(json.loads, audit.list_lines(copied.id)) if entry["action"] == "seal.uploaded"
    ]
    assert [(data["copied_from"], data["bytes"]) for data in told] == [(draft.id, len(PICTURE))] * 3
    assert not any(seal.is_approved for seal in seals)


def test_sample_seals_are_for_demonstrations_and_say_so(draft: Quick) -> None:
    with pytest.raises(Conflict, match="seal_not_demo"):
        demo.give_demo_seals(draft.id, by=HOST)
    made = quick.draft({**quick.plan(parties=2, follow=0), "demo": True}, draft.played.organisation_id)
    row = ceremonies.get_ceremony(made.ceremony_id)
    assert row.is_demo

    demo.give_demo_seals(made.ceremony_id, by=HOST)
    demo.give_demo_seals(made.ceremony_id, by=HOST)

    seals = [queries.get_seal(party.id) for party in row.parties]
    uses = queries.uses_by_party(agreements.get_agreement(made.agreements["main"]), row)
    assert all(seal.is_approved for seal in seals)
    assert len({seal.digest for seal in seals}) == 2
    assert uses == {"party_a": SealUse.EDGES, "party_b": SealUse.EDGES}


@pytest.fixture
def sampled(draft: Quick, monkeypatch: pytest.MonkeyPatch) -> str:
    """A demonstration; its samples are drawn at once."""
    monkeypatch.setattr(demo, "demo_seal", lambda name: name.encode())
    return quick.draft({**quick.plan(parties=2, follow=0), "demo": True}, draft.played.organisation_id).ceremony_id


def sealed_parties(ceremony_id: str) -> list[str]:
    return [each.key for each in ceremonies.get_ceremony(ceremony_id).parties if queries.find_seal(each.id)]


def test_samples_are_given_to_all_parties_or_to_none(sampled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    placed: list[str] = []

    def place(agreement: agreements.AgreementView, party: ceremonies.PartyView, *_: object, **__: object) -> None:
        placed.append(party.key)
        if party.key == "party_b":
            raise Conflict("conflict")

    monkeypatch.setattr(service, "place_seal", place)
    with pytest.raises(Conflict):
        demo.give_demo_seals(sampled, by=HOST)

    assert placed == ["party_a", "party_b"]
    assert sealed_parties(sampled) == []


def test_a_picture_uploaded_while_samples_were_drawn_stays(sampled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    own = storage.put(specimen())

    def draw(name: str) -> bytes:
        service.keep_seal(sampled, "party_a", own, original=PICTURE, by=HOST)
        return name.encode()

    monkeypatch.setattr(demo, "demo_seal", draw)
    demo.give_demo_seals(sampled, by=HOST)

    party = ceremonies.get_ceremony(sampled).party("party_a")
    assert queries.get_seal(party.id).digest == own
    assert sealed_parties(sampled) == ["party_a", "party_b"]


def test_what_is_taken_out_of_the_plan_takes_its_seals_along(drafted: Quick) -> None:
    """On both databases: they do it by themselves."""
    for key in drafted.people:
        approve(drafted, key)
        service.choose_use(drafted.id, drafted.first, key, SealUse.EDGES, by=HOST)
    gone = party_id(drafted, "party_c")
    (next_id,) = [each for key, each in drafted.agreements.items() if key != "main"]
    service.choose_use(drafted.id, next_id, "party_b", SealUse.NONE, by=HOST)
    change = AgreementChange(title={"zh-CN": "样例主协议"}, money=None, between=("party_a", "party_b"))
    arranging.change_agreement(drafted.id, drafted.first, change, by=HOST)

    arranging.remove_agreement(drafted.id, next_id, by=HOST)
    editing.remove_party(drafted.id, "party_c", by=HOST)

    assert queries.find_seal(gone) is None
    uses = db.session.scalars(select(AgreementSeal).order_by(AgreementSeal.party_id)).all()
    assert {(row.agreement_id, row.use) for row in uses} == {(drafted.first, SealUse.EDGES)}
    assert len(uses) == 2
