"""Commands that run the product: the whole of it, or its parts on machines of their own."""

from __future__ import annotations

import gc
import signal
import sys

import click

from core import config
from core.config import ConfigError, Settings

HOST = "127.0.0.1"
PORT = 8600
YOUNG_OBJECTS = 10_000
SWITCH_SECONDS = 0.0005


def _settings() -> Settings:
    try:
        settings = config.load()
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    config.use(settings)
    return settings


def _load_undisturbed() -> None:
    """Nothing that a start loads is garbage: looking for some takes a sixth of the start's time."""
    gc.disable()
    # A page's thread lets go of the interpreter at each statement; a thread that computes (a mail, a list) would keep
    # it from coming back for 5 ms each time.
    sys.setswitchinterval(SWITCH_SECONDS)


def _ready(line: str) -> None:
    """From now on there is garbage; what was loaded is not looked through for it again."""
    gc.freeze()
    # A page makes two thousand objects that are gone when it is made: looking through them three times, as with
    # Python's threshold of 700, finds nothing.
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
    gc.enable()
    click.echo(line)


@click.command("serve")
@click.option("--host", default=HOST, show_default=True, help="Address to listen on.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535))
def serve_command(host: str, port: int) -> None:
    """Pages and live streams in one process, background work in another beside it (YUNQIAN_RUN_JOBS)."""
    _load_undisturbed()
    from web.asgi import serve

    serve(_settings(), host, port, announce=_ready)


@click.command("stream")
@click.option("--host", default=HOST, show_default=True, help="Address to listen on.")
@click.option("--port", default=PORT + 1, show_default=True, type=click.IntRange(0, 65535))
def stream_command(host: str, port: int) -> None:
    """Live streams alone: /live/ behind the same proxy as the pages."""
    _load_undisturbed()
    from web.asgi import serve

    serve(_settings(), host, port, announce=_ready, stream_only=True)


@click.command("worker")
def worker_command() -> None:
    """Background work alone, beside processes with YUNQIAN_RUN_JOBS=false."""
    _load_undisturbed()
    from web import mail, migrate
    from web.app import create_app
    from web.ending import on_signal
    from web.jobs import Worker

    settings = _settings()
    migrate.upgrade(settings)
    wait_for_end = on_signal(signal.SIGTERM, signal.SIGINT)
    worker = Worker(create_app(settings))
    mail.warn_unless_set_up()
    worker.start()
    _ready(f"working as {worker.name}")
    wait_for_end()
    worker.stop()


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest schema, and end."""
    from web import migrate

    migrate.upgrade(_settings())
    click.echo("the database is up to date")
