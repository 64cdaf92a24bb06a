"""`yunqian pki …`: show, replace and revoke certificates, give out anchors, keep the root key elsewhere."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from core import audit, clock, config
from core.audit import INSTALLATION, SYSTEM, Subject
from core.db import transaction
from core.errors import NotFound
from core.i18n import t
from pdf import pki as certificates
from signing.seats import revoking
from signing.trust import authorities, door_keys, keys, roots, sm2
from signing.trust import service as trust
from signing.trust.authorities import Rotation

_JSON = click.option("--json", "as_json", is_flag=True, help="JSON for programs.")
_ROOT_KEY = click.option(
    "--root-key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="What export-root wrote."
)
_PASSWORD = click.option(
    "--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its password; else asked."
)
_REASONS = ("superseded", "key-compromise", "affiliation-changed", "cessation-of-operation")


@click.group()
def pki() -> None:
    """Certificates and keys of this installation."""


@pki.command()
@_JSON
def show(as_json: bool) -> None:
    """List authorities and leaves: whose, how long, where the key is, what is revoked."""
    _must_exist()
    rows = describe()
    found, trail_key = trust.trust(), sm2.find_key()
    lists = {each.certificate: trust.find_revocation_list(trust.key_id(each.certificate), []) for each in found.roots}
    ends = {root: x509.load_der_x509_crl(crl or b"").next_update_utc for root, crl in lists.items()}
    until = ends[found.root_certificate]
    _say(
        {
            "anchor_sha256": found.fingerprint,
            "root_list_until": clock.iso(until) if until else None,
            "sm2_sha256": trail_key.public.fingerprint if trail_key else None,
            "door_keys": {name: raw.hex() for name, raw in door_keys.known_door_keys().items()},
            "older_anchors_sha256": [_sha256(each) for each in found.anchors[1:]],
            "certificates": rows,
        },
        [
            *(t("cli-pki-line", **row) for row in rows),
            t("cli-pki-anchor", fingerprint=trust.colons(found.fingerprint)),
            *(_older_line(each) for each in found.anchors[1:]),
            *(_list_line(each.certificate, ends[each.certificate]) for each in found.roots if each.authority is None),
            *([_sm2_line(trail_key.public.fingerprint)] if trail_key else []),
            *(t("cli-pki-door", name=name, raw=raw.hex()) for name, raw in door_keys.known_door_keys().items()),
        ],
        as_json=as_json,
    )


def _sm2_line(fingerprint: str) -> str:
    return t("cli-pki-sm2", fingerprint=trust.colons(fingerprint), file=str(sm2.place()))


def _older_line(root: x509.Certificate) -> str:
    until = clock.iso(root.not_valid_after_utc)
    return t("cli-pki-anchor-older", fingerprint=trust.colons(_sha256(root)), until=until)


def _list_line(root: x509.Certificate, until: datetime | None) -> str:
    return t("cli-pki-root-list", name=certificates.readable(root.subject), until=str(until))


def _sha256(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def describe() -> list[dict[str, str]]:
    """Each certificate of ours: name, state (in-use, replaced, revoked), key (file, token, elsewhere, gone, kept)."""
    found, folder = trust.trust(), keys.KeyFolder(config.settings())
    used = {keys.ISSUING: found.issuing, keys.PLATFORM: found.platform, keys.TIMESTAMPING: found.timestamping}
    revoked = {each.serial for each in found.revoked}
    rows = [_root_row(each, "in-use" if each is found.roots[0] else "replaced") for each in found.roots]
    for name, authority in used.items():
        rows.append(_row(name, authority.certificate, "in-use", "token" if folder.is_in_token(name) else "file"))
    for name, certificate in found.retired:
        if name == keys.ROOT:
            continue
        state = "revoked" if certificate.serial_number in revoked else "replaced"
        rows.append(_row(name, certificate, state, "kept" if name == keys.ISSUING else "gone"))
    return rows


def _root_row(root: keys.Root, state: str) -> dict[str, str]:
    key = "elsewhere" if root.authority is None else "token" if root.is_in_token else "file"
    return _row(keys.ROOT, root.certificate, state, key)


def _row(name: str, certificate: x509.Certificate, state: str, key: str) -> dict[str, str]:
    return {
        "name": name,
        "state": state,
        "subject": certificate.subject.rfc4514_string(),
        "serial": f"{certificate.serial_number:x}",
        "sha256": _sha256(certificate),
        "not_before": clock.iso(certificate.not_valid_before_utc),
        "not_after": clock.iso(certificate.not_valid_after_utc),
        "key": key,
    }


@pki.command()
@click.argument("what", type=click.Choice([str(each) for each in Rotation]))
@_ROOT_KEY
@_PASSWORD
@_JSON
def rotate(what: str, root_key: Path | None, password_file: Path | None, as_json: bool) -> None:
    """Make a new key and certificate (or the root's list); what was signed before stays good.

    `issuing` takes the platform's along, `root` all of them. A server that runs uses the new ones at once.
    """
    _must_exist()
    root = _root(root_key, password_file)
    before = trust.trust().roots[0]
    with _opened(), transaction():
        made = authorities.rotate(Rotation(what), root=root)
        for name, certificate in made:
            _record("key.rotated", what=what, name=name, serial=f"{certificate.serial_number:x}")
    rows = [_row(name, certificate, "in-use", "") for name, certificate in made]
    lines = [t("cli-pki-rotated", **row) for row in rows]
    if what == Rotation.ROOT:
        lines.append(_after_root(before))
    _say({"made": rows}, lines, as_json=as_json)


def _after_root(before: keys.Root) -> str:
    return t(
        "cli-pki-root-rotated",
        fingerprint=trust.colons(trust.trust().fingerprint),
        old="elsewhere" if before.authority is None else "here",
        serial=f"{before.certificate.serial_number:x}",
    )


@pki.command("make-sm2")
@click.option("--replace", is_flag=True, help="Also where there is one: the next trails are signed by the new key.")
@_JSON
def make_sm2(replace: bool, as_json: bool) -> None:
    """Make the SM2 key that signs the heads of audit trails besides their timestamp (SM2 with SM3).

    Each evidence kit carries the public key that its trail was signed with.
    """
    _must_exist()
    with _opened(), transaction():
        made = sm2.make_key(replace=replace)
        _record("key.sm2_made", name="trail-sm2", sha256=made.public.fingerprint)
    said = {"file": str(sm2.place()), "sha256": made.public.fingerprint, "pem": made.public.to_pem().decode()}
    _say(said, [_sm2_line(made.public.fingerprint)], as_json=as_json)


@pki.command("rotate-doors")
@_JSON
def rotate_doors(as_json: bool) -> None:
    """Make a new key for badges and doors' lists; badges that are printed stay good.

    Doors that are offline refuse badges of the new key until they have fetched their list again.
    """
    _must_exist()
    with _opened(), transaction():
        made = door_keys.rotate_door_key()
        _record("key.rotated", what="doors", name=made.id)
    raw = door_keys.known_door_keys()[made.id].hex()
    _say({"name": made.id, "public_key": raw}, [t("cli-pki-door", name=made.id, raw=raw)], as_json=as_json)


@pki.command()
@click.argument("serial")
@click.option("--reason", type=click.Choice(_REASONS), default=_REASONS[0], show_default=True)
@_ROOT_KEY
@_PASSWORD
@_JSON
def revoke(serial: str, reason: str, root_key: Path | None, password_file: Path | None, as_json: bool) -> None:
    """Revoke a certificate by its serial number (hexadecimal): a signer's, or one of ours that was replaced."""
    _must_exist()
    root = _root(root_key, password_file)
    flag = revoking.REASONS[reason]
    number = _number(serial)
    with _opened():
        try:
            what = revoking.revoke_by_serial(f"{number:x}", reason=flag, by=SYSTEM)
        except NotFound:
            with transaction():
                what = authorities.revoke_own(number, reason=flag, root=root)
                _record("key.revoked", name=what, serial=f"{number:x}", reason=flag.value)
    said = {"serial": f"{number:x}", "name": what, "reason": flag.value}
    _say(said, [t("cli-pki-revoked", **said)], as_json=as_json)


def _number(serial: str) -> int:
    try:
        return int(serial.replace(":", ""), 16)
    except ValueError:
        raise click.BadParameter(t("cli-pki-no-serial"), param_hint="SERIAL") from None


@pki.command("export-anchors")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@_JSON
def export_anchors(file: Path | None, as_json: bool) -> None:
    """Write what a stranger must trust to check our files as PEM, to FILE or to the terminal."""
    _must_exist()
    anchors = trust.published_anchors()
    pem = anchors.dump()
    if file is None and not as_json:
        click.echo(pem.decode(), nl=False)
        return
    if file is not None:
        file.write_bytes(pem)
    prints = [each.fingerprint(hashes.SHA256()).hex() for each in anchors.all]
    said = {"file": str(file) if file else None, "sha256": prints, "pem": pem.decode()}
    _say(said, [t("cli-pki-anchors", n=len(prints), file=str(file)), *map(trust.colons, prints)], as_json=as_json)


@pki.command("export-root")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--remove", is_flag=True, help="Then remove the root key from this machine.")
@click.option("--serial", help="Of the root's certificate (hexadecimal), where it is one that was replaced.")
@_PASSWORD
@_JSON
def export_root(file: Path, remove: bool, serial: str | None, password_file: Path | None, as_json: bool) -> None:
    """Write the root key, encrypted with a password of its own, to FILE on a medium that is kept elsewhere."""
    _must_exist()
    if file.exists():
        raise click.BadParameter(t("cli-pki-exists", file=str(file)), param_hint="FILE")
    password = _password(password_file, confirm=True)
    with _opened():
        with transaction():
            number = _number(serial) if serial else None
            keys.write_secret(file, roots.export_root(password, serial=number))
            _record("key.exported", name=keys.ROOT)
        if remove:
            exported = roots.read_exported_root(file.read_bytes(), password)
            with transaction():
                roots.remove_root_key(exported)
                _record("key.taken_offline", name=keys.ROOT)
    words = "cli-pki-root-removed" if remove else "cli-pki-root-exported"
    _say({"file": str(file), "removed": remove}, [t(words, file=str(file))], as_json=as_json)


def _root(file: Path | None, password_file: Path | None) -> certificates.Authority | None:
    if file is None:
        return None
    return roots.read_exported_root(file.read_bytes(), _password(password_file, confirm=False))


def _password(file: Path | None, *, confirm: bool) -> bytes:
    if file is not None:
        return config.read_secret(file).encode()
    return str(click.prompt(t("cli-pki-password"), hide_input=True, confirmation_prompt=confirm)).encode()


def _must_exist() -> None:
    """Keys are made by the first start of the server, never by looking at them."""
    if not (config.settings().data_dir / "keys" / "root.pem").exists():
        click.echo(t("cli-pki-none", folder=str(config.settings().data_dir)), err=True)
        sys.exit(1)


def _opened() -> Any:
    # Flask and the database are loaded by what writes alone: `show` and `export-anchors` need neither.
    from web.cli_accounts import opened

    return opened()


def _record(action: str, **data: str) -> None:
    name = data["name"]
    audit.record(INSTALLATION, action, actor=SYSTEM, subject=Subject("key", name), **data)


def _say(values: dict[str, Any], lines: list[str], *, as_json: bool) -> None:
    click.echo(json.dumps(values, ensure_ascii=False) if as_json else "\n".join(lines))
