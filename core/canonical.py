"""Canonical JSON (RFC 8785), written by the standard library's own encoder where that gives the same bytes."""

from __future__ import annotations

import json
from typing import Any

import rfc8785

_MOST = 2**53 - 1  # as rfc8785: past that a number is not the same everywhere
# Its strings are those of RFC 8785 3.2.2.2: only what must be escaped is, the short way where there is one.
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")).encode


def dumps(value: Any) -> bytes:
    """As `rfc8785.dumps`, which takes twenty times as long; raises its CanonicalizationError."""
    if _is_plain(value):
        try:
            return _encode(value).encode()
        except UnicodeEncodeError:  # a lone surrogate, which rfc8785 refuses in its own words
            pass
    return rfc8785.dumps(value)


def _is_plain(value: Any) -> bool:
    """Whether both write it alike: no floats, small numbers, and keys that every encoding sorts alike."""
    kind = type(value)
    if isinstance(value, str) or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-_MOST <= value <= _MOST)
    if kind is dict:
        for key, each in value.items():
            if type(key) is not str or not key.isascii():
                return False
            if not isinstance(each, str) and not _is_plain(each):
                return False
        return True
    return kind is list and all(map(_is_plain, value))
