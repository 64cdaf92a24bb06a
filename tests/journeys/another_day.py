"""The product with another day on its clock, so that a journey need not wait for a conference to begin and to end.

`python -m tests.journeys.another_day serve --port …` with JOURNEY_SECONDS_LATER in its environment.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from core import clock
from web.cli import main

LATER = "JOURNEY_SECONDS_LATER"


def _now(zone: object = UTC) -> datetime:
    assert zone is UTC
    return datetime.now(UTC) + timedelta(seconds=int(os.environ[LATER]))


if __name__ == "__main__":
    # `core.clock.now` itself stays: what was imported before holds it.
    vars(clock)["datetime"] = SimpleNamespace(now=_now, fromisoformat=datetime.fromisoformat)
    main()
