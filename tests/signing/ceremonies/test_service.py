"""Use cases of a ceremony on both databases: import, edit, invite, complete, cancel."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core import audit, clock, tokens
from core.db import db
from core.errors import Conflict, Invalid, NotFound
from signing.agreements import queries as agreements
from signing.ceremonies import arranging, editing, inviting, planning, queries, service
from signing.ceremonies.forms import read_agreement, read_party
from signing.ceremonies.models import Ceremony, Party
from signing.ceremonies.plan_file import CeremonyFile
from signing.ceremonies.rules import CeremonyState, PartyChange
from signing.seats import queries as seats
from signing.seats import service as seat_service
from tests.support import ceremony, quick
from tests.support.ceremony import HOST
from tests.support.quick import Quick

NEW_PARTY = {
    "organisation": "样例新公司",
    "representative_name": "样例新人",
    "representative_title": "总经理",
    "email": "new@signers.example",
    "place": "上海",
    "timezone": "Asia/Shanghai",
}


def count(model: type) -> int:
    found = db.session.scalar(select(func.count()).select_from(model))
    db.session.remove()
    return int(found or 0)


def actions(ceremony_id: str) -> list[str]:
    found = [json.loads(line)["action"] for line in audit.list_lines(ceremony_id)]
    db.session.remove()
    return found


def import_plan(world: Quick, *, import_key: str | None = None) -> str:
    return planning.import_ceremony(
        CeremonyFile.read(quick.plan()),
        organisation_id=world.played.organisation_id,
        by=HOST,
        demo=False,
        import_key=import_key,
    )


def test_a_plan_is_kept_whole(drafted: Quick) -> None:
    found = queries.get_ceremony(drafted.id, organisation_id=drafted.played.organisation_id)
    assert (found.state, found.host.key, found.is_demo) == (CeremonyState.DRAFT, "party_a", False)
    assert [party.key for party in found.parties] == ["party_a", "party_b", "party_c"]
    first, second = agreements.list_agreements(drafted.id)
    assert (first.key, second.key, second.after) == ("main", "next_0", (first.id,))
    assert [signer.field for signer in first.signers] == ["sign_party_a", "sign_party_b", "sign_party_c"]
    assert len({first.number, second.number}) == 2
    assert first.is_draft
    assert actions(drafted.id) == ["ceremony.imported"]


def test_a_ceremony_of_another_organisation_is_not_there(drafted: Quick) -> None:
    with pytest.raises(NotFound, match="ceremony_not_found"):
        queries.get_ceremony(drafted.id, organisation_id="org_other")
    assert queries.list_ceremonies("org_other") == []
    assert [each.id for each in queries.list_ceremonies(drafted.played.organisation_id)] == [drafted.id]


def test_a_bad_file_keeps_nothing(drafted: Quick) -> None:
    before = count(Ceremony), count(Party)
    with pytest.raises(Invalid):
        CeremonyFile.loads(b'{"title": "x"}')
    assert (count(Ceremony), count(Party)) == before


def test_the_same_import_sent_twice_is_one_ceremony(drafted: Quick) -> None:
    first = import_plan(drafted, import_key="key-1")
    assert import_plan(drafted, import_key="key-1") == first
    assert import_plan(drafted, import_key="key-2") != first
    assert import_plan(drafted) != import_plan(drafted)
    assert actions(first) == ["ceremony.imported"]


def test_the_same_import_sent_at_the_same_moment_is_one_ceremony(drafted: Quick) -> None:
    barrier = threading.Barrier(4, timeout=60)

    def send() -> str:
        with drafted.app.app_context():
            barrier.wait()
            return import_plan(drafted, import_key="at-once")

    with ThreadPoolExecutor(4) as pool:
        ids = {future.result(60) for future in [pool.submit(send) for _ in range(4)]}
    assert len(ids) == 1
    assert count(Ceremony) == 2


def test_a_party_is_changed_with_its_seat_and_what_was_assumed_is_settled(drafted: Quick) -> None:
    editing.change_party(drafted.id, "party_b", read_party(NEW_PARTY), by=HOST)
    party = queries.get_ceremony(drafted.id).party("party_b")
    seat = seats.get_seat(drafted.people["party_b"].seat_id)
    assert (party.organisation, party.assumed) == ({"zh-CN": "样例新公司"}, [])
    assert (seat.name, seat.title, seat.email, seat.place) == ("样例新人", "总经理", "new@signers.example", "上海")
    assert actions(drafted.id)[-1] == "party.changed"
    with pytest.raises(NotFound, match="party_not_found"):
        editing.change_party(drafted.id, "nobody", read_party(NEW_PARTY), by=HOST)


def test_an_agreement_is_changed_in_its_own_ceremony_only(drafted: Quick) -> None:
    change = read_agreement({"title": "样例协议", "title_en": "Sample", "amount": "1,000", "currency": "EUR"})
    arranging.change_agreement(drafted.id, drafted.first, change, by=HOST)
    found = agreements.get_agreement(drafted.first)
    assert (found.title, found.amount, found.currency) == ({"zh-CN": "样例协议", "en": "Sample"}, "1000", "EUR")
    other = import_plan(drafted)
    with pytest.raises(NotFound, match="agreement_not_found"):
        arranging.change_agreement(other, drafted.first, change, by=HOST)


def test_nothing_is_changed_after_the_draft(invited: Quick) -> None:
    party: PartyChange = read_party(NEW_PARTY)
    for act in (
        lambda: editing.change_party(invited.id, "party_b", party, by=HOST),
        lambda: arranging.change_agreement(invited.id, invited.first, read_agreement({"title": "x"}), by=HOST),
        lambda: inviting.print_and_invite(invited.id, by=HOST),
    ):
        with pytest.raises(Conflict, match="ceremony_invited"):
            act()
        db.session.remove()
    assert seats.get_seat(invited.people["party_b"].seat_id).name == "样例乙"


def test_links_hold_beyond_a_ceremony_that_is_far_ahead(drafted: Quick) -> None:
    data = quick.plan()
    held_on = clock.now() + timedelta(days=200)
    data["date"] = held_on.date().isoformat()
    made = quick.invite(data, drafted.played.organisation_id)
    seat_id = made.people["party_a"].seat_id
    first = tokens.read(ceremony.link_token(seat_id), seat_service.LINK)
    again = tokens.read(inviting.invite_again(made.ceremony_id, seat_id, by=HOST), seat_service.LINK)
    for link in (first, again):
        assert link.expires_at > held_on + timedelta(days=80)
    with pytest.raises(tokens.LinkRevoked):
        tokens.check(first.token_id, seat_service.LINK, seat_id)


def test_only_invited_people_are_invited_again(drafted: Quick, database_kind: str) -> None:
    seat_id = drafted.people["party_a"].seat_id
    with pytest.raises(Conflict, match="ceremony_draft"):
        inviting.invite_again(drafted.id, seat_id, by=HOST)
    other = quick.invite(quick.plan(), drafted.played.organisation_id)
    with pytest.raises(NotFound, match="seat_not_found"):
        inviting.invite_again(other.ceremony_id, seat_id, by=HOST)


def test_nothing_is_cancelled_twice(drafted: Quick) -> None:
    service.cancel(drafted.id, reason="改期", by=HOST)
    with pytest.raises(Conflict, match="ceremony_cancelled"):
        service.cancel(drafted.id, reason="改期", by=HOST)
    assert actions(drafted.id).count("ceremony.cancelled") == 1


def test_an_edit_at_the_moment_of_printing_is_either_printed_checked_or_refused(drafted: Quick) -> None:
    """A name that no font has must not slip in between the check and the print."""
    barrier, told = threading.Barrier(2, timeout=60), []
    change = read_party(NEW_PARTY | {"representative_name": "样例𪚥"})

    def attempt(act: object) -> None:
        with drafted.app.app_context():
            barrier.wait()
            try:
                act()  # type: ignore[operator]
            except (Conflict, Invalid) as refused:
                told.append(refused.code)

    threads = [
        threading.Thread(target=attempt, args=(act,))
        for act in (
            lambda: editing.change_party(drafted.id, "party_b", change, by=HOST),
            lambda: inviting.print_and_invite(drafted.id, by=HOST),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert told in (["ceremony_printing"], ["not_ready_to_invite"])
    state, name = queries.get_ceremony(drafted.id).state, seats.get_seat(drafted.people["party_b"].seat_id).name
    assert (state, name) in {(CeremonyState.PRINTING, "样例乙"), (CeremonyState.DRAFT, "样例𪚥")}
