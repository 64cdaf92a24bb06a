"""The SM2 key that signs the heads of audit trails, where there is one (docs/decisions/0016-sm2.md).

It lies beside the other keys as `trail-sm2.key`, or where YUNQIAN_SM2_KEY_FILE says: PKCS#8 in PEM, encrypted by the
passphrase of all keys.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from core import config
from core.config import ConfigError
from core.errors import Conflict
from pdf.errors import PkiError
from pdf.pki.sm2 import Sm2Key, load_sm2_key, new_sm2_key
from signing.trust.keys import write_secret


def place() -> Path:
    """Where the key lies, or would lie."""
    settings = config.settings()
    return settings.sm2_key_file or settings.data_dir / "keys" / "trail-sm2.key"


def find_key() -> Sm2Key | None:
    """The key; None where none is configured.

    Raises ConfigError: a file that was named is missing, can be read by others, holds no SM2 key, or is encrypted by
    another passphrase.
    """
    path = place()
    try:
        found = path.stat()
    except FileNotFoundError:
        if config.settings().sm2_key_file is None:
            return None
        raise ConfigError([f"{path} is missing: YUNQIAN_SM2_KEY_FILE names it"]) from None
    if found.st_mode & 0o077:
        raise ConfigError([f"{path} can be read by others: run chmod 600 {path}"])
    return _load(path, config.settings().key_secret, found.st_mtime_ns)


@lru_cache(maxsize=4)
def _load(path: Path, passphrase: str, _stamp: int) -> Sm2Key:
    try:
        return load_sm2_key(path.read_bytes(), password=passphrase.encode())
    except PkiError as error:
        raise ConfigError([f"{path} cannot be opened with YUNQIAN_KEY_PASSPHRASE: {error}"]) from None


def make_key(*, replace: bool) -> Sm2Key:
    """A new key in its place. Raises Conflict `sm2_key_exists` where there is one that is not to be replaced."""
    path = place()
    if path.exists() and not replace:
        raise Conflict("sm2_key_exists")
    made = new_sm2_key()
    write_secret(path, made.to_pem(config.settings().key_secret.encode()))
    return made
