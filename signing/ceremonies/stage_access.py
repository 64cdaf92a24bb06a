"""The access rule of the stage: its link, for as long as it holds."""

from __future__ import annotations

from accounts.access import by
from accounts.link_access import ScreenLinks
from core.errors import Refusal
from signing.ceremonies.queries import STAGE_LINK


class StageLinkNeeded(Refusal):
    """This screen was not opened by the stage link."""

    code = "stage_link_needed"
    status = 403


class StageLinkTakenBack(Refusal):
    """The host took the link back."""

    code = "stage_link_taken_back"
    status = 410


stage_links = ScreenLinks("held_stages", STAGE_LINK, needed=StageLinkNeeded, taken_back=StageLinkTakenBack)


def stage_rule(ceremony_id: str, **_: object) -> None:
    """Only a screen that was opened by the stage link, for as long as that link holds."""
    stage_links.check(ceremony_id)


stage_only = by(stage_rule, "the stage link")
