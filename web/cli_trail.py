"""`yunqian trail …`: what may be taken from beside an audit trail."""

from __future__ import annotations

import json

import click

from core import audit
from core.i18n import t
from signing.evidence import forgetting
from web.cli_accounts import opened


@click.group()
def trail() -> None:
    """Audit trails."""


@trail.command()
@click.argument("ceremony")
@click.option("--seat", default="", help="The id of one signer's seat; else everybody's values are deleted.")
@click.option("--json", "as_json", is_flag=True, help="JSON for programs.")
@click.confirmation_option(help="Ask nothing.", prompt="Delete for good?")
def forget(ceremony: str, seat: str, as_json: bool) -> None:
    """Delete personal values beside the trail of CEREMONY (id): addresses, declared places, reasons.

    The trail stays whole, and says that they were deleted. Kits that are kept here are packed anew without them.
    """
    with opened():
        deleted = forgetting.forget(ceremony, seat=seat, by=audit.SYSTEM)
    said = {"ceremony": ceremony, "seat": seat or None, "deleted": deleted}
    click.echo(json.dumps(said) if as_json else t("cli-trail-forgotten", n=deleted))
