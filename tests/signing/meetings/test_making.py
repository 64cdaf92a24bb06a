"""A host has a meeting made: once, told when it fails, never in the way of the ceremony. On both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core import audit, claims, clock, config, jobs
from core.claims import Claim
from core.db import db, transaction
from core.errors import Conflict
from core.jobs import Hopeless, Job
from signing.ceremonies import editing, troubles
from signing.ceremonies import queries as ceremony_queries
from signing.ceremonies import service as ceremonies
from signing.meetings import calling, making, queries, service, tools
from signing.meetings.rules import Tool, Way
from tests.support.ceremony import HOST, do_jobs
from tests.support.meetings import MeetingService
from tests.support.quick import Quick

PASTED = Way("https://meeting.tencent.com/dm/abc", code="123 456 789", phones=("+86 755 3655 0000",))


@contextmanager
def reaching(there: MeetingService, folder: Path) -> Iterator[MeetingService]:
    before = config.settings()
    calling.forget_all()
    config.use(before.model_copy(update={"meeting_keys": there.write_keys(folder)}))
    yield there
    config.use(before)


@pytest.fixture
def zoom(tmp_path: Path) -> Iterator[MeetingService]:
    with MeetingService("zoom") as there, reaching(there, tmp_path):
        yield there


def meeting(world: Quick) -> queries.MeetingView:
    db.session.remove()
    return queries.get_meeting(world.id)


def ask(world: Quick, tool: Tool = Tool.ZOOM, *, looked_at: int | None = None) -> None:
    seq = meeting(world).seq if looked_at is None else looked_at
    service.ask_for(world.id, tool, looked_at=seq, by=HOST)


def paste(world: Quick, way: Way = PASTED, tool: Tool = Tool.TENCENT) -> None:
    service.paste(world.id, way, tool=tool, looked_at=meeting(world).seq, by=HOST)


def work(*, kind: str = service.MAKE) -> list[str]:
    """Do what is due of this kind, failures given back as a worker does; returns their reasons."""
    found = []
    while taken := claims.take(Job, worker="test", only=(kind,)):
        [claim] = taken
        try:
            run(claim)
        except claims.Failure as failure:
            db.session.rollback()
            claims.give_back(claim, error=str(failure), reason=failure.reason, retry=not isinstance(failure, Hopeless))
            found.append(failure.reason)
    db.session.remove()
    return found


def run(claim: Claim) -> None:
    row = db.session.get_one(Job, claim.id)
    kind, payload = row.kind, dict(row.payload)
    db.session.rollback()
    jobs.handler_of(kind)(claim, payload)


def trail(world: Quick) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in audit.list_lines(world.id)]
    return [{"action": each["action"], **each["data"]} for each in found if each["action"].startswith("meeting.")]


def test_a_meeting_is_made_after_the_click_and_the_trail_names_the_tool_alone(
    invited: Quick, zoom: MeetingService
) -> None:
    ask(invited)
    assert (meeting(invited).wanted, meeting(invited).link, zoom.made) == ("zoom", None, {})
    work()
    found = meeting(invited)
    assert found.link
    assert (found.link.tool, found.is_made, found.wanted) == ("zoom", True, "")
    assert found.link.url.startswith("https://zoom.us/j/")
    assert [each["action"] for each in trail(invited)] == ["meeting.asked_for", "meeting.made"]
    assert "zoom.us" not in " ".join(audit.list_lines(invited.id))
    assert "zak" not in str(db.session.execute(text("SELECT * FROM meeting")).all())  # the host's own link


def test_a_second_click_and_a_form_sent_again_make_no_second_meeting(invited: Quick, zoom: MeetingService) -> None:
    ask(invited, looked_at=0)
    ask(invited, looked_at=0)
    work()
    ask(invited, looked_at=0)
    work()
    assert len(zoom.made) == 1


def test_a_page_that_is_old_changes_nothing(invited: Quick, zoom: MeetingService) -> None:
    paste(invited)
    with pytest.raises(Conflict, match="meeting_changed"):
        ask(invited, looked_at=0)
    db.session.rollback()
    with pytest.raises(Conflict, match="meeting_changed"):
        service.remove(invited.id, looked_at=0, by=HOST)
    db.session.rollback()
    assert meeting(invited).link


def test_a_worker_that_dies_after_asking_leaves_no_second_meeting(invited: Quick, zoom: MeetingService) -> None:
    ask(invited)
    [first] = claims.take(Job, worker="dies", only=(service.MAKE,))
    payload = dict(db.session.get_one(Job, first.id).payload)
    db.session.rollback()
    asked = making._begin(first, payload["ceremony"], payload["wish"])
    assert asked
    tools.make(*asked)  # and here it dies: the lease runs out
    with clock.frozen(clock.now() + claims.LEASE * 3):
        work()
    assert (len(zoom.made), meeting(invited).failed_why) == (1, "unsure")


def test_without_that_mark_the_same_death_makes_two(
    invited: Quick, zoom: MeetingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "BEARS_REPEATS", frozenset(Tool))
    ask(invited)
    [first] = claims.take(Job, worker="dies", only=(service.MAKE,))
    payload = dict(db.session.get_one(Job, first.id).payload)
    db.session.rollback()
    asked = making._begin(first, payload["ceremony"], payload["wish"])
    assert asked
    tools.make(*asked)
    with clock.frozen(clock.now() + claims.LEASE * 3):
        work()
    assert len(zoom.made) == 2


def test_an_answer_cut_short_is_told_to_the_host_and_not_asked_again(invited: Quick, zoom: MeetingService) -> None:
    zoom.makes_before_it_fails = True
    zoom.next.append(lambda handler: handler.stop_half())
    ask(invited)
    assert work() == []
    assert (meeting(invited).failed_why, meeting(invited).failed_tool, len(zoom.made)) == ("unsure", "zoom", 1)
    assert [each["action"] for each in trail(invited)] == ["meeting.asked_for", "meeting.failed"]
    ceremony = ceremony_queries.get_ceremony(invited.id)
    assert not ceremony.is_over


def test_a_busy_tool_is_asked_thrice_before_the_host_hears_of_it(invited: Quick, zoom: MeetingService) -> None:
    zoom.most = 0
    ask(invited)
    at, reasons = clock.now(), []
    for minutes in (0, 10, 20, 30):
        with clock.frozen(at + minutes * claims.LEASE * 60):
            reasons += work()
    assert reasons == ["meeting_busy", "meeting_busy"]
    assert meeting(invited).failed_why == "busy"
    assert troubles.list_troubles(ceremony_queries.get_ceremony(invited.id)) == []


def test_a_tool_that_is_back_makes_the_meeting_that_was_asked_for(invited: Quick, zoom: MeetingService) -> None:
    zoom.next.append(lambda handler: handler.say({"code": 429}, 429))
    ask(invited)
    assert work() == ["meeting_busy"]
    with clock.frozen(clock.now() + claims.LEASE * 60):
        work()
    assert meeting(invited).link
    assert len(zoom.made) == 1


def test_what_is_pasted_while_one_is_made_counts_and_the_other_is_called_off(
    invited: Quick, zoom: MeetingService
) -> None:
    ask(invited)
    [claim] = claims.take(Job, worker="slow", only=(service.MAKE,))
    payload = dict(db.session.get_one(Job, claim.id).payload)
    db.session.rollback()
    asked = making._begin(claim, payload["ceremony"], payload["wish"])
    assert asked
    made = tools.make(*asked)
    paste(invited)
    making._made(claim, invited.id, payload["wish"], *[asked[0], made, asked[1]])
    work(kind=service.CALL_OFF)
    link = meeting(invited).link
    assert link
    assert (link.url, zoom.made, zoom.cancelled) == (PASTED.url, {}, [made.remote_id])


def test_a_failure_leaves_the_link_from_before(invited: Quick, zoom: MeetingService) -> None:
    paste(invited)
    zoom.refuses_keys = True
    ask(invited)
    work()
    found = meeting(invited)
    assert found.link
    assert (found.link.url, found.failed_why) == (PASTED.url, "keys")


def test_pasting_over_a_made_one_and_removing_one_call_it_off(invited: Quick, zoom: MeetingService) -> None:
    def remove() -> None:
        service.remove(invited.id, looked_at=meeting(invited).seq, by=HOST)

    def paste_over() -> None:
        paste(invited)

    for way in (paste_over, remove):
        ask(invited)
        work()
        [remote_id] = zoom.made
        way()
        work(kind=service.CALL_OFF)
        assert (zoom.made, zoom.cancelled[-1]) == ({}, remote_id)
    assert [each["action"] for each in trail(invited)][-2:] == ["meeting.removed", "meeting.called_off"]


def test_the_same_link_pasted_again_changes_nothing(invited: Quick) -> None:
    paste(invited)
    paste(invited)
    service.paste(invited.id, PASTED, tool=Tool.TENCENT, looked_at=0, by=HOST)
    assert [each["action"] for each in trail(invited)] == ["meeting.pasted"]


def test_another_beginning_is_seen_and_one_click_makes_it_anew(drafted: Quick, zoom: MeetingService) -> None:
    ask(drafted)
    work()
    [before] = zoom.made
    row = ceremony_queries.get_ceremony(drafted.id)
    with transaction():
        ceremony = ceremony_queries.take_ceremony(drafted.id)
        ceremony.starts_at = row.starts_at.replace(hour=5)
    assert meeting(drafted).starts_at == row.starts_at
    ask(drafted)
    do_jobs(kinds=(service.MAKE, service.CALL_OFF))
    found = meeting(drafted)
    assert found.starts_at == row.starts_at.replace(hour=5)
    assert (before in zoom.made, zoom.cancelled, len(zoom.made)) == (False, [before], 1)


def test_a_ceremony_that_is_called_off_calls_its_meeting_off(invited: Quick, zoom: MeetingService) -> None:
    ask(invited)
    work()
    ceremonies.cancel(invited.id, reason="改期", by=HOST)
    do_jobs(kinds=(service.CALL_OFF,))
    assert (zoom.made, meeting(invited).link) == ({}, None)
    with pytest.raises(Conflict, match="ceremony_cancelled"):
        ask(invited)
    db.session.rollback()


def test_a_meeting_that_cannot_be_called_off_is_told_to_the_host(invited: Quick, zoom: MeetingService) -> None:
    ask(invited)
    work()
    zoom.made.clear()  # somebody deleted it there
    ceremonies.cancel(invited.id, reason="改期", by=HOST)
    assert work(kind=service.CALL_OFF) == ["meeting_refused"]
    [trouble] = troubles.list_troubles(ceremony_queries.get_ceremony(invited.id))
    assert "取消会议" in trouble.what
    assert "请在那里删除" in trouble.why


def test_a_discarded_draft_calls_its_meeting_off(drafted: Quick, zoom: MeetingService) -> None:
    ask(drafted)
    work()
    editing.discard(drafted.id, by=HOST)
    do_jobs(kinds=(service.CALL_OFF,))
    assert zoom.made == {}


def test_what_nobody_wants_any_more_is_not_asked_for(invited: Quick, zoom: MeetingService) -> None:
    ask(invited)
    service.remove(invited.id, looked_at=meeting(invited).seq, by=HOST)
    work()
    assert zoom.asked == []


def test_a_tool_without_keys_is_refused(invited: Quick, zoom: MeetingService) -> None:
    with pytest.raises(Conflict, match="meeting_no_keys"):
        ask(invited, Tool.FEISHU)
    db.session.rollback()
