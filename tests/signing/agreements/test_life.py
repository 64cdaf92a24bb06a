"""Agreements from print to seal, and the cascade, on both databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from core import audit, claims, live, storage
from core.db import db, transaction
from core.errors import Conflict, Invalid, NotFound
from core.jobs import Job
from core.live import LiveUpdate
from pdf.verify import verify_pdf
from signing.agreements import file_queries, keeping, queries, service, signing, work
from signing.agreements.models import Agreement, AgreementPage
from signing.agreements.rules import AgreementState, SignerState
from signing.ceremonies import inviting, obstacles, planning
from signing.ceremonies import queries as ceremony_queries
from signing.ceremonies import service as ceremonies
from signing.ceremonies.plan_file import CeremonyFile
from signing.ceremonies.rules import CeremonyState, TimePolicy
from signing.trust import service as trust
from tests.support import ceremony, quick
from tests.support.ceremony import HOST
from tests.support.quick import Quick
from web.jobs import do_job


def actions(world: Quick) -> list[str]:
    found = [json.loads(line)["action"] for line in audit.list_lines(world.id)]
    db.session.remove()
    return found


def states(world: Quick) -> list[str]:
    db.session.remove()
    return [str(each.state) for each in queries.list_agreements(world.id)]


def take_job(kind: str) -> claims.Claim:
    return next(
        claim for claim in claims.take(Job, worker="test", limit=20) if db.session.get_one(Job, claim.id).kind == kind
    )


def test_printing_twice_keeps_the_first_text(drafted: Quick) -> None:
    inviting.print_and_invite(drafted.id, by=HOST)
    with quick.small_papers():
        ceremony.do_jobs()
        first = queries.list_agreements(drafted.id)
        # As a worker does that was thought dead: the whole job once more.
        with transaction():
            db.session.execute(Job.__table__.update().where(Job.kind == service.PRINT).values(done_at=None))  # type: ignore[attr-defined]
        ceremony.do_jobs()
    assert queries.list_agreements(drafted.id) == first
    paper, at = work.paper_of(first[0]), first[0].frozen_at
    assert at is not None
    frozen = quick.freeze(paper, {"sign_party_a": "sign_party_a"}, at=at, time_policy=TimePolicy.INSTALLATION)
    assert frozen.frozen_digest != first[0].frozen_digest
    keeping.keep_frozen(drafted.first, frozen)
    assert queries.list_agreements(drafted.id) == first
    assert actions(drafted).count("agreement.frozen") == 2
    assert actions(drafted).count("ceremony.invited") == 1


def test_asking_for_the_print_again_is_refused_and_adds_no_job(drafted: Quick) -> None:
    inviting.print_and_invite(drafted.id, by=HOST)
    with pytest.raises(Conflict, match="ceremony_printing"):
        inviting.print_and_invite(drafted.id, by=HOST)
    assert len(db.session.scalars(select(Job).filter_by(kind=service.PRINT)).all()) == 2


def test_a_printed_agreement_keeps_its_pages_and_digests(invited: Quick) -> None:
    found = queries.get_agreement(invited.first)
    assert (found.page_count, found.head_revision, found.frozen_digest) == (quick.PAGES, 0, found.head_digest)
    frozen = storage.read(found.frozen_digest or "")
    assert len(frozen) == found.frozen_length
    assert [page.number for page in queries.list_pages(invited.first)] == [1, 2, 3]
    with pytest.raises(NotFound, match="page_not_found"):
        queries.get_page(invited.first, 4)
    assert file_queries.find_by_digest(found.frozen_digest or "") == (found, "frozen")
    assert file_queries.find_by_digest("0" * 64) is None


def test_a_character_that_no_font_has_is_refused_before_printing_by_name(drafted: Quick) -> None:
    data = quick.plan()
    data["parties"][1]["representative_name"] = "样例𪚥"
    data["parties"][2]["organisation"] = {"zh-CN": "样例𪚥𪚥公司"}
    data["agreements"][1]["title"] = "协议𪚥"
    plan = CeremonyFile.read(data)
    ceremony_id = planning.import_ceremony(plan, organisation_id=drafted.played.organisation_id, by=HOST, demo=False)
    with pytest.raises(Invalid) as invalid:
        inviting.print_and_invite(ceremony_id, by=HOST)
    assert invalid.value.code == "not_ready_to_invite"
    assert [(each.path, each.code, dict(each.params)) for each in invalid.value.problems] == [
        ("$.parties.party_b.representative_name", "glyph_missing", {"characters": "𪚥", "who": "样例𪚥"}),
        ("$.parties.party_c.organisation", "glyph_missing", {"characters": "𪚥", "who": "样例𪚥𪚥公司"}),
        ("$.agreements.next_0.title", "glyph_missing", {"characters": "𪚥", "who": "协议𪚥"}),
    ]
    assert ceremony_queries.get_ceremony(ceremony_id).state is CeremonyState.DRAFT
    assert not db.session.scalars(select(Job)).all()


def test_what_is_missing_is_told_party_by_party_in_the_order_of_the_plan(drafted: Quick) -> None:
    data = quick.plan()
    for party in data["parties"]:
        del party["representative_name"], party["email"]
    data["agreements"][0]["kind"] = "investment"
    plan = CeremonyFile.read(data)
    ceremony_id = planning.import_ceremony(plan, organisation_id=drafted.played.organisation_id, by=HOST, demo=False)
    assert [(each.path, each.code) for each in obstacles.list_obstacles(ceremony_id)] == [
        *((f"$.parties.party_{key}.{what}_missing".replace("name_missing", "representative_name").replace(
            "email_missing", "email"), f"{what}_missing") for key in "abc" for what in ("name", "email")),
        ("$.agreements.main.amount", "amount_missing"),
    ]  # fmt: skip


def test_the_first_agreements_open_with_the_invitation_and_the_others_wait(invited: Quick) -> None:
    assert states(invited) == ["open", "approved"]
    found = actions(invited)
    assert found.index("ceremony.invited") < found.index("agreement.opened")
    assert found.count("agreement.opened") == 1


@pytest.fixture
def four_follow(quick_world: quick.QuickWorld, database_kind: str, data_dir: Path) -> Iterator[Quick]:
    """The shape of the model case: one agreement, and four that come after it."""
    with quick_world.at("entered", database_kind, data_dir, parties=3, follow=4) as world:
        yield world


def sign_main(world: Quick) -> None:
    for person in world.people.values():
        quick.finish(person, quick.prepared(person, world.first))
        db.session.remove()


def test_the_last_signature_opens_what_comes_after_in_the_same_transaction(four_follow: Quick) -> None:
    before = live.find_seq(f"stage:{four_follow.id}")
    *others, last = four_follow.people.values()
    for person in others:
        quick.finish(person, quick.prepared(person, four_follow.first))
    assert states(four_follow) == ["open", *["approved"] * 4]
    quick.finish(last, quick.prepared(last, four_follow.first))
    assert states(four_follow) == ["completed", *["open"] * 4]
    updates = db.session.scalars(
        select(LiveUpdate).where(LiveUpdate.channel == f"stage:{four_follow.id}", LiveUpdate.seq > before)
    ).all()
    told = {item["key"]: item["state"] for update in updates for item in update.data["agreements"]}
    assert told == {"main": "completed", **{f"next_{number}": "open" for number in range(4)}}
    assert [update.seq for update in updates] == list(range(before + 1, before + 1 + len(updates)))
    shown = queries.stage_item(queries.get_agreement(four_follow.agreements["next_3"]))
    assert {signer["state"] for signer in shown["signers"]} == {"open"}
    assert shown["after"] == ["main"]
    found = actions(four_follow)
    assert found[-6:] == ["agreement.signed", "agreement.completed", *["agreement.opened"] * 4]


def test_nobody_ever_sees_the_first_complete_and_another_closed(
    four_follow: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An observer with a connection of its own looks at every step inside the last signature's transaction."""
    seen: list[tuple[str, ...]] = []

    def look() -> None:
        with four_follow.app.app_context():
            rows = db.session.execute(select(Agreement.state).order_by(Agreement.position)).scalars()
            seen.append(tuple(str(state) for state in rows))

    def look_from_elsewhere() -> None:
        observer = threading.Thread(target=look)
        observer.start()
        observer.join(30)

    real = audit.record

    def record(*args: object, **options: object) -> audit.AuditEntry:
        entry = real(*args, **options)  # type: ignore[arg-type]
        look_from_elsewhere()
        return entry

    monkeypatch.setattr(audit, "record", record)
    sign_main(four_follow)
    look_from_elsewhere()
    before, after = ("open", *["approved"] * 4), ("completed", *["open"] * 4)
    assert len(seen) == 3 + 1 + 4 + 1
    assert set(seen[:-1]) == {before}
    assert seen[-1] == after


def test_two_agreements_that_complete_at_once_open_what_comes_after_both(
    drafted: Quick,
) -> None:
    data = quick.plan(parties=2, follow=1)
    data["agreements"][1] |= {"after": [], "kind": "cooperation"}
    data["agreements"].insert(
        0, {"key": "last", "title": "样例最后协议", "between": ["party_a", "party_b"], "after": ["main", "next_0"]}
    )
    played = quick.invite(data, drafted.played.organisation_id)
    world = Quick(drafted.app, played)
    for person in world.people.values():
        ceremony.enter(person)
    one, other = world.people.values()
    for key in ("main", "next_0"):
        quick.sign(one, world.agreements[key], key=f"one-{key}")
        quick.read_all(other, world.agreements[key])
        db.session.remove()
    assert states(world) == ["approved", "open", "open"]
    barrier, failures = threading.Barrier(2, timeout=30), []

    def finish(key: str) -> None:
        with drafted.app.app_context():
            found = quick.prepared(other, world.agreements[key], key=f"other-{key}")
            db.session.remove()
            barrier.wait()
            try:
                quick.finish(other, found)
            except Exception as error:  # noqa: BLE001  told by the test's own thread
                failures.append(error)

    threads = [threading.Thread(target=finish, args=(key,)) for key in ("main", "next_0")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    assert states(world) == ["open", "completed", "completed"]
    assert actions(world).count("agreement.opened") == 3


def test_the_seal_is_the_last_revision_and_sealing_twice_changes_nothing(entered: Quick) -> None:
    sign_main(entered)
    claim = take_job(service.SEAL)
    do_job(claim)
    db.session.remove()
    sealed = queries.get_agreement(entered.first)
    assert (sealed.state, sealed.head_revision) == (AgreementState.SEALED, 4)
    pdf = storage.read(sealed.head_digest or "")
    verdict = verify_pdf(pdf, name="final.pdf", anchors=trust.trust().anchors)
    assert (str(verdict.verdict), verdict.reasons) == ("TOTAL-PASSED", ())
    assert file_queries.find_by_digest(sealed.head_digest or "") == (sealed, "final")
    with pytest.raises(claims.ClaimLost):
        do_job(claim)
    db.session.remove()
    keeping.keep_sealed(entered.first, final_digest="0" * 64, level="B-LTA", sealed_at=sealed.sealed_at)  # type: ignore[arg-type]
    assert queries.get_agreement(entered.first) == sealed
    assert actions(entered).count("agreement.sealed") == 1


def test_only_a_complete_agreement_is_sealed(entered: Quick) -> None:
    found = queries.get_agreement(entered.first)
    with pytest.raises(Conflict, match="agreement_open"):
        keeping.keep_sealed(entered.first, final_digest="0" * 64, level="B-LTA", sealed_at=found.frozen_at)  # type: ignore[arg-type]
    assert queries.get_agreement(entered.first) == found


@pytest.mark.parametrize("stage", ["completed", "sealed", "cancelled"])
def test_nobody_signs_or_declines_what_is_over(entered: Quick, stage: str) -> None:
    one, *_ = entered.people.values()
    if stage == "cancelled":
        ceremonies.cancel(entered.id, reason="改期", by=HOST)
    else:
        sign_main(entered)
    if stage == "sealed":
        do_job(take_job(service.SEAL))
    db.session.remove()
    expected = "agreement_closed" if stage == "cancelled" else "already_signed"
    for act in (
        lambda: quick.prepare(one, entered.first, key="a-new-act"),
        lambda: service.decline(one.seat_id, entered.first, reason="x", address=""),
        lambda: signing.sign_with_server_key(
            one.seat_id, entered.first, idempotency_key="a-new-act", appearance=quick.typed(one), address=""
        ),
    ):
        with pytest.raises(Conflict, match=expected):
            act()
        db.session.remove()


def test_cancelling_spares_what_is_complete(entered: Quick) -> None:
    sign_main(entered)
    ceremonies.cancel(entered.id, reason="改期", by=HOST)
    assert states(entered) == ["completed", "voided"]
    do_job(take_job(service.SEAL))
    assert states(entered) == ["sealed", "voided"]
    kept = queries.get_agreement(entered.first)
    assert {signer.state for signer in kept.signers} == {SignerState.SIGNED}


def test_printing_stops_where_the_ceremony_was_cancelled_meanwhile(drafted: Quick) -> None:
    inviting.print_and_invite(drafted.id, by=HOST)
    ceremonies.cancel(drafted.id, reason="改期", by=HOST)
    with quick.small_papers():
        ceremony.do_jobs()
    assert states(drafted) == ["voided", "voided"]
    assert not db.session.scalars(select(AgreementPage)).all()
    assert "ceremony.invited" not in actions(drafted)
