"""The roots: their revocation lists, and their keys on media that are kept elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509

from core import clock, config
from core.errors import Conflict, Refusal
from pdf import pki
from pdf.errors import PkiError
from signing.trust.keys import KeyFolder, Root
from signing.trust.values import Trust

# Who keeps the root key elsewhere brings it back once a year, for its list or for a rotation.
LIST_LIFE = timedelta(days=400)


def in_use(found: Trust, given: pki.Authority | None) -> pki.Authority:
    """The root in use with its key. Raises Conflict `root_key_elsewhere`, Refusal `not_our_root`."""
    return key_of(found.roots[0], given)


def key_of(root: Root, given: pki.Authority | None) -> pki.Authority:
    """One root with its key, which may be given from elsewhere. Raises as `in_use`."""
    key = given or root.authority
    if key is None:
        raise Conflict("root_key_elsewhere")
    if key.certificate != root.certificate:
        raise Refusal("not_our_root", status=422)
    return key


def _root_of(found: Trust, given: pki.Authority) -> Root:
    root = next((each for each in found.roots if each.certificate == given.certificate), None)
    if root is None:
        raise Refusal("not_our_root", status=422)
    return root


def make_list(root: pki.Authority, found: Trust, now: datetime) -> bytes:
    """A root's list for as long as its key is elsewhere."""
    revoked = found.revoked_below(root.certificate)
    return pki.make_crl(root, revoked, number=int(now.timestamp()), this_update=now, next_update=now + LIST_LIFE)


def renew_list(keys: KeyFolder, found: Trust, given: pki.Authority | None) -> x509.Certificate:
    """A new list of the root whose key is given, or of the one in use; says of which. The lock is held."""
    root = key_of(_root_of(found, given) if given else found.roots[0], given)
    keys.write_root_list(root.certificate, make_list(root, found, clock.now()))
    return root.certificate


def export_root(password: bytes, *, serial: int | None = None) -> bytes:
    """A root's key, encrypted anew, and its certificate, for a medium elsewhere; of the root in use if none is named.

    Raises Conflict `root_key_in_token`, `root_key_elsewhere`, Refusal `not_our_root`.
    """
    keys = KeyFolder(config.settings())
    with keys.locked():
        found = Trust.read(keys)
        root = next((each for each in found.roots if serial in (None, each.certificate.serial_number)), None)
        if root is None:
            raise Refusal("not_our_root", status=422)
        if root.authority is None:
            raise Conflict("root_key_elsewhere")
        if root.is_in_token:
            raise Conflict("root_key_in_token")
        return pki.dump_key(root.authority.key, password=password) + pki.dump_certificates([root.certificate])


def read_exported_root(data: bytes, password: bytes) -> pki.Authority:
    """What `export_root` gave; raises Refusal `not_our_root` for another file or password."""
    try:
        return pki.Authority(pki.load_key(data, password=password), pki.load_certificates(data)[0])
    except PkiError:
        raise Refusal("not_our_root", status=422) from None


def remove_root_key(exported: pki.Authority) -> None:
    """Go on without a root's key on this machine, once `exported` proved to be it. Its list is made first."""
    keys = KeyFolder(config.settings())
    with keys.locked():
        found = Trust.read(keys)
        root = _root_of(found, exported)
        if root.authority is None:
            raise Conflict("root_key_elsewhere")
        keys.write_root_list(root.certificate, make_list(exported, found, clock.now()))
        keys.drop_root_key(root.certificate)
