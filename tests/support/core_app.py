"""The smallest Flask application that the core stands on, and processes that work on the same database."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from core import audit, config, jobs, limits, live, mailbox, outbox, tokens
from core.config import Settings
from core.db import db
from core.engine import engine_options

ROOT = Path(__file__).resolve().parents[2]
TABLES = (audit, jobs, limits, live, mailbox, outbox, tokens)  # imported for their tables


def use_settings(database_url: str, data_dir: Path, **values: Any) -> Settings:
    """Settings for one test, made those of this process."""
    settings = Settings(database_url=database_url, data_dir=data_dir, **values)
    config.use(settings)
    return settings


def core_app(settings: Settings, *, create: bool = False) -> Flask:
    """An application with the database of these settings; with `create`, also with the tables of the core."""
    app = Flask("core-test")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.sqlalchemy_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.sqlalchemy_url)
    db.init_app(app)
    if create:
        ours = [table for name, table in db.metadata.tables.items() if name in CORE_TABLES]
        with app.app_context():
            db.metadata.create_all(db.engine, tables=ours)
    return app


CORE_TABLES = frozenset(
    {
        "attempt_limit",
        "audit_entry",
        "audit_head",
        "audit_private",
        "job",
        "link_token",
        "live_channel",
        "live_update",
        "mailbox_message",
        "outbox_message",
    }
)


def dispose(app: Flask) -> None:
    """Give back every connection, so that the database can be dropped."""
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def environment(settings: Settings) -> Mapping[str, str]:
    """What a child process needs to stand on the same database."""
    return {
        "YUNQIAN_DATA_DIR": str(settings.data_dir),
        "YUNQIAN_DATABASE_URL": settings.database_url,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
    }


def python(module: str, *arguments: object) -> list[str]:
    """The command that runs a module of ours."""
    return [sys.executable, "-m", module, *(str(argument) for argument in arguments)]
