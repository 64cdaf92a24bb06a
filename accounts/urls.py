"""Where a form may send the reader on to: our own pages only."""

from __future__ import annotations

from urllib.parse import urlsplit


def safe_next(path: str, default: str = "/") -> str:
    """`path` if it is one of ours, `/…`; else `default`. Browsers read `//host` and `/\\host` as other sites."""
    if not path.startswith("/") or path[1:2] in {"/", "\\"} or not path.isprintable() or "\\" in path:
        return default
    try:
        parts = urlsplit(path)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc else path
