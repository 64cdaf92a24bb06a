"""The folder of the installation's keys: what lies where, who may read it, how a set is put into place whole.

`NAME.key` is PKCS#8 in PEM, encrypted, or the address of a key in a token (RFC 7512); `NAME.pem` the certificate and
those above it (of a root: what it and the one before say of each other). `retired/` keeps what was replaced,
`revoked.json` what counts no more, `root.crl` the root's list while the root key is elsewhere.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from core import clock, ids
from core.config import ConfigError, Settings
from pdf import pki
from pdf.errors import PkiError
from pdf.pki.pkcs11 import SCHEME, Token, read_uri

ROOT, ISSUING, PLATFORM, TIMESTAMPING = "root", "issuing", "platform", "timestamping"
NAMES = (ROOT, ISSUING, PLATFORM, TIMESTAMPING)
_PLAIN = b"-----BEGIN PRIVATE KEY-----"
_SET_IS_WHOLE, _OLD_ONES_ARE_KEPT = "whole", "kept"


@dataclass(frozen=True)
class NewKey:
    """A key and the text that stands for it in its file."""

    key: ec.EllipticCurvePrivateKey
    text: bytes


@dataclass(frozen=True)
class Made:
    """An authority, what goes into its key's file, and which certificates besides into the other one."""

    authority: pki.Authority
    text: bytes
    crossing: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True)
class Root:
    """A root, in use or replaced; `authority` is None, and `crl` its newest list, while the key is kept elsewhere.

    `crossing`: what it and its predecessor say of each other; empty for the first.
    """

    certificate: x509.Certificate
    crossing: tuple[x509.Certificate, ...]
    authority: pki.Authority | None
    is_in_token: bool
    crl: bytes | None


def folder_of(settings: Settings, *, rehearsal: bool) -> Path:
    """Where the keys lie; those of rehearsals apart from all others."""
    return settings.data_dir / "keys" / "rehearsal" if rehearsal else settings.data_dir / "keys"


class KeyFolder:
    """`data_dir/keys` with what opens it; all that changes it happens inside `locked()`.

    `rehearsal`: the keys of rehearsals, below a root of their own that is marked as a specimen.
    """

    def __init__(self, settings: Settings, *, rehearsal: bool = False) -> None:
        self.is_rehearsal = rehearsal
        self.path = folder_of(settings, rehearsal=rehearsal)
        self._passphrase = settings.key_secret.encode()
        # Keys that count for nothing take no room in a token.
        self._token = (
            Token(settings.pkcs11_module, label=settings.pkcs11_token, pin=settings.token_pin)
            if settings.pkcs11_module and not rehearsal
            else None
        )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Several processes may start or rotate together: one acts, the others wait. Half-made sets are settled first.

        Raises ConfigError where keys are missing of which others are there.
        """
        if self.is_rehearsal:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.path / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._settle()
            yield

    @property
    def is_empty(self) -> bool:
        """Whether keys were never made here; raises ConfigError where the root's certificate alone is missing."""
        if self._pem(ROOT).exists():
            return False
        if list(self.path.glob("*.key")):
            raise ConfigError([f"{self._pem(ROOT)} is missing: put it back from the backup"])
        return True

    def new_key(self, name: str) -> NewKey:
        """A fresh key: in the token where one is set, else in memory and encrypted for its file."""
        if self._token is None:
            key = pki.new_key()
            return NewKey(key, pki.dump_key(key, password=self._passphrase))
        made = self._token.create(f"yunqian-{name}-{ids.new('key')}")
        return NewKey(made, made.address.encode() + b"\n")

    def put(self, made: Mapping[str, Made]) -> None:
        """Put a set into place, whole or not at all; what it replaces goes to `retired/`."""
        aside = self._aside
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
        for name, each in made.items():
            write_secret(aside / f"{name}.key", each.text)
            write_secret(aside / f"{name}.pem", pki.dump_certificates([*each.authority.path, *each.crossing]))
        write_secret(aside / _SET_IS_WHOLE, b"")
        self._settle()

    def _settle(self) -> None:
        """Finish what a killed process began, or drop it where its set was not whole. May be repeated at any point."""
        aside = self._aside
        if not (aside / _SET_IS_WHOLE).exists():
            shutil.rmtree(aside, ignore_errors=True)
            return
        if not (aside / _OLD_ONES_ARE_KEPT).exists():
            for pem in aside.glob("*.pem"):
                self._retire(pem.stem)
            write_secret(aside / _OLD_ONES_ARE_KEPT, b"")
        if (aside / f"{ROOT}.pem").exists():
            self._pem(ROOT).with_suffix(".crl").unlink(missing_ok=True)  # of the root before, which is kept
        for name in (*NAMES[1:], ROOT):  # the root's certificate last: it says that there are keys
            for ending in (".key", ".pem"):
                with suppress(FileNotFoundError):  # moved by the process that was killed, or not of this set
                    (aside / f"{name}{ending}").rename(self.path / f"{name}{ending}")
        shutil.rmtree(aside)
        _sync(self.path)

    def _retire(self, name: str) -> None:
        """Keep the certificate that is replaced, and the key of who issued others, since its lists go on."""
        if not self._pem(name).exists():
            return
        certificate, *_ = pki.load_certificates(self._pem(name).read_bytes())
        self._retired.mkdir(mode=0o700, exist_ok=True)
        for ending in (".key", ".crl", ".pem") if name in (ROOT, ISSUING) else (".pem",):
            source = (self.path / name).with_suffix(ending)
            if source.exists():
                write_secret(self._retired_as(name, certificate).with_suffix(ending), source.read_bytes())

    def _retired_as(self, name: str, certificate: x509.Certificate) -> Path:
        return self._retired / f"{name}-{certificate.serial_number:040x}"

    def read(self, name: str) -> pki.Authority:
        """One authority. Raises ConfigError: a file missing, readable by others, or under another passphrase."""
        return self._open(self._key(name), self._pem(name))

    def read_roots(self) -> tuple[Root, ...]:
        """The root in use, then those it replaced, newest first; raises ConfigError as `read`."""
        old = [self._root(path) for path in self._retired.glob(f"{ROOT}-*.pem")]
        newest_first = sorted(old, key=lambda each: each.certificate.not_valid_before_utc, reverse=True)
        return (self._root(self._pem(ROOT)), *newest_first)

    def _root(self, pem: Path) -> Root:
        certificate, *crossing = _certificates(pem)
        key, crl = pem.with_suffix(".key"), pem.with_suffix(".crl")
        known = crl.read_bytes() if crl.exists() else None
        # Only where the list says that the key was taken away is a missing key no accident.
        if known and not key.exists():
            return Root(certificate, tuple(crossing), None, False, known)
        opened = pki.Authority(self._open(key, pem).key, certificate)
        return Root(certificate, tuple(crossing), opened, key.read_bytes().startswith(SCHEME.encode()), known)

    def retired_issuers(self) -> tuple[pki.Authority, ...]:
        """Issuing CAs that were replaced, newest first: their lists go on."""
        found = [self._open(path, path.with_suffix(".pem")) for path in self._retired.glob(f"{ISSUING}-*.key")]
        return tuple(sorted(found, key=lambda each: each.certificate.not_valid_before_utc, reverse=True))

    def retired(self) -> tuple[tuple[str, x509.Certificate], ...]:
        """(name, certificate) of all that was replaced, oldest first."""
        found = [(path.stem.rpartition("-")[0], _certificates(path)[0]) for path in self._retired.glob("*.pem")]
        return tuple(sorted(found, key=lambda each: each[1].not_valid_before_utc))

    def write_root_list(self, root: x509.Certificate, crl: bytes) -> None:
        write_secret(self._root_file(root, ".crl"), crl)
        os.utime(self.path)  # whoever has it in memory looks again, also at what lies in `retired/`

    def drop_root_key(self, root: x509.Certificate) -> None:
        """Remove a root's key from this machine: overwritten, then deleted."""
        path = self._root_file(root, ".key")
        path.write_bytes(bytes(path.stat().st_size))
        _sync(path)
        path.unlink()
        _sync(path.parent)
        os.utime(self.path)

    def _root_file(self, root: x509.Certificate, ending: str) -> Path:
        is_in_use = _certificates(self._pem(ROOT))[0] == root
        return (self.path / ROOT if is_in_use else self._retired_as(ROOT, root)).with_suffix(ending)

    def is_in_token(self, name: str) -> bool:
        return self._key(name).read_bytes().startswith(SCHEME.encode())

    def read_revoked(self) -> tuple[pki.Revoked, ...]:
        """Certificates of our own that count no more."""
        return read_revoked(self.path)

    def add_revoked(self, revoked: pki.Revoked) -> None:
        kept = {each.serial: each for each in (revoked, *self.read_revoked())}
        values = {
            f"{serial:x}": {"at": clock.iso(each.at), "reason": each.reason.value} for serial, each in kept.items()
        }
        write_secret(self.path / "revoked.json", json.dumps(values, indent=1).encode())

    @property
    def _aside(self) -> Path:
        return self.path / "new"

    @property
    def _retired(self) -> Path:
        return self.path / "retired"

    def _key(self, name: str) -> Path:
        return self.path / f"{name}.key"

    def _pem(self, name: str) -> Path:
        return self.path / f"{name}.pem"

    def _open(self, path: Path, pem: Path) -> pki.Authority:
        try:
            if path.stat().st_mode & 0o077:
                raise ConfigError([f"{path} can be read by others: run chmod 600 {path}"])
            text = path.read_bytes()
        except FileNotFoundError:
            raise ConfigError([f"{path} is missing: put the key back from the backup"]) from None
        certificate, *chain = _certificates(pem)
        try:
            return pki.Authority(self._key_of(path, text), certificate, tuple(chain))
        except PkiError as error:
            if text.startswith(SCHEME.encode()):
                raise ConfigError([f"{path}: the key in the token cannot be reached: {error}"]) from None
            raise ConfigError(
                [f"the keys in {self.path} cannot be opened: YUNQIAN_KEY_PASSPHRASE is another one"]
            ) from None

    def _key_of(self, path: Path, text: bytes) -> ec.EllipticCurvePrivateKey:
        if text.startswith(SCHEME.encode()):
            token, label = read_uri(text.decode())
            if self._token is None or token != self._token.label:
                raise PkiError(f"YUNQIAN_PKCS11_MODULE and _TOKEN must lead to the token {token}", code="pki_refused")
            return self._token.find(label)
        if text.startswith(_PLAIN):  # put here by hand: nothing lies open from the first start on
            key = pki.load_key(text)
            write_secret(path, pki.dump_key(key, password=self._passphrase))
            return key
        return pki.load_key(text, password=self._passphrase)


def read_revoked(folder: Path) -> tuple[pki.Revoked, ...]:
    """The installation's own certificates that count no more, by the folder of its keys; opens no key."""
    path = folder / "revoked.json"
    kept = json.loads(path.read_bytes()) if path.exists() else {}
    return tuple(
        pki.Revoked(int(serial, 16), datetime.fromisoformat(each["at"]), x509.ReasonFlags(each["reason"]))
        for serial, each in kept.items()
    )


def _certificates(path: Path) -> tuple[x509.Certificate, ...]:
    try:
        return pki.load_certificates(path.read_bytes())
    except FileNotFoundError:
        raise ConfigError([f"{path} is missing: put it back from the backup"]) from None
    except PkiError:
        raise ConfigError([f"{path} holds no readable certificate: put it back from the backup"]) from None


def write_secret(path: Path, data: bytes) -> None:
    """Write a file for its owner alone, whole or not at all, and on the disk when this returns."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
