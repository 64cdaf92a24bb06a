"""A file that somebody chose on a page."""

from __future__ import annotations

from typing import IO, Protocol

from core.errors import Invalid, Problem


class Upload(Protocol):
    """An uploaded file as the request has it."""

    filename: str | None
    stream: IO[bytes]


def find_content(file: Upload | None) -> bytes | None:
    """What is in it; None where nothing was chosen."""
    return file.stream.read() if file is not None and file.filename else None


def read_content(content: bytes | None) -> bytes:
    """The content itself; raises Invalid `no_file` where there is none or nothing in it."""
    if not content:
        raise Invalid([Problem("$.file", "no_file")])
    return content
