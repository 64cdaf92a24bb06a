"""What a host sends: one file and its name."""

from __future__ import annotations

import re

from core.upload import Upload, find_content, read_content

_LONGEST_NAME = 120
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def read_file(file: Upload | None) -> tuple[str, bytes]:
    """The name and the content of the chosen file; raises Invalid for none or an empty one."""
    return read_name(file.filename if file is not None else ""), read_content(find_content(file))


def read_name(name: str | None) -> str:
    """The last part of a file's name, as people may see it: no folders, no controls, 120 characters, or `-`."""
    last = _CONTROLS.sub("", (name or "").replace("\\", "/").rpartition("/")[2]).strip()
    last = last.encode("utf-8", "replace").decode()
    return last[-_LONGEST_NAME:] or "-"
