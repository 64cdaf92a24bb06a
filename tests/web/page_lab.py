"""Renders templates as the application does, with the real catalogues, for tests and the browser harness."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fluent.runtime import FluentBundle, FluentResource
from jinja2 import ChainableUndefined, Environment, FileSystemLoader, StrictUndefined

from web.assets_manifest import asset_urls
from web.form_errors import FormErrors
from web.page_messages import page_messages

ROOT = Path(__file__).resolve().parents[2]


def catalogue(locale: str) -> FluentBundle:
    """All messages of one language."""
    bundle = FluentBundle([locale], use_isolating=False)
    for path in sorted((ROOT / "locales" / locale).glob("*.ftl")):
        bundle.add_resource(FluentResource(path.read_text(encoding="utf-8")))
    return bundle


def translator(locale: str) -> Callable[..., str]:
    """``t(message_id, **args)`` that refuses unknown ids and missing arguments."""
    bundle = catalogue(locale)

    def t(message_id: str, /, **args: Any) -> str:
        pattern = bundle.get_message(message_id).value
        assert pattern is not None, message_id
        text, errors = bundle.format_pattern(pattern, args)
        assert not errors, (message_id, errors)
        return str(text)

    return t


def environment(locale: str, *, strict: bool = False) -> Environment:
    """Jinja with the globals that every template may count on."""
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined if strict else ChainableUndefined,
    )
    env.trim_blocks = env.lstrip_blocks = True
    env.globals.update(
        t=translator(locale),
        asset=asset_urls(ROOT / "static"),
        csrf_token=lambda: "csrf-for-tests",
        page_messages=page_messages,
        form_errors=FormErrors(),
    )
    return env
