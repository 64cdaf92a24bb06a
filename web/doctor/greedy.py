"""A child that wants more memory than it may have: `yunqian doctor` looks whether it is stopped."""

from __future__ import annotations


def take(_: bytes) -> bytes:
    """Raises MemoryError where the limit holds."""
    return b"%d" % len(bytearray(1024 * 1024 * 1024))
