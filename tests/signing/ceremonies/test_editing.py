"""Changing a draft: the ceremony itself, its parties, its agreements and their order; what the trail says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import audit, clock, i18n
from core.db import db, transaction
from core.errors import Conflict, Invalid, NotFound
from signing.agreements import queries as agreements
from signing.ceremonies import arranging, editing, obstacles, queries, todo
from signing.ceremonies.forms import read_agreement, read_ceremony, read_party
from signing.seats import queries as seats
from signing.uploads.models import AgreementUpload
from tests.support import quick
from tests.support.ceremony import HOST
from tests.support.quick import Quick, QuickWorld

CEREMONY = {
    "title": "样例新名",
    "title_en": "A new name",
    "date": "2027-03-01",
    "time": "09:30",
    "timezone": "America/Los_Angeles",
    "minutes": "20",
    "tool": "",
    "time_policy": "refuse",
    "amount": "300,000,000",
    "currency": "USD",
    "note": "样例备注",
}
PARTY = {
    "organisation": "样例丁公司",
    "representative_name": "样例丁",
    "representative_title": "总经理",
    "email": "party-d@signers.example",
    "place": "上海",
    "timezone": "Asia/Shanghai",
}


@pytest.fixture
def draft(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    """main, between all three parties; next_0 and next_1 after it, between two each."""
    with quick_world.at("draft", "sqlite", data_dir, follow=2) as made:
        yield made


def newest(ceremony_id: str) -> dict[str, Any]:
    """The newest entry of the trail."""
    found: dict[str, Any] = json.loads(list(audit.list_lines(ceremony_id))[-1])
    db.session.remove()
    return found


def plan_of(ceremony_id: str) -> dict[str, tuple[list[str], list[str]]]:
    """Agreement key → (keys of the parties that sign, keys of what it comes after)."""
    parties = {seat.id: seat.party_key for seat in seats.list_seats(ceremony_id)}
    found = agreements.list_agreements(ceremony_id)
    keys = {each.id: each.key for each in found}
    return {
        each.key: ([parties[signer.seat_id] for signer in each.signers], sorted(keys[before] for before in each.after))
        for each in found
    }


def change(draft: Quick, key: str, **values: object) -> None:
    """Save the form of an agreement with these values in it."""
    form = {"title": "样例协议", "currency": "CNY", **values}
    arranging.change_agreement(draft.id, draft.agreements[key], read_agreement(form), by=HOST)


def problems(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(each.path, each.code) for each in refused.value.problems]


def test_the_beginning_is_local_to_the_place_and_kept_in_utc(drafted: Quick) -> None:
    editing.change_ceremony(drafted.id, read_ceremony(CEREMONY), by=HOST)
    found = queries.get_ceremony(drafted.id)
    assert (found.title, found.limit_minutes) == ({"zh-CN": "样例新名", "en": "A new name"}, 20)
    assert (clock.iso(found.starts_at), str(found.held_on)) == ("2027-03-01T17:30:00.000Z", "2027-03-01")
    assert (found.amount, found.currency, found.host_timezone) == ("300000000", "USD", "America/Los_Angeles")
    numbers = [each.number for each in agreements.list_agreements(drafted.id)]
    assert [number.split("-")[1] for number in numbers] == ["20270301", "20270301"]


def test_the_trail_says_what_was_changed_from_what_to_what(draft: Quick) -> None:
    editing.change_ceremony(draft.id, read_ceremony(CEREMONY), by=HOST)
    entry = newest(draft.id)
    changed = {each["field"]: (each.get("before"), each.get("after")) for each in entry["data"]["changed"]}
    assert entry["action"] == "ceremony.changed"
    assert changed["planned_amount"] == (None, "300000000 USD")
    assert changed["starts_at"] == ("2026-07-01T02:00:00.000Z", "2027-03-01T17:30:00.000Z")
    assert changed["time_policy"] == ("installation", "refuse")
    assert changed["note"] == (None, None)  # people write names into notes
    count = len(list(audit.list_lines(draft.id)))
    editing.change_ceremony(draft.id, read_ceremony(CEREMONY), by=HOST)
    assert len(list(audit.list_lines(draft.id))) == count  # saved as it was: nothing to tell


def test_the_trail_names_no_person(draft: Quick) -> None:
    editing.change_party(draft.id, "party_b", read_party(PARTY), by=HOST)
    entry = newest(draft.id)
    by_field = {each["field"]: each for each in entry["data"]["changed"]}
    assert by_field["representative_name"] == {"field": "representative_name"}
    assert by_field["email"] == {"field": "email"}
    assert by_field["place"]["after"] == {"zh-CN": "上海"}
    assert "样例丁" not in json.dumps(entry["data"], ensure_ascii=False).replace("样例丁公司", "")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"date": "2027-02-30"}, ("$.date", "bad_date")),
        ({"date": "1999-12-31"}, ("$.date", "bad_date")),
        ({"date": None}, ("$.date", "bad_date")),
        ({"time": "24:00"}, ("$.time", "bad_time")),
        ({"timezone": "Mars"}, ("$.timezone", "bad_zone")),
        ({"minutes": "0"}, ("$.minutes", "bad_minutes")),
        ({"minutes": True}, ("$.minutes", "bad_minutes")),
        ({"title": " "}, ("$.title", "empty_text")),
        ({"amount": "12,3"}, ("$.amount", "not_money")),
        # Clocks are put forward from 2:00 to 3:00.
        ({"date": "2027-03-14", "time": "02:30"}, ("$.time", "no_such_time")),
    ],
)
def test_a_mistake_in_the_ceremony_is_named_at_its_field(values: dict[str, Any], problem: tuple[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        read_ceremony({**CEREMONY, **values})
    assert problem in problems(refused)


@pytest.mark.parametrize("field", ["representative_name", "organisation", "organisation_en", "place"])
def test_a_name_needs_a_letter_that_can_be_seen(field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_party({**PARTY, field: "\u3164 ·"})
    assert problems(refused) == [(f"$.{field}", "no_letter")]


def test_an_hour_that_comes_twice_is_taken_the_first_time(draft: Quick) -> None:
    change = read_ceremony({**CEREMONY, "date": "2027-11-07", "time": "01:30"})
    editing.change_ceremony(draft.id, change, by=HOST)
    assert clock.iso(queries.get_ceremony(draft.id).starts_at) == "2027-11-07T08:30:00.000Z"


def test_who_signs_and_the_order_are_changed(drafted: Quick) -> None:
    change(drafted, "next_0", between=["party_c", "party_b"], after=[])
    change(drafted, "main", between=["party_b", "party_a"], after=["next_0"], kind="investment", amount="5")
    assert plan_of(drafted.id) == {
        "main": (["party_b", "party_a"], ["next_0"]),
        "next_0": (["party_c", "party_b"], []),
    }
    entry = newest(drafted.id)
    changed = {each["field"]: (each["before"], each["after"]) for each in entry["data"]["changed"]}
    assert changed["after"] == ([], ["样例协议"])
    assert changed["between"] == (["样例甲公司", "样例乙公司", "样例丙公司"], ["样例乙公司", "样例甲公司"])
    assert changed["amount"] == (None, "5 CNY")


def test_what_a_program_leaves_out_stays_as_it_is(draft: Quick) -> None:
    before = plan_of(draft.id)
    change(draft, "next_0", amount="5")
    assert plan_of(draft.id) == before


@pytest.mark.parametrize(
    ("key", "values", "problem"),
    [
        ("main", {"after": ["next_0"]}, ("$.after", "cycle")),
        ("main", {"after": ["main"]}, ("$.after", "cycle")),
        ("main", {"after": ["nothing"]}, ("$.after", "unknown_agreement")),
        ("main", {"between": ["party_a", "nobody"]}, ("$.between", "unknown_party")),
        ("main", {"between": ["party_a"]}, ("$.between", "too_few_sign")),
        ("main", {"kind": "investment"}, ("$.amount", "amount_missing")),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_name(
    draft: Quick, key: str, values: dict[str, object], problem: tuple[str, str]
) -> None:
    before = plan_of(draft.id)
    with pytest.raises(Invalid) as refused:
        change(draft, key, **values)
    db.session.remove()
    assert problems(refused) == [problem]
    assert plan_of(draft.id) == before


def test_a_circle_is_told_by_the_names_of_its_agreements(draft: Quick) -> None:
    with pytest.raises(Invalid) as refused:
        change(draft, "main", title="样例主协议", after=["next_1"])
    (problem,) = refused.value.problems
    assert set(str(problem.params["cycle"]).split(" → ")) == {"样例主协议", "样例后续协议1"}


def test_an_agreement_is_added_once_however_often_it_is_sent(drafted: Quick) -> None:
    form = read_agreement({"title": "样例补充协议", "between": ["party_a", "party_c"], "after": ["next_0"]})
    made = [arranging.add_agreement(drafted.id, "extra", form, by=HOST) for _ in range(2)]
    assert made[0] == made[1]
    assert plan_of(drafted.id)["extra"] == (["party_a", "party_c"], ["next_0"])
    assert agreements.get_agreement(made[0]).number.endswith("-03")
    assert newest(drafted.id)["action"] == "agreement.added"


def test_what_came_after_a_removed_agreement_comes_after_what_that_came_after(drafted: Quick) -> None:
    form = read_agreement({"title": "样例补充协议", "between": ["party_a", "party_c"], "after": ["next_0"]})
    arranging.add_agreement(drafted.id, "extra", form, by=HOST)
    arranging.remove_agreement(drafted.id, drafted.agreements["next_0"], by=HOST)
    assert {key: after for key, (_, after) in plan_of(drafted.id).items()} == {"main": [], "extra": ["main"]}
    assert [each.number[-2:] for each in agreements.list_agreements(drafted.id)] == ["01", "02"]
    entry = newest(drafted.id)
    assert (entry["action"], entry["data"]["key"]) == ("agreement.removed", "next_0")
    with pytest.raises(NotFound):
        arranging.remove_agreement(drafted.id, drafted.agreements["next_0"], by=HOST)


def test_an_agreement_is_removed_with_the_paper_that_was_brought_for_it(draft: Quick) -> None:
    gone = draft.agreements["next_0"]
    with transaction():
        db.session.add(
            AgreementUpload(
                agreement_id=gone,
                name="样例.pdf",
                kind="pdf",
                original_digest="0" * 64,
                original_bytes=1,
                rebuilt_digest="0" * 64,
                pages=[],
                uploaded_at=clock.now(),
                uploaded_by=HOST.id,
            )
        )
    arranging.remove_agreement(draft.id, gone, by=HOST)
    assert list(plan_of(draft.id)) == ["main", "next_1"]


def test_the_last_agreement_stays(draft: Quick) -> None:
    for key in ("next_0", "next_1"):
        arranging.remove_agreement(draft.id, draft.agreements[key], by=HOST)
    with pytest.raises(Conflict, match="last_agreement"):
        arranging.remove_agreement(draft.id, draft.agreements["main"], by=HOST)


def test_a_party_is_added_signs_and_is_removed_again(drafted: Quick) -> None:
    for _ in range(2):
        editing.add_party(drafted.id, "party_d", read_party(PARTY), by=HOST)
    assert [party.key for party in queries.get_ceremony(drafted.id).parties][-1] == "party_d"
    assert [each.code for each in obstacles.list_warnings(drafted.id)][-1] == "signs_nothing"
    change(drafted, "main", between=["party_a", "party_b", "party_d"])
    assert plan_of(drafted.id)["main"][0] == ["party_a", "party_b", "party_d"]
    editing.remove_party(drafted.id, "party_d", by=HOST)
    assert plan_of(drafted.id)["main"][0] == ["party_a", "party_b"]
    assert [party.key for party in queries.get_ceremony(drafted.id).parties] == ["party_a", "party_b", "party_c"]
    assert len(seats.list_seats(drafted.id)) == 3
    actions = [json.loads(line)["action"] for line in audit.list_lines(drafted.id)]
    assert actions[1:] == ["party.added", "agreement.changed", "party.removed"]


def test_a_party_that_hosts_or_is_needed_stays(draft: Quick) -> None:
    with pytest.raises(Conflict, match="party_is_host"):
        editing.remove_party(draft.id, "party_a", by=HOST)
    db.session.remove()
    with pytest.raises(Conflict, match="party_needed"):
        editing.remove_party(draft.id, "party_b", by=HOST)
    db.session.remove()
    assert len(queries.get_ceremony(draft.id).parties) == 3


def test_there_is_one_host(draft: Quick) -> None:
    editing.change_party(draft.id, "party_b", read_party({**PARTY, "is_host": "yes"}), by=HOST)
    found = queries.get_ceremony(draft.id)
    assert [party.key for party in found.parties if party.is_host] == ["party_b"]


def test_nothing_of_a_plan_is_changed_after_the_draft(quick_world: QuickWorld, data_dir: Path) -> None:
    with quick_world.at("invited", "sqlite", data_dir) as made:
        before = plan_of(made.id)
        agreement = read_agreement({"title": "样例", "between": ["party_a", "party_b"]})
        for act in (
            lambda: editing.change_ceremony(made.id, read_ceremony(CEREMONY), by=HOST),
            lambda: editing.add_party(made.id, "party_d", read_party(PARTY), by=HOST),
            lambda: editing.remove_party(made.id, "party_c", by=HOST),
            lambda: arranging.add_agreement(made.id, "extra", agreement, by=HOST),
            lambda: arranging.remove_agreement(made.id, made.first, by=HOST),
        ):
            with pytest.raises(Conflict, match="ceremony_invited"):
                act()
            db.session.remove()
        assert plan_of(made.id) == before


def test_a_changed_plan_is_what_gets_frozen(drafted: Quick) -> None:
    """The new order holds: what now comes first opens, the other waits."""
    from signing.ceremonies import inviting
    from tests.support import ceremony

    change(drafted, "next_0", between=["party_a", "party_b"], after=[])
    change(drafted, "main", between=["party_a", "party_c"], after=["next_0"])
    editing.change_ceremony(drafted.id, read_ceremony(CEREMONY), by=HOST)
    inviting.print_and_invite(drafted.id, by=HOST)
    with quick.small_papers():
        ceremony.do_jobs()
    states = {each.key: str(each.state) for each in agreements.list_agreements(drafted.id)}
    assert states == {"main": "approved", "next_0": "open"}


def warned(ceremony_id: str) -> dict[str, dict[str, Any]]:
    found = {each.code: dict(each.params) for each in obstacles.list_warnings(ceremony_id)}
    db.session.remove()
    return found


def test_what_is_mostly_a_mistake_is_warned_of(draft: Quick) -> None:
    future = read_ceremony({**CEREMONY, "date": "2099-03-01", "amount": ""})
    editing.change_ceremony(draft.id, future, by=HOST)
    assert warned(draft.id) == {}
    editing.change_ceremony(draft.id, read_ceremony({**CEREMONY, "date": "2001-03-01"}), by=HOST)
    shared = read_party({**PARTY, "email": "Party-A@signers.example"})
    editing.change_party(draft.id, "party_b", shared, by=HOST)
    found = warned(draft.id)
    assert set(found) == {"start_past", "same_address", "sum_not_named"}
    assert {"样例甲", "样例丁"} <= {name.split("（")[0] for name in found["same_address"]["who"].split("、")}
    change(draft, "next_0", amount="300000000", currency="CNY")
    assert "sums_differ" in warned(draft.id)  # so many yuan are not so many dollars
    change(draft, "next_0", amount="100000000", currency="USD")
    change(draft, "next_1", amount="200000000.00", currency="USD")
    assert set(warned(draft.id)) == {"start_past", "same_address"}


def test_a_name_of_the_ceremony_that_no_font_prints_stands_in_the_way(draft: Quick) -> None:
    editing.change_ceremony(draft.id, read_ceremony({**CEREMONY, "title": "样例𪚥"}), by=HOST)
    found = obstacles.list_obstacles(draft.id)
    assert [(each.path, each.code) for each in found] == [("$.title", "glyph_missing")]
    with i18n.use_locale("en"):
        [entry] = todo.group(queries.get_ceremony(draft.id), found)
    assert (entry.kind, entry.who) == ("ceremony", "A new name")
