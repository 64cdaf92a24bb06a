"""Background work of notices: tell everybody whom a publication concerns."""

from __future__ import annotations

from typing import Any

from core import jobs
from core.claims import Claim
from events.conferences import notice_service
from events.notices import sending


@jobs.handles(notice_service.JOB)
def run(claim: Claim, payload: dict[str, Any]) -> None:
    """Tell of one version, once each, however often this is begun anew."""
    after = sending.send(claim, payload["conference"], payload["version"])
    while after is not None:
        after = sending.send(claim, payload["conference"], payload["version"], after)
