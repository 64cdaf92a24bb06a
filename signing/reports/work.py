"""Background work of reports: print one, remove one."""

from __future__ import annotations

from typing import Any

from core import jobs
from core.claims import Claim
from signing.reports import service


@jobs.handles(service.PRINT)
def print_report(claim: Claim, payload: dict[str, Any]) -> None:
    service.make(claim, payload["report"])


@jobs.handles(service.REMOVE)
def remove_report(claim: Claim, payload: dict[str, Any]) -> None:
    service.remove(claim, payload["report"])
