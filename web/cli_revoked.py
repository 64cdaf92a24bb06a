"""What the installation on this machine has revoked, for `yunqian verify`: read, never written, and no key opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click
from cryptography import x509
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core import config, i18n
from core.config import PREFIX, ConfigError
from core.engine import engine_options
from pdf.errors import PkiError
from pdf.pki import Revoked, load_certificates
from signing.seats import queries as seats
from signing.trust import service as trust
from signing.trust.keys import read_revoked

_PATIENCE_SECONDS = 5


def read(folder: Path) -> tuple[tuple[str, Revoked], ...]:
    """What `folder` (YUNQIAN_DATA_DIR) and its database say; where one cannot be read, a line on stderr says so."""
    found: list[tuple[str, Revoked]] = []
    for part in (_own(folder / "keys"), _signers(folder)):
        try:
            found.extend(part)
        except (OSError, ValueError, KeyError, PkiError, ConfigError, SQLAlchemyError) as error:
            reason = type(error).__name__  # its text may hold the address of the database
            click.echo(i18n.t("cli-verify-no-revocations", reason=reason), err=True)
    return tuple(found)


def _own(keys: Path) -> Iterator[tuple[str, Revoked]]:
    revoked = read_revoked(keys)
    files = [*keys.glob("*.pem"), *keys.glob("retired/*.pem")] if revoked else []
    issuers = {each.serial_number: trust.authority_id(each) for file in files for each in _certificates(file)}
    yield from ((issuers[each.serial], each) for each in revoked if each.serial in issuers)


def _certificates(file: Path) -> tuple[x509.Certificate, ...]:
    data = file.read_bytes()
    return tuple(load_certificates(data)) if b"BEGIN CERTIFICATE" in data else ()


def _signers(folder: Path) -> Iterator[tuple[str, Revoked]]:
    if not os.environ.get(f"{PREFIX}DATABASE_URL") and not (folder / "yunqian.db").is_file():
        return
    url = config.settings().sqlalchemy_url
    options = engine_options(url)
    if not url.startswith("sqlite"):
        options["connect_args"] = {"connect_timeout": _PATIENCE_SECONDS}
    engine = create_engine(url, **options)
    try:
        with Session(engine) as session:
            yield from ((each.issuer_id, each.revoked) for each in seats.list_revoked(session))
    finally:
        engine.dispose()
