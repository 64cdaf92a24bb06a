"""The authorities of this installation: made at the first start, loaded by each process, replaced one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from core import clock, config
from core.errors import Conflict, Refusal
from pdf import pki, tsa
from pdf.errors import PkiError
from signing.trust.keys import ISSUING, NAMES, PLATFORM, ROOT, TIMESTAMPING, KeyFolder, Made

ROOT_LIFE = timedelta(days=365 * 25)
CA_LIFE = timedelta(days=365 * 15)
PLATFORM_LIFE = timedelta(days=365 * 10)
TSA_LIFE = timedelta(days=365 * 14)
CRL_LIFE = timedelta(days=7)
# Who keeps the root key elsewhere brings it back once a year, for its list or for a rotation.
ROOT_LIST_LIFE = timedelta(days=400)
# A signer's clock, and a verifier's, may be a little behind ours.
BEFORE = timedelta(minutes=5)
_ROLES = {ROOT: "Root", ISSUING: "Ceremony CA", PLATFORM: "Platform Seal", TIMESTAMPING: "Timestamp"}


class Rotation(StrEnum):
    """What can be made anew; the issuing CA takes the platform, which it issues, along."""

    ISSUING = ISSUING
    PLATFORM = PLATFORM
    TIMESTAMPING = TIMESTAMPING
    ROOT_LIST = "root-list"


_NEEDS_ROOT = frozenset({Rotation.ISSUING, Rotation.TIMESTAMPING, Rotation.ROOT_LIST})


@dataclass(frozen=True, eq=False)
class Trust:
    """What this installation signs with; `root` is None while the root key is kept elsewhere."""

    root_certificate: x509.Certificate
    root: pki.Authority | None
    issuing: pki.Authority
    platform: pki.Authority
    timestamping: pki.Authority
    retired_issuers: tuple[pki.Authority, ...]
    retired: tuple[tuple[str, x509.Certificate], ...]
    revoked: tuple[pki.Revoked, ...]
    root_list: bytes | None

    @property
    def anchors(self) -> tuple[x509.Certificate, ...]:
        """What a stranger must trust to check our files."""
        return (self.root_certificate,)

    @property
    def anchors_pem(self) -> bytes:
        return pki.dump_certificates(self.anchors)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the root certificate, hex: printed on every completion certificate."""
        return self.root_certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Issuing CA in use and root: what goes beside a new certificate."""
        return self.issuing.path

    @property
    def issuers(self) -> tuple[pki.Authority, ...]:
        """Every issuing CA whose certificates may still be asked about, the one in use first."""
        return (self.issuing, *self.retired_issuers)

    @cached_property
    def responder(self) -> tsa.LocalTimestamper:
        """The built-in timestamp authority."""
        return tsa.LocalTimestamper(self.timestamping, clock=clock.now)

    def above(self, leaf: x509.Certificate) -> tuple[x509.Certificate, ...]:
        """The issuing CA that made this certificate, and those above it; raises Refusal `certificate_not_ours`."""
        for issuer in self.issuers:
            if authority_id(leaf) == key_id(issuer.certificate):
                return issuer.path
        raise Refusal("certificate_not_ours", status=422)

    def root_revoked(self) -> list[pki.Revoked]:
        """Of our own revoked certificates those that the root issued."""
        return [each for each in self.revoked if each.serial in self._serials_below(key_id(self.root_certificate))]

    def revoked_below(self, issuer: pki.Authority) -> list[pki.Revoked]:
        """Of our own revoked certificates those that this issuing CA issued."""
        return [each for each in self.revoked if each.serial in self._serials_below(key_id(issuer.certificate))]

    def own_certificates(self) -> tuple[tuple[str, x509.Certificate], ...]:
        """(name, certificate) of all of ours below the root: those in use, then the replaced ones."""
        used = ((ISSUING, self.issuing), (PLATFORM, self.platform), (TIMESTAMPING, self.timestamping))
        return (*((name, each.certificate) for name, each in used), *self.retired)

    def _serials_below(self, issuer_id: str) -> set[int]:
        return {each.serial_number for _, each in self.own_certificates() if authority_id(each) == issuer_id}


def common_name(certificate: x509.Certificate) -> str:
    """The subject's common name, which every certificate of ours has."""
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def key_id(certificate: x509.Certificate) -> str:
    """The subject key identifier, hex: the name of an authority in addresses."""
    return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest.hex()


def authority_id(certificate: x509.Certificate) -> str:
    """The identifier of the key above a certificate, hex; empty where it states none."""
    try:
        stated = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    except x509.ExtensionNotFound:
        return ""
    return (stated or b"").hex()


def places_of(issuer: x509.Certificate, *, answers_ocsp: bool) -> pki.Places:
    """What certificates below this authority say about where to ask (docs/decisions/0011)."""
    settings = config.settings()
    base, name = f"{settings.base_url}/pki", key_id(issuer)
    ocsp = f"{base}/ocsp" if answers_ocsp and settings.ocsp_in_certificates else ""
    return pki.Places(crl=f"{base}/{name}.crl", issuer=f"{base}/{name}.cer", ocsp=ocsp)


def trust() -> Trust:
    """The authorities of this installation; made at the first call ever, loaded again after a rotation.

    Raises ConfigError when the keys are not to be read: wrong passphrase, readable by others, a file missing.
    """
    settings = config.settings()
    folder = settings.data_dir / "keys"
    # Whatever is put into the folder changes its time: a rotation by another process is seen at the next call.
    if not folder.is_dir():
        _load(folder, settings.key_secret, settings.organisation, 0)
    return _load(folder, settings.key_secret, settings.organisation, folder.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _load(_folder: Path, _passphrase: str, _organisation: str, _stamp: int) -> Trust:
    keys = KeyFolder(config.settings())
    with keys.locked():
        if keys.is_empty:
            _make_all(keys)
        return _read(keys)


def _read(keys: KeyFolder) -> Trust:
    root_list = keys.read_root_list()
    # Only where the list says that the key was taken away is a missing key no accident.
    root = None if root_list and not keys.has_key(ROOT) else keys.read(ROOT)
    return Trust(
        root_certificate=keys.read_chain(ROOT)[0],
        root=root,
        **{name: keys.read(name) for name in NAMES[1:]},
        retired_issuers=keys.retired_issuers(),
        retired=keys.retired(),
        revoked=keys.read_revoked(),
        root_list=root_list,
    )


def _subject(name: str, *, number: int = 1) -> pki.SubjectName:
    settings = config.settings()
    mark = " (演示 DEMO)" if settings.demo else ""
    role = f" {_ROLES[name]}{f' {number}' if number > 1 else ''}{mark}"
    organisation = pki.shortened(settings.organisation, 64 - len(role))
    return pki.SubjectName(common_name=f"{organisation}{role}", organisation=settings.organisation)


def _make_all(keys: KeyFolder) -> None:
    now = clock.now()
    key = keys.new_key(ROOT)
    root = pki.create_root(_subject(ROOT), not_before=now - BEFORE, not_after=now + ROOT_LIFE, key=key.key)
    issuing = _issue(keys, ISSUING, root, now=now)
    keys.put(
        {
            ROOT: Made(root, key.text),
            ISSUING: issuing,
            PLATFORM: _issue(keys, PLATFORM, issuing.authority, now=now),
            TIMESTAMPING: _issue(keys, TIMESTAMPING, root, now=now),
        }
    )


def _issue(keys: KeyFolder, name: str, issuer: pki.Authority, *, now: datetime, number: int = 1) -> Made:
    """A new key with its certificate by `issuer`, which it does not outlive."""
    issue = {ISSUING: pki.issue_ca, PLATFORM: pki.issue_platform, TIMESTAMPING: pki.issue_tsa}[name]
    life = {ISSUING: CA_LIFE, PLATFORM: PLATFORM_LIFE, TIMESTAMPING: TSA_LIFE}[name]
    key = keys.new_key(name)
    authority = issue(
        issuer,
        _subject(name, number=number),
        not_before=now - BEFORE,
        not_after=min(now + life, issuer.certificate.not_valid_after_utc),
        places=places_of(issuer.certificate, answers_ocsp=name == PLATFORM),
        key=key.key,
    )
    return Made(authority, key.text)


def rotate(what: Rotation, *, root: pki.Authority | None = None) -> tuple[tuple[str, x509.Certificate], ...]:
    """Make an authority anew, and say what was made. What was signed before stays as good as it was.

    `root` brings a root key that is kept elsewhere. Raises Conflict `root_key_elsewhere`, Refusal `not_our_root`.
    """
    keys, now = KeyFolder(config.settings()), clock.now()
    with keys.locked():
        found = _read(keys)
        above = _root_for(found, what, root)
        if what is Rotation.ROOT_LIST:
            if above is not None:
                keys.write_root_list(_root_list(above, found, now))
            return ((ROOT, found.root_certificate),)
        made: dict[str, Made] = {}
        issuer = found.issuing
        if what in _NEEDS_ROOT and above is not None:
            made[what] = _issue(keys, what, above, now=now, number=_number(found, what))
            issuer = made[what].authority if what is Rotation.ISSUING else issuer
        if what is not Rotation.TIMESTAMPING:
            made[PLATFORM] = _issue(keys, PLATFORM, issuer, now=now, number=_number(found, PLATFORM))
        keys.put(made)
    return tuple((name, each.authority.certificate) for name, each in made.items())


def _number(found: Trust, name: str) -> int:
    """Which one of its kind the next will be: no two authorities of ours share a name."""
    return 2 + sum(1 for kind, _ in found.retired if kind == name)


def _root_for(found: Trust, what: Rotation, given: pki.Authority | None) -> pki.Authority | None:
    if what not in _NEEDS_ROOT:
        return None
    root = given or found.root
    if root is None:
        raise Conflict("root_key_elsewhere")
    if root.certificate != found.root_certificate:
        raise Refusal("not_our_root", status=422)
    return root


def _root_list(root: pki.Authority, found: Trust, now: datetime) -> bytes:
    until = min(now + ROOT_LIST_LIFE, root.certificate.not_valid_after_utc)
    return pki.make_crl(root, found.root_revoked(), number=int(now.timestamp()), this_update=now, next_update=until)


def export_root(password: bytes) -> bytes:
    """The root key, encrypted anew, and its certificate, for a medium elsewhere.

    Raises Conflict `root_key_in_token`, `root_key_elsewhere`.
    """
    keys = KeyFolder(config.settings())
    with keys.locked():
        found = _read(keys)
        if found.root is None:
            raise Conflict("root_key_elsewhere")
        if keys.is_in_token(ROOT):
            raise Conflict("root_key_in_token")
        return pki.dump_key(found.root.key, password=password) + found.anchors_pem


def read_exported_root(data: bytes, password: bytes) -> pki.Authority:
    """What `export_root` gave; raises Refusal `not_our_root` for another file or password."""
    try:
        return pki.Authority(pki.load_key(data, password=password), pki.load_certificates(data)[0])
    except PkiError:
        raise Refusal("not_our_root", status=422) from None


def remove_root_key(exported: pki.Authority) -> None:
    """Go on without the root key on this machine, once `exported` proved to be it. The root's list is made first."""
    keys = KeyFolder(config.settings())
    with keys.locked():
        found = _read(keys)
        root = _root_for(found, Rotation.ROOT_LIST, exported)
        if root is None or found.root is None:
            raise Conflict("root_key_elsewhere")
        keys.write_root_list(_root_list(root, found, clock.now()))
        keys.drop_root_key()


def revoke_own(serial: int, *, reason: x509.ReasonFlags, root: pki.Authority | None = None) -> str:
    """Say that a replaced certificate of ours counts no more, and which kind it was.

    Raises Conflict `certificate_in_use` (rotate first), `root_key_elsewhere`, Refusal `certificate_not_ours`.
    """
    keys, now = KeyFolder(config.settings()), clock.now()
    with keys.locked():
        found = _read(keys)
        if serial in {each.certificate.serial_number for each in (found.issuing, found.platform, found.timestamping)}:
            raise Conflict("certificate_in_use")
        named = next(((name, each) for name, each in found.retired if each.serial_number == serial), None)
        if named is None:
            raise Refusal("certificate_not_ours", status=404)
        name, certificate = named
        is_root_s = authority_id(certificate) == key_id(found.root_certificate)
        above = _root_for(found, Rotation.ROOT_LIST, root) if is_root_s else None
        keys.add_revoked(pki.Revoked(serial, now, reason))
        if above is not None and found.root is None:
            keys.write_root_list(_root_list(above, _read(keys), now))
    return name
