"""The machine below: folder and disk, clock, database, fonts, mail, limits of child processes."""

from __future__ import annotations

import ctypes
import os
import shutil
import smtplib
import tempfile
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from core import clock
from core.config import Settings
from core.engine import engine_options
from pdf import child, fonts, intake, scripts, second_reading
from pdf.errors import PdfError
from web import mail, migrate
from web.doctor.finding import Finding, fail, ok, warn

# A ceremony of five agreements and ten signatures leaves some 20 MB.
_LITTLE_BYTES, _TOO_LITTLE_BYTES = 5_000_000_000, 500_000_000
_LETTERS = "签约协议（示意印模）骑缝章 Agreement 2026 €¥ 林晓云 张伟 欧阳"
_NAMES = "龑 샘플 محمد דוד ตัวอย่าง उदाहरण Анна"  # as guests from elsewhere have them on their badges
_UNSYNCHRONISED = 5  # TIME_ERROR of adjtimex(2)


def check_disk(settings: Settings) -> Iterator[Finding]:
    """The data folder: for us alone, writable, with room."""
    folder = settings.data_dir
    if folder.stat().st_mode & 0o077:
        yield warn("disk", "disk-open", folder=str(folder))
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        yield fail("disk", "disk-readonly", folder=str(folder), why=error.strerror or "")
        return
    free = shutil.disk_usage(folder).free
    found = fail if free < _TOO_LITTLE_BYTES else warn if free < _LITTLE_BYTES else ok
    code = "disk" if free >= _LITTLE_BYTES else "disk-little"
    yield found("disk", code, folder=str(folder), gigabytes=round(free / 1e9, 1))


def check_clock(_settings: Settings) -> Iterator[Finding]:
    """Whether the kernel says that its clock follows another one (adjtimex(2), STA_UNSYNC)."""
    state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(512))
    now = clock.iso(clock.now())
    yield ok("clock", "clock", now=now) if 0 <= state < _UNSYNCHRONISED else warn("clock", "clock-unsynced", now=now)


def check_database(settings: Settings) -> Iterator[Finding]:
    """Reachable, with the newest tables, keeping what it acknowledges, its entries not from the future."""
    kind = "SQLite" if settings.is_sqlite else "PostgreSQL"
    if settings.is_sqlite and not (settings.data_dir / "yunqian.db").exists() and not settings.database_url:
        yield warn("database", "database-new", kind=kind)
        return
    engine = create_engine(settings.sqlalchemy_url, **engine_options(settings.sqlalchemy_url))
    try:
        with engine.connect() as connection:
            yield from _database(connection, settings, kind)
    except SQLAlchemyError as error:
        yield fail("database", "database-away", kind=kind, why=type(error).__name__)
    finally:
        engine.dispose()


def _database(connection: Connection, settings: Settings, kind: str) -> Iterator[Finding]:
    if migrate.list_pending(connection):
        yield warn("database", "database-old", kind=kind)
        return
    if not settings.is_sqlite and connection.scalar(text("SHOW synchronous_commit")) == "off":
        yield fail("database", "database-forgetful", kind=kind)
    newest = connection.scalar(text("SELECT max(at) FROM audit_entry"))
    ahead = clock.iso(clock.now() + timedelta(minutes=1))[:19].replace("T", " ")
    if newest is not None and str(newest)[:19] > ahead:
        yield fail("clock", "clock-back", newest=str(newest)[:19])
    waiting = _counted(connection, "done_at IS NULL AND dead_at IS NOT NULL")
    if waiting:
        yield warn("work", "work-given-up", n=waiting)
    stamps = connection.scalar(text("SELECT count(*) FROM agreement_signer WHERE level = 'B-B'")) or 0
    if stamps:
        yield warn("timestamps", "stamps-waiting", n=stamps)
    yield ok("database", "database", kind=kind)


def _counted(connection: Connection, condition: str) -> int:
    queries = (f"SELECT count(*) FROM {table} WHERE {condition}" for table in ("job", "outbox_message"))  # noqa: S608
    return sum(connection.scalar(text(query)) or 0 for query in queries)


def check_fonts(_settings: Settings) -> Iterator[Finding]:
    """Papers can be printed with the letters that they need."""
    try:
        missing = fonts.missing_glyphs(_LETTERS) + scripts.missing_glyphs(_NAMES)
    except PdfError:
        yield fail("fonts", "fonts-missing")
        return
    yield fail("fonts", "fonts-poor", letters="".join(missing)) if missing else ok("fonts", "fonts")


def check_mail(settings: Settings) -> Iterator[Finding]:
    """The mail server greets us, with TLS and sign-in as it is set."""
    if not settings.smtp_url:
        yield ok("mail", "mail-demo") if settings.demo else warn("mail", "mail-none")
        return
    try:
        host = mail.greet()
    except (mail.TryLater, smtplib.SMTPException, OSError) as error:
        yield fail("mail", "mail-away", why=str(error) or type(error).__name__)
        return
    yield ok("mail", "mail", host=host)


def check_children(_settings: Settings) -> Iterator[Finding]:
    """Foreign files are opened by children that the kernel holds to their limits."""
    tight = child.Limits(wall_seconds=20.0, memory_bytes=256 * 1024 * 1024)
    try:
        child.run_limited("web.doctor.greedy:take", b"", limits=tight)
    except child.ChildFailure as failure:
        if failure.code != "child_memory":
            yield fail("children", "children-broken", why=failure.code)
            return
    else:
        yield fail("children", "children-unlimited")
        return
    missing = child.list_missing()
    yield warn("children", "children-open", what=", ".join(missing)) if missing else ok("children", "children")


def check_second_reader(settings: Settings) -> Iterator[Finding]:
    """Another program sees what is in uploaded papers, Chinese letters in others' encodings included."""
    wanted, program = intake.SecondReader(settings.second_reader), second_reading.find_reader()
    if wanted is intake.SecondReader.OFF:
        yield warn("second-reader", "second-reader-off")
    elif program is None:
        is_needed = wanted is intake.SecondReader.REQUIRED
        yield (
            fail("second-reader", "second-reader-required")
            if is_needed
            else warn("second-reader", "second-reader-missing")
        )
    elif not second_reading.has_tables():
        yield warn("second-reader", "second-reader-poor")
    else:
        yield ok("second-reader", "second-reader", program=str(program))
