"""The command `yunqian`. Each command lives in a module of its own, imported only when it is called.

So `yunqian verify`, which strangers run offline, loads neither Flask nor a database driver.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from core import i18n
from core.config import ConfigError
from core.errors import Invalid, Refusal

# Name on the command line → "module:attribute". A feature adds its line here.
COMMANDS = {
    "accounts": "web.cli_accounts:accounts",
    "ceremony": "web.cli_ceremony:ceremony",
    "doctor": "web.cli_doctor:doctor",
    "demo": "web.cli_demo:demo_command",
    "pki": "web.cli_pki:pki",
    "replay": "web.cli_demo:replay_command",
    "migrate": "web.cli_server:migrate_command",
    "serve": "web.cli_server:serve_command",
    "stream": "web.cli_server:stream_command",
    "trail": "web.cli_trail:trail",
    "verify": "web.cli_verify:verify",
    "work": "web.cli_work:work",
    "worker": "web.cli_server:worker_command",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, attribute = target.partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{target} is no command")
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="yunqian")
def yunqian() -> None:
    """Yunqian (云签): live remote signing, with proof that a stranger can check."""
    i18n.set_locale(terminal_locale())


def terminal_locale() -> str:
    """The language of the terminal: Chinese where its locale says so, else English."""
    asked = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "zh-CN" if asked.lower().startswith("zh") else "en"


def refusal_lines(refusal: Refusal) -> list[str]:
    """A refusal as lines for a terminal: what is wrong, each problem, what to do."""
    lines = [i18n.t(refusal.message_id, **refusal.params)]
    if isinstance(refusal, Invalid):
        lines += [f"  {problem.path}: {i18n.t(problem.message_id, **problem.params)}" for problem in refusal.problems]
    return [*lines, i18n.t(refusal.next_id, **refusal.params)]


def main() -> None:
    """Entry point: wrong settings exit with 2, a refusal with 1, each with a sentence that says what to do."""
    try:
        yunqian()
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except Refusal as refusal:
        click.echo("\n".join(refusal_lines(refusal)), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
