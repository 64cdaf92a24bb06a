"""The templates of what is printed: templates/pdf, each document with its styles in it."""

from __future__ import annotations

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from core import paths


def environment() -> Environment:
    """A new environment: every value is escaped, an unknown name is a jinja2.UndefinedError; `stylesheet(name)`."""
    folder = paths.templates() / "pdf"
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["stylesheet"] = lambda name: Markup((folder / name).read_text(encoding="utf-8"))  # noqa: S704
    return made
