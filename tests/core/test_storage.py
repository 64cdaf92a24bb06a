from __future__ import annotations

import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core import storage
from core.errors import NotFound
from tests.support.core_app import use_settings

DATA = b"%PDF-1.7 a frozen agreement"
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(autouse=True)
def _folder(data_dir: Path) -> None:
    use_settings("", data_dir)


def test_what_was_put_is_read_back_by_its_digest() -> None:
    assert storage.put(DATA) == DIGEST
    assert storage.read(DIGEST) == DATA
    assert storage.path(DIGEST).read_bytes() == DATA


def test_a_file_is_put_without_its_source(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x" * 3_000_000)
    digest = storage.put_file(source)
    assert digest == hashlib.sha256(source.read_bytes()).hexdigest()
    assert storage.read(digest) == source.read_bytes()


def test_bytes_are_on_disk_before_they_have_a_name_and_the_name_before_the_return(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The order of system calls: write, fsync(file), link, fsync(folder); new folders are made durable too."""
    calls: list[str] = []
    fsync, link = os.fsync, os.link

    def note_fsync(descriptor: int) -> None:
        target = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        kind = "folder" if target.is_dir() else f"file of {target.stat().st_size} bytes"
        calls.append(f"fsync {kind} {target.name if target.is_dir() else ''}".strip())
        fsync(descriptor)

    def note_link(source: Path, target: Path) -> None:
        calls.append("link")
        link(source, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(os, "link", note_link)
    storage.put(DATA)
    assert calls == [
        "fsync folder files",
        "fsync folder data",
        f"fsync file of {len(DATA)} bytes",
        "link",
        f"fsync folder {DIGEST[:2]}",
    ]


def test_what_is_there_is_not_written_again() -> None:
    storage.put(DATA)
    before = storage.path(DIGEST).stat()
    storage.put(DATA)
    after = storage.path(DIGEST).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_nothing_is_overwritten_even_when_both_saw_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    storage.put(DATA)
    before = storage.path(DIGEST).stat().st_ino
    exists = Path.exists
    monkeypatch.setattr(Path, "exists", lambda self: False if self.name == DIGEST else exists(self))
    storage.put(DATA)
    assert storage.path(DIGEST).stat().st_ino == before


def test_kept_files_cannot_be_written_to() -> None:
    storage.put(DATA)
    assert stat.S_IMODE(storage.path(DIGEST).stat().st_mode) & 0o222 == 0


def test_a_write_that_breaks_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken, pytest.raises(OSError, match="No space"):
        storage.make_folder(storage.path(DIGEST).parent)
        broken.setattr(os, "fsync", full)
        storage.put(DATA)
    assert list(storage.path(DIGEST).parent.iterdir()) == []
    assert storage.put(DATA) == DIGEST


def test_a_source_that_changes_while_it_is_copied_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"first")
    write = storage._write

    def change_first(digest: str, chunks: object) -> None:
        source.write_bytes(b"other")
        write(digest, chunks)  # type: ignore[arg-type]

    monkeypatch.setattr(storage, "_write", change_first)
    with pytest.raises(OSError, match="changed"):
        storage.put_file(source)
    assert not storage.path(hashlib.sha256(b"first").hexdigest()).exists()


def test_other_bytes_than_were_put_are_noticed() -> None:
    storage.put(DATA)
    target = storage.path(DIGEST)
    target.chmod(0o600)
    target.write_bytes(DATA.replace(b"frozen", b"thawed"))
    with pytest.raises(OSError, match="no longer has the content"):
        storage.read(DIGEST)


def test_what_was_never_put_is_not_found() -> None:
    with pytest.raises(NotFound):
        storage.read("0" * 64)


@pytest.mark.parametrize("digest", ["", "../../secret_key", "A" * 64, "0" * 63, "0" * 64 + "\n", "0" * 65])
def test_only_a_digest_is_a_name(digest: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        storage.path(digest)


def test_many_that_put_the_same_bytes_at_once_all_succeed() -> None:
    with ThreadPoolExecutor(8) as pool:
        digests = list(pool.map(lambda _: storage.put(DATA), range(64)))
    assert set(digests) == {DIGEST}
    assert [entry.name for entry in storage.path(DIGEST).parent.iterdir()] == [DIGEST]


def test_a_folder_that_was_removed_is_made_again() -> None:
    storage.put(DATA)
    storage.path(DIGEST).unlink()
    storage.path(DIGEST).parent.rmdir()
    assert storage.read(storage.put(DATA)) == DATA
