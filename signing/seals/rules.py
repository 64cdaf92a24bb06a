"""Pure rules of specimen seals."""

from __future__ import annotations

from enum import StrEnum

from core.errors import Conflict


class SealUse(StrEnum):
    """Where a party's seal is drawn in one agreement: nowhere, over the signature, on the edge of every page too."""

    NONE = "none"
    SIGNATURE = "signature"
    EDGES = "edges"


def check_draft(state: str) -> None:
    """That seals may still be chosen: they are certified with the text. Raises Conflict `ceremony_<state>`."""
    if state != "draft":
        raise Conflict(f"ceremony_{state}")


def check_same(digest: str, looked_at: str) -> None:
    """That what is approved is what was looked at; raises Conflict `seal_replaced`."""
    if digest != looked_at:
        raise Conflict("seal_replaced")


def why_not_drawn(use: SealUse, *, chosen: bool, approved: bool | None) -> str:
    """Why a seal that somebody counts on is not printed, as a problem's code; empty where it is, or nobody does.

    `chosen`: that a host said where it goes; `approved` is None where there is no picture.
    """
    if use is SealUse.NONE or approved:
        return ""
    if approved is None:
        return "seal_missing" if chosen else ""
    return "seal_not_approved"


def is_drawn(use: SealUse, *, approved: bool) -> bool:
    """Whether the seal goes into the text that is printed, for its signer to use."""
    return approved and use is not SealUse.NONE
