"""Who may import whom: the rooms, the files inside a feature, and what stays out of each (house.md, 1 and 2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

# A room may use the rooms to its right.
ROOMS = ("web", "projects", "events", "signing", "accounts", "core")
PDF = "pdf"
PDF_USERS = frozenset({"signing", "events", "projects", "web"})
# Never part of what ships.
WORKSHOP = frozenset({"tools", "tests", "bench"})
HAVE_FEATURES = frozenset({"signing", "events", "projects"})
OURS = frozenset({*ROOMS, PDF, *WORKSHOP})


class Kind(StrEnum):
    """What a module is, told by its name; `part` is a further module of the use-case layer beside service.py."""

    VIEWS = "views"
    API = "api"
    FORMS = "forms"
    SERVICE = "service"
    PART = "part"
    QUERIES = "queries"
    MODELS = "models"
    RULES = "rules"
    ACCESS = "access"
    PACKAGE = "package"
    GROUND = "ground"


_EDGE = frozenset({Kind.FORMS, Kind.SERVICE, Kind.PART, Kind.QUERIES})
# Inside one feature, besides modules of the same kind. PACKAGE is the feature's __init__, which holds no code.
INSIDE: dict[Kind, frozenset[Kind]] = {
    Kind.VIEWS: _EDGE | {Kind.ACCESS},
    Kind.API: _EDGE | {Kind.ACCESS},
    Kind.FORMS: frozenset({Kind.RULES}),
    Kind.SERVICE: frozenset({Kind.PART, Kind.QUERIES, Kind.MODELS, Kind.RULES}),
    Kind.PART: frozenset({Kind.SERVICE, Kind.QUERIES, Kind.MODELS, Kind.RULES}),
    Kind.QUERIES: frozenset({Kind.MODELS, Kind.RULES}),
    Kind.MODELS: frozenset({Kind.RULES}),
    Kind.RULES: frozenset(),
    Kind.ACCESS: frozenset({Kind.SERVICE, Kind.PART, Kind.QUERIES, Kind.MODELS, Kind.RULES}),
    Kind.PACKAGE: frozenset(),
    Kind.GROUND: frozenset(),
}
# What a feature shows to other features.
OPEN = frozenset({Kind.SERVICE, Kind.QUERIES})
# web assembles: it registers pages and jobs.
OPEN_TO_WEB = OPEN | {Kind.VIEWS, Kind.API, Kind.PART, Kind.ACCESS}
MAY_HAVE_FLASK = frozenset({Kind.VIEWS, Kind.API, Kind.ACCESS})
# Decided exceptions: module → the Flask extension that it is about.
FLASK_ELSEWHERE = {
    "core.db": "flask_sqlalchemy",
    "accounts.models": "flask_security",  # an account is what its sessions are about: UserMixin
    "accounts.passwords": "flask_security",  # one place hashes, with the scheme of Flask-Security
}
_FLASK = re.compile(r"flask(_\w+)?")
# Rules decide over values: no database, no network, no process, no chance, no clock of their own.
_NOT_IN_RULES = frozenset(
    {"sqlalchemy", "psycopg", "sqlite3", "requests", "httpx", "urllib", "http", "socket", "smtplib"}
)
_NOT_IN_RULES |= {"subprocess", "os", "pathlib", "random", "secrets", "time", "threading", "asyncio", "weasyprint"}
_FOR_RULES = frozenset({"core.errors", "core.values"})
_NOT_IN_PDF = frozenset({"sqlalchemy", "psycopg", "sqlite3"})


@dataclass(frozen=True)
class Module:
    """Where a module stands: `signing.agreements.rules` is in room signing, feature signing.agreements, kind rules."""

    name: str
    room: str
    feature: str
    kind: Kind


def place(name: str, *, packages: frozenset[str]) -> Module:
    """The place of a module by its dotted name; `packages` are the names of all packages of ours."""
    parts = name.split(".")
    room = parts[0]
    if room in HAVE_FEATURES and len(parts) > 1 and ".".join(parts[:2]) in packages:
        feature, rest = ".".join(parts[:2]), parts[2:]
    else:
        feature, rest = room, parts[1:]
    if not rest:
        return Module(name, room, feature, Kind.PACKAGE)
    if room in HAVE_FEATURES and feature == room:
        return Module(name, room, feature, Kind.GROUND)
    return Module(name, room, feature, _kind(rest[0]))


def _kind(stem: str) -> Kind:
    # staff_views.py holds views as views.py does.
    word = stem.rsplit("_", 1)[-1]
    known = {kind.value: kind for kind in Kind if kind not in {Kind.PART, Kind.PACKAGE, Kind.GROUND}}
    return known.get(word, Kind.PART)


def breach(importer: Module, imported: Module) -> tuple[str, str] | None:
    """(rule, sentence) when this import of a module of ours is not allowed."""
    return _between_rooms(importer, imported) or _between_features(importer, imported) or _inside(importer, imported)


def _between_rooms(a: Module, b: Module) -> tuple[str, str] | None:
    if a.room in WORKSHOP:
        return None
    if b.room in WORKSHOP:
        return "workshop", f"{a.room} ships and {b.room} does not"
    if a.room == b.room:
        return None
    if a.room == PDF:
        return "pdf-alone", f"pdf imports nothing of ours, here {b.name}"
    if b.room == PDF:
        return None if a.room in PDF_USERS else ("rooms", f"{a.room} does not use pdf")
    if ROOMS.index(a.room) > ROOMS.index(b.room):
        return "rooms", f"{a.room} stands below {b.room}, so it does not import {b.name}"
    if a.kind is Kind.RULES and b.name not in _FOR_RULES:
        return "rules-pure", f"rules use core.errors and core.values only, here {b.name}"
    return None


def _between_features(a: Module, b: Module) -> tuple[str, str] | None:
    if a.room in WORKSHOP or a.feature == b.feature or b.room in {"core", PDF} or b.kind is Kind.PACKAGE:
        return None
    if b.kind is Kind.GROUND and a.room == b.room:
        return None
    shown = OPEN_TO_WEB if a.room == "web" else OPEN
    if b.kind in shown or (b.kind is Kind.ACCESS and a.kind in MAY_HAVE_FLASK):
        return None
    return "features", f"another feature shows its service and queries only, here {b.name}"


def _inside(a: Module, b: Module) -> tuple[str, str] | None:
    if a.feature != b.feature or a.room in {"core", "web", PDF, *WORKSHOP}:
        return None
    if a.kind is b.kind or b.kind is Kind.PACKAGE or b.kind in INSIDE[a.kind]:
        return None
    return "inside", f"{a.kind} does not import {b.kind}, here {b.name}"


def foreign_breach(importer: Module, top_level: str) -> tuple[str, str] | None:
    """(rule, sentence) when this room may not use this library (its top-level name)."""
    if importer.room in WORKSHOP:
        return None
    if _FLASK.fullmatch(top_level) and importer.room != "web" and importer.kind not in MAY_HAVE_FLASK:
        if FLASK_ELSEWHERE.get(importer.name) == top_level:
            return None
        return "flask", f"Flask stays in views, api, accounts.access and web, here {top_level}"
    if importer.kind is Kind.RULES and top_level in _NOT_IN_RULES:
        return "rules-pure", f"rules take values and do nothing else, here {top_level}"
    if importer.room == PDF and top_level in _NOT_IN_PDF:
        return "pdf-alone", f"pdf knows no database, here {top_level}"
    return None
