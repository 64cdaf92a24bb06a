"""Where the files lie that are not code: in a checkout beside the packages, in an installation inside the wheel."""

from __future__ import annotations

from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[1]
_INSTALLED = _CHECKOUT / "web" / "_data"


def _folder(name: str) -> Path:
    installed = _INSTALLED / name
    return installed if installed.is_dir() else _CHECKOUT / name


def code() -> Path:
    """The folder above the packages: the checkout, or where the wheel's packages lie."""
    return _CHECKOUT


def templates() -> Path:
    return _folder("templates")


def static() -> Path:
    return _folder("static")


def locales() -> Path:
    return _folder("locales")


def migrations() -> Path:
    return _folder("migrations")


def examples() -> Path:
    return _folder("examples")
