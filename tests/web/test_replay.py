"""`yunqian replay` against real servers: what it prints, what it writes, when it fails."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from core import paths
from tests.support.ceremony import small
from tests.support.databases import KINDS, POSTGRESQL, SQLITE, Databases
from tests.support.forks import ForkedProcesses, Forks
from tests.support.server import Server, steady_port
from web.cli_demo import replay_command
from web.replay.host import Host

EXAMPLE = paths.examples() / "shuangliu-signing.json"
# The whole case on the embedded database, its first two agreements on the other.
AGREEMENTS = {SQLITE: ("park", "xianyu", "taobao_live", "jimi", "qidi"), POSTGRESQL: ("park", "xianyu")}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=KINDS)
def server(
    request: pytest.FixtureRequest, databases: Databases, forks: Forks, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """One demo server on each kind of database for all tests here."""
    folder = tmp_path_factory.mktemp("server")
    processes = ForkedProcesses(folder, forks)
    made = Server(processes, folder / "data", databases.empty(request.param), steady_port())
    made.start_all()
    yield made
    processes.end_all()


def run(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command of the product as a stranger in an empty folder calls it, with English texts."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("YUNQIAN_")}
    return subprocess.run(
        [sys.executable, "-m", "web.cli", *map(str, words)],
        cwd=cwd,
        env={**env, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def ceremonies(server: Server) -> int:
    with server.database() as engine, engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM ceremony")).scalar_one())


@dataclass(frozen=True)
class Played:
    """What a replay of so many agreements printed, and the folder that it wrote."""

    seen: subprocess.CompletedProcess[str]
    out: Path
    agreements: tuple[str, ...]

    @property
    def documents(self) -> list[Path]:
        return [self.out / f"{number:02}-{key}.pdf" for number, key in enumerate(self.agreements, 1)]

    @property
    def signatures(self) -> int:
        return 2 * len(self.agreements)


@pytest.fixture(scope="module")
def played(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("out")
    agreements = AGREEMENTS[SQLITE if server.database_url.startswith(SQLITE) else POSTGRESQL]
    case = EXAMPLE
    if len(agreements) == len(small()["agreements"]):
        case = folder / "small.json"
        case.write_text(json.dumps(small()), encoding="utf-8")
    seen = run("replay", case, "--out", folder / "files", "--server", server.url, cwd=folder)
    return Played(seen, folder / "files", agreements)


class TestPlayed:
    """The model case, played once on each kind of database."""

    def test_it_ends_well(self, played: Played) -> None:
        seen = played.seen
        assert seen.returncode == 0, seen.stdout + seen.stderr
        assert seen.stdout.count("TOTAL-PASSED") == len(played.agreements) + 2  # the kit and the last line
        assert f"{played.signatures} signatures" in seen.stdout

    def test_it_writes_the_files(self, played: Played) -> None:
        written = {path.name for path in played.out.iterdir()}
        assert written == {"kit.zip", "anchors.pem", *(path.name for path in played.documents)}

    def test_the_timeline_shows_local_times(self, played: Played) -> None:
        signed = re.findall(r"(\d\d):(\d\d):(\d\d) \(([A-Za-z_/]+)\)", played.seen.stdout)
        assert len(signed) == played.signatures
        clocks = [(int(hour) * 3600 + int(minute) * 60 + int(second), zone) for hour, minute, second, zone in signed]
        assert {zone for _, zone in clocks} == {"Asia/Shanghai", "America/Los_Angeles"}
        now = datetime.now(ZoneInfo("UTC"))
        for seconds, zone in clocks:
            local = now.astimezone(ZoneInfo(zone))
            here = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second).total_seconds()
            assert (here - seconds) % 86400 < 600, f"{zone} is not the clock of that place"

    def test_the_report_can_say_who_was_there(self, server: Server, played: Played) -> None:
        assert played.seen.returncode == 0
        there = "SELECT count(DISTINCT seat_id) FROM stay WHERE is_proved AND has_left"
        with server.database() as engine, engine.connect() as connection:
            found = int(connection.execute(text(there)).scalar_one())
        assert found >= len(played.agreements) + 1  # the main investor, and one partner more for each agreement

    def test_strangers_find_the_files_genuine(self, played: Played) -> None:
        files = [*played.documents, played.out / "kit.zip"]
        seen = run("verify", *files, "--trust", played.out / "anchors.pem", "--json", cwd=played.out.parent)
        verdicts = [json.loads(line)["verdict"] for line in seen.stdout.splitlines()]
        assert (seen.returncode, verdicts) == (0, ["TOTAL-PASSED"] * len(files))

    def test_without_anchors_nobody_can_tell(self, played: Played) -> None:
        assert run("verify", *played.documents, cwd=played.out.parent).returncode == 2


def test_all_problems_of_a_bad_file_are_listed(server: Server, tmp_path: Path) -> None:
    plan = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    plan["parties"][1]["key"] = plan["parties"][0]["key"]
    plan["parties"][2]["timezone"] = "Asia/Nowhere"
    plan["agreements"][0]["amount"] = "much"
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(plan), encoding="utf-8")
    before = ceremonies(server)
    seen = run("replay", bad, "--out", tmp_path / "out", "--server", server.url, cwd=tmp_path)
    assert seen.returncode == 1
    for path in ("$.parties[1].key", "$.parties[2].timezone", "$.agreements[0].amount"):
        assert path in seen.stderr
    assert ceremonies(server) == before
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("server", [SQLITE], indirect=True)
def test_a_changed_byte_fails_the_replay(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch = Host.download

    def change_one_byte(self: Host, path: str) -> bytes:
        content = fetch(self, path)
        if not path.endswith("final.pdf"):
            return content
        middle = content.index(b"/MediaBox")
        return content[:middle] + b"/MediaBos" + content[middle + 9 :]

    monkeypatch.setattr(Host, "download", change_one_byte)
    case = tmp_path / "small.json"
    case.write_text(json.dumps(small()), encoding="utf-8")
    seen = CliRunner().invoke(replay_command, [str(case), "--out", str(tmp_path / "out"), "--server", server.url])
    assert seen.exit_code == 1, seen.output
    assert (seen.output.count("TOTAL-FAILED"), seen.output.count("kit.zip  TOTAL-PASSED")) == (2, 1)


def test_a_server_that_is_no_demonstration(
    databases: Databases, processes: ForkedProcesses, data_dir: Path, tmp_path: Path
) -> None:
    server = Server(processes, data_dir, databases.empty(SQLITE), steady_port(), env={"YUNQIAN_DEMO": "0"})
    server.start_all()
    seen = run("replay", EXAMPLE, "--out", tmp_path / "out", "--server", server.url, cwd=tmp_path)
    assert seen.returncode == 1
    assert "no demonstration" in seen.stderr
    assert "YUNQIAN_DEMO=1" in seen.stderr
