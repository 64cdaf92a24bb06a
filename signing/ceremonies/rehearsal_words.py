"""The words for a rehearsal's times."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core import i18n
from core.i18n import t
from signing.ceremonies.queries import CeremonyView
from signing.ceremonies.rehearsal_times import CueTime


def row(each: CueTime, rehearsal: CeremonyView) -> dict[str, Any]:
    """One line of the table: planned in the rehearsal, taken, planned in the ceremony, and who took how long."""
    return {
        "id": each.cue.id,
        "title": i18n.pick(each.cue.title),
        "planned": length(each.cue.length),
        "took": length(each.took) if each.took is not None else "",
        "over": each.took is not None and each.took > each.cue.length,
        "real": length(each.real.length) if each.real else "",
        "rounded": length(each.rounded),
        "can_take": each.can_take,
        "places": [
            {"who": i18n.pick(rehearsal.party(place.party_key).organisation), "took": length(place.took)}
            for place in each.places
        ],
    }


def length(took: timedelta) -> str:
    """Minutes and seconds, in words."""
    minutes, seconds = divmod(round(took.total_seconds()), 60)
    return t("rehearsal-length", minutes=minutes, seconds=seconds)
