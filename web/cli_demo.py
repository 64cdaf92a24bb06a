"""`yunqian replay` and `yunqian demo`: the model case, played by programs or by people."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from core import paths
from core.i18n import pick, t
from web import own_server
from web.own_server import ServerFailed
from web.replay.client import Browser, Refused, ReplayFailed
from web.replay.host import Host
from web.replay.play import Outcome, Play

PORT = 8600
MODEL_CASE = "shuangliu-signing.json"
_PACE_TO_WATCH, _PACE = 3.0, 1.0


@click.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where the files go.")
@click.option("--server", default="", help="A server that runs as a demo; without it one is started for the play.")
@click.option("--pace", default=0.0, type=click.FloatRange(0, 60), help="Seconds that each signer takes to draw.")
@click.option(
    "--patience", default=60.0, type=click.FloatRange(1, 600), help="Seconds to wait for a server that is away."
)
def replay_command(file: Path, out: Path, server: str, pace: float, patience: float) -> None:
    """Play the ceremony in FILE with one program per signer; exits 0 only if every file is TOTAL-PASSED."""
    _end_cleanly_on_sigterm(128 + signal.SIGTERM)
    content = file.read_bytes()
    try:
        with _server(server) as url:
            outcome = Play(url, out=out, say=click.echo, pace=pace, patience=patience).run(content)
    except (ReplayFailed, Refused, ServerFailed) as error:
        _say_why(error)
        sys.exit(1)
    sys.exit(0 if _tell(outcome, out) else 1)


@contextmanager
def _server(given: str) -> Iterator[str]:
    """The address of the given server, or of one that lives as long as the block, on data that nobody keeps."""
    if given:
        yield given
        return
    click.echo(t("replay-starting"))
    with (
        tempfile.TemporaryDirectory(prefix="yunqian-replay-") as folder,
        own_server.running(Path(folder), port=own_server.free_port()) as own,
    ):
        yield own.url


def _end_cleanly_on_sigterm(code: int) -> None:
    """So that the server that we started ends with us."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(code))


def _tell(outcome: Outcome, out: Path) -> bool:
    seconds = [act.seconds for act in outcome.acts] or [0.0]
    click.echo(
        t(
            "replay-summary",
            signatures=len(outcome.acts),
            average=f"{sum(seconds) / len(seconds):.2f}",
            longest=f"{max(seconds):.2f}",
            seconds=f"{outcome.seconds:.1f}",
        )
    )
    click.echo(t("replay-good" if outcome.is_good else "replay-bad", out=str(out)))
    return outcome.is_good


@click.command("demo")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--address",
    default=own_server.LOOPBACK,
    show_default=True,
    help="IPv4 address of this machine in your network: phones reach the demonstration there, and so does everybody.",
)
@click.option("--data", default="var/demo", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--out", default="var/demo-out", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--play/--no-play", default=None, help="Play at once, or never; otherwise Enter starts the play.")
@click.option(
    "--pace",
    type=click.FloatRange(0, 60),
    help="Seconds that the first signer takes to draw; the others a little more.  [default: 3 in a terminal, else 1]",
)
@click.option("--exit", "leave", is_flag=True, help="End after the play instead of serving on.")
def demo_command(
    port: int, address: str, data: Path, out: Path, play: bool | None, pace: float | None, leave: bool
) -> None:
    """Start the demonstration, prepare the model case, print its links, and play it."""
    _end_cleanly_on_sigterm(0)
    click.echo(t("demo-cli-starting"))
    try:
        with own_server.running(data.absolute(), port=port, address=address) as server:
            ceremony_id = _prepare(server.url)
            if address != own_server.LOOPBACK:
                click.echo(t("demo-cli-network") + "\n")
            if pace is None:
                pace = _PACE_TO_WATCH if sys.stdin.isatty() else _PACE
            good = _play(server.url, ceremony_id, out, pace) if _is_wanted(play) else True
            if leave:
                sys.exit(0 if good else 1)
            click.echo(t("demo-cli-running"))
            while True:
                signal.pause()
    except KeyboardInterrupt:
        click.echo("")
        sys.exit(0)
    except (ReplayFailed, Refused, ServerFailed) as error:
        _say_why(error)
        sys.exit(1)


def _is_wanted(play: bool | None) -> bool:
    """As asked for on the command line; else after Enter in a terminal, and at once where there is none."""
    if play is None and sys.stdin.isatty():
        click.echo(t("demo-cli-press"))
        sys.stdin.readline()
    return play is not False


def _play(url: str, ceremony_id: str, out: Path, pace: float) -> bool:
    return _tell(Play(url, out=out, say=click.echo, pace=pace).run_existing(ceremony_id), out)


def _say_why(error: Exception) -> None:
    lines = error.lines() if isinstance(error, Refused) else [str(error)]
    click.echo(t("replay-failed", why="\n".join(lines)), err=True)


def _prepare(url: str) -> str:
    """The model case with its invitations out, and every link of it; one that nobody has opened yet is used again."""
    host = Host(Browser(url, patience=30), say=click.echo)
    host.sign_in()
    if host.find_unopened() is None:
        host.import_file((paths.examples() / MODEL_CASE).read_bytes())
        host.invite()
    state = host.state()
    click.echo("\n" + t("demo-cli-ready"))
    rows = [
        (t("demo-cli-start"), f"{url}/demo"),
        (t("demo-cli-host"), f"{url}/ceremonies/{host.ceremony_id}"),
        (t("demo-cli-stage"), host.stage_link()),
        *((pick(party["organisation"]), host.personal_link(party["seat"]["email"])) for party in state["parties"]),
        (t("demo-cli-mailbox"), f"{url}/demo/mailbox"),
        (t("demo-cli-verify"), f"{url}/verify"),
    ]
    for label, link in rows:
        click.echo(f"  {label}\n    {link}")
    click.echo("")
    return host.ceremony_id
