"""`yunqian work …`: what failed in the background of the whole installation, and trying it again."""

from __future__ import annotations

import json

import click

from core import audit, claims, clock, jobs, outbox
from core.audit import Subject
from core.claims import Trouble
from core.db import transaction
from core.errors import Conflict
from core.jobs import Job
from core.outbox import MessageTrouble, OutboxMessage
from web.cli_accounts import opened


@click.group()
def work() -> None:
    """Background work: papers, seals, kits, mails."""


@work.command("list")
def list_work() -> None:
    """One JSON object a line for each job and mail that was given up, or that fails again and again."""
    with opened():
        for each in _list():
            click.echo(json.dumps(_shown(each), ensure_ascii=False))


@work.command("again")
@click.argument("ids", nargs=-1, required=True)
def try_again(ids: tuple[str, ...]) -> None:
    """Have these (ids as `list` prints them) tried again at once by the running worker."""
    with opened():
        for row_id in ids:
            _try_again(row_id)
            click.echo(row_id)


def _list() -> list[Trouble]:
    found: list[Trouble] = [*jobs.list_given_up(), *outbox.list_given_up()]
    found += [*jobs.list_still_trying(), *outbox.list_still_trying()]
    return found


def _shown(trouble: Trouble) -> dict[str, object]:
    return {
        "id": trouble.id,
        "kind": trouble.kind,
        "of": trouble.chain,
        "since": clock.iso(trouble.since),
        "tries": trouble.tries,
        "next_at": clock.iso(trouble.next_at) if trouble.next_at else None,
        "reason": trouble.reason,
        "last_error": trouble.last_error,
    }


def _try_again(row_id: str) -> None:
    with transaction():
        found = next((each for each in _list() if each.id == row_id), None)
        if found is None:
            raise Conflict("trouble_over")
        is_mail = isinstance(found, MessageTrouble)
        subject = Subject("message" if is_mail else "job", row_id)
        audit.record(found.chain, "work.tried_again", actor=audit.SYSTEM, subject=subject, kind=found.kind)
        if not claims.revive(OutboxMessage if is_mail else Job, row_id):
            raise Conflict("trouble_over")
