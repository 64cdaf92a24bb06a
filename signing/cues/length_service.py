"""Use case: how long cues are planned to take is changed all at once, as after a rehearsal."""

from __future__ import annotations

from collections.abc import Mapping

from core import audit
from core.audit import Actor, Subject
from core.db import transaction
from signing.cues import queries, rules, telling


def change_lengths(ceremony_id: str, seconds: Mapping[str, int], *, looked_at: int, by: Actor) -> int:
    """Plan these cues (ids) to take so many seconds; returns how many were changed.

    What is live or done, and a cue that is gone, is left as it is. Raises NotFound, Conflict `cue_sheet_moved`,
    `cue_sheet_over`.
    """
    with transaction():
        sheet = queries.take_sheet(ceremony_id)
        rules.check_seq(now_at=sheet.seq, looked_at=looked_at)
        rules.check_not_over(sheet.state)
        changed = 0
        for cue in queries.list_rows(ceremony_id):
            wanted = rules.within_bounds(seconds.get(cue.id, cue.planned_seconds))
            if rules.is_to_come(cue.state) and cue.id in seconds and cue.planned_seconds != wanted:
                cue.planned_seconds = wanted
                changed += 1
        if changed:
            sheet.seq += 1
            subject = Subject("ceremony", ceremony_id)
            audit.record(ceremony_id, "cues.times_taken", actor=by, subject=subject, seq=sheet.seq, cues=changed)
            telling.tell(ceremony_id)
        return changed
