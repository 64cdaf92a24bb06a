"""The SM2 key of the trails: made once, kept like the other keys, refused where others could read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from core import config
from core.config import ConfigError, Settings
from core.errors import Conflict
from signing.trust import sm2


@pytest.fixture
def settings(data_dir: Path) -> Iterator[Settings]:
    before = config._current[:]
    found = Settings(data_dir=data_dir)
    config.use(found)
    (data_dir / "keys").mkdir(mode=0o700)
    yield found
    config._current[:] = before


def test_there_is_no_key_until_one_is_made_and_it_is_not_replaced_by_accident(settings: Settings) -> None:
    assert sm2.find_key() is None
    made = sm2.make_key(replace=False)
    assert sm2.find_key() == made
    assert sm2.place().stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED PRIVATE KEY" in sm2.place().read_bytes()
    with pytest.raises(Conflict, match="sm2_key_exists"):
        sm2.make_key(replace=False)
    assert sm2.make_key(replace=True) == sm2.find_key() != made


def test_a_key_that_others_can_read_or_that_cannot_be_opened_is_told(settings: Settings) -> None:
    sm2.make_key(replace=False)
    sm2.place().chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        sm2.find_key()
    sm2.place().chmod(0o600)
    config.use(Settings(data_dir=settings.data_dir, key_passphrase=SecretStr("another")))
    with pytest.raises(ConfigError, match="YUNQIAN_KEY_PASSPHRASE"):
        sm2.find_key()


def test_a_key_that_a_setting_names_must_be_there(settings: Settings, tmp_path: Path) -> None:
    config.use(settings.model_copy(update={"sm2_key_file": tmp_path / "sm2.pem"}))
    with pytest.raises(ConfigError, match="is missing"):
        sm2.find_key()
    made = sm2.make_key(replace=False)
    assert sm2.place() == tmp_path / "sm2.pem"
    assert sm2.find_key() == made
