"""The access rules of the host's pages and JSON."""

from __future__ import annotations

from accounts.access import Role, current_account
from signing.ceremonies import queries

HOSTS = (Role.HOST, Role.ADMINISTRATOR)
READERS = (*HOSTS, Role.AUDITOR)


def is_host() -> bool:
    """Whether the reader may change ceremonies."""
    return current_account().has_any(HOSTS)


def own_ceremony(ceremony_id: str) -> queries.CeremonyView:
    """A ceremony of the reader's organisation; raises NotFound for any other."""
    return queries.get_ceremony(ceremony_id, organisation_id=current_account().organisation_id)
