"""Why an agreement ended unsigned, in the reader's words."""

from __future__ import annotations

from core.i18n import t
from signing.agreements.queries import Ending


def words(ending: Ending, *, who: str, mine: bool = False) -> str:
    """One sentence in the current locale; `who` is the organisation of who declined, `mine` that it was the reader."""
    code = "declined-mine" if mine and ending.code == "declined" else ending.code
    return t(f"agreement-ended-{code}", who=who, after=ending.after, state=ending.after_state)
