"""`yunqian accounts …`: the first administrator, and accounts from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from accounts import queries, staff
from accounts.queries import Role
from accounts.staff import NewAccount
from core import audit, config
from core.config import Settings
from core.i18n import LOCALES
from web import migrate
from web.app import create_app


@contextmanager
def opened() -> Iterator[tuple[Flask, Settings]]:
    """The application on the configured, migrated database, with its context."""
    settings = config.settings()
    migrate.upgrade(settings)
    app = create_app(settings)
    with app.app_context():
        yield app, settings


@click.group()
def accounts() -> None:
    """Staff accounts."""


@accounts.command("first-link")
def first_link() -> None:
    """Print the one-time link that makes the first administrator (24 hours; earlier ones end)."""
    with opened() as (_, settings):
        token = staff.issue_first_link()
        click.echo(f"{settings.base_url}/accounts/first/{token}")


@accounts.command("add")
@click.argument("email")
@click.option("--name", required=True, help="The person's name as colleagues know it.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([str(role) for role in Role]))
@click.option("--organisation", default="", help="Name of the organisation; needed where there is not exactly one.")
@click.option("--locale", type=click.Choice(LOCALES), default=LOCALES[0], show_default=True)
def add(email: str, name: str, roles: tuple[str, ...], organisation: str, locale: str) -> None:
    """Add an account and print the one-time link with which its owner sets a password."""
    new = NewAccount.checked(email=email, name=name, roles=frozenset(map(Role, roles)), locale=locale)
    with opened() as (_, settings):
        organisation_id = queries.get_organisation_by_name(organisation)
        _, token = staff.add_account(organisation_id, new, actor=audit.SYSTEM)
        click.echo(f"{settings.base_url}/accounts/password/{token}")
