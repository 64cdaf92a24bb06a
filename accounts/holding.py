"""Who holds a live stream: a link or an account's session, named in its token and asked for while it is open.

Streams are read in a process that may know no account's tables; hence the two light ones here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

from sqlalchemy import Boolean, Connection, String, column, select, table

from core import clock
from core.tokens import LinkToken

_ACCOUNT = table("account", column("id", String), column("fs_uniquifier", String), column("active", Boolean))
_ROLE = table("account_role", column("account_id", String), column("name", String))
_AT = "@"


def account_holder(account_id: str, uniquifier: str, roles: Iterable[str]) -> str:
    """An account as it is now: signed out everywhere, or with other roles, it is another holder."""
    said = " ".join([uniquifier, *sorted(roles)])
    return f"{account_id}{_AT}{hashlib.sha256(said.encode()).hexdigest()[:24]}"


def list_ended(connection: Connection, holders: Collection[str]) -> set[str]:
    """Those that hold no more: links that were taken back or are over, accounts that were shut or have other roles."""
    accounts = {each for each in holders if _AT in each}
    links = set(holders) - accounts
    return (links - _standing_links(connection, links)) | (accounts - _standing_accounts(connection, accounts))


def _standing_links(connection: Connection, links: Collection[str]) -> set[str]:
    if not links:
        return set()
    held = select(LinkToken.id).where(
        LinkToken.id.in_(sorted(links)), LinkToken.revoked_at.is_(None), LinkToken.expires_at > clock.now()
    )
    return set(connection.scalars(held))


def _standing_accounts(connection: Connection, holders: Collection[str]) -> set[str]:
    if not holders:
        return set()
    named = sorted({each.partition(_AT)[0] for each in holders})
    roles: dict[str, list[str]] = {}
    for account_id, name in connection.execute(
        select(_ROLE.c.account_id, _ROLE.c.name).where(_ROLE.c.account_id.in_(named))
    ):
        roles.setdefault(account_id, []).append(name)
    found = connection.execute(select(_ACCOUNT).where(_ACCOUNT.c.id.in_(named), _ACCOUNT.c.active))
    return {account_holder(row.id, row.fs_uniquifier, roles.get(row.id, ())) for row in found}
