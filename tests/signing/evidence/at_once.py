"""A process that makes a ceremony's kit at the same moment as others: `… at_once FOLDER CEREMONY`.

Prints the digest of the manifest that it made itself, waits for FOLDER/go, then the digest of the kit that was fixed.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from signing.evidence import kit, making, work
from tests.support.waiting import wait_until
from web.app import create_app


def main(folder: Path, ceremony_id: str) -> None:
    def make() -> work.Made:
        files, trail = work.ceremony_files(ceremony_id)
        print("made", hashlib.sha256(files[kit.SIGNATURE]).hexdigest(), flush=True)  # noqa: T201
        wait_until((folder / "go").exists, 60, what="go")
        return files, trail

    with create_app().app_context():
        packed = making.packed(work.fixed_files(ceremony_id, ceremony_id, make))
    print("packed", hashlib.sha256(packed).hexdigest(), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
