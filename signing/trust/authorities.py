"""The authorities of this installation: made at the first start, loaded by each process, replaced one by one."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from cryptography import x509

from core import clock, config
from core.errors import Conflict, Refusal
from pdf import pki
from signing.trust import making, roots
from signing.trust.keys import ISSUING, PLATFORM, ROOT, TIMESTAMPING, KeyFolder, Made, folder_of
from signing.trust.values import Trust, authority_id, key_id


class Rotation(StrEnum):
    """What can be made anew; the issuing CA takes the platform, which it issues, along, and the root all of them."""

    ROOT = ROOT
    ISSUING = ISSUING
    PLATFORM = PLATFORM
    TIMESTAMPING = TIMESTAMPING
    ROOT_LIST = "root-list"


_NEEDS_ROOT = frozenset({Rotation.ROOT, Rotation.ISSUING, Rotation.TIMESTAMPING})


def trust(*, rehearsal: bool = False) -> Trust:
    """The authorities of this installation; made at the first call ever, loaded again after a rotation.

    `rehearsal`: those of rehearsals, below a specimen root that nobody trusts and the verifier never passes.
    Raises ConfigError when the keys are not to be read: wrong passphrase, readable by others, a file missing.
    """
    settings = config.settings()
    folder = folder_of(settings, rehearsal=rehearsal)
    # Whatever is put into the folder changes its time: a rotation by another process is seen at the next call.
    if not folder.is_dir():
        _load(folder, settings.key_secret, settings.organisation, 0, rehearsal=rehearsal)
    return _load(folder, settings.key_secret, settings.organisation, folder.stat().st_mtime_ns, rehearsal=rehearsal)


@lru_cache(maxsize=8)
def _load(_folder: Path, _passphrase: str, _organisation: str, _stamp: int, *, rehearsal: bool) -> Trust:
    keys = KeyFolder(config.settings(), rehearsal=rehearsal)
    with keys.locked():
        if keys.is_empty:
            keys.put(making.everything(keys))
        return Trust.read(keys)


def rotate(what: Rotation, *, root: pki.Authority | None = None) -> tuple[tuple[str, x509.Certificate], ...]:
    """Make an authority anew, and say what was made. What was signed before stays as good as it was.

    `root` brings a root key that is kept elsewhere. Raises Conflict `root_key_elsewhere`, Refusal `not_our_root`.
    """
    keys = KeyFolder(config.settings())
    with keys.locked():
        found = Trust.read(keys)
        if what is Rotation.ROOT_LIST:
            return ((ROOT, roots.renew_list(keys, found, root)),)
        made = _made(keys, found, what, roots.in_use(found, root) if what in _NEEDS_ROOT else None)
        if what is Rotation.ROOT and found.root is None:
            roots.renew_list(keys, found, root)  # the last one for a while: its key goes back to where it is kept
        keys.put(made)
    return tuple((name, each.authority.certificate) for name, each in made.items())


def _made(keys: KeyFolder, found: Trust, what: Rotation, root: pki.Authority | None) -> dict[str, Made]:
    if what is Rotation.ROOT and root is not None:
        return making.successor(keys, found, root)
    made: dict[str, Made] = {}
    now, issuer = clock.now(), found.issuing
    if root is not None:
        made[str(what)] = making.issue(keys, what, root, now=now, number=making.number_of_next(found, what))
        issuer = made[what].authority if what is Rotation.ISSUING else issuer
    if what is not Rotation.TIMESTAMPING:
        number = making.number_of_next(found, PLATFORM)
        made[PLATFORM] = making.issue(keys, PLATFORM, issuer, now=now, number=number)
    return made


def revoke_own(serial: int, *, reason: x509.ReasonFlags, root: pki.Authority | None = None) -> str:
    """Say that a replaced certificate of ours counts no more, and which kind it was.

    Raises Conflict `certificate_in_use` (rotate first), `root_key_elsewhere`, `root_stands_alone`, Refusal
    `certificate_not_ours`, `not_our_root`.
    """
    keys, now = KeyFolder(config.settings()), clock.now()
    with keys.locked():
        found = Trust.read(keys)
        if serial in {each.serial_number for each in found.anchors}:
            raise Conflict("root_stands_alone")
        if serial in {each.certificate.serial_number for each in (found.issuing, found.platform, found.timestamping)}:
            raise Conflict("certificate_in_use")
        named = next(((name, each) for name, each in found.retired if each.serial_number == serial), None)
        if named is None:
            raise Refusal("certificate_not_ours", status=404)
        name, certificate = named
        above = next((each for each in found.roots if key_id(each.certificate) == authority_id(certificate)), None)
        key = roots.key_of(above, root) if above else None
        keys.add_revoked(pki.Revoked(serial, now, reason))
        if above is not None and key is not None and above.authority is None:
            keys.write_root_list(above.certificate, roots.make_list(key, Trust.read(keys), now))
    return name
