"""Screens that open by a link and nothing else: which of them this browser holds, and whether they still do."""

from __future__ import annotations

from dataclasses import dataclass

from flask import session

from core import tokens
from core.errors import Refusal
from core.tokens import Link

MOST = 8  # of each kind: the session is a cookie, and has 4,096 bytes for all


@dataclass(frozen=True)
class ScreenLinks:
    """Links of one purpose, remembered in the browser's session under `name`.

    `needed` is raised where a browser did not come by such a link, `taken_back` where it holds no more.
    """

    name: str
    purpose: str
    needed: type[Refusal]
    taken_back: type[Refusal]

    def open(self, token: str) -> str:
        """Remember a link and return what it is for. Raises `taken_back`, `needed` (404), LinkExpired."""
        try:
            link = tokens.read(token, self.purpose)
        except tokens.LinkRevoked:
            raise self.taken_back from None
        except tokens.LinkInvalid:
            raise self.needed(status=404) from None
        self._remember(link)
        return link.subject

    def _remember(self, link: Link) -> None:
        others = [each for each in session.get(self.name, []) if each[0] != link.subject]
        session[self.name] = [*others, (link.subject, link.token_id)][-MOST:]
        session.permanent = True

    def check(self, subject: str) -> None:
        """That this browser came by a link for this, which still holds. Raises `needed`, `taken_back`, LinkExpired."""
        token_id = dict(session.get(self.name, [])).get(subject)
        if token_id is None:
            raise self.needed
        try:
            tokens.check(token_id, self.purpose, subject)
        except tokens.LinkRevoked:
            raise self.taken_back from None
        tokens.hold(token_id)  # streams that are opened from here end with the link
