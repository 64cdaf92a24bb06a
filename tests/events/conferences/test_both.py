"""The statements of planning and publishing on both databases, in one story each."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask
from sqlalchemy import select

from accounts.rules import Role
from core.audit import Actor
from core.db import db
from events.conferences import agenda, people, planning, publishing, queries, team, venues, version_queries
from events.conferences.models import AgendaItemVenue
from events.conferences.plan_file import ConferenceFile
from events.conferences.queries import ConferenceView
from events.conferences.rules import EVERYTHING, Duty, Membership, VenueKind, VenuePlan
from events.registration import queries as registrations
from tests.support import apps, conference
from tests.support.conference import ORGANISER


def test_a_plan_is_changed_published_and_cancelled(draft: ConferenceView) -> None:
    opening = ConferenceFile.read(conference.plan()).items[0]
    shorter = replace(opening, venues=("cloud", "chengdu"))
    agenda.change(draft.id, "opening", shorter, by=ORGANISER, rights=EVERYTHING)
    assert conference.view(draft.id).item("opening").venues == ("cloud", "chengdu")
    assert len(db.session.scalars(select(AgendaItemVenue).filter_by(item_id=draft.item("opening").id)).all()) == 2
    hall = VenuePlan(
        "hall", VenueKind.ONSITE, {"zh-CN": "新"}, {"zh-CN": "成都"}, {}, "Asia/Shanghai", places={"guest": 7}
    )
    venues.add(draft.id, hall, by=ORGANISER, rights=EVERYTHING)
    made = conference.view(draft.id).venue("hall")
    assert sum(each.count.capacity for each in registrations.list_places(draft.id) if each.venue_id == made.id) == 7
    venues.remove(draft.id, "hall", by=ORGANISER, rights=EVERYTHING)
    agenda.remove(draft.id, "tea", by=ORGANISER, rights=EVERYTHING)
    people.remove_speaker(draft.id, "speaker_b", by=ORGANISER, rights=EVERYTHING)
    people.remove_audience(draft.id, "guest", by=ORGANISER, rights=EVERYTHING)
    assert publishing.publish(draft.id, by=ORGANISER) == 1
    publishing.cancel(draft.id, reason="样例", by=ORGANISER)
    shown = version_queries.get_published(draft.code)
    assert (shown.number, shown.snapshot["conference"]["cancelled"], len(shown.snapshot["items"])) == (2, True, 2)
    assert [number for number, _ in version_queries.list_versions(draft.id)] == [2, 1]


def test_a_team_is_chosen_and_lists_are_its_own(app: Flask) -> None:
    leader = apps.add_account(app, Role.ORGANISER, email="lead@example.test")
    by = Actor("account", leader.id)
    plan = ConferenceFile.read(conference.example())
    with app.app_context():
        ids = {
            planning.import_conference(
                plan, organisation_id=leader.organisation_id, by=by, demo=False, import_key="key"
            )
            for _ in range(2)
        }
        [conference_id] = ids
        door = conference.view(conference_id).venue("chengdu").doors[0]
        hall = Membership(Duty.VENUE, venue_id=conference.view(conference_id).venue("chengdu").id)
        team.add(conference_id, leader.id, hall, by=by)
        team.remove(conference_id, leader.id, hall, by=by)
        assert [each.duty for each in queries.list_team(conference_id)] == ["lead"]
        assert registrations.count_companies(conference_id) == 220
        page = queries.list_page(leader.organisation_id, number=1, team_of=leader.id)
        assert [each.id for each in page.conferences] == [conference_id]
        assert queries.list_page(leader.organisation_id, number=1, team_of="acc_other").total == 0
        assert door.key == "east"
