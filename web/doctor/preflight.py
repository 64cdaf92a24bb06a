"""The server looks at itself for a host's pre-flight: the checks of `yunqian doctor` that a ceremony stands on."""

from __future__ import annotations

from typing import Any

from core import claims, config, jobs
from core.claims import Claim
from core.db import db, transaction
from signing.preflight import service
from web.cli_doctor import examine

_ABOUT_A_CEREMONY = frozenset(
    {"certificates", "timestamps", "mail", "fonts", "clock", "disk", "signature", "database", "keys", "work"}
)


@jobs.handles(service.LOOK)
def look(claim: Claim, _payload: dict[str, Any]) -> None:
    """Ask timestamp authorities and the mail server, sign and verify a page; slow, and so never in a request."""
    db.session.rollback()  # no snapshot is held while others are asked
    found = [
        {"state": str(each.state), "code": each.code, "facts": dict(each.facts)}
        for each in examine(config.settings())
        if each.check in _ABOUT_A_CEREMONY
    ]
    service.keep_server(found)
    with transaction():
        claims.finish(claim)
