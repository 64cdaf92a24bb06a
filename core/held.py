"""Files that wait to be worked on, each under a name of its own: durable until they are removed, and never given out.

Unlike core.storage, where equal bytes are one file that others may name: what is removed here is nobody else's.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from core import config, storage
from core.errors import NotFound

_NAME = re.compile(r"[a-z]+_[0-9a-z]{26}")  # as core.ids makes them


def _path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise ValueError("not a record's id")
    return config.settings().data_dir / "held" / name


def put(name: str, data: bytes) -> None:
    """Keep these bytes under a new id; after the return a power cut does not lose them."""
    target = _path(name)
    storage.make_folder(target.parent)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    storage.sync_folder(target.parent)


def read(name: str) -> bytes:
    """The bytes; raises NotFound."""
    try:
        return _path(name).read_bytes()
    except FileNotFoundError:
        raise NotFound("file_not_found") from None


def remove(name: str) -> None:
    """Delete the file for good, if it is there."""
    _path(name).unlink(missing_ok=True)


def list_names(*, before: datetime) -> list[str]:
    """The names of files that were written before then, in order; whole or not."""
    folder = config.settings().data_dir / "held"
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [each.name for each in found if _NAME.fullmatch(each.name) and _written_at(each) < before]


def _written_at(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:  # removed this moment by another process
        return datetime.max.replace(tzinfo=UTC)
