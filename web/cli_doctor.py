"""`yunqian doctor`: whether this installation is fit for a ceremony, line by line, with what to do about it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import click

from core import config
from core.config import ConfigError, Settings
from core.i18n import t
from web.doctor import machine, meetings, proof, signers, wallets
from web.doctor.finding import Finding, State, fail

Check = Callable[[Settings], Iterator[Finding]]
_MARKS = {State.OK: "✔", State.WARN: "!", State.FAIL: "✘"}
_MACHINE: tuple[Check, ...] = (
    proof.check_settings,
    machine.check_disk,
    machine.check_clock,
    machine.check_database,
    machine.check_fonts,
    machine.check_mail,
    machine.check_children,
    machine.check_second_reader,
    proof.check_keys,
    signers.check_signers,
    wallets.check_wallets,
    meetings.check_meetings,
)
# Only where the keys open.
_PROOF: tuple[Check, ...] = (proof.check_certificates, proof.check_timestamps, proof.check_signature)


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for programs.")
def doctor(as_json: bool) -> None:
    """Look at keys, certificates, timestamps, fonts, mail, disk, clock, database, wallets; sign and verify a test file.

    Exits with 0 where nothing fails (warnings are allowed), 1 where something does, 2 for wrong settings.
    """
    found: list[Finding] = []
    wrong: tuple[str, ...] = ()
    try:
        findings = examine(config.settings())
    except ConfigError as error:
        wrong = tuple(error.problems)
        findings = iter([fail("settings", "settings-wrong", problem=_plain(each)) for each in wrong])
    for finding in findings:
        found.append(finding)
        if not as_json:
            _say(finding)
    worst = next((state for state in (State.FAIL, State.WARN) if any(each.state is state for each in found)), State.OK)
    if as_json:
        click.echo(json.dumps({"state": worst, "checks": [each.to_json() for each in found]}, ensure_ascii=False))
    else:
        counts = {str(state): sum(each.state is state for each in found) for state in State}
        click.echo(t("doctor-sum", **counts))
    sys.exit(2 if wrong else 1 if worst is State.FAIL else 0)


def _plain(problem: str) -> str:
    return problem.replace(": Value error, ", ": ")


def examine(settings: Settings) -> Iterator[Finding]:
    """Everything, one finding after the other as it is known."""
    can_sign = True
    for check in _MACHINE:
        for finding in check(settings):
            can_sign = can_sign and not (finding.check == "keys" and finding.state is State.FAIL)
            yield finding
    if can_sign:
        for check in _PROOF:
            yield from check(settings)


def _say(finding: Finding) -> None:
    click.echo(f"{_MARKS[finding.state]} {finding.words}")
    if finding.todo:
        click.echo(f"    → {finding.todo}")
