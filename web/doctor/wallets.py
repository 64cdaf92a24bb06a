"""Tickets in phone wallets: whether what signs them is there, fits together and has not run out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from core import clock
from core.config import ConfigError, Settings
from events.badges import service as badges
from web.doctor.finding import Finding, fail, ok, warn

_SOON = timedelta(days=30)


def check_wallets(settings: Settings) -> Iterator[Finding]:
    """Apple's certificate with its key and issuer, Google's service account. Nothing where none is set."""
    try:
        apple = badges.apple_signer(settings)
        if apple is not None:
            until = min(apple.certificate.not_valid_after_utc, apple.issuer.not_valid_after_utc)
            facts = {"pass_type": apple.pass_type, "until": f"{until:%Y-%m-%d}"}
            is_soon = until - clock.now() < _SOON
            yield warn("wallets", "wallet-apple-ends", **facts) if is_soon else ok("wallets", "wallet-apple", **facts)
    except ConfigError as error:
        yield fail("wallets", "wallet-apple-broken", why="; ".join(error.problems))
    try:
        if google := badges.google_signer(settings):
            yield ok("wallets", "wallet-google", account=google.email)
    except ConfigError as error:
        yield fail("wallets", "wallet-google-broken", why="; ".join(error.problems))
