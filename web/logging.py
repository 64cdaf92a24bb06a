"""Logs as JSON lines on stderr: every line with the request's id, none with a secret, a link or a query string."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

OURS = ("yunqian", "core", "accounts", "signing", "events", "projects", "pdf", "web", "uvicorn")
REMOVED = "[removed]"
# Names of values that must not be kept, wherever in a name they stand.
_SENSITIVE_NAME = re.compile(
    r"passw|secret|token|cookie|authorization|csrf|session|passphrase|(^|_)(code|otp|pin|csr|signature|key|link|url|path)$",
    re.IGNORECASE,
)
# Link tokens (JWT), the paths that carry them, and query strings, inside any text (tracebacks, other people's loggers).
_SENSITIVE_TEXT = (
    (re.compile(r"eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?"), REMOVED),
    (
        re.compile(
            r"(/(?:s|r|live|stage/open|monitor/open|observe/[^/]+/open|witness/open|interpreter/open|counter/open|draw/open|accounts/first|accounts/password|group|invited|"
            r"survey|calendar)/)"
            r"[^\s\"'?#<>/]+?(?=(?:\.ics)?(?:[\s\"'?#<>/]|$))"
        ),
        rf"\1{REMOVED}",
    ),
    (re.compile(r"((?:https?://|/)[^\s\"'?#<>]*)\?[^\s\"'<>]+"), rf"\1?{REMOVED}"),
    (re.compile(r"(\w+://[^\s:/@]+):[^\s/@]+@"), rf"\1:{REMOVED}@"),
)


def redact(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Blacken what must not be kept: by name, and inside texts by form. A structlog processor."""
    cleaned: EventDict = _clean_mapping(event)
    return cleaned


def _clean_mapping(values: MutableMapping[str, Any]) -> dict[str, Any]:
    return {
        name: REMOVED if _is_sensitive(str(name)) and value not in (None, "") else _clean(value)
        for name, value in values.items()
    }


@lru_cache(maxsize=1024)
def _is_sensitive(name: str) -> bool:
    """The same few names stand in every line."""
    return _SENSITIVE_NAME.search(name) is not None


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return _clean_mapping(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_clean(part) for part in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = value if isinstance(value, str) else str(value)
    if "/" not in text and "eyJ" not in text:
        return text  # each of the forms has one of the two
    for pattern, replacement in _SENSITIVE_TEXT:
        text = pattern.sub(replacement, text)
    return text


class _CurrentStderr(logging.StreamHandler[TextIO]):
    """Writes to what sys.stderr is now, not to what it was at the start."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _stream: TextIO) -> None:
        raise AttributeError("always sys.stderr")


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]


def configure(level: str) -> None:
    """Send all logging of this process, ours and the libraries', through the same processors. May be called again."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _CurrentStderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [kept for kept in root.handlers if not isinstance(kept, _CurrentStderr)] + [handler]
    # Libraries speak up when something is wrong; what we do ourselves is logged from the level that was asked for.
    root.setLevel(level if level == "DEBUG" else max(logging.WARNING, logging.getLevelName(level)))
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    # These write whole paths, and paths carry link tokens; our own line names the rule instead.
    for name in ("uvicorn.access", "werkzeug"):
        logging.getLogger(name).disabled = True
    # Says why a token failed at INFO; the refusal says it already.
    logging.getLogger("flask_wtf.csrf").setLevel(logging.WARNING)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """A logger: `get("yunqian.web").info("request", status=200)`; the first argument is a fixed word."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
