"""The application, put together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

from flask import Blueprint, Flask, g
from jinja2 import Undefined, UndefinedError

from accounts import access, queries, session_access
from core import clock, config, i18n, paths
from core.config import Settings
from core.db import db
from core.engine import engine_options
from signing.trust import service as trust
from web import addresses, blueprints, errors, logging, navigation, pages, security
from web.assets_manifest import asset_urls
from web.form_errors import FormErrors
from web.page_messages import page_messages


class Application(Flask):
    """Flask, which looks at every hook of every request whether it is a coroutine; none of ours is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """The Flask application for these settings (default: from the environment).

    Raises ConfigError on wrong settings and SilentViews when a view does not say who may call it.
    """
    if settings is not None:
        config.use(settings)
    settings = config.settings()
    logging.configure(settings.log_level)
    for name in blueprints.REGISTERED:
        import_module(name)
    trust.external_anchors()  # what cannot be read stops the start, not the first signer
    app = Application(
        "yunqian", static_folder=str(paths.static()), static_url_path="/static", template_folder=str(paths.templates())
    )
    security.init_app(app, settings)
    app.config["MAX_UPLOAD_BYTES"] = settings.max_upload_bytes
    errors.init_app(app)
    _init_database(app, settings)
    session_access.init_app(app)
    app.before_request(pages.choose_request_locale)
    app.teardown_request(pages.forget_reader)
    app.before_request(errors.say_refusal)
    app.before_request(addresses.lead_to_page)
    app.after_request(pages.note_language)
    security.init_guard(app)
    _init_templates(app, settings)
    _register(app)
    access.check_every_view_declares(app)
    return app


class NeverPrinted(Undefined):
    """A template may ask whether a value was given, but a page with a hole where a value belongs is an error."""

    def __str__(self) -> str:
        raise UndefinedError(self._undefined_message)


def _init_database(app: Flask, settings: Settings) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.sqlalchemy_url
    # hide_parameters: a traceback must not carry the values of a statement into the log.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {**engine_options(settings.sqlalchemy_url), "hide_parameters": True}
    db.init_app(app)


def _init_templates(app: Flask, settings: Settings) -> None:
    app.jinja_options = {**app.jinja_options, "undefined": NeverPrinted}
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's default provider has it
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(
        t=i18n.t,
        asset=asset_urls(paths.static()),
        demo=settings.demo,
        page_messages=page_messages,
        zone_place=i18n.zone_place,
    )
    environment.filters.update(
        localtime=_localtime, called=queries.called, localdate=i18n.format_date, money=i18n.format_money
    )

    @app.context_processor
    def _common() -> dict[str, Any]:
        account = g.get("account")
        return {
            "locale": i18n.current(),
            "server_now": clock.iso(clock.now()),
            "form_errors": FormErrors(),
            "nav": navigation.links(account) if account else [],
            "account": {"name": queries.called(account), "sign_out_url": "/logout"} if account else None,
        }


def _localtime(at: datetime, zone: str, *, seconds: bool = False) -> str:
    return i18n.format_datetime(at, zone, seconds=seconds)


def _register(app: Flask) -> None:
    names = (*blueprints.BLUEPRINTS, *(blueprints.DEMO_BLUEPRINTS if config.settings().demo else ()))
    for name in names:
        module, _, attribute = name.partition(":")
        blueprint = getattr(import_module(module), attribute)
        if not isinstance(blueprint, Blueprint):
            raise TypeError(f"{name} is no blueprint")
        app.register_blueprint(blueprint)
    app.extensions["yunqian_navigation"] = tuple(
        entry for entry in blueprints.NAVIGATION if entry.endpoint in app.view_functions
    )
    access.public("our own scripts, styles and pictures")(app.view_functions["static"])
