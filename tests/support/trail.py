"""What a chain of the audit trail holds, for tests."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask

from core import audit


def entries(app: Flask, chain: str = audit.INSTALLATION) -> list[dict[str, Any]]:
    """The entries of a chain, oldest first; asserts that the chain is whole."""
    with app.app_context():
        found = [json.loads(line) for line in audit.list_lines(chain)]
    before = audit.NO_ENTRY
    for entry in found:
        assert entry["prev"] == before
        assert entry["digest"] == audit.digest_of(entry)
        before = entry["digest"]
    return found


def actions(app: Flask, chain: str = audit.INSTALLATION) -> list[str]:
    """The actions of a chain, oldest first."""
    return [entry["action"] for entry in entries(app, chain)]


def with_private(chain: str) -> list[dict[str, Any]]:
    """The entries of a chain with the values beside them put back, inside an application context."""
    found = [json.loads(line) for line in audit.list_lines(chain)]
    for row in audit.list_private(chain):
        part, name = row.field.split(".")
        assert found[row.seq - 1][part][name] == {"private": audit.commitment(row.salt, row.value)}
        found[row.seq - 1][part][name] = row.value
    return found
