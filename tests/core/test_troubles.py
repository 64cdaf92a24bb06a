"""Work that fails: who hears of it, what can be read of it, and how it is tried anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import claims, clock, jobs, outbox, wake
from core.claims import LASTING, LEASE, Claim, ClaimLost
from core.db import db, transaction
from core.jobs import Job
from core.outbox import OutboxMessage


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The chains that watchers were told of."""
    found: list[str] = []
    monkeypatch.setattr(claims, "_watchers", [found.append])
    return found


def ask(chain: str = "cer_1", key: str = "1") -> None:
    with transaction():
        jobs.add("print", key, chain=chain, agreement="agr_1")


def take() -> Claim:
    [claim] = claims.take(Job, worker="w")
    return claim


def fail(times: int, *, reason: str = "disk_full") -> None:
    """Let the one job fail so often, each time as soon as it is due."""
    for _ in range(times):
        with clock.frozen(row().due_at):
            claims.give_back(take(), error="OSError: no space", reason=reason)


def row() -> Job:
    return db.session.scalars(select(Job).execution_options(populate_existing=True)).one()


def revive() -> bool:
    with transaction():
        return claims.revive(Job, row().id)


def mail(seat: str = "sea_1", **more: object) -> str:
    with transaction():
        return outbox.add("invitation", to="a@b.example", locale="en", chain="cer_1", seat=seat, **more)


def test_what_was_given_up_can_be_read_with_its_reason(context: Flask) -> None:
    ask()
    ask("cer_2", "2")
    for claim in claims.take(Job, worker="w", limit=2):
        claims.give_back(claim, error="PdfError: glyph", reason="glyph_missing", retry=False)
    [found] = jobs.list_given_up("cer_1")
    assert (found.kind, found.key, found.chain, found.reason) == ("print", "1", "cer_1", "glyph_missing")
    assert (found.tries, found.next_at, found.payload) == (1, None, {"agreement": "agr_1"})
    assert jobs.list_still_trying("cer_1") == []
    assert len(jobs.list_given_up()) == 2


def test_what_fails_again_and_again_says_when_it_is_tried_next(context: Flask) -> None:
    ask()
    fail(LASTING - 1)
    assert jobs.list_still_trying("cer_1") == []
    fail(1)
    [found] = jobs.list_still_trying("cer_1")
    assert (found.tries, found.next_at, found.reason) == (LASTING, row().due_at, "disk_full")
    assert jobs.list_given_up("cer_1") == []


def test_who_watches_hears_when_trouble_begins_goes_on_and_ends(context: Flask, told: list[str]) -> None:
    ask()
    fail(LASTING - 1)
    assert told == []
    fail(2)
    assert told == ["cer_1"] * 2
    with clock.frozen(row().due_at):
        claim = take()
        with transaction():
            claims.finish(claim)
    assert told == ["cer_1"] * 3
    assert jobs.list_still_trying() == []


def test_what_works_in_the_end_without_lasting_trouble_is_told_to_nobody(context: Flask, told: list[str]) -> None:
    ask()
    fail(1)
    with clock.frozen(row().due_at):
        claim = take()
        with transaction():
            claims.finish(claim)
    assert told == []


def test_a_row_that_was_given_up_is_tried_anew_with_all_its_tries(context: Flask, told: list[str]) -> None:
    ask()
    claims.give_back(take(), error="no", retry=False)
    woken: list[bool] = []
    stop = wake.listen(wake.WORK, lambda: woken.append(True))
    assert revive()
    stop()
    assert (told, woken) == (["cer_1"] * 2, [True])
    assert jobs.list_given_up("cer_1") == []
    again = take()
    assert (again.attempts, again.tries) == (2, 1)
    claims.give_back(again, error="no")
    assert row().dead_at is None


def test_a_row_that_waits_for_its_next_try_is_tried_at_once(context: Flask) -> None:
    ask()
    fail(8)
    assert claims.take(Job, worker="w") == []
    assert revive()
    assert take().tries == 1


def test_what_is_done_or_being_worked_on_is_not_tried_anew(context: Flask, told: list[str]) -> None:
    ask()
    claim = take()
    assert not revive()
    with transaction():
        claims.finish(claim)
    assert not revive()
    assert told == []


def test_a_worker_from_before_the_revival_finishes_nothing(context: Flask) -> None:
    ask()
    asleep = take()
    with clock.frozen(clock.now() + LEASE * 2):
        claims.give_back(take(), error="no", retry=False)
        assert revive()
        take()
        with pytest.raises(ClaimLost), transaction():
            claims.finish(asleep)


def test_a_message_that_would_come_too_late_dies_at_once(context: Flask, told: list[str]) -> None:
    mail(good_until=clock.now() + timedelta(seconds=10))
    reasons = []
    for _ in range(3):
        now = db.session.scalars(select(OutboxMessage.due_at)).one()
        with clock.frozen(now):
            [claim] = claims.take(OutboxMessage, worker="w")
            claims.give_back(claim, error="TryLater", reason="server_away")
            reasons.append([each.reason for each in outbox.list_given_up("cer_1")])
    assert reasons == [[], [], ["server_away"]]
    assert told == ["cer_1"]


def test_a_message_that_was_overtaken_is_withdrawn(context: Flask, told: list[str]) -> None:
    mail("sea_1", link="lnk_1")
    other = mail("sea_2", link="lnk_2")
    with transaction():
        outbox.withdraw("invitation", chain="cer_1", seat="sea_1")
    assert told == ["cer_1"]
    assert [claim.id for claim in claims.take(OutboxMessage, worker="w", limit=9)] == [other]
    with transaction():
        outbox.withdraw("seat_code", chain="cer_1", seat="sea_2")
        outbox.withdraw("invitation", chain="cer_2", seat="sea_2")
    assert told == ["cer_1"]


def test_what_is_withdrawn_while_it_is_sent_is_not_settled_twice(context: Flask) -> None:
    mail()
    [claim] = claims.take(OutboxMessage, worker="w")
    with transaction():
        outbox.withdraw("invitation", chain="cer_1", seat="sea_1")
    with pytest.raises(ClaimLost), transaction():
        claims.finish(claim)
