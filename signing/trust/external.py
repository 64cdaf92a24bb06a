"""Signers' own certificates: whose authorities this installation accepts, and what those say of a certificate now.

`pdf.external` loads pyHanko's chain builder, half a second: it is imported where a certificate is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from core import clock, config
from core.config import ConfigError
from core.errors import Refusal
from pdf import pki
from pdf.errors import PkiError
from pdf.pki import asking
from pdf.pki.reaching import Reach

if TYPE_CHECKING:
    from pdf.external import OwnCertificate

_LOG = structlog.get_logger()
_PEM = b"-----BEGIN X509 CRL-----"
_HEARD_LIFE = timedelta(minutes=5)
_MOST_HEARD = 200
_LAST_HEARD: dict[bytes, tuple[datetime, asking.Heard]] = {}


@dataclass(frozen=True)
class Statements:
    """What issuers say: revocation lists and OCSP responses, DER."""

    lists: tuple[bytes, ...] = ()
    responses: tuple[bytes, ...] = ()
    is_complete: bool = False  # about every certificate of the chain below its anchor


def anchors() -> tuple[x509.Certificate, ...]:
    """Authorities whose certificates signers may bring; none where none are set. Raises ConfigError."""
    path = config.settings().external_anchors
    return _anchors(path, _stamp(path)) if path else ()


def is_offered() -> bool:
    """Whether signers may bring certificates of their own."""
    return bool(anchors())


@lru_cache(maxsize=4)
def _anchors(path: Path, _changed: int) -> tuple[x509.Certificate, ...]:
    try:
        found = [each for file in _files(path) for each in pki.load_certificates(file.read_bytes())]
    except (OSError, PkiError):
        raise ConfigError([f"YUNQIAN_EXTERNAL_ANCHORS: {path} holds no readable certificates in PEM"]) from None
    if not found:
        raise ConfigError([f"YUNQIAN_EXTERNAL_ANCHORS: {path} holds no certificates"])
    return tuple(dict.fromkeys(found))


def _files(path: Path) -> list[Path]:
    """The file, or those in the folder that are not hidden, in the order of their names."""
    if not path.is_dir():
        return [path]
    return sorted(each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))


def _stamp(path: Path) -> int:
    """Grows when something in the place is changed, so that no process has to be started again."""
    try:
        return max(each.stat().st_mtime_ns for each in (path, *_files(path)))
    except OSError:
        return 0


def check(der: bytes, above: Sequence[bytes]) -> OwnCertificate:
    """That a certificate may sign here now. May ask its issuers by HTTP, where that is set: outside transactions.

    Raises Refusal `external_not_offered`, `external_revocation_unknown` and those of pdf.external, by the same names.
    """
    from pdf import external

    known, now = anchors(), clock.now()
    if not known:
        raise Refusal("external_not_offered", status=403)
    try:
        leaf, others = external.read_certificates(der, above)
        external.check_alone(leaf, at=now)
        path = external.build_chain(leaf, others, known, at=now)
        said = statements((leaf, *path))
        found = external.check_revocation(leaf, path, lists=said.lists, responses=said.responses, at=now)
    except PkiError as error:
        raise _refusal(error) from None
    if config.settings().external_revocation == "require" and not found.is_revocation_known:
        raise Refusal("external_revocation_unknown", status=503)
    return found


def check_possession(leaf: x509.Certificate, statement: bytes, signature: bytes) -> None:
    """That whoever brings the certificate has its key; raises Refusal `external_possession`."""
    from pdf import external

    try:
        external.check_possession(leaf, statement, signature)
    except PkiError as error:
        raise _refusal(error) from None


def _refusal(error: PkiError) -> Refusal:
    moment = error.params.get("at")
    shown = {"day": f"{moment:%Y-%m-%d}"} if isinstance(moment, datetime) else {}
    return Refusal(f"external_{error.code.removeprefix('external_')}", status=422, **shown)


def statements(path: Sequence[x509.Certificate]) -> Statements:
    """What is at hand about a chain (leaf first): the files that are set, and, where that is set, fresh answers.

    Never raises: who does not answer leaves a level lower, not an agreement unfinished.
    """
    settings = config.settings()
    kept = kept_lists()
    if settings.external_revocation == "offline":
        return Statements(kept)
    heard = _heard(path, settings.tsa_timeout_seconds)
    return Statements((*kept, *heard.lists), tuple(heard.responses))


def _heard(path: Sequence[x509.Certificate], timeout: float) -> asking.Heard:
    """What the issuers of this chain said within the last minutes; a silent one costs its time-out once."""
    key, now = b"".join(each.fingerprint(hashes.SHA256()) for each in path), clock.now()
    known = _LAST_HEARD.get(key)
    if known is not None and now - _HEARD_LIFE < known[0] <= now:
        return known[1]
    reach = Reach(frozenset(config.settings().external_hosts), others=True)
    heard = asking.ask_issuers(path, timeout=timeout, reach=reach)
    for trouble in heard.troubles:
        _LOG.warning("external.issuer_silent", trouble=trouble)
    if len(_LAST_HEARD) >= _MOST_HEARD:
        _LAST_HEARD.clear()
    _LAST_HEARD[key] = (now, heard)
    return heard


def validation(path: Sequence[x509.Certificate]) -> Statements:
    """As `statements`, but only what is about this chain, with whether it is all that level B-LT needs."""
    from pdf import external

    said, now = statements(path), clock.now()
    lists, responses = external.about(path, said.lists, said.responses)
    return Statements(lists, responses, is_complete=external.is_covered(path, lists, responses, at=now))


def kept_lists() -> tuple[bytes, ...]:
    """The authorities' revocation lists that are at hand as files, DER; what cannot be read is none, and is logged."""
    path = config.settings().external_lists
    if path is None:
        return ()
    try:
        return _lists(path, _stamp(path))
    except (OSError, ValueError) as error:
        _LOG.warning("external.lists_unreadable", path=str(path), error=str(error))
        return ()


@lru_cache(maxsize=4)
def _lists(path: Path, _changed: int) -> tuple[bytes, ...]:
    """Revocation lists in DER from files in PEM (one each) or DER."""
    return tuple(_der(file.read_bytes()) for file in _files(path))


def _der(data: bytes) -> bytes:
    load: Callable[[bytes], x509.CertificateRevocationList]
    load = x509.load_pem_x509_crl if _PEM in data else x509.load_der_x509_crl
    return load(data).public_bytes(Encoding.DER)
