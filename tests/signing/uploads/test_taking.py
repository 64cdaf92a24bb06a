"""A paper is taken in by a background job: once, whatever dies or changes meanwhile, and its raw bytes do not stay."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from core import audit, claims, clock, config, held, jobs, storage
from core.claims import ClaimLost
from core.db import db, transaction
from core.errors import Invalid, NotFound
from core.jobs import Job
from core.live import LiveUpdate
from core.storage import put
from pdf import intake
from pdf.intake import take_in
from pdf.progress import Progress, Step, Stopped
from signing.ceremonies import arranging, editing, inviting, obstacles
from signing.ceremonies import queries as ceremony_queries
from signing.ceremonies import service as ceremonies
from signing.uploads import queries, rules, service, taking, work
from signing.uploads.models import PaperArrival
from signing.uploads.waiting import wait_for_end
from tests.pdf.foreign import drawn, words
from tests.support.ceremony import HOST, do_jobs
from tests.support.quick import Quick, QuickWorld
from web.jobs import do_job

PAPER = drawn(words("Clause one"), words("Clause two"), size=(595, 842))
OTHER = drawn(words("Other terms"))
HIDDEN = drawn(words("secretly", colour="1 g"))


@pytest.fixture
def draft(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    """On SQLite alone: what these tests ask for does not depend on the database."""
    with quick_world.at("draft", "sqlite", data_dir) as made:
        yield made


def receive(world: Quick, data: bytes = PAPER, name: str = "terms.pdf") -> queries.ArrivalView:
    return service.receive(world.id, world.first, data, name=name, by=HOST)


def raw() -> list[str]:
    return held.list_names(before=clock.now() + timedelta(days=1))


def files() -> set[str]:
    return {path.name for path in (config.settings().data_dir / "files").rglob("*") if path.is_file()}


def acts(world: Quick) -> list[str]:
    lines = map(json.loads, audit.list_lines(world.id))
    return [line["action"].removeprefix("agreement.paper_") for line in lines if "agreement.paper_" in line["action"]]


class Lasting:
    """A file that takes for ever, until nobody wants it, while the test goes on."""

    def __init__(self, world: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
        self._app = world.app
        self.begun, self.stopped = threading.Event(), threading.Event()
        self.errors: list[Exception] = []
        monkeypatch.setattr(taking, "_TELL_SECONDS", 0.01)
        monkeypatch.setattr(intake, "take_in", self._take_in)
        self.page = 0

    def _take_in(self, data: bytes, *, progress: Progress, **given: Any) -> object:
        if data != PAPER:
            return take_in(data, progress=progress, **given)
        progress.begin(Step.LOOKING, 300)
        self.begun.set()
        while not progress.is_stopped:
            progress.come_to(self.page)
            threading.Event().wait(0.005)
        self.stopped.set()
        raise Stopped("nobody waits for it")

    @contextmanager
    def being_taken(self) -> Iterator[None]:
        """What is done inside is done while the file is being taken in; afterwards all such jobs are over."""
        doing = threading.Thread(target=self._do)
        doing.start()
        try:
            assert self.begun.wait(30)
            yield
        finally:
            doing.join(30)
        assert not doing.is_alive()

    def _do(self) -> None:
        with self._app.app_context():
            try:
                do_jobs(kinds=(queries.TAKE,))
            except Exception as error:  # noqa: BLE001 - the test looks at it
                self.errors.append(error)


@pytest.fixture
def lasting(draft: Quick, monkeypatch: pytest.MonkeyPatch) -> Lasting:
    return Lasting(draft, monkeypatch)


def test_a_file_waits_whole_until_it_is_the_text_and_is_then_gone(drafted: Quick) -> None:
    made = receive(drafted)
    assert queries.find_arrival(drafted.first) == made
    assert (made.is_arriving, made.step, made.bytes) == (True, "waiting", len(PAPER))
    assert held.read(made.id) == PAPER
    assert acts(drafted) == ["arrived"]
    do_jobs()
    found = queries.find_upload(drafted.first)
    assert found is not None
    assert storage.read(found.original_digest) == PAPER
    assert queries.find_arrival(drafted.first) is None
    assert (raw(), acts(drafted)) == ([], ["arrived", "uploaded"])


def test_a_refused_file_leaves_its_reason_and_nothing_else(drafted: Quick) -> None:
    before = files()
    receive(drafted, HIDDEN)
    do_jobs()
    found = queries.find_arrival(drafted.first)
    assert found is not None
    assert found.refusal is not None
    assert (found.refusal.code, found.refusal.status) == ("pdf_hidden", 422)
    assert dict(found.refusal.params) == {"page": 1, "text": "secretly"}
    assert (raw(), files(), acts(drafted)) == ([], before, ["arrived", "refused"])


def test_nobody_is_invited_while_a_paper_is_being_taken_in(drafted: Quick) -> None:
    receive(drafted)
    with pytest.raises(Invalid) as caught:
        inviting.print_and_invite(drafted.id, by=HOST)
    (problem,) = caught.value.problems
    assert (problem.code, problem.params["name"]) == ("paper_arriving", "terms.pdf")
    db.session.rollback()
    do_jobs()
    inviting.print_and_invite(drafted.id, by=HOST)


def test_before_inviting_a_host_is_warned_of_a_paper_that_was_refused(draft: Quick) -> None:
    receive(draft, HIDDEN, "new.pdf")
    do_jobs()
    assert obstacles.list_obstacles(draft.id) == []
    (warned,) = [each for each in obstacles.list_warnings(draft.id) if each.code == "paper_refused"]
    assert warned.params["name"] == "new.pdf"
    service.withdraw(draft.id, draft.first, by=HOST)
    assert [each for each in obstacles.list_warnings(draft.id) if each.code == "paper_refused"] == []


def test_pages_that_wait_hear_how_far_it_is(draft: Quick, lasting: Lasting) -> None:
    receive(draft)
    with lasting.being_taken():
        for lasting.page in (7, 150):
            told = until(lambda: queries.find_arrival(draft.first), lambda now: now.page == lasting.page)
            assert (told.step, told.pages) == ("looking", 300)
        service.withdraw(draft.id, draft.first, by=HOST)
    kinds = list(db.session.scalars(select(LiveUpdate.kind).filter_by(channel=service.channel(draft.first))))
    assert kinds.count("paper.progress") >= 3
    assert (kinds[0], kinds[-1]) == ("paper.changed", "paper.changed")


def until(look: Callable[[], Any], is_so: Callable[[Any], bool]) -> Any:
    for _ in range(1_000):
        now = look()
        db.session.rollback()
        if is_so(now):
            return now
        threading.Event().wait(0.01)
    raise AssertionError("never so")


def withdraw(world: Quick) -> None:
    service.withdraw(world.id, world.first, by=HOST)


def print_from_the_template(world: Quick) -> None:
    service.remove_upload(world.id, world.first, by=HOST)


def discard(world: Quick) -> None:
    editing.discard(world.id, by=HOST)


def cancel(world: Quick) -> None:
    ceremonies.cancel(world.id, reason="改期", by=HOST)


def take_it_out_of_the_plan(world: Quick) -> None:
    arranging.remove_agreement(world.id, world.first, by=HOST)


@pytest.mark.parametrize("act", [withdraw, print_from_the_template, discard, cancel, take_it_out_of_the_plan])
def test_what_nobody_wants_any_more_is_stopped_and_leaves_nothing(
    draft: Quick, lasting: Lasting, act: Callable[[Quick], None]
) -> None:
    before = files()
    made = receive(draft)
    with lasting.being_taken():
        act(draft)
        assert lasting.stopped.wait(30)
    assert lasting.errors == []
    assert queries.find_arrival(draft.first) is None
    assert queries.find_upload(draft.first) is None
    assert (raw(), files()) == ([], before)
    assert is_done(made)


def is_done(arrival: queries.ArrivalView) -> bool:
    db.session.rollback()
    return db.session.scalars(select(Job).filter_by(key=arrival.id)).one().done_at is not None


def test_another_file_takes_the_place_of_one_that_is_being_taken_in(draft: Quick, lasting: Lasting) -> None:
    receive(draft)
    with lasting.being_taken():
        second = receive(draft, OTHER, "other.pdf")
        assert lasting.stopped.wait(30)
    assert lasting.errors == []
    found = queries.find_upload(draft.first)
    assert found is not None
    assert (found.name, found.original_digest) == ("other.pdf", second.digest)
    assert (raw(), acts(draft)) == ([], ["arrived", "arrived", "uploaded"])


def test_a_worker_that_lost_its_claim_stops_and_keeps_nothing(draft: Quick, lasting: Lasting) -> None:
    before = files()
    made = receive(draft)
    with lasting.being_taken(), transaction():
        db.session.execute(update(Job).where(Job.key == made.id).values(attempts=2, lease_until=None))
    assert [type(error) for error in lasting.errors] == [ClaimLost]
    assert (raw(), files()) == ([made.id], before)
    now = queries.find_arrival(draft.first)
    assert now is not None
    assert now.is_arriving


class Killed(BaseException):
    """What ends a process ends what it does wherever it is."""


def killed(*_: object, **__: object) -> None:
    raise Killed


@pytest.mark.parametrize("where", ["while it is taken in", "before it is kept", "when it was kept"])
def test_a_dead_worker_s_paper_is_taken_again_and_only_once(
    drafted: Quick, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    made = receive(drafted)
    with monkeypatch.context() as dying, pytest.raises(Killed):
        if where == "while it is taken in":
            dying.setattr(intake, "take_in", killed)
        elif where == "before it is kept":
            dying.setattr(ceremony_queries, "take_ceremony", killed)
        else:
            dying.setattr(held, "remove", killed)
        do_jobs()
    db.session.rollback()
    with transaction():
        claims.free(Job, worker="test")
    do_jobs()
    sweep_later(monkeypatch)
    found = queries.find_upload(drafted.first)
    assert found is not None
    assert found.original_digest == made.digest
    assert (raw(), acts(drafted)) == ([], ["arrived", "uploaded"])


def sweep_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """What housekeeping does when every file is old enough."""
    monkeypatch.setattr(work, "_UNNAMED", timedelta(0))
    with transaction():
        jobs.add(work.SWEEP, "now")
    do_jobs()


def test_a_file_that_kills_its_workers_is_refused(draft: Quick) -> None:
    made = receive(draft)
    for _ in range(3):
        (claim,) = claims.take(Job, worker="test")
        with transaction():
            claims.free(Job, worker="test")
    (claim,) = claims.take(Job, worker="test")
    assert claim.tries == 4
    do_job(claim)
    found = queries.find_arrival(draft.first)
    assert found is not None
    assert (found.code, raw(), is_done(made)) == ("upload_too_heavy", [], True)


def test_what_fails_aloud_is_tried_again_and_the_page_knows(draft: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    made = receive(draft)
    for _ in range(4):
        (claim,) = claims.take(Job, worker="test")
        claims.give_back(claim, error="OSError", reason="disk_full")
        with transaction():
            db.session.execute(update(Job).where(Job.key == made.id).values(due_at=clock.now()))
    trouble = queries.find_trouble(draft.id, made.id)
    assert trouble is not None
    assert (trouble.reason, trouble.tries) == ("disk_full", 4)
    do_jobs(kinds=(queries.TAKE,))
    assert queries.find_upload(draft.first) is not None


def test_a_file_that_is_no_longer_there_is_said_to_be_lost(draft: Quick) -> None:
    held.remove(receive(draft).id)
    do_jobs()
    found = queries.find_arrival(draft.first)
    assert found is not None
    assert found.code == "upload_lost"


def test_refusing_a_file_takes_nothing_from_others_who_have_the_same(draft: Quick) -> None:
    kept = put(HIDDEN)
    receive(draft, HIDDEN)
    do_jobs()
    assert storage.read(kept) == HIDDEN


def test_a_file_that_no_row_names_is_removed_and_others_stay(draft: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    made = receive(draft)
    held.put("arr_" + "0" * 26, b"left behind")
    with transaction():
        jobs.add(work.SWEEP, "soon")
    do_jobs(kinds=(work.SWEEP,))
    assert len(raw()) == 2
    monkeypatch.setattr(work, "_UNNAMED", timedelta(0))
    with transaction():
        jobs.add(work.SWEEP, "later")
    do_jobs(kinds=(work.SWEEP,))
    assert raw() == [made.id]


def test_reasons_of_long_ago_are_forgotten(draft: Quick) -> None:
    receive(draft, HIDDEN)
    do_jobs()
    with transaction():
        db.session.execute(update(PaperArrival).values(arrived_at=clock.now() - timedelta(days=8)))
        jobs.add(work.SWEEP, "now")
    do_jobs()
    assert queries.find_arrival(draft.first) is None


def test_who_sends_a_page_or_two_sees_at_once_what_became_of_it(draft: Quick) -> None:
    for data, end in ((PAPER, None), (HIDDEN, "pdf_hidden")):
        made = receive(draft, data)
        doing = threading.Thread(target=in_context, args=(draft, do_jobs))
        doing.start()
        now = wait_for_end(made, seconds=60)
        doing.join()
        assert (now.code if now else None) == end


def in_context(world: Quick, act: Callable[[], object]) -> None:
    with world.app.app_context():
        act()


def test_who_sends_much_waits_no_longer_than_a_moment(draft: Quick) -> None:
    made = receive(draft)
    now = wait_for_end(made, seconds=0.01)
    assert now == made


def test_there_is_nothing_to_withdraw_where_nothing_came(draft: Quick) -> None:
    with pytest.raises(NotFound):
        service.withdraw(draft.id, draft.first, by=HOST)
    receive(draft)
    do_jobs()
    with pytest.raises(NotFound):
        service.withdraw(draft.id, draft.first, by=HOST)


def test_a_bar_never_goes_back() -> None:
    steps = [("waiting", 0, 0), ("opening", 0, 0)]
    steps += [(str(step), page, 3) for step in list(Step)[1:] for page in (0, 1, 2, 3)]
    shown = [rules.percent(*each) for each in steps]
    assert shown == sorted(shown)
    assert (shown[0], shown[-1] > 80, shown[-1] < 100) == (0, True, True)
