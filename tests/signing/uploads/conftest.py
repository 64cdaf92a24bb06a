"""No worker runs beside these tests: nobody waits for one."""

from __future__ import annotations

import pytest

from signing.uploads import service


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PATIENCE_SECONDS", 0.0)
