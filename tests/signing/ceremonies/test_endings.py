"""How ceremonies end: all signed, some, none, called off; on both databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from accounts.rules import Role
from core import audit, claims, i18n, live, outbox, storage
from core.db import db
from core.errors import Conflict
from core.jobs import Job
from core.live import LiveUpdate
from core.outbox import Mail, OutboxMessage
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.ceremonies import inviting, queries, service, stage
from signing.ceremonies.rules import CeremonyState
from signing.evidence import queries as evidence
from tests.support import apps, ceremony, quick
from tests.support.ceremony import ADDRESS, HOST
from tests.support.quick import Quick, QuickWorld
from web.jobs import do_job

REASON = "条款不符\n另议"


@pytest.fixture
def two(quick_world: QuickWorld, database_kind: str, data_dir: Path) -> Iterator[Quick]:
    """One agreement between three parties, and two after it, each between the first and one other."""
    with quick_world.at("entered", database_kind, data_dir, follow=2) as world:
        yield world


def decline(world: Quick, party: str, key: str) -> None:
    agreement_service.decline(world.people[party].seat_id, world.agreements[key], reason=REASON, address=ADDRESS)
    db.session.remove()


def sign(world: Quick, key: str) -> None:
    by_seat = {person.seat_id: person for person in world.people.values()}
    for signer in agreements.get_agreement(world.agreements[key]).signers:
        quick.sign(by_seat[signer.seat_id], world.agreements[key], key=f"{key}-{signer.seat_id}")
        db.session.remove()


def do_jobs() -> None:
    with quick.small_evidence():
        ceremony.do_jobs()


def states(world: Quick) -> list[str]:
    db.session.remove()
    return [str(each.state) for each in agreements.list_agreements(world.id)]


def entries(world: Quick, *names: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in audit.list_lines(world.id)]
    db.session.remove()
    return [entry for entry in found if entry["action"] in names]


def kit(world: Quick) -> str:
    """The keys of the agreements in the ceremony's kit; empty where there is none."""
    if queries.get_ceremony(world.id).kit_digest is None:
        return ""
    return storage.read(evidence.get_content(world.id).files["names"]).decode()


def state(world: Quick) -> CeremonyState:
    db.session.remove()
    return queries.get_ceremony(world.id).state


def mails(kind: str) -> dict[str, Mail]:
    """What was written, by recipient, in the recipient's language."""
    found = {}
    for row in db.session.scalars(select(OutboxMessage).filter_by(kind=kind)).all():
        with i18n.use_locale(row.locale):
            assert row.recipient not in found
            found[row.recipient] = outbox.render(row.kind, row.payload)
    return found


def test_what_could_only_come_after_a_declined_agreement_ends_in_the_same_transaction(two: Quick) -> None:
    before = live.find_seq(f"stage:{two.id}")
    decline(two, "party_b", "main")
    main, *followers = agreements.list_agreements(two.id)
    assert states(two) == ["declined", "voided", "voided"]
    assert main.ended_at is not None
    assert {each.ended_after_id for each in followers} == {main.id}
    ending = agreements.find_ending(followers[0])
    assert ending == agreements.Ending("comes_after", "", "", main.number, "declined")
    assert agreements.find_ending(main) == agreements.Ending("declined", REASON, two.people["party_b"].seat_id, "", "")
    told = [entry["data"] for entry in entries(two, "agreement.not_opened")]
    assert told == [{"number": each.number, "after": main.number, "after_state": "declined"} for each in followers]
    updates = db.session.scalars(
        select(LiveUpdate).where(LiveUpdate.channel == f"stage:{two.id}", LiveUpdate.seq > before)
    )
    shown = {item["key"]: item["state"] for update in updates for item in update.data["agreements"]}
    assert shown == {"main": "declined", "next_0": "voided", "next_1": "voided"}


def test_the_hall_is_not_told_by_whose_will(two: Quick) -> None:
    decline(two, "party_b", "main")
    item = agreements.stage_item(agreements.get_agreement(two.first))
    assert {signer["state"] for signer in item["signers"]} == {"closed"}
    assert "条款" not in json.dumps(item, ensure_ascii=False)


def test_the_hall_sees_the_code_of_the_frozen_text_and_none_before(drafted: Quick) -> None:
    assert {item["record_code"] for item in stage.state(drafted.id)["agreements"]} == {""}
    world = Quick(drafted.app, quick.invite(quick.plan(follow=1), drafted.played.organisation_id))
    digests = [str(each.frozen_digest) for each in agreements.list_agreements(world.id)]
    codes = [item["record_code"] for item in stage.state(world.id)["agreements"]]
    assert codes == [f"{int(digest, 16) % 10**8:08d}" for digest in digests]


def test_an_end_reaches_over_several_steps_and_spares_what_does_not_wait(drafted: Quick) -> None:
    data = quick.plan(follow=3)
    data["agreements"][2]["after"] = ["next_0"]
    data["agreements"][3] |= {"after": [], "kind": "cooperation"}
    world = Quick(drafted.app, quick.invite(data, drafted.played.organisation_id))
    ceremony.enter(world.people["party_a"])
    foretold = [each.key for each in agreements.list_ending_with(agreements.get_agreement(world.first))]
    decline(world, "party_a", "main")
    assert states(world) == ["declined", "voided", "voided", "open"]
    assert foretold == ["next_0", "next_1"]
    assert agreements.list_ending_with(agreements.get_agreement(world.agreements["next_2"])) == []
    assert {each.ended_after_id for each in agreements.list_agreements(world.id)[1:3]} == {world.first}
    do_jobs()
    assert state(world) is CeremonyState.INVITED


def test_a_ceremony_in_which_nothing_was_signed_ends_by_itself_without_a_kit(two: Quick) -> None:
    decline(two, "party_b", "main")
    do_jobs()
    found = queries.get_ceremony(two.id)
    assert (found.state, found.kit_digest) == (CeremonyState.ENDED, None)
    assert found.ended_at is not None
    (entry,) = entries(two, "ceremony.ended", "ceremony.completed")
    assert (entry["action"], entry["data"]) == ("ceremony.ended", {"signed": 0, "unsigned": 3})
    with pytest.raises(Conflict, match="ceremony_ended"):
        service.cancel(two.id, reason="x", by=HOST)


@pytest.mark.parametrize("last", ["declined", "signed"])
def test_what_was_signed_gets_its_kit_whichever_came_last(two: Quick, last: str) -> None:
    sign(two, "main")
    if last == "signed":
        decline(two, "party_c", "next_1")
    sign(two, "next_0")
    do_jobs()
    if last == "declined":
        assert (state(two), kit(two)) == (CeremonyState.INVITED, "")
        assert all(each.is_proved for each in agreements.list_agreements(two.id)[:2])
        decline(two, "party_c", "next_1")
        do_jobs()
    assert states(two) == ["sealed", "sealed", "declined"]
    assert (state(two), kit(two)) == (CeremonyState.ENDED, "main next_0")
    (entry,) = entries(two, "ceremony.ended", "ceremony.completed")
    assert entry["data"] == {"signed": 2, "unsigned": 1, "kit": queries.get_ceremony(two.id).kit_digest}


def test_a_ceremony_is_complete_only_when_all_was_signed(two: Quick) -> None:
    for key in two.agreements:
        sign(two, key)
    do_jobs()
    assert (state(two), kit(two)) == (CeremonyState.COMPLETED, "main next_0 next_1")
    assert [entry["action"] for entry in entries(two, "ceremony.ended", "ceremony.completed")] == ["ceremony.completed"]


@pytest.mark.parametrize("sealed", [False, True], ids=["being sealed", "sealed"])
def test_what_was_signed_before_a_ceremony_is_called_off_gets_its_kit_too(two: Quick, sealed: bool) -> None:
    sign(two, "main")
    if sealed:
        do_jobs()
    service.cancel(two.id, reason="改期", by=HOST)
    do_jobs()
    assert states(two) == ["sealed", "voided", "voided"]
    assert (state(two), kit(two)) == (CeremonyState.CANCELLED, "main")
    (entry,) = entries(two, "ceremony.kit_made")
    assert entry["data"] == {"kit": queries.get_ceremony(two.id).kit_digest}
    assert not entries(two, "ceremony.ended", "ceremony.completed")


def do_jobs_but(kind: str, agreement_id: str) -> claims.Claim:
    """Do what is due, one by one, until this job comes up; returns it, claimed and not done."""
    while True:
        (claim,) = claims.take(Job, worker="test", limit=1)
        job = db.session.get_one(Job, claim.id)
        held = job.kind == kind and job.payload.get("agreement") == agreement_id
        db.session.remove()
        if held:
            return claim
        do_job(claim)
        db.session.remove()


def at_once(world: Quick, *acts: Callable[[], None]) -> None:
    barrier, failures = threading.Barrier(len(acts), timeout=30), []

    def act(what: Callable[[], None]) -> None:
        with world.app.app_context():
            barrier.wait()
            try:
                what()
            except Exception as error:  # noqa: BLE001  told by the test's own thread
                failures.append(error)

    threads = [threading.Thread(target=act, args=(what,)) for what in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures


def test_of_two_agreements_that_end_at_once_the_later_one_sees_both(two: Quick) -> None:
    """One is declined at the moment when the other's kit is kept; then two workers look at once whether all is over."""
    sign(two, "main")
    sign(two, "next_0")
    with quick.small_evidence():
        kept = do_jobs_but(agreement_service.EVIDENCE, two.agreements["next_0"])
        at_once(two, lambda: do_job(kept), lambda: decline(two, "party_c", "next_1"))
        found = claims.take(Job, worker="test", limit=10)
        assert {db.session.get_one(Job, claim.id).kind for claim in found} == {agreement_service.ENDED}
        db.session.remove()
        assert len(found) >= 2
        at_once(two, *(partial(do_job, claim) for claim in found))
    assert len(db.session.scalars(select(Job).filter_by(kind=service.KIT)).all()) == 1
    db.session.remove()
    do_jobs()
    assert (state(two), kit(two)) == (CeremonyState.ENDED, "main next_0")
    assert len(entries(two, "ceremony.ended")) == 1


def test_everybody_concerned_hears_once_and_who_declined_does_not(two: Quick) -> None:
    host = apps.add_account(two.app, Role.HOST, organisation_id=two.played.organisation_id, locale="en")
    decline(two, "party_b", "main")
    do_jobs()
    written = mails("agreement_declined")
    assert set(written) == {"party-a@signers.example", "party-c@signers.example"}
    mail = written["party-a@signers.example"]
    assert "样例主协议" in mail.subject
    number = agreements.get_agreement(two.first).number
    for expected in (number, "样例乙公司", "条款不符", "样例后续协议0", "样例后续协议1"):
        assert expected in mail.text
    to_host = mails("agreement_declined_host")[host.email]
    for expected in ("Sample 1 Ltd", "条款不符", f"/ceremonies/{two.id}", "样例后续协议0"):
        assert expected in to_host.text
    assert not mails("ceremony_ended")  # nothing was signed: the first mail said so


def test_who_signs_only_what_comes_after_hears_the_number_and_neither_who_nor_why(drafted: Quick) -> None:
    data = quick.plan()
    data["agreements"][0]["between"] = ["party_a", "party_b"]
    data["agreements"][1]["between"] = ["party_a", "party_c"]
    world = Quick(drafted.app, quick.invite(data, drafted.played.organisation_id))
    ceremony.enter(world.people["party_b"])
    decline(world, "party_b", "main")
    mail = mails("agreement_declined")["party-c@signers.example"]
    assert "样例后续协议0" in mail.subject
    assert agreements.get_agreement(world.first).number in mail.text
    for hidden in ("条款", "样例乙", "样例主协议"):
        assert hidden not in mail.text


def test_the_host_hears_of_the_end_where_something_was_signed(two: Quick) -> None:
    host = apps.add_account(two.app, Role.HOST, organisation_id=two.played.organisation_id)
    sign(two, "main")
    sign(two, "next_0")
    decline(two, "party_c", "next_1")
    do_jobs()
    mail = mails("ceremony_ended")[host.email]
    signed, unsigned = mail.text.index("样例后续协议0"), mail.text.index("样例后续协议1")
    assert mail.text.index("样例主协议") < signed < unsigned
    assert f"/ceremonies/{two.id}" in mail.text


@pytest.mark.parametrize("end", ["completed", "ended", "cancelled"])
def test_a_new_personal_link_can_be_had_when_all_is_over(two: Quick, end: str) -> None:
    for key in ("main", "next_0", "next_1") if end == "completed" else ("main",):
        sign(two, key)
    if end == "cancelled":
        service.cancel(two.id, reason="改期", by=HOST)
    elif end == "ended":
        decline(two, "party_b", "next_0")
        decline(two, "party_c", "next_1")
    do_jobs()
    assert state(two) == end
    seat_id = two.people["party_c"].seat_id
    token = inviting.invite_again(two.id, seat_id, by=HOST)
    mail = mails("seat_link")["party-c@signers.example"]
    assert f"/s/{token}" in mail.text
    assert "签署文件" in mail.subject
    assert "样例主协议" in mail.text
    assert not mail.attachments
    assert two.app.test_client().get(f"/s/{token}").headers["Location"] == f"/seat/{seat_id}"


def test_a_link_to_nothing_signed_does_not_promise_files(two: Quick) -> None:
    decline(two, "party_b", "main")
    do_jobs()
    inviting.invite_again(two.id, two.people["party_c"].seat_id, by=HOST)
    mail = mails("seat_link")["party-c@signers.example"]
    assert "签署文件" not in mail.subject + mail.text


def test_nobody_is_given_a_link_to_what_was_called_off_before_the_invitations(drafted: Quick) -> None:
    service.cancel(drafted.id, reason="改期", by=HOST)
    with pytest.raises(Conflict, match="ceremony_cancelled"):
        inviting.invite_again(drafted.id, drafted.people["party_a"].seat_id, by=HOST)
