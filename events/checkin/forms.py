"""What phones and team pages send → values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from core import clock
from core.errors import Invalid, Problem
from core.reader import Reader
from events.checkin.rules import LONGEST_CODE, MOST_SCANS, Decision, Direction, ScanKind
from events.checkin.scan_rules import NewScan, Upload, WalkIn

LONGEST_LABEL = 60
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,60}", re.ASCII)
_DEVICE = re.compile(r"[A-Za-z0-9_-]{32,100}", re.ASCII)
_ID = re.compile(r"[a-z]{2,4}_[0-9a-z]{10,32}", re.ASCII)
_MOST_WAITING = 1_000_000
# A clock that is hours or years off is put right, also one that lost its battery and began anew in 1970.
_YEARS = range(1969, 2100)
Choice = TypeVar("Choice", Direction, ScanKind, Decision)


def read_device(given: str) -> str:
    """The phone's secret; raises Invalid."""
    if not _DEVICE.fullmatch(given):
        raise Invalid([Problem("$.device", "bad_idempotency_key")])
    return given


def read_upload(body: Mapping[str, Any]) -> Upload:
    """{"sent_at", "waiting", "scans": [...]}; raises Invalid with everything that is wrong."""
    reader = Reader()
    scans = reader.items(body.get("scans"), "$.scans", least=0, most=MOST_SCANS)
    sent_at = _instant(reader, body.get("sent_at"), "$.sent_at")
    waiting = body.get("waiting", 0)
    if type(waiting) is not int or not 0 <= waiting <= _MOST_WAITING:
        reader.problem("$.waiting", "bad_number", value=str(waiting)[:20], most=_MOST_WAITING)
        waiting = 0
    read = [_scan(reader, each, f"$.scans[{number}]") for number, each in enumerate(scans)]
    _finish(reader)
    return Upload(tuple(each for each in read if each), sent_at, waiting)


def _scan(reader: Reader, body: Any, path: str) -> NewScan | None:
    if not isinstance(body, dict):
        reader.problem(path, "not_an_object")
        return None
    kind = _choice(reader, ScanKind, body.get("kind"), f"{path}.kind")
    direction = _choice(reader, Direction, body.get("direction"), f"{path}.direction")
    shown = _choice(reader, Decision, body["shown"], f"{path}.shown") if body.get("shown") else None
    code = body.get("code", "")
    walk_in, problems = _walk_in(body["person"]) if kind is ScanKind.WALK_IN and "person" in body else (None, ())
    return NewScan(
        nonce=_matching(reader, body.get("nonce"), f"{path}.nonce", _NONCE, required=True),
        kind=kind or ScanKind.NAME,
        direction=direction or Direction.IN,
        phone_at=_instant(reader, body.get("at"), f"{path}.at"),
        # A foreign QR code may hold anything: the log keeps its beginning, without what a database refuses.
        code=code.replace("\0", "")[:LONGEST_CODE] if isinstance(code, str) else "",
        registration_id=_matching(reader, body.get("registration"), f"{path}.registration", _ID),
        undoes=_matching(reader, body.get("undoes"), f"{path}.undoes", _NONCE),
        shown=shown,
        walk_in=walk_in,
        walked=_matching(reader, body.get("walked"), f"{path}.walked", _NONCE),
        problems=problems,
    )


def _walk_in(body: Any) -> tuple[WalkIn | None, tuple[Problem, ...]]:
    """{"name", "audience", "company", "email", "phone", "agreed"}, or what is wrong with it: that is said of this one
    person, and the others of the upload are kept."""
    if not isinstance(body, dict):
        return None, (Problem("$.person", "not_an_object"),)
    reader = Reader()
    found = WalkIn(
        name=reader.person(body.get("name"), "$.name", required=True),
        audience_id=_matching(reader, body.get("audience"), "$.audience", _ID, required=True),
        company=reader.text(body.get("company"), "$.company", limit=120, required=False),
        email=reader.email(body.get("email") or "", "$.email"),
        phone=reader.text(body.get("phone"), "$.phone", limit=40, required=False),
    )
    if body.get("agreed") is not True:
        reader.problem("$.agreed", "consent_needed")
    return (None, tuple(reader.problems)) if reader.problems else (found, ())


def read_since(values: Mapping[str, str]) -> datetime | None:
    """`since` of a list's address; none: the whole list. Raises Invalid."""
    if not values.get("since"):
        return None
    reader = Reader()
    found = _instant(reader, values["since"], "$.since")
    _finish(reader)
    return found


def read_moved(body: Mapping[str, Any]) -> str:
    """{"registration"}: who changes to the venue of the door; raises Invalid."""
    reader = Reader()
    found = _matching(reader, body.get("registration"), "$.registration", _ID, required=True)
    _finish(reader)
    return found


def read_label(values: Mapping[str, str]) -> str:
    """What a phone is called: whose it is, or where it stands; raises Invalid."""
    reader = Reader()
    found = reader.text(values.get("label"), "$.label", limit=LONGEST_LABEL)
    _finish(reader)
    return found


def _finish(reader: Reader) -> None:
    if reader.problems:
        raise Invalid(reader.problems)


def _instant(reader: Reader, value: object, path: str) -> datetime:
    """An instant with its zone."""
    try:
        found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        if found.tzinfo is None or found.year not in _YEARS:
            raise ValueError
    except ValueError:
        reader.problem(path, "bad_instant")
        return clock.now()
    return clock.cut(found)


def _choice(reader: Reader, options: type[Choice], value: object, path: str) -> Choice | None:
    try:
        return options(str(value))
    except ValueError:
        reader.problem(path, "not_an_option", value=str(value)[:40], known=", ".join(options))
        return None


def _matching(reader: Reader, value: object, path: str, pattern: re.Pattern[str], *, required: bool = False) -> str:
    """An id or nonce; what is left out is empty."""
    if value in (None, ""):
        if required:
            reader.problem(path, "empty_text")
        return ""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        reader.problem(path, "bad_idempotency_key")
        return ""
    return value
