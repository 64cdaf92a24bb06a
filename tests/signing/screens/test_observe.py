"""Observers see the stage as it was: nothing newer than their delay, by page, JSON or stream, and never early."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from core import clock, i18n, live
from core.db import db
from signing.ceremonies import observing, stage
from signing.ceremonies.models import StageMoment
from signing.cues import service as cues
from signing.screens import link_service
from signing.screens import service as looks
from signing.screens.link_service import Screen
from signing.screens.rules import Theme
from tests.support.ceremony import HOST
from tests.support.quick import Quick


class Later:
    """The clock, moved on by hand."""

    def __init__(self) -> None:
        self.real, self.by = clock.now, timedelta()

    def now(self) -> datetime:
        return self.real() + self.by

    def wait(self, seconds: float) -> None:
        self.by += timedelta(seconds=seconds)


def look() -> None:
    """What a working process does once a second."""
    observing.keep_moments()
    observing.forget_moments()
    observing.forget_ink()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    made = Later()
    monkeypatch.setattr(clock, "now", made.now)
    return made


def observer(world: Quick, screen: Screen = Screen.OBSERVE_TWO_MINUTES) -> FlaskClient:
    client = world.app.test_client()
    token = link_service.make_link(world.id, screen, by=HOST)
    look()
    assert client.get(f"/observe/{screen.split('-')[1]}/open/{token}").status_code == 303
    return client


def change(world: Quick, colour: str) -> None:
    """Something that the stage shows."""
    looks.change_look(world.id, colour=colour, theme=Theme.DARK, picture=None, remove_emblem=False, by=HOST)
    look()


def seen(client: FlaskClient, world: Quick, delay: int = 120) -> int:
    return int(client.get(f"/observe/{delay}/{world.id}/state.json").get_json()["look"]["seq"])


def test_what_happens_is_seen_when_the_delay_is_over_and_not_a_second_before(invited: Quick, later: Later) -> None:
    client = observer(invited)
    later.wait(300)
    assert seen(client, invited) == 0
    change(invited, "#c8102e")
    later.wait(118)
    assert seen(client, invited) == 0
    page = client.get(f"/observe/120/{invited.id}").text
    assert "--st-gold:" not in page
    assert "/live/" not in page
    later.wait(3)
    assert seen(client, invited) == 1
    assert "--st-gold:" in client.get(f"/observe/120/{invited.id}").text


def test_each_of_several_changes_is_seen_in_its_turn(invited: Quick, later: Later) -> None:
    client = observer(invited)
    later.wait(200)
    for colour in ("#c8102e", "#1f4e9c", "#ffde00"):
        change(invited, colour)
        later.wait(50)
    told = []
    for _ in range(4):
        told.append(seen(client, invited))
        later.wait(50)
    assert told == [1, 2, 3, 3]


def test_before_anything_is_old_enough_there_is_a_page_and_no_state(invited: Quick, later: Later) -> None:
    client = observer(invited)
    page = client.get(f"/observe/120/{invited.id}")
    assert page.status_code == 200
    assert "data-observe-wait" in page.text
    assert "stage-state" not in page.text
    assert client.get(f"/observe/120/{invited.id}/state.json").status_code == 404
    later.wait(121)
    assert "stage-state" in client.get(f"/observe/120/{invited.id}").text


def test_the_clock_that_an_observer_sees_is_late_as_well(invited: Quick, later: Later) -> None:
    client = observer(invited)
    later.wait(121)
    told = client.get(f"/observe/120/{invited.id}/state.json").get_json()["server_now"]
    assert told <= clock.iso(clock.now() - timedelta(seconds=120))


def test_a_link_is_for_its_own_delay_alone_and_opens_no_stage(invited: Quick, later: Later) -> None:
    client = observer(invited)
    later.wait(1000)
    token = link_service.make_link(invited.id, Screen.OBSERVE_TWO_MINUTES, by=HOST)
    assert client.get(f"/observe/0/open/{token}").status_code == 404
    assert client.get(f"/observe/7/open/{token}").status_code == 404
    for path in (f"/observe/0/{invited.id}/state.json", f"/observe/30/{invited.id}", f"/stage/{invited.id}/state.json"):
        assert client.get(path).status_code == 403, path
    link_service.take_back(invited.id, Screen.OBSERVE_TWO_MINUTES, by=HOST)
    assert client.get(f"/observe/120/{invited.id}/state.json").status_code == 410


def test_without_an_observer_nothing_is_kept_and_with_one_no_more_than_can_be_seen(
    invited: Quick, later: Later
) -> None:
    cues.make_sheet(invited.id, by=HOST)
    look()
    assert db.session.query(StageMoment).count() == 0
    observer(invited)
    for colour in ("#c8102e", "#1f4e9c", "#ffde00"):
        later.wait(1000)
        change(invited, colour)
    assert db.session.query(StageMoment).count() == 2
    before = live.find_seq(stage.channel(invited.id))
    look()
    assert (db.session.query(StageMoment).count(), live.find_seq(stage.channel(invited.id))) == (2, before)


def test_a_stage_at_rest_keeps_one_moment_and_one_whose_links_have_ended_none(invited: Quick, later: Later) -> None:
    cues.make_sheet(invited.id, by=HOST)
    client = observer(invited)
    for colour in ("#c8102e", "#1f4e9c"):
        later.wait(1)
        change(invited, colour)
    later.wait(1000)
    look()
    db.session.rollback()
    assert db.session.query(StageMoment).count() == 1
    # Who still has a link goes on seeing how it ended.
    assert client.get(f"/observe/120/{invited.id}/state.json").status_code == 200
    link_service.take_back(invited.id, Screen.OBSERVE_TWO_MINUTES, by=HOST)
    look()
    assert db.session.query(StageMoment).count() == 0


def test_moments_go_with_a_link_that_ran_out(invited: Quick, later: Later) -> None:
    observer(invited)
    later.wait(1)
    change(invited, "#c8102e")
    assert db.session.query(StageMoment).count() > 0
    db.session.rollback()
    later.wait(timedelta(days=10_000).total_seconds())
    look()
    assert db.session.query(StageMoment).count() == 0


def test_who_comes_too_early_is_told_when_the_picture_appears(invited: Quick) -> None:
    client = observer(invited)
    first = db.session.query(StageMoment.at).scalar() + timedelta(seconds=120)
    page = client.get(f"/observe/120/{invited.id}", headers={"Accept-Language": "zh-CN"}).text
    assert i18n.format_time(first, "Asia/Shanghai", seconds=True) in page
    assert "data-observe-wait" in page
    assert "http-equiv" not in page


def test_a_stage_that_cannot_be_read_keeps_neither_its_ink_nor_another_stage_from_being_kept(
    invited: Quick, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    cues.make_sheet(invited.id, by=HOST)
    observer(invited)
    kept: list[str] = []

    def fails(ceremony_id: str) -> None:
        kept.append(ceremony_id)
        raise RuntimeError("one stage is broken")

    monkeypatch.setattr(observing.tokens, "list_subjects", lambda _: ["cer_broken", invited.id])
    monkeypatch.setattr(observing, "keep_moment", fails)
    monkeypatch.setattr(observing.delayed_ink, "keep_moment", kept.append)
    with pytest.raises(RuntimeError):
        observing.keep_moments()
    assert kept == ["cer_broken", "cer_broken", invited.id, invited.id]
    later.wait(5000)
    monkeypatch.setattr(observing.tokens, "list_subjects", lambda _: [])
    observing.forget_moments()
    assert db.session.query(StageMoment).count() == 0
