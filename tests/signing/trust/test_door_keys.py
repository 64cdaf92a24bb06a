"""The keys of badges: made once, kept like the other keys, replaced without what was printed growing old."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import SecretStr

from core import config
from core.config import ConfigError, Settings
from signing.trust import door_keys
from signing.trust import service as trust


def test_the_key_is_made_at_first_use_and_lies_encrypted_for_its_owner_alone(started: Path) -> None:
    assert door_keys.known_door_keys() == {}
    assert not (started / "doors").exists()
    made = trust.door_key()
    assert trust.door_key() == made
    file = started / "doors" / "current.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert (started / "doors").stat().st_mode & 0o777 == 0o700
    assert b"ENCRYPTED PRIVATE KEY" in file.read_bytes()
    assert trust.trust().platform  # the other keys are still opened


def test_another_process_opens_the_same_key(started: Path) -> None:
    made = trust.door_key()
    door_keys._load.cache_clear()
    again = trust.door_key()
    assert again.id == made.id
    Ed25519PublicKey.from_public_bytes(trust.public_door_keys()[made.id]).verify(again.sign(b"badge"), b"badge")


def test_after_a_rotation_the_old_public_half_is_still_there_and_the_new_key_signs(started: Path) -> None:
    old = trust.door_key()
    new = door_keys.rotate_door_key()
    assert trust.door_key() == new != old
    assert list(trust.public_door_keys()) == [new.id, old.id]
    Ed25519PublicKey.from_public_bytes(trust.public_door_keys()[old.id]).verify(old.sign(b"badge"), b"badge")


def test_a_key_that_others_can_read_is_missing_or_cannot_be_opened_is_told(started: Path) -> None:
    trust.door_key()
    file = started / "doors" / "current.key"
    file.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        trust.door_key()
    file.chmod(0o600)
    config.use(Settings(data_dir=started.parent, key_passphrase=SecretStr("another")))
    with pytest.raises(ConfigError, match="YUNQIAN_KEY_PASSPHRASE"):
        trust.door_key()
    file.unlink()
    with pytest.raises(ConfigError, match="from the backup"):
        trust.door_key()


def test_a_public_half_that_is_something_else_is_told(started: Path) -> None:
    trust.door_key()
    (started / "doors" / "other.pub").write_bytes(b"no key")
    with pytest.raises(ConfigError, match=r"other\.pub"):
        trust.public_door_keys()
