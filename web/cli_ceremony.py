"""`yunqian ceremony …`: import a ceremony from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from accounts import queries as accounts
from core import audit
from core.i18n import t
from signing.ceremonies import planning
from signing.ceremonies.plan_file import CeremonyFile
from web.cli_accounts import opened


@click.group()
def ceremony() -> None:
    """Ceremonies."""


@ceremony.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", default="", help="Name of the organisation; needed where there is not exactly one.")
def import_file(file: Path, organisation: str) -> None:
    """Import FILE as a draft; all problems of a bad file are listed at once and nothing is kept."""
    plan = CeremonyFile.loads(file.read_bytes())
    with opened() as (_, settings):
        organisation_id = accounts.get_organisation_by_name(organisation)
        ceremony_id = planning.import_ceremony(
            plan, organisation_id=organisation_id, by=audit.SYSTEM, demo=settings.demo
        )
        click.echo(t("import-done", id=ceremony_id))
        click.echo(t("import-open", url=f"{settings.base_url}/ceremonies/{ceremony_id}"))
