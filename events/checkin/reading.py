"""What a code at a door says, before anybody is looked up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from core.errors import Refusal
from events.badges import queries as badge_queries
from events.badges import service as badges
from events.checkin.rules import CodeState, ScanKind
from events.checkin.scan_rules import NewScan
from events.registration import service as registrations


@dataclass(frozen=True)
class Read:
    """What was read: a registration by id, or by the short code that is printed under the picture."""

    state: CodeState
    registration_id: str = ""
    short_code: str = ""
    print_number: int | None = None


_REFUSED = {"badge_forged": CodeState.FORGED, "badge_other_conference": CodeState.OTHER_CONFERENCE}


def read(scans: Collection[NewScan], *, conference_id: str) -> dict[str, Read]:
    """What the scans say, by nonce; a badge counts only with a signature of ours."""
    return {each.nonce: _read(each, conference_id) for each in scans}


def _read(scan: NewScan, conference_id: str) -> Read:
    if scan.kind is ScanKind.BADGE:
        try:
            found = badges.check(scan.code, conference_id=conference_id)
        except Refusal as refusal:
            return Read(_REFUSED.get(refusal.code, CodeState.UNKNOWN))
        return Read(CodeState.GOOD, found.registration_id, print_number=found.number)
    if scan.kind is ScanKind.CODE:
        return Read(CodeState.GOOD, short_code=registrations.clean_code(scan.code))
    return Read(CodeState.GOOD, scan.registration_id)


def newest_prints(found: Collection[Read]) -> dict[str, int]:
    """The number of the newest print of each badge that was scanned; without a question where none was."""
    wanted = {each.registration_id for each in found if each.print_number is not None}
    return badge_queries.newest_prints(wanted) if wanted else {}
