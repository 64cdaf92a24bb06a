"""The installation's own authorities and clock: made once at first start, loaded once by each process."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from core import clock, config
from core.config import ConfigError
from core.errors import Refusal
from pdf import pki, tsa
from pdf.errors import PkiError

_NAMES = ("root", "issuing", "platform", "timestamping")
_ROOT_LIFE = timedelta(days=365 * 25)
_CA_LIFE = timedelta(days=365 * 15)
_PLATFORM_LIFE = timedelta(days=365 * 10)
_TSA_LIFE = timedelta(days=365 * 14)
LEAF_LIFE = timedelta(days=2)
CRL_LIFE = timedelta(days=7)
# A signer's clock, and a verifier's, may be a little behind ours.
_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True)
class Trust:
    """What this installation signs with."""

    root: pki.Authority
    issuing: pki.Authority
    platform: pki.Authority
    timestamping: pki.Authority

    @property
    def anchors(self) -> tuple[x509.Certificate, ...]:
        """What a stranger must trust to check our files."""
        return (self.root.certificate,)

    @property
    def anchors_pem(self) -> bytes:
        return pki.dump_certificates(self.anchors)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the root certificate, hex: printed on every completion certificate."""
        return self.root.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Issuing CA and root: what goes beside a signer's certificate."""
        return self.issuing.path


def trust() -> Trust:
    """The authorities of this installation; made at the first call ever. Raises ConfigError when the keys are not to
    be read: wrong passphrase, readable by others, a file missing."""
    settings = config.settings()
    return _load(settings.data_dir / "keys", settings.key_passphrase.get_secret_value() or None, settings.organisation)


@lru_cache(maxsize=4)
def _load(folder: Path, passphrase: str | None, organisation: str) -> Trust:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(folder):
        _make_missing(folder, passphrase, organisation)
    try:
        return Trust(**{name: _read(folder, name, passphrase) for name in _NAMES})
    except FileNotFoundError as error:
        raise ConfigError([f"{error.filename} is missing: put the key back from the backup"]) from None
    except PkiError:
        raise ConfigError([f"the keys in {folder} cannot be opened: YUNQIAN_KEY_PASSPHRASE is another one"]) from None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Several processes may start together; one makes the keys, the others wait for it."""
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_missing(folder: Path, passphrase: str | None, organisation: str) -> None:
    """Make the keys where there are none at all. They are made aside, root last, so that a process killed meanwhile
    leaves either nothing that counts or a whole set that the next one moves into place."""
    aside = folder / "new"
    if (folder / "root.pem").exists():
        return
    if not (aside / "root.pem").exists():
        if list(folder.glob("*.key")):
            raise ConfigError([f"{folder / 'root.pem'} is missing: put it back from the backup"])
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
        _make(aside, passphrase, organisation)
    for name in (*_NAMES[1:], _NAMES[0]):
        for ending in (".key", ".pem"):
            with suppress(FileNotFoundError):  # moved by the process that was killed
                (aside / f"{name}{ending}").rename(folder / f"{name}{ending}")
    shutil.rmtree(aside)


def _make(folder: Path, passphrase: str | None, organisation: str) -> None:
    now = clock.now()
    begin = now - _BEFORE
    mark = " (演示 DEMO)" if config.settings().demo else ""

    def subject(role: str) -> pki.SubjectName:
        return pki.SubjectName(common_name=f"{organisation} {role}{mark}"[:64], organisation=organisation[:64])

    root = pki.create_root(subject("Root"), not_before=begin, not_after=now + _ROOT_LIFE)
    issuing = pki.issue_ca(root, subject("Ceremony CA"), not_before=begin, not_after=now + _CA_LIFE)
    platform = pki.issue_platform(issuing, subject("Platform Seal"), not_before=begin, not_after=now + _PLATFORM_LIFE)
    stamping = pki.issue_tsa(root, subject("Timestamp"), not_before=begin, not_after=now + _TSA_LIFE)
    made = {"issuing": issuing, "platform": platform, "timestamping": stamping, "root": root}
    for name, authority in made.items():  # the root last: its file says that all are there
        password = passphrase.encode() if passphrase else None
        _write(folder / f"{name}.key", pki.dump_key(authority.key, password=password))
        _write(folder / f"{name}.pem", pki.dump_certificates(authority.path))


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _read(folder: Path, name: str, passphrase: str | None) -> pki.Authority:
    path = folder / f"{name}.key"
    if path.stat().st_mode & 0o077:
        raise ConfigError([f"{path} can be read by others: run chmod 600 {path}"])
    key = pki.load_key(path.read_bytes(), password=passphrase.encode() if passphrase else None)
    certificate, *chain = pki.load_certificates((folder / f"{name}.pem").read_bytes())
    return pki.Authority(key, certificate, tuple(chain))


def issue_seat_certificate(
    public_key: ec.EllipticCurvePublicKey, subject: pki.SubjectName, custody: str
) -> x509.Certificate:
    """A certificate for one signer's key: valid from now for two days, which outlasts a ceremony and little else."""
    now = clock.now()
    return pki.issue_leaf(
        trust().issuing,
        public_key,
        subject,
        custody=pki.KeyCustody(custody),
        not_before=now - _BEFORE,
        not_after=now + LEAF_LIFE,
    )


def read_certificate_request(der: bytes) -> ec.EllipticCurvePublicKey:
    """The public key of a PKCS#10 request; raises Refusal `bad_certificate_request`."""
    try:
        return pki.read_csr(der)
    except PkiError as error:
        raise Refusal("bad_certificate_request", status=422, reason=error.code) from None


@lru_cache(maxsize=4)
def _timestamper(urls: tuple[str, ...], anchors: Path | None, _folder: Path) -> tsa.Timestamper:
    if urls:
        extra = pki.load_certificates(anchors.read_bytes()) if anchors else ()
        return tsa.HttpTimestamper(urls, anchors=extra)
    return builtin_responder()


def timestamper() -> tsa.Timestamper:
    """Whose time stands on our signatures: the authorities that are set, else the built-in responder."""
    settings = config.settings()
    return _timestamper(settings.tsa_urls, settings.tsa_anchors, settings.data_dir)


def builtin_responder() -> tsa.LocalTimestamper:
    """The responder behind POST /tsa."""
    return _responder(config.settings().data_dir)


@lru_cache(maxsize=4)
def _responder(_folder: Path) -> tsa.LocalTimestamper:
    return tsa.LocalTimestamper(trust().timestamping, clock=clock.now)


def revocation_lists(revoked: list[tuple[int, datetime]]) -> list[bytes]:
    """Fresh CRLs (DER) of the issuing CA and the root; `revoked` are serial numbers of the issuing CA's leaves."""
    now, number = clock.now(), int(clock.now().timestamp())
    found = trust()
    below = [pki.Revoked(serial, at) for serial, at in revoked]
    return [
        pki.make_crl(found.issuing, below, number=number, this_update=now, next_update=now + CRL_LIFE),
        pki.make_crl(found.root, number=number, this_update=now, next_update=now + CRL_LIFE),
    ]


def published_anchors() -> tuple[x509.Certificate, ...]:
    """Our root, and the roots of the timestamp authorities that are set: what /pki/anchors.pem gives out."""
    extra = config.settings().tsa_anchors
    return (*trust().anchors, *(pki.load_certificates(extra.read_bytes()) if extra else ()))
