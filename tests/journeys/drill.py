"""Replays against a server that is killed on the way, and what must hold afterwards."""

from __future__ import annotations

import hashlib
import json
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from core import audit, paths
from tests.support import ceremony
from tests.support.server import Server
from tests.support.waiting import wait_until
from web.replay.play import Outcome, Play
from web.replay.signer import Act


@dataclass(frozen=True)
class Case:
    """What is played: a ceremony file, and how many people, agreements and signatures it comes to."""

    content: bytes
    people: int
    agreements: int
    signatures: int

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """What the trail counts on the way, and how far.

        A moment is drawn from each part in turn, so that every replay is hit while it is imported, while it prints,
        while people enter, while they sign and while the evidence is made.
        """
        return (
            ("seal.placed", self.signatures),
            ("agreement.frozen", self.agreements),
            ("certificate.issued", self.people),
            ("agreement.signed", self.signatures),
            ("evidence.made", self.agreements - 1),  # the last one is the end
        )


WHOLE = Case((paths.examples() / ceremony.EXAMPLE).read_bytes(), people=6, agreements=5, signatures=10)
# For what happens at one signature, whichever it is, or at one kind of process or database.
SMALL = Case(json.dumps(ceremony.small()).encode(), people=3, agreements=2, signatures=4)
LONGEST_DELAY = 0.6  # seconds from the drawn entry to the kill
SHARE_OF_DOUBLE_KILLS = 0.2  # how many of the kills hit the server while it starts after another one
PATIENCE = 120.0
_UNFINISHED = "SELECT count(*) FROM {} WHERE done_at IS NULL AND dead_at IS NULL"


@dataclass(frozen=True)
class Moment:
    """When to kill: so many seconds after the trail has so many entries of this action; once more this long after the
    new start."""

    action: str
    entries: int
    delay: float
    again: float | None


def moments(rng: random.Random, count: int, case: Case) -> list[Moment]:
    """`count` moments spread over one replay; some are followed by another kill while the server starts again."""
    parts = case.parts
    drawn = sorted((part, rng.randint(1, parts[part][1])) for part in (n % len(parts) for n in range(count)))
    return [
        Moment(
            parts[part][0],
            entries,
            delay=rng.uniform(0, LONGEST_DELAY),
            again=rng.uniform(0, 0.5) if rng.random() < SHARE_OF_DOUBLE_KILLS else None,
        )
        for part, entries in drawn
    ]


@dataclass(frozen=True)
class Replayed:
    """One replay: what its client was told, and at how many moments the server was killed under it."""

    case: Case
    acts: tuple[Act, ...]
    out: Path
    kills: int
    ceremony_id: str


def replay(server: Server, out: Path, case: Case, *, at: Sequence[Moment], say: Callable[[str], None]) -> Replayed:
    """Play a case while the server is killed; asserts that the play ends as it must.

    Moments that come after its end count as no kills.
    """
    play = Play(server.url, out=out, say=say, patience=PATIENCE)
    kills = 0
    with server.database() as engine, ThreadPoolExecutor(1) as pool:
        before = _entries(engine)
        playing = pool.submit(play.run, case.content)
        for moment in at:
            _wait_for(engine, moment, before, playing)
            kills += _kill(server, moment, playing, say)
        outcome: Outcome = playing.result(timeout=300)
    assert outcome.is_good, [verdict.to_json() for verdict in outcome.verdicts]
    return Replayed(case, outcome.acts, out, kills, outcome.ceremony_id)


class HeldPlay(Play):
    """A play that stops in the very moment after a client was told of its n-th signature, until it is let go."""

    def __init__(self, server: str, *, out: Path, say: Callable[[str], None], acknowledged: int) -> None:
        super().__init__(server, out=out, say=say, patience=PATIENCE)
        self.reached, self.go_on = threading.Event(), threading.Event()
        self._left = acknowledged
        self._counting = threading.Lock()

    def _say_act(self, act: Act) -> None:
        with self._counting:
            self._left -= 1
            if self._left == 0:
                self.reached.set()
                self.go_on.wait(60)
        super()._say_act(act)


def replay_killed_after(server: Server, out: Path, *, acknowledged: int, say: Callable[[str], None]) -> Replayed:
    """Play the small case with one kill, right behind an acknowledgement. Raises what the play raises."""
    play = HeldPlay(server.url, out=out, say=say, acknowledged=acknowledged)
    with ThreadPoolExecutor(1) as pool:
        playing = pool.submit(play.run, SMALL.content)
        wait_until(lambda: play.reached.is_set() or playing.done(), 120)
        # Here and not in the play's thread: the kernel ties a process to the thread that started it.
        server.kill()
        server.restart()
        play.go_on.set()
        outcome = playing.result(timeout=300)
    assert outcome.is_good
    return Replayed(SMALL, outcome.acts, out, 1, outcome.ceremony_id)


def _entries(engine: Engine) -> Counter[str]:
    """How many entries of each action all trails have."""
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT action, count(*) AS n FROM audit_entry GROUP BY action"))
        return Counter({row.action: row.n for row in rows})


def _wait_for(engine: Engine, moment: Moment, before: Counter[str], playing: Future[Outcome]) -> None:
    def has_come() -> bool:
        return playing.done() or _entries(engine)[moment.action] - before[moment.action] >= moment.entries

    wait_until(has_come, 180, what=f"{moment.entries} times {moment.action} in the trail")


def _kill(server: Server, moment: Moment, playing: Future[Outcome], say: Callable[[str], None]) -> int:
    """Kill at that moment and wait until the server is back; 1, or 0 where the play was over before."""
    wait([playing], timeout=moment.delay)  # a moment is a moment: nothing is waited for but the clock
    if playing.done():
        return 0
    say(f"    killed at {moment}")
    server.kill()
    server.restart()
    if moment.again is not None:
        wait([playing], timeout=moment.again)
        server.kill()
        server.restart()
    server.wait_ready()
    return 1


def check_everything(server: Server, replays: Sequence[Replayed]) -> None:
    """That nothing acknowledged is lost, nothing is doubled, and no work is left over. Raises AssertionError."""
    with server.database() as engine:
        wait_until(lambda: not _unfinished(engine), 60, what="the end of all jobs and messages")
        for replayed in replays:
            trail = _trail(engine, replayed.ceremony_id)
            check_acknowledged(replayed, trail)
            _check_actions(trail, replayed.case.agreements)
        _check_chains(engine)
        _check_work(engine)
        _check_states(engine)
    _check_files(server.data_dir)


def check_acknowledged(replayed: Replayed, trail: Sequence[dict[str, Any]]) -> None:
    """Each signature that a client was told of is one entry of the trail and one revision of the final file."""
    acts = replayed.acts
    signed = [entry for entry in trail if entry["action"] == "agreement.signed"]
    kept = Counter((entry["subject"]["id"], entry["actor"]["id"], entry["data"]["after"]) for entry in signed)
    told = Counter((act.agreement, act.seat_id, act.digest) for act in acts)
    assert told == kept, f"acknowledged and lost: {told - kept}; kept and doubled or never acknowledged: {kept - told}"
    assert len(signed) == replayed.case.signatures
    files = sorted(replayed.out.glob("0*.pdf"))
    revisions = {digest for path in files for digest in _revisions(path.read_bytes())}
    assert {act.digest for act in acts} <= revisions, "a signature is in no final file"


def _revisions(pdf: bytes) -> list[str]:
    """The digest of the file as each of its signatures left it."""
    found = re.findall(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", pdf)
    return [hashlib.sha256(pdf[: int(second) + int(length)]).hexdigest() for _, second, length in found]


def _trail(engine: Engine, chain: str) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        query = text("SELECT line FROM audit_entry WHERE chain = :chain ORDER BY seq")
        return [json.loads(line) for line in connection.execute(query, {"chain": chain}).scalars()]


def _check_actions(trail: Sequence[dict[str, Any]], agreements: int) -> None:
    count = Counter(entry["action"] for entry in trail)
    for action in ("imported", "printing", "invited", "completed"):
        assert count[f"ceremony.{action}"] == 1, count
    assert count["evidence.made"] == agreements, count
    for action in ("frozen", "opened", "completed", "sealed"):
        assert count[f"agreement.{action}"] == agreements, count
    once = [entry["subject"]["id"] for entry in trail if entry["action"] == "message.sent"]
    assert len(once) == len(set(once)), "a message was written down as sent twice"


def _check_chains(engine: Engine) -> None:
    """Recompute every chain, and see that the head that is kept is its last entry."""
    with engine.connect() as connection:
        heads = {row.chain: (row.seq, row.digest) for row in connection.execute(text("SELECT * FROM audit_head"))}
    for chain, (length, digest) in heads.items():
        before, trail = audit.NO_ENTRY, _trail(engine, chain)
        for number, entry in enumerate(trail, start=1):
            assert (entry["seq"], entry["prev"]) == (number, before), chain
            assert audit.digest_of(entry) == entry["digest"], chain
            before = entry["digest"]
        assert (length, digest) == (len(trail), before), chain


def _unfinished(engine: Engine) -> int:
    with engine.connect() as connection:
        return sum(
            int(connection.execute(text(_UNFINISHED.format(table))).scalar_one()) for table in ("job", "outbox_message")
        )


def _check_work(engine: Engine) -> None:
    """No job or message is dead or unfinished; each mail was kept once, and nothing that was not asked for."""
    with engine.connect() as connection:
        for table in ("job", "outbox_message"):
            row = connection.execute(
                text(f"SELECT count(*) AS n, count(done_at) AS done, count(dead_at) AS dead FROM {table}")
            ).one()
            assert row.n > 0, table
            assert (row.done, row.dead) == (row.n, 0), f"{table}: {row}"
        asked = set(connection.execute(text("SELECT id FROM outbox_message")).scalars())
        kept = list(connection.execute(text("SELECT id FROM mailbox_message")).scalars())
        assert sorted(kept) == sorted(asked)
        left = connection.execute(text("SELECT payload FROM outbox_message")).scalars()
        assert all(payload in ({}, "{}") for payload in left), "a sent message still holds its link or code"


def _check_states(engine: Engine) -> None:
    """Everything that began has ended: no agreement between two states, no prepared signature that nobody finished."""
    with engine.connect() as connection:
        for table, state in (("agreement", "sealed"), ("ceremony", "completed"), ("agreement_signer", "signed")):
            found = Counter(connection.execute(text(f"SELECT state FROM {table}")).scalars())
            assert set(found) == {state}, f"{table}: {found}"
        open_ones = connection.execute(text("SELECT count(*) FROM signing WHERE finished_at IS NULL")).scalar_one()
        assert open_ones == 0
        signers = connection.execute(text("SELECT count(*) FROM agreement_signer")).scalar_one()
        assert connection.execute(text("SELECT count(*) FROM signing")).scalar_one() == signers


def _check_files(data_dir: Path) -> None:
    """Every kept file still is what its name says."""
    kept = [path for path in (data_dir / "files").rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert kept
    for path in kept:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
