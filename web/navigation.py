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
    return [
        (url_for(entry.endpoint), t(entry.text), _is_current(entry)) for entry in _entries() if entry.is_for(account)
    ]


def first_page(account: Account) -> str:
    """Where this account starts."""
    return next(url_for(entry.endpoint) for entry in _entries() if entry.is_for(account))


def _entries() -> tuple[Entry, ...]:
    entries: tuple[Entry, ...] = current_app.extensions["yunqian_navigation"]
    return entries


def _is_current(entry: Entry) -> bool:
    return (request.blueprint or "") == entry.endpoint.rpartition(".")[0]  # a feature's pages share its blueprint
