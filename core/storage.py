"""Files kept by their SHA-256: written whole and durable or not at all, never overwritten."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from core import config
from core.errors import NotFound

_DIGEST = re.compile(r"[0-9a-f]{64}")
_durable: set[Path] = set()  # folders that this process knows to be on disk


def _root() -> Path:
    return config.settings().data_dir / "files"


def path(digest: str) -> Path:
    """Where the file with this digest lies (there or not); raises ValueError on what is no SHA-256 in hex."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError("not a SHA-256 digest")
    return _root() / digest[:2] / digest


def put(data: bytes) -> str:
    """Keep these bytes and return their SHA-256 in hex; after the return a power cut does not lose them."""
    digest = hashlib.sha256(data).hexdigest()
    _write(digest, [data])
    return digest


def put_file(source: Path) -> str:
    """Keep a copy of a file without holding it in memory; returns its SHA-256 in hex."""
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        _write(digest, iter(lambda: file.read(1 << 20), b""))
    return digest


def _write(digest: str, chunks: Iterable[bytes]) -> None:
    """Raises OSError where the chunks are not what the digest was made from: their file changed meanwhile."""
    target = path(digest)
    make_folder(target.parent)
    if target.exists():
        # Perhaps written this moment by another process that has not made it durable yet.
        sync_folder(target.parent)
        return
    temporary = target.with_name(f".{digest}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o440)
    try:
        with os.fdopen(descriptor, "wb") as file:
            written = hashlib.sha256()
            for chunk in chunks:
                written.update(chunk)
                file.write(chunk)
            if written.hexdigest() != digest:
                raise OSError("the source changed while it was copied")
            file.flush()
            os.fsync(file.fileno())
        # A link and not a rename, since it never replaces what is there.
        with suppress(FileExistsError):
            os.link(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(target.parent)


def make_folder(folder: Path) -> None:
    """Make the folder and have its name on disk; the second half also where another process has just made it."""
    if folder in _durable and folder.is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    sync_folder(folder.parent)
    sync_folder(folder.parent.parent)
    _durable.add(folder)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(digest: str) -> None:
    """Delete the file with this digest for good, if it is there; the caller knows that nobody names it any more."""
    target = path(digest)
    target.unlink(missing_ok=True)
    if target.parent.is_dir():
        sync_folder(target.parent)


def read(digest: str) -> bytes:
    """The bytes with this digest, checked; raises NotFound, or OSError where the disk gives other bytes back."""
    target = path(digest)
    try:
        data = target.read_bytes()
    except FileNotFoundError:
        raise NotFound("file_not_found") from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise OSError(f"{target} no longer has the content that it was stored with")
    return data
