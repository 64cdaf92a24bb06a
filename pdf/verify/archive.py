"""The ZIP around an evidence kit, as a stranger's: names, sizes and structure are checked before unpacking."""

from __future__ import annotations

import io
import itertools
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import IO

from pdf.verify.limits import VerifyLimits, within
from pdf.verify.verdict import Finding, failed

MAGIC = b"PK\x03\x04"
_PDF_HEAD, _HEAD_BYTES = b"%PDF-", 1024  # where programs look for a PDF's first line
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# APPNOTE.TXT: 4.3.7 local header, 4.3.9 data descriptor with and without its mark, 4.3.16 end of the directory.
_LOCAL = struct.Struct("<4s2xHH4xIIIHH")
_DESCRIPTORS = (struct.Struct("<III"), struct.Struct("<IQQ"))
_DESCRIPTOR_MARK = b"PK\x07\x08"
_END = struct.Struct("<4sHHHHIIH")
_END_MARK = b"PK\x05\x06"
# 4.4.4: how hard it was compressed, sizes behind the file, names in UTF-8; nothing else is wanted in a kit.
_HAS_DESCRIPTOR, _KNOWN_FLAGS = 0x8, 0x2 | 0x4 | 0x8 | 0x800
# Times and owners, as programs add them when they pack (4.5): a tag's most octets. A name of its own is none of these.
_EXTRAS = {0x5455: 13, 0x7875: 11, 0x000A: 32}
_VOLUME_LABEL = 0x8
_RATIO_FLOOR = 1024 * 1024


class Archive:
    """The files of a kit by path. Raises Finding `kit-broken`, `kit-path` or `limits`."""

    def __init__(self, source: bytes | IO[bytes], limits: VerifyLimits) -> None:
        self._limits = limits
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Finding(failed("kit-broken", detail=str(error)[:200])) from error
        entries = self._zip.infolist()
        self._check(entries)
        self._entries = {entry.filename: entry for entry in entries if not _is_folder(entry)}

    @property
    def paths(self) -> list[str]:
        return sorted(self._entries)

    def packed_octets(self, path: str) -> int:
        """How many octets of the kit a file takes."""
        return self._entries[path].compress_size

    def read(self, path: str, *, limit: int | None = None) -> bytes:
        """A file's bytes, never more than the directory said. Raises Finding; KeyError if there is none."""
        entry = self._entries[path]
        within("bytes", entry.file_size, self._limits.file_bytes if limit is None else limit)
        if entry.compress_type == zipfile.ZIP_STORED:
            data, whole = self._bytes(self._begin(entry), entry.compress_size), True
        else:
            data, whole = self._inflate(entry)
        if not whole or len(data) != entry.file_size or zlib.crc32(data) != entry.CRC:
            raise Finding(failed("kit-broken", detail=f"{path}: other bytes than stated"))
        return data

    def _inflate(self, entry: zipfile.ZipInfo) -> tuple[bytes, bool]:
        """A file's bytes, and whether the compressed ones end where the directory says: behind them is room to hide."""
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            data = inflater.decompress(self._bytes(self._begin(entry), entry.compress_size), entry.file_size + 1)
        except zlib.error as error:
            raise Finding(failed("kit-broken", detail=f"{entry.filename}: {error}"[:200])) from error
        return data, inflater.eof and not inflater.unused_data

    def close(self) -> None:
        self._zip.close()

    def _check(self, entries: Sequence[zipfile.ZipInfo]) -> None:
        within("files", len(entries), self._limits.kit_files)
        within("bytes", sum(entry.file_size for entry in entries), self._limits.kit_bytes)
        seen: set[str] = set()
        for entry in entries:
            path = entry.filename.rstrip("/") if _is_folder(entry) else entry.filename
            if not is_safe(path) or path.casefold() in seen or entry.orig_filename != entry.filename:
                raise Finding(failed("kit-path", path=_printable(entry.orig_filename)))
            seen.add(path.casefold())
            if odd := _oddness(entry):
                raise Finding(failed("kit-broken", detail=f"{entry.filename}: {odd}"))
            if entry.file_size > max(_RATIO_FLOOR, entry.compress_size * self._limits.kit_ratio):
                raise Finding(failed("limits", what="compression", limit=self._limits.kit_ratio))
        if odd_path := _homeless(entries):
            raise Finding(failed("kit-broken", detail=f"{odd_path}: an empty folder, or inside of a file"))
        # Nothing outside of the listed files: programs that read from the front, or for another format, could find
        # something else there.
        if _PDF_HEAD in self._bytes(0, _HEAD_BYTES):
            raise Finding(failed("kit-broken", detail="it reads as a PDF, too"))
        if not self._is_seamless(entries) or not self._ends(len(entries)):
            raise Finding(failed("kit-broken", detail="something stands before, in, between or behind the files"))

    def _is_seamless(self, entries: Sequence[zipfile.ZipInfo]) -> bool:
        """Whether file follows file from the first byte to the directory (APPNOTE.TXT 4.3.6), each as listed there."""
        at = [0]  # where the next may begin: the sizes behind a file are written in four ways
        for entry in sorted(entries, key=lambda each: each.header_offset):
            if entry.header_offset not in at or not self._is_as_listed(entry):
                return False
            end = self._begin(entry) + entry.compress_size
            at = list(self._behind(entry, end)) if entry.flag_bits & _HAS_DESCRIPTOR else [end]
        return self._zip.start_dir in at

    def _is_as_listed(self, entry: zipfile.ZipInfo) -> bool:
        """Whether the header before a file says the same as the directory (4.3.7), for programs that read that one."""
        mark, flags, method, crc, packed, size, name, extra = self._local(entry)
        at = entry.header_offset + _LOCAL.size
        sizes = {(entry.CRC, entry.compress_size, entry.file_size)}
        if flags & _HAS_DESCRIPTOR:
            sizes.add((0, 0, 0))
        return (
            (mark, flags, method) == (MAGIC, entry.flag_bits, entry.compress_type)
            and (crc, packed, size) in sizes
            and self._bytes(at, name) == _raw_name(entry)
            and _is_plain(self._bytes(at + name, extra))
        )

    def _behind(self, entry: zipfile.ZipInfo, at: int) -> Iterator[int]:
        """Where a descriptor that repeats the directory's figures would end (4.3.9)."""
        figures = (entry.CRC, entry.compress_size, entry.file_size)
        for mark, form in itertools.product((b"", _DESCRIPTOR_MARK), _DESCRIPTORS):
            descriptor = mark + form.pack(*figures)
            if self._bytes(at, len(descriptor)) == descriptor:
                yield at + len(descriptor)

    def _local(self, entry: zipfile.ZipInfo) -> tuple[bytes, int, int, int, int, int, int, int]:
        found = self._bytes(entry.header_offset, _LOCAL.size)
        if len(found) < _LOCAL.size:
            raise Finding(failed("kit-broken", detail=f"{entry.filename}: no header"))
        return _LOCAL.unpack(found)

    def _begin(self, entry: zipfile.ZipInfo) -> int:
        """Where a file's own bytes begin: its extra field need not be as long as the directory's."""
        *_, name, extra = self._local(entry)
        return entry.header_offset + _LOCAL.size + name + extra

    def _ends(self, count: int) -> bool:
        """Whether the directory is the last thing but for the end that tells of it, and that the very last (4.3.16)."""
        file = self._file
        whole = file.seek(0, 2)
        end = self._bytes(max(0, whole - _END.size), _END.size)
        if len(end) < _END.size:
            return False
        mark, disk, first, here, entries, length, start, comment = _END.unpack(end)
        return (
            (mark, disk, first, here, entries, comment) == (_END_MARK, 0, 0, count, count, 0)
            and start == self._zip.start_dir
            and start + length + _END.size == whole
        )

    def _bytes(self, at: int, length: int) -> bytes:
        self._file.seek(at)
        return self._file.read(length)

    @property
    def _file(self) -> IO[bytes]:
        file = self._zip.fp
        assert file is not None  # noqa: S101
        return file


def _oddness(entry: zipfile.ZipInfo) -> str:
    """What a kit's file has that no kit needs; empty where there is nothing."""
    if entry.compress_type not in _METHODS or entry.flag_bits & ~_KNOWN_FLAGS:
        return "encrypted or oddly compressed"
    if entry.comment or not _is_plain(entry.extra):
        return "a comment, or an extra field that is neither a time nor an owner"
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFDIR if _is_folder(entry) else stat.S_IFREG) or entry.external_attr & _odd_marks(entry):
        return "a link, a device, or a folder that is a file"
    most = 2 if _is_folder(entry) else entry.file_size + entry.file_size // 1000 + 64  # RFC 1951 §3.2.4
    if entry.compress_size > most or (_is_folder(entry) and entry.file_size):
        return "more bytes than it needs"
    return ""


def _odd_marks(entry: zipfile.ZipInfo) -> int:
    """Attributes of MS-DOS and Windows, in the low half, that make something else of an entry (4.4.15)."""
    marks = stat.FILE_ATTRIBUTE_REPARSE_POINT | stat.FILE_ATTRIBUTE_DEVICE | _VOLUME_LABEL
    return marks if _is_folder(entry) else marks | stat.FILE_ATTRIBUTE_DIRECTORY


def _homeless(entries: Sequence[zipfile.ZipInfo]) -> str:
    """A folder that is on no file's way, or a path that leads through a file; empty where there is none."""
    files = [each.filename for each in entries if not _is_folder(each)]
    ways = {f"{parent}/" for path in files for parent in PurePosixPath(path).parents}
    through = {way.casefold() for way in ways} & {f"{path}/".casefold() for path in files}
    astray = [each.filename for each in entries if _is_folder(each) and each.filename not in ways]
    return next(iter([*sorted(through), *astray]), "")


def _is_plain(extra: bytes) -> bool:
    """Whether extra fields hold times and owners alone, each once (4.5.1: tag, length, value)."""
    known = dict(_EXTRAS)
    while extra:
        tag, length = (int.from_bytes(extra[at : at + 2], "little") for at in (0, 2))
        if length > known.pop(tag, -1) or len(extra) < 4 + length:
            return False
        extra = extra[4 + length :]
    return True


def _raw_name(entry: zipfile.ZipInfo) -> bytes:
    """A name's octets as the directory has them (4.4.4, bit 11)."""
    return entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437")


def _is_folder(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.endswith("/")


def is_safe(path: str) -> bool:
    """Whether a path stays inside the kit wherever it is unpacked."""
    parts = PurePosixPath(path).parts
    plain = path.isprintable() and not set(path) & set('\\:*?"<>|') and len(path.encode()) <= 240
    return plain and "/".join(parts) == path and ".." not in parts and path not in ("", ".")


def _printable(path: str) -> str:
    return "".join(mark if mark.isprintable() else "?" for mark in path)[:200]
