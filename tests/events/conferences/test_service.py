"""Planning, publishing and the team: what is kept, what is refused, what the trail says (both databases: test_both)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.rules import Role
from core import audit, live, seen
from core.audit import Actor
from core.db import db, transaction
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.seen import PlanChanged
from events.conferences import (
    agenda,
    drafts,
    editing,
    front_queries,
    moving,
    people,
    planning,
    publishing,
    queries,
    team,
    venues,
    version_queries,
)
from events.conferences.models import AgendaItemVenue, TeamMember
from events.conferences.plan_file import ConferenceFile
from events.conferences.queries import ConferenceView
from events.conferences.rules import (
    EVERYTHING,
    Appearance,
    Duty,
    ItemPlan,
    Material,
    Membership,
    Rights,
    SpeakerPlan,
    VenueKind,
    VenuePlan,
)
from events.registration import queries as registrations
from tests.support import apps, conference
from tests.support.conference import ORGANISER

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def acts(conference_id: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in audit.list_lines(conference_id)]


def refused(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises((Conflict, Forbidden, NotFound)) as refusal:
        call(*args, **kwargs)
    db.session.remove()
    return refusal.value.code


def item_plan(draft: ConferenceView, key: str, **changes: Any) -> ItemPlan:
    found = draft.item(key)
    plan = ItemPlan(
        key,
        found.title,
        found.abstract,
        found.starts_at,
        found.ends_at,
        found.venues,
        tuple(Appearance(*each) for each in found.speakers),
        tuple(Material(**each) for each in found.materials),
    )
    return replace(plan, **changes)


def test_a_file_becomes_a_draft_led_by_who_imported_it(draft: ConferenceView) -> None:
    assert (str(draft.state), draft.version, len(draft.code)) == ("draft", 0, 10)
    assert [venue.key for venue in draft.venues] == ["chengdu", "london", "cloud"]
    assert [item.key for item in draft.items] == ["opening", "talk", "tea"]
    assert draft.item("opening").venues == ("chengdu", "london", "cloud")
    assert [door.key for door in draft.venue("chengdu").doors] == ["east", "west"]
    assert queries.list_memberships(draft.id, ORGANISER.id) == [Membership(Duty.LEAD)]
    [act] = acts(draft.id)
    assert (act["action"], act["data"]["venues"], act["data"]["items"]) == ("conference.created", 3, 3)


def test_places_stand_beside_the_plan(draft: ConferenceView) -> None:
    capacities = {
        (draft.venues[n].key, audience.key): each.count.capacity
        for n, venue in enumerate(draft.venues)
        for audience in draft.audiences
        for each in registrations.list_places(draft.id)
        if (each.venue_id, each.audience_id) == (venue.id, audience.id)
    }
    assert capacities == {
        ("chengdu", "company"): 50,
        ("chengdu", "guest"): 5,
        ("london", "company"): 20,
        ("cloud", "company"): 1000,
    }


def test_sent_again_with_the_same_key_it_is_the_same_conference(app: Flask) -> None:
    plan = ConferenceFile.read(conference.plan())
    with app.app_context():
        ids = {
            planning.import_conference(plan, organisation_id="org", by=ORGANISER, demo=False, import_key="k")
            for _ in range(2)
        }
    assert len(ids) == 1


def test_the_example_brings_220_companies_marked_as_made_up(app: Flask) -> None:
    with app.app_context():
        made = conference.keep(conference.example())
        companies = registrations.list_companies(made.id)
    assert len({company.name["zh-CN"] for company in companies}) == len(companies) == 220
    assert all(company.is_demo and company.name["zh-CN"].startswith("演示") for company in companies)
    assert made.is_demo


def test_an_item_moves_and_the_trail_says_from_when_to_when(draft: ConferenceView) -> None:
    later = item_plan(draft, "talk", starts_at=draft.item("talk").starts_at + timedelta(minutes=5))
    agenda.change(draft.id, "talk", later, by=ORGANISER, rights=EVERYTHING)
    found = conference.view(draft.id).item("talk")
    assert found.starts_at == later.starts_at
    [change] = acts(draft.id)[-1]["data"]["changed"]
    assert (change["field"], change["after"]) == ("starts_at", "2026-07-01T07:35:00.000Z")


def test_an_item_changes_its_venues_in_their_order_and_leaves_no_row_behind(draft: ConferenceView) -> None:
    plan = item_plan(draft, "opening", venues=("cloud", "chengdu"))
    agenda.change(draft.id, "opening", plan, by=ORGANISER, rights=EVERYTHING)
    assert conference.view(draft.id).item("opening").venues == ("cloud", "chengdu")
    rows = db.session.scalars(select(AgendaItemVenue).filter_by(item_id=draft.item("opening").id)).all()
    assert len(rows) == 2


def test_a_change_that_changes_nothing_is_no_act(draft: ConferenceView) -> None:
    plan = replace(item_plan(draft, "opening"))
    agenda.change(draft.id, "opening", plan, by=ORGANISER, rights=EVERYTHING)
    assert len(acts(draft.id)) == 1


def test_an_item_sent_twice_is_added_once(draft: ConferenceView) -> None:
    plan = replace(item_plan(draft, "talk"), key="new_item")
    for _ in range(2):
        agenda.add(draft.id, plan, by=ORGANISER, rights=EVERYTHING)
    assert [item.key for item in conference.view(draft.id).items].count("new_item") == 1
    assert [act["action"] for act in acts(draft.id)] == ["conference.created", "item.added"]


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(draft: ConferenceView) -> None:
    looked_at = seen.digest(agenda.said(draft, "talk"))
    agenda.change(draft.id, "talk", item_plan(draft, "talk", title={"zh-CN": "一"}), by=ORGANISER, rights=EVERYTHING)
    with pytest.raises(PlanChanged):
        agenda.change(
            draft.id,
            "talk",
            item_plan(draft, "talk", title={"zh-CN": "二"}),
            by=ORGANISER,
            rights=EVERYTHING,
            looked_at=looked_at,
        )
    assert conference.view(draft.id).item("talk").title == {"zh-CN": "一"}


def test_who_plans_one_venue_touches_no_other(draft: ConferenceView) -> None:
    own = Rights(reads=True, venues=frozenset({draft.venue("chengdu").id}))
    talk = item_plan(draft, "talk", title={"zh-CN": "新"})
    agenda.change(draft.id, "talk", talk, by=ORGANISER, rights=own)
    joint = replace(talk, venues=("chengdu", "london"))
    assert refused(agenda.change, draft.id, "talk", joint, by=ORGANISER, rights=own) == "not_your_venue"
    assert refused(agenda.remove, draft.id, "opening", by=ORGANISER, rights=own) == "not_your_venue"
    assert refused(agenda.remove, draft.id, "tea", by=ORGANISER, rights=own) == "not_your_venue"
    assert refused(venues.remove, draft.id, "chengdu", by=ORGANISER, rights=own) == "not_your_venue"
    assert refused(people.remove_audience, draft.id, "guest", by=ORGANISER, rights=own) == "not_your_venue"
    changed = SpeakerPlan("speaker_a", {"zh-CN": "样例"}, {}, {})
    assert (
        refused(people.change_speaker, draft.id, "speaker_a", changed, by=ORGANISER, rights=Rights())
        == "not_your_venue"
    )
    people.change_speaker(draft.id, "speaker_b", replace(changed, key="speaker_b"), by=ORGANISER, rights=own)
    assert acts(draft.id)[-1]["data"]["changed"] == [{"field": "name"}]  # a name is not written into the trail


def venue_plan(**changes: Any) -> VenuePlan:
    plan = VenuePlan("new_hall", VenueKind.ONSITE, {"zh-CN": "新"}, {"zh-CN": "成都"}, {}, "Asia/Shanghai")
    return replace(plan, **changes)


def test_a_venue_comes_with_its_places_and_goes_while_nobody_needs_it(draft: ConferenceView) -> None:
    venues.add(draft.id, venue_plan(places={"company": 7}), by=ORGANISER, rights=EVERYTHING)
    made = conference.view(draft.id).venue("new_hall")
    assert {each.count.capacity for each in registrations.list_places(draft.id) if each.venue_id == made.id} == {7, 0}
    assert refused(venues.remove, draft.id, "chengdu", by=ORGANISER, rights=EVERYTHING) == "venue_has_items"
    venues.remove(draft.id, "new_hall", by=ORGANISER, rights=EVERYTHING)
    assert [venue.key for venue in conference.view(draft.id).venues] == ["chengdu", "london", "cloud"]
    assert all(each.venue_id != made.id for each in registrations.list_places(draft.id))


def test_a_door_with_a_clerk_stays(draft: ConferenceView) -> None:
    east = draft.venue("chengdu").doors[0]
    with transaction():
        team.add_row(draft.id, "acc_clerk", Duty.CLERK, door_id=east.id)
    seen = venues.said(draft, "chengdu")
    plan = venue_plan(key="chengdu", name=seen["name"], doors=())
    assert refused(venues.change, draft.id, "chengdu", plan, by=ORGANISER, rights=EVERYTHING) == "door_in_use"
    for item in draft.items:
        agenda.remove(draft.id, item.key, by=ORGANISER, rights=EVERYTHING)
    assert refused(venues.remove, draft.id, "chengdu", by=ORGANISER, rights=EVERYTHING) == "venue_has_team"


def test_a_speaker_in_the_agenda_stays(draft: ConferenceView) -> None:
    assert refused(people.remove_speaker, draft.id, "speaker_a", by=ORGANISER, rights=EVERYTHING) == "speaker_has_items"
    people.remove_speaker(draft.id, "speaker_b", by=ORGANISER, rights=EVERYTHING)
    assert [each.key for each in conference.view(draft.id).speakers] == ["speaker_a"]


def test_one_kind_of_people_stays(draft: ConferenceView) -> None:
    people.remove_audience(draft.id, "guest", by=ORGANISER, rights=EVERYTHING)
    assert refused(people.remove_audience, draft.id, "company", by=ORGANISER, rights=EVERYTHING) == "last_audience"


def test_a_duty_needs_the_role_and_a_lead_remains(app: Flask) -> None:
    leader = apps.add_account(app, Role.ORGANISER, email="lead@example.test")
    host = apps.add_account(app, Role.HOST, email="h@example.test", organisation_id=leader.organisation_id)
    stranger = apps.add_account(app, Role.ORGANISER, email="x@example.test")
    by = Actor("account", leader.id)
    lead = Membership(Duty.LEAD)
    with app.app_context():
        draft = conference.keep(organisation_id=leader.organisation_id, by=by)
        assert refused(team.add, draft.id, host.id, lead, by=by) == "role_missing_for_duty"
        assert refused(team.add, draft.id, stranger.id, lead, by=by) == "account_not_found"
        nowhere = Membership(Duty.VENUE, venue_id="ven_elsewhere")
        assert refused(team.add, draft.id, leader.id, nowhere, by=by) == "venue_not_found"
        assert refused(team.remove, draft.id, leader.id, lead, by=by) == "last_lead"
        hall = Membership(Duty.VENUE, venue_id=draft.venue("london").id)
        for _ in range(2):
            team.add(draft.id, leader.id, hall, by=by)
        assert db.session.scalars(select(TeamMember.duty)).all().count(Duty.VENUE) == 1
        team.remove(draft.id, leader.id, hall, by=by)
        assert [act["action"] for act in acts(draft.id)] == ["conference.created", "team.added", "team.removed"]


def test_publishing_shows_the_draft_and_tells_the_public_channel(draft: ConferenceView) -> None:
    assert publishing.publish(draft.id, by=ORGANISER) == 1
    published = version_queries.get_published(draft.code)
    assert (published.number, len(published.snapshot["items"])) == (1, 3)
    assert live.find_seq(drafts.public_channel(draft.id)) == 1
    assert "secret.m3u8" not in json.dumps(published.snapshot)  # where a feed is to be had is for who registered


def test_an_unpublished_draft_is_not_public(draft: ConferenceView) -> None:
    assert refused(version_queries.get_published, draft.code) == "conference_not_public"


def test_planning_on_leaves_what_was_published_as_it_was(draft: ConferenceView) -> None:
    publishing.publish(draft.id, by=ORGANISER)
    agenda.remove(draft.id, "tea", by=ORGANISER, rights=EVERYTHING)
    assert len(version_queries.get_published(draft.code).snapshot["items"]) == 3
    [difference] = publishing.find_differences(conference.view(draft.id))
    assert (difference.part, difference.key, difference.change) == ("items", "tea", "removed")
    assert publishing.publish(draft.id, by=ORGANISER) == 2
    shown = version_queries.get_published(draft.code).snapshot
    assert [(each["key"], each["sequence"]) for each in shown["removed"]] == [("tea", 2)]
    assert acts(draft.id)[-1]["data"] == {
        "version": 2,
        "added": 0,
        "removed": 1,
        "changed": 0,
        "told": True,
    }


def test_who_registers_sees_what_was_published_and_what_decides_now(draft: ConferenceView) -> None:
    assert refused(front_queries.get_front, draft.code) == "conference_not_public"
    publishing.publish(draft.id, by=ORGANISER)
    assert front_queries.get_front(draft.code).published == version_queries.get_published(draft.code)
    first = min(draft.items, key=lambda item: item.starts_at)
    agenda.remove(draft.id, first.key, by=ORGANISER, rights=EVERYTHING)
    publishing.publish(draft.id, by=ORGANISER)
    front = front_queries.get_front_of(draft.id)
    assert front.starts_at == min(item.starts_at for item in conference.view(draft.id).items) > first.starts_at
    assert [each.id for each in front.venues] == [each.id for each in draft.venues]
    assert (front.published.number, front.audiences) == (2, draft.audiences)


def test_a_conference_is_moved_with_its_agenda_and_clashes_no_more_than_before(draft: ConferenceView) -> None:
    by = timedelta(days=200)
    for _ in range(2):
        moving.move(draft.id, draft.starts_on + by, by=ORGANISER)
    moved = conference.view(draft.id)
    assert (moved.starts_on, moved.ends_on) == (draft.starts_on + by, draft.ends_on + by)
    assert len(agenda.find_clashes(moved)) == len(agenda.find_clashes(draft))
    # By the clocks of London, which are put back between the two.
    wall = [each.item("tea").starts_at.astimezone(ZoneInfo("Europe/London")).time() for each in (draft, moved)]
    assert wall[0] == wall[1]
    assert moved.item("tea").starts_at - draft.item("tea").starts_at == by + timedelta(hours=1)
    last = acts(draft.id)[-1]
    assert (last["action"], last["data"]["items"], len(acts(draft.id))) == ("conference.moved", 3, 2)


def test_a_move_into_no_year_of_ours_changes_nothing(draft: ConferenceView) -> None:
    with pytest.raises(Invalid):
        moving.move(draft.id, date(2100, 1, 1), by=ORGANISER)
    db.session.remove()
    assert conference.view(draft.id) == draft


def test_a_draft_with_clashes_is_published_by_who_knows_how_many_there_are(draft: ConferenceView) -> None:
    facts, week = ConferenceFile.read(conference.plan()).facts, timedelta(days=7)
    outside = replace(facts, starts_on=facts.starts_on + week, ends_on=facts.ends_on + week)
    editing.change_conference(draft.id, outside, by=ORGANISER)
    clashes = len(agenda.find_clashes(conference.view(draft.id)))
    assert clashes == 3
    for accepted in (0, clashes - 1):
        assert refused(publishing.publish, draft.id, by=ORGANISER, accepted=accepted) == "clashes_left"
        db.session.remove()
    assert publishing.publish(draft.id, by=ORGANISER, accepted=clashes) == 1


def test_publishing_the_same_again_makes_no_new_version(draft: ConferenceView) -> None:
    assert [publishing.publish(draft.id, by=ORGANISER) for _ in range(2)] == [1, 1]


def test_only_what_was_looked_at_is_published(draft: ConferenceView) -> None:
    looked_at = seen.digest(publishing.snapshot(draft))
    agenda.remove(draft.id, "tea", by=ORGANISER, rights=EVERYTHING)
    with pytest.raises(PlanChanged):
        publishing.publish(draft.id, by=ORGANISER, looked_at=looked_at)
    db.session.remove()
    assert refused(version_queries.get_published, draft.code) == "conference_not_public"


def test_nothing_is_published_without_an_item(draft: ConferenceView) -> None:
    for key in ("opening", "tea", "talk"):
        agenda.remove(draft.id, key, by=ORGANISER, rights=EVERYTHING)
    assert refused(publishing.publish, draft.id, by=ORGANISER) == "nothing_to_publish"


def test_cancelling_is_published_and_ends_all_changes(draft: ConferenceView) -> None:
    publishing.publish(draft.id, by=ORGANISER)
    publishing.cancel(draft.id, reason="样例原因", by=ORGANISER)
    shown = version_queries.get_published(draft.code)
    assert (shown.number, shown.snapshot["conference"]["cancelled"]) == (2, True)
    assert shown.snapshot["conference"]["reason"] == "样例原因"
    last = acts(draft.id)[-1]
    assert last["action"] == "conference.cancelled"
    assert "样例原因" not in json.dumps(last, ensure_ascii=False)
    for call in (publishing.publish, publishing.cancel):
        extra = {"reason": "x"} if call is publishing.cancel else {}
        assert refused(call, draft.id, by=ORGANISER, **extra) == "conference_cancelled"
    assert refused(agenda.remove, draft.id, "tea", by=ORGANISER, rights=EVERYTHING) == "conference_cancelled"


def test_facts_are_changed_and_told(draft: ConferenceView) -> None:
    facts = ConferenceFile.read({**conference.plan(), "title": "新名称", "partners": ["样例单位"]}).facts
    editing.change_conference(draft.id, facts, by=ORGANISER)
    assert conference.view(draft.id).title == {"zh-CN": "新名称"}
    assert {change["field"] for change in acts(draft.id)[-1]["data"]["changed"]} == {"title", "partners"}
    assert live.find_seq(drafts.channel(draft.id)) == 2


def test_a_pair_of_halls_has_a_time_of_its_own_until_one_of_them_is_removed(draft: ConferenceView) -> None:
    talk = item_plan(draft, "talk", venues=("london",), speakers=(Appearance("speaker_a", "london"),))
    agenda.change(draft.id, "talk", talk, by=ORGANISER, rights=EVERYTHING)
    facts = ConferenceFile.read(
        {**conference.plan(), "travel": [{"venues": ["london", "chengdu"], "minutes": 0}]}
    ).facts
    editing.change_conference(draft.id, facts, by=ORGANISER)
    assert [each["field"] for each in acts(draft.id)[-1]["data"]["changed"]] == ["travel"]
    assert [each.code for each in agenda.find_clashes(conference.view(draft.id))] == ["venue_twice"]
    for key in ("opening", "tea", "talk"):
        agenda.remove(draft.id, key, by=ORGANISER, rights=EVERYTHING)
    venues.remove(draft.id, "london", by=ORGANISER, rights=EVERYTHING)
    assert conference.view(draft.id).travel == []


def test_clashes_of_a_draft_are_found_by_its_venues_cities(draft: ConferenceView) -> None:
    assert [each.code for each in agenda.find_clashes(draft)] == []
    talk = item_plan(draft, "talk", venues=("london",), speakers=(Appearance("speaker_a", "london"),))
    agenda.change(draft.id, "talk", talk, by=ORGANISER, rights=EVERYTHING)
    codes = [each.code for each in agenda.find_clashes(conference.view(draft.id))]
    assert codes == ["speaker_travel", "venue_twice"]


def test_ones_own_conferences_are_listed_for_who_is_on_their_team(app: Flask) -> None:
    with app.app_context():
        mine = conference.keep(organisation_id="org")
        theirs = conference.keep(organisation_id="org", by=Actor("account", "acc_other"))
        conference.keep(organisation_id="other")
        everything = queries.list_page("org", number=1)
        own = queries.list_page("org", number=9, team_of=ORGANISER.id)
    assert {each.id for each in everything.conferences} == {mine.id, theirs.id}
    assert ([each.id for each in own.conferences], own.number, own.total) == ([mine.id], 1, 1)
