"""What the other tests stand on does what it says: databases apart from each other, mail kept, processes ended."""

from __future__ import annotations

import os
import signal
import smtplib
import sys
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.support.databases import POSTGRESQL, Databases
from tests.support.forks import ForkedProcesses, Forks
from tests.support.order import long_first
from tests.support.postgres import Cluster
from tests.support.processes import Processes
from tests.support.smtp import MailServer
from tests.support.waiting import is_listening, wait_until


def tables_of(url: str) -> list[str]:
    where = (
        "sqlite_master WHERE type = 'table'" if url.startswith("sqlite") else "pg_tables WHERE schemaname = 'public'"
    )
    column = "name" if url.startswith("sqlite") else "tablename"
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return sorted(connection.execute(text(f"SELECT {column} FROM {where}")).scalars())


def fill(url: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE seat (name TEXT)"))
        connection.execute(text("INSERT INTO seat VALUES ('甲')"))


def test_every_test_gets_an_empty_database(database_url: str) -> None:
    assert tables_of(database_url) == []
    fill(database_url)
    assert tables_of(database_url) == ["seat"]


def test_a_copy_holds_what_was_prepared_once(databases: Databases, database_kind: str) -> None:
    prepared: list[str] = []

    def prepare(url: str) -> None:
        prepared.append(url)
        fill(url)

    name = f"one seat, {database_kind}"
    first, second = (databases.copy_of(database_kind, name, prepare) for _ in range(2))
    engine = create_engine(first, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM seat"))
    with create_engine(second, poolclass=NullPool).connect() as connection:
        assert connection.execute(text("SELECT name FROM seat")).scalars().all() == ["甲"]
    assert len(prepared) == 1
    assert len({first, second, prepared[0]}) == 3


def test_a_database_goes_although_somebody_is_connected(databases: Databases) -> None:
    url = databases.empty(POSTGRESQL)
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        databases.drop(url)
        with pytest.raises(Exception, match=r"terminat|closed"):
            connection.execute(text("SELECT 1"))


def test_a_stopped_cluster_leaves_no_process_and_no_file() -> None:
    cluster = Cluster()
    home, pid = cluster._home, cluster._server.pid
    assert is_listening(cluster.port)
    cluster.stop()
    assert not is_listening(cluster.port)
    assert not home.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_a_cluster_ends_when_the_tests_are_killed(processes: Processes) -> None:
    script = (
        "import signal; from tests.support.postgres import Cluster; c = Cluster();"
        "print('server', c._server.pid, c._home, flush=True); signal.pause()"
    )
    root = Path(__file__).resolve().parents[1]
    tests = processes.start([sys.executable, "-c", script], cwd=root)
    tests.wait_for_output("server ")
    _, pid, home = tests.output().split()
    os.kill(tests.pid, signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), 20, what="end of the server")
    for part in sorted(Path(home).rglob("*"), reverse=True):
        part.rmdir() if part.is_dir() and not part.is_symlink() else part.unlink()
    Path(home).rmdir()


def connect(server: MailServer) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", server.port, timeout=5)


def letter(to: str, subject: str = "邀请") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "云签 <no-reply@yunqian.test>", to, subject
    message.set_content("请点击链接。\n")
    message.add_alternative("<p>请点击链接。</p>", subtype="html")
    message.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="invitation.ics")
    return message


def test_mail_is_kept_as_it_was_sent(smtp: MailServer) -> None:
    with connect(smtp) as client:
        client.send_message(letter("a@example.test"))
    [mail] = smtp.wait_for(to="a@example.test", subject="邀请")
    assert mail.text == "请点击链接。\n"
    assert "<p>" in mail.html
    assert mail.attachments == {"invitation.ics": b"BEGIN:VCALENDAR"}
    assert mail.recipients == ("a@example.test",)


def test_mail_is_refused_as_told_and_then_taken(smtp: MailServer) -> None:
    smtp.answer_next("451 4.3.0 try again later", "hang up")
    with connect(smtp) as client, pytest.raises(smtplib.SMTPDataError, match="451"):
        client.send_message(letter("a@example.test"))
    with pytest.raises(smtplib.SMTPServerDisconnected), connect(smtp) as client:
        client.send_message(letter("a@example.test"))
    smtp.refuse_recipient("gone@example.test")
    with connect(smtp) as client:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.send_message(letter("gone@example.test"))
        client.send_message(letter("a@example.test"))
    assert len(smtp.mails) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_mail_wants_the_right_login_where_one_is_set() -> None:
    with MailServer(login=("sender", "secret")) as server:
        with connect(server) as client, pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("sender", "wrong")
        with connect(server) as client, pytest.raises(smtplib.SMTPException):
            client.send_message(letter("a@example.test"))
        with connect(server) as client:
            client.login("sender", "secret")
            client.send_message(letter("a@example.test"))
        assert len(server.mails) == 1


def test_mail_that_does_not_come_is_said_with_what_came(smtp: MailServer) -> None:
    with connect(smtp) as client:
        client.send_message(letter("a@example.test"))
    with pytest.raises(AssertionError, match=r"b@example\.test.*a@example\.test"):
        smtp.wait_for(to="b@example.test", timeout=0.05)


def test_waiting_ends_with_the_last_answer(wait_until: Callable[..., object]) -> None:
    answers = iter([0, 0, 7])
    assert wait_until(lambda: next(answers)) == 7
    with pytest.raises(AssertionError, match="last answer: 0"):
        wait_until(lambda: 0, timeout=0.01)


def test_a_frozen_process_goes_on_when_thawed(processes: Processes) -> None:
    counter = processes.start([sys.executable, "-uc", "while input: print('x', flush=True)"])
    counter.wait_for_output("x")
    counter.freeze()
    state = Path(f"/proc/{counter.pid}/stat")
    wait_until(lambda: state.read_text().rsplit(")", 1)[1].split()[0] == "T")
    length = counter.log.stat().st_size
    counter.thaw()
    wait_until(lambda: counter.log.stat().st_size > length)
    assert counter.kill() == -signal.SIGKILL


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["timeit", "-n1", "-r1", "import os; print(os.getcwd(), os.environ['SEAT'])"], 0),
        (["timeit", "-n1", "-r1", "import os; os.kill(os.getpid(), 9)"], -signal.SIGKILL),
        (["timeit", "-n1", "-r1", "import sys; sys.exit('no such setting')"], 1),
        (["json.tool", "--no-such-option"], 2),
    ],
    ids=["its surroundings", "killed", "a word at the end", "wrong usage"],
)
def test_a_forked_process_answers_as_the_command_does(processes: ForkedProcesses, words: list[str], code: int) -> None:
    started = processes.start([sys.executable, "-m", *words], env={"SEAT": "甲"})
    forked = processes.fork(*words, env={"SEAT": "甲"})
    assert (forked.wait(), started.wait()) == (code, code)
    assert forked.output().splitlines()[:1] == started.output().splitlines()[:1]
    assert forked.output() or code < 0


def test_a_forked_process_is_frozen_thawed_and_killed_like_any_other(processes: ForkedProcesses) -> None:
    forked = processes.fork("http.server", "0", env={"PYTHONUNBUFFERED": "1"})
    other = processes.fork("http.server", "0")
    state = Path(f"/proc/{forked.pid}/stat")
    forked.freeze()
    wait_until(lambda: state.read_text().rsplit(")", 1)[1].split()[0] == "T")
    forked.thaw()
    assert forked.kill() == -signal.SIGKILL
    assert not state.exists()
    assert other.is_alive


def test_forked_processes_end_with_the_one_that_asked(tmp_path: Path) -> None:
    forks = Forks(bare=True)
    forked = forks.start("http.server", ["0"], env={}, cwd=tmp_path, log=tmp_path / "log")
    assert forked.is_alive
    forks.stop()
    wait_until(lambda: not Path(f"/proc/{forked.pid}").exists())


def test_a_process_that_ends_too_early_shows_what_it_said(processes: Processes) -> None:
    broken = processes.start([sys.executable, "-c", "import sys; sys.exit('no such setting')"])
    with pytest.raises(AssertionError, match="no such setting"):
        broken.wait_ready(lambda: False)


def test_a_process_that_will_not_end_is_said_and_killed(processes: Processes) -> None:
    deaf = processes.start(
        [sys.executable, "-uc", "import signal; signal.signal(15, signal.SIG_IGN); print('up'); signal.pause()"]
    )
    deaf.wait_for_output("up")
    with pytest.raises(AssertionError, match="did not end when asked"):
        deaf.stop(timeout=0.2)
    assert not deaf.is_alive


@pytest.mark.parametrize(
    ("long", "part"), [("pwx", "p"), ("cdefgh", "c"), ("", "a"), ("abcdefghijklmnopqrstuvwxyz", "a")]
)
def test_long_tests_begin_first_on_every_worker(long: str, part: str) -> None:
    items = "abcdefghijklmnopqrstuvwxyz"
    ordered = long_first(items, workers=2, is_long=lambda item: item in long, set_up_of=str)
    first, second = ordered[:13], ordered[13:]
    assert sorted(ordered) == sorted(items)
    assert first[0] == part
    share = [sum(item in long for item in half) for half in (first, second)]
    assert abs(share[0] - share[1]) <= 1
    for half, mine in zip((first, second), share, strict=True):
        assert all(item in long for item in half[:mine])


def test_long_tests_that_share_a_set_up_stay_with_one_worker() -> None:
    items, long, together = "abcdefghijklmnop", "aceghi", "aeg"
    ordered = long_first(items, workers=2, is_long=long.__contains__, set_up_of=lambda item: item in together or item)
    assert "".join(ordered[:3] + ordered[8:11]) == "aegchi"
