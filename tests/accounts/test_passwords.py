"""Password hashes: what they cost in the product, and that tests make them cheap in their own application only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from accounts import passwords
from core.config import Settings
from tests.support import apps
from web.app import create_app

PASSWORD = "nine white storks on the roof"


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Flask]:
    """The application as `yunqian serve` makes it."""
    app = create_app(Settings(data_dir=tmp_path))
    with app.app_context():
        yield app


def test_the_product_hashes_at_full_cost_whatever_tests_do(product: Flask) -> None:
    # RFC 9106 §4, second recommended option: argon2id, 64 MiB, 3 passes, 4 lanes.
    assert passwords.make_hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_hash_holds_for_its_password_only(product: Flask) -> None:
    apps.quicken(product)
    stored = passwords.make_hash(PASSWORD)

    assert passwords.matches(PASSWORD, stored)
    assert not passwords.matches("another one of some length", stored)
    assert not passwords.matches(PASSWORD, None)
