from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import config
from core.config import Settings
from signing.trust import service as trust


@pytest.fixture
def started(data_dir: Path) -> Iterator[Path]:
    """An installation that was started once; its keys folder."""
    before = config._current[:]
    config.use(Settings(data_dir=data_dir, organisation="样例单位"))
    trust.trust()
    yield data_dir / "keys"
    config._current[:] = before
