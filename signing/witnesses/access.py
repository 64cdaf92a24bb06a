"""The access rule of a witness's page: the link, for as long as it holds."""

from __future__ import annotations

from accounts.access import by
from accounts.link_access import ScreenLinks
from core.errors import Refusal
from signing.witnesses.queries import LINK


class WitnessLinkNeeded(Refusal):
    """This browser was not opened by the witness's link."""

    code = "witness_link_needed"
    status = 403


class WitnessLinkTakenBack(Refusal):
    """The host took the link back."""

    code = "witness_link_taken_back"
    status = 410


witness_links = ScreenLinks("held_witnesses", LINK, needed=WitnessLinkNeeded, taken_back=WitnessLinkTakenBack)


def _has_link(witness_id: str, **_: object) -> None:
    witness_links.check(witness_id)


witness_only = by(_has_link, "the witness's personal link")
