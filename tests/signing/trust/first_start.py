"""A process that starts and says which keys it got: `python -m tests.signing.trust.first_start GO`."""

from __future__ import annotations

import sys
from pathlib import Path

from signing.trust import service as trust
from tests.support.waiting import wait_until

if __name__ == "__main__":
    print("ready", flush=True)  # noqa: T201
    wait_until(Path(sys.argv[1]).exists, 60, what="go")
    found = trust.trust()
    print(found.fingerprint, found.platform.certificate.serial_number, flush=True)  # noqa: T201
