"""The keys that doors trust: Ed25519, one in use, and the public halves of those before it (docs/badges.md).

They lie in `data_dir/keys/doors/`: `current.key` is PKCS#8 in PEM, encrypted by the passphrase of all keys, each
`<name>.pub` a public key in PEM. What was signed stays readable after a rotation. A token behind PKCS#11 is not asked:
few know Ed25519, and who has this key can print badges, not sign papers.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from core import config
from core.config import ConfigError
from signing.trust.keys import KeyFolder, write_secret

_ID_BYTES = 8


@dataclass(frozen=True)
class DoorKey:
    """The key in use; `id` names it in badges: 16 hexadecimal digits, the beginning of the public key's SHA-256."""

    id: str
    private: Ed25519PrivateKey
    public: bytes  # raw, 32 bytes

    def sign(self, message: bytes) -> bytes:
        """64 bytes (RFC 8032, pure). Each kind of message begins with words of its own."""
        return self.private.sign(message)


def door_key() -> DoorKey:
    """The key in use, made at the first call. Raises ConfigError: readable by others, missing, another passphrase."""
    path = _folder() / "current.key"
    if not path.exists():
        with KeyFolder(config.settings()).locked():
            if not path.exists():
                if list(_folder().glob("*.pub")):
                    raise ConfigError([f"{path} is missing: put it back from the backup"])
                _make()
    found = path.stat()
    if found.st_mode & 0o077:
        raise ConfigError([f"{path} can be read by others: run chmod 600 {path}"])
    return _load(path, config.settings().key_secret, found.st_mtime_ns)


def public_door_keys() -> dict[str, bytes]:
    """Every key that badges were signed with, raw (32 bytes) by name: the one in use (made if need be) comes first."""
    used = door_key()
    return {used.id: used.public, **known_door_keys()}


def known_door_keys() -> dict[str, bytes]:
    """The public halves that lie here, raw (32 bytes) by name; opens and makes nothing."""
    folder = _folder()
    return _read_public(folder, folder.stat().st_mtime_ns) if folder.is_dir() else {}


def rotate_door_key() -> DoorKey:
    """A new key in place of the one in use, whose public half stays: badges that are printed stay good."""
    door_key()  # one that cannot be opened is not silently replaced
    with KeyFolder(config.settings()).locked():
        _make()
    return door_key()


def _folder() -> Path:
    return config.settings().data_dir / "keys" / "doors"


def _make() -> None:
    """The public half first: killed between the two, there is a name that nothing was signed with."""
    _folder().mkdir(mode=0o700, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    write_secret(_folder() / f"{_id(_raw(key))}.pub", public)
    passphrase = BestAvailableEncryption(config.settings().key_secret.encode())
    write_secret(_folder() / "current.key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, passphrase))


def _id(public_key: bytes) -> str:
    return hashlib.sha256(public_key).digest()[:_ID_BYTES].hex()


def _raw(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


@lru_cache(maxsize=4)
def _load(path: Path, passphrase: str, _stamp: int) -> DoorKey:
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ConfigError([f"{path} cannot be opened: YUNQIAN_KEY_PASSPHRASE is another one"]) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError([f"{path} is no Ed25519 key: put it back from the backup"])
    return DoorKey(_id(_raw(key)), key, _raw(key))


@lru_cache(maxsize=4)
def _read_public(folder: Path, _stamp: int) -> dict[str, bytes]:
    keys = [_read_one(path).public_bytes_raw() for path in sorted(folder.glob("*.pub"))]
    return {_id(raw): raw for raw in keys}


def _read_one(path: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(path.read_bytes())
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigError([f"{path} is no public key: put it back from the backup"]) from None
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigError([f"{path} is no Ed25519 public key: put it back from the backup"])
    return key
