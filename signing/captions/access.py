"""The access rule of an interpreter's page: the link, for as long as it holds."""

from __future__ import annotations

from accounts.access import by
from accounts.link_access import ScreenLinks
from core.errors import Refusal
from signing.captions.queries import LINK


class InterpreterLinkNeeded(Refusal):
    """This browser was not opened by the interpreter's link."""

    code = "interpreter_link_needed"
    status = 403


class InterpreterLinkTakenBack(Refusal):
    """The host took the link back."""

    code = "interpreter_link_taken_back"
    status = 410


interpreter_links = ScreenLinks(
    "held_interpreters", LINK, needed=InterpreterLinkNeeded, taken_back=InterpreterLinkTakenBack
)


def _has_link(interpreter_id: str, **_: object) -> None:
    interpreter_links.check(interpreter_id)


interpreter_only = by(_has_link, "the interpreter's link")
