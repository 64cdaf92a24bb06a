"""The ZIP around an evidence kit, as a stranger's: names, sizes and structure are checked before unpacking."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import IO

from pdf.verify.limits import VerifyLimits, within
from pdf.verify.verdict import Finding, failed

MAGIC = b"PK\x03\x04"
_END = b"PK\x05\x06"
_END_SIZE = 22
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# Local file header (APPNOTE.TXT 4.3.7): 30 octets, the lengths of name and extra field at 26, then those two.
_HEADER, _LENGTHS = 30, 26
# Programs that wrote without seeking left sizes and checksum behind the file (4.3.9), with a mark or without.
_HAS_DESCRIPTOR, _DESCRIPTORS = 0x8, (12, 16, 20, 24)
_RATIO_FLOOR = 1024 * 1024


class Archive:
    """The files of a kit by path. Raises Finding `kit-broken`, `kit-path` or `limits`."""

    def __init__(self, source: bytes | IO[bytes], limits: VerifyLimits) -> None:
        self._limits = limits
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Finding(failed("kit-broken", detail=str(error)[:200])) from error
        entries = [entry for entry in self._zip.infolist() if not _is_empty_folder(entry)]
        self._check(entries, source)
        self._entries = {entry.filename: entry for entry in entries}

    @property
    def paths(self) -> list[str]:
        return sorted(self._entries)

    def read(self, path: str, *, limit: int | None = None) -> bytes:
        """A file's bytes, never more than the directory said. Raises Finding; KeyError if there is none."""
        entry = self._entries[path]
        within("bytes", entry.file_size, self._limits.file_bytes if limit is None else limit)
        try:
            with self._zip.open(entry) as file:
                data = file.read(entry.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as error:
            raise Finding(failed("kit-broken", detail=f"{path}: {error}"[:200])) from error
        if len(data) != entry.file_size:
            raise Finding(failed("kit-broken", detail=f"{path}: another size than stated"))
        return data

    def close(self) -> None:
        self._zip.close()

    def _check(self, entries: Sequence[zipfile.ZipInfo], source: bytes | IO[bytes]) -> None:
        within("files", len(entries), self._limits.kit_files)
        within("bytes", sum(entry.file_size for entry in entries), self._limits.kit_bytes)
        seen: set[str] = set()
        for entry in entries:
            if (
                not is_safe(entry.filename)
                or entry.filename.casefold() in seen
                or entry.orig_filename != entry.filename
            ):
                raise Finding(failed("kit-path", path=_printable(entry.orig_filename)))
            seen.add(entry.filename.casefold())
            if entry.compress_type not in _METHODS or entry.flag_bits & 0x1:
                raise Finding(failed("kit-broken", detail=f"{entry.filename}: encrypted or oddly compressed"))
            if entry.file_size > max(_RATIO_FLOOR, entry.compress_size * self._limits.kit_ratio):
                raise Finding(failed("limits", what="compression", limit=self._limits.kit_ratio))
        # Nothing outside of the listed files: programs that read from the front could find another kit there.
        if self._zip.comment or not self._is_seamless() or not _ends(source):
            raise Finding(failed("kit-broken", detail="something stands before, between or behind the files"))

    def _is_seamless(self) -> bool:
        """Whether file follows file from the first byte to the directory (APPNOTE.TXT 4.3.6)."""
        at = 0
        after: tuple[int, ...] = ()
        for entry in sorted(self._zip.infolist(), key=lambda each: each.header_offset):
            gap = entry.header_offset - at
            if gap and gap not in after:
                return False
            at = entry.header_offset + self._header_length(entry) + entry.compress_size
            after = _DESCRIPTORS if entry.flag_bits & _HAS_DESCRIPTOR else ()
        return not (gap := self._zip.start_dir - at) or gap in after

    def _header_length(self, entry: zipfile.ZipInfo) -> int:
        """Octets of the header in front of a file, whose extra field need not be as long as the directory's."""
        file = self._zip.fp
        assert file is not None  # noqa: S101
        file.seek(entry.header_offset + _LENGTHS)
        name, extra = file.read(2), file.read(2)
        return _HEADER + int.from_bytes(name, "little") + int.from_bytes(extra, "little")


def _ends(source: bytes | IO[bytes]) -> bool:
    if isinstance(source, bytes):
        return source[-_END_SIZE : -_END_SIZE + 4] == _END
    source.seek(-_END_SIZE, 2)
    return source.read(4) == _END


def _is_empty_folder(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.endswith("/") and entry.file_size == 0 and is_safe(entry.filename.rstrip("/"))


def is_safe(path: str) -> bool:
    """Whether a path stays inside the kit wherever it is unpacked."""
    parts = PurePosixPath(path).parts
    plain = path.isprintable() and not set(path) & set('\\:*?"<>|') and len(path.encode()) <= 240
    return plain and "/".join(parts) == path and ".." not in parts and path not in ("", ".")


def _printable(path: str) -> str:
    return "".join(mark if mark.isprintable() else "?" for mark in path)[:200]
