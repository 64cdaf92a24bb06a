"""Background work on ceremonies: inviting when the last agreement is printed, ending after the last one ended."""

from __future__ import annotations

from typing import Any

from core import claims, jobs
from core.claims import Claim
from core.db import transaction
from signing.agreements import service as agreements
from signing.ceremonies import inviting, service


@jobs.handles(agreements.FROZEN)
def after_frozen(claim: Claim, payload: dict[str, Any]) -> None:
    """One more agreement is frozen."""
    inviting.invite_when_printed(payload["ceremony"])
    with transaction():
        claims.finish(claim)


@jobs.handles(agreements.ENDED)
def after_ended(claim: Claim, payload: dict[str, Any]) -> None:
    """One more agreement has come to its end, signed or not."""
    service.after_agreement_ended(payload["ceremony"], payload["agreement"], claim=claim)
