"""The links at the top of staff pages."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for

from accounts.access import Account, Role
from core.i18n import t


@dataclass(frozen=True)
class Entry:
    """One link: endpoint, text id, and the roles that see it (none: everybody who is signed in)."""

    endpoint: str
    text: str
    roles: frozenset[Role] = frozenset()

    def is_for(self, account: Account) -> bool:
        """Whether this account may open it."""
        return not self.roles or account.has_any(self.roles)


def links(account: Account) -> list[tuple[str, str, bool]]:
    """(href, text, whether it is the current page's part) for the layout."""
    found = [(url_for(entry.endpoint), t(entry.text)) for entry in _entries() if entry.is_for(account)]
    return [(href, text, _is_below(href)) for href, text in found]


def first_page(account: Account) -> str:
    """Where this account starts."""
    return next(url_for(entry.endpoint) for entry in _entries() if entry.is_for(account))


def _entries() -> tuple[Entry, ...]:
    entries: tuple[Entry, ...] = current_app.extensions["yunqian_navigation"]
    return entries


def _is_below(href: str) -> bool:
    here = request.script_root + request.path
    return here == href or here.startswith(f"{href}/")
