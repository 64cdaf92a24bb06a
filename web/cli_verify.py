"""`yunqian verify FILE…`: the verdict on PDFs and evidence kits, offline, without database or server (signing.md 6)."""

from __future__ import annotations

import io
import json
import os
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

import click
from cryptography import x509

from core import i18n, paths
from core.config import PREFIX
from pdf.errors import PkiError
from pdf.pki import Revoked
from pdf.verify import Anchor, Anchors, FileVerdict, Indication, SignatureVerdict, exit_code, verify_in_child
from pdf.verify.verdict import instant
from signing.evidence.verdicts import anchor_words, clock_anchor, revision_line, sentences, shown, trail_lines

USAGE = 3
_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_MARKS = {Indication.TOTAL_PASSED: "✔", Indication.INDETERMINATE: "?", Indication.TOTAL_FAILED: "✘"}
_PLAIN_MARKS = {Indication.TOTAL_PASSED: "[OK]", Indication.INDETERMINATE: "[?]", Indication.TOTAL_FAILED: "[X]"}


class WrongUsage(click.UsageError):
    """Exits with 3, as outside programs rely on: click's own 2 is a verdict here."""

    exit_code = USAGE


class _Command(click.Command):
    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            raise WrongUsage(error.format_message(), error.ctx) from None


@click.command(cls=_Command)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--trust", "trust_file", type=click.Path(path_type=Path), help="PEM file with the trust anchors.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per file, one a line.")
def verify(files: tuple[Path, ...], trust_file: Path | None, as_json: bool) -> None:
    """Say whether signed PDFs and evidence kits are genuine.

    Exits with 0 for TOTAL-PASSED, 1 for TOTAL-FAILED, 2 for INDETERMINATE, 3 for wrong usage; of several files the
    worst counts. Without --trust the anchors of the installation on this machine are used, if YUNQIAN_DATA_DIR names
    its folder from the root on, and what it has revoked counts.
    """
    _prepare(sys.stdout, as_json=as_json)
    _prepare(sys.stderr, as_json=False)
    try:
        verdicts = _judge(files, trust_file, as_json=as_json)
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads on; what Python would still write at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(USAGE)
    except click.ClickException:
        raise
    except Exception as error:  # noqa: BLE001 - the outer edge: 1 would say that the file is not genuine
        click.echo(i18n.t("cli-verify-failed", reason=type(error).__name__), err=True)
        sys.exit(USAGE)
    sys.exit(exit_code(verdicts))


def _prepare(stream: TextIO, *, as_json: bool) -> None:
    """Whatever the terminal's letters are, a line is printed; what is for programs is UTF-8 (RFC 8259 §8.1)."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace", encoding="utf-8" if as_json else None)


def _judge(files: Sequence[Path], trust_file: Path | None, *, as_json: bool) -> list[FileVerdict]:
    """Verify and say, one file after the other. Raises WrongUsage."""
    anchors = read_anchors(trust_file)
    for path in files:
        if not path.is_file():
            raise WrongUsage(i18n.t("cli-verify-no-file", path=_clean(str(path))))
    verdicts = []
    for path in files:
        try:
            verdict = verify_in_child(path, name=str(path), anchors=anchors)
        except OSError as error:
            raise WrongUsage(i18n.t("cli-verify-no-file", path=_clean(f"{path}: {error.strerror}"))) from None
        verdicts.append(verdict)
        _say(verdict, as_json=as_json)
    if trust_file is None and not as_json and any(each.code == "no-chain" for one in verdicts for each in one.reasons):
        click.echo(i18n.t("cli-verify-give-trust"), err=True)
    return verdicts


def read_anchors(trust_file: Path | None) -> Anchors:
    """The anchors of --trust, else of the installation here with what it revoked, else none. Raises WrongUsage."""
    if trust_file is not None:
        return _load(trust_file)
    # Not config.load(): it makes the folder that it names, and a stranger's machine is left as it was.
    folder = Path(os.environ.get(f"{PREFIX}DATA_DIR") or "var").expanduser()
    root = folder / "keys" / "root.pem"
    if not _is_own(folder) or not root.is_file():
        return Anchors()
    # A root stands first in its file, and after it what it and the one before say of each other.
    files = [_load(each).platform for each in (root, *sorted(root.parent.glob("retired/root-*.pem")))]
    return Anchors(
        tuple(first for first, *_ in files),
        timestamps=_named("TSA_ANCHORS"),
        signers=_named("EXTERNAL_ANCHORS"),
        crossing=tuple(each for _, *rest in files for each in rest),
        revoked=_revoked(folder),
    )


def _is_own(path: Path) -> bool:
    """Whether a path is the installation's own: what lies in a folder that was unpacked came with what is checked."""
    return path.is_absolute() or Path.cwd() == paths.code()


def _revoked(folder: Path) -> tuple[tuple[str, Revoked], ...]:
    """What the installation in the folder has revoked."""
    kept = (folder / "keys" / "revoked.json", folder / "yunqian.db")
    if not os.environ.get(f"{PREFIX}DATABASE_URL") and not any(each.is_file() for each in kept):
        return ()
    from web.cli_revoked import read  # loads a database driver, which strangers do without

    return read(folder)


def _named(setting: str) -> tuple[x509.Certificate, ...]:
    """The certificates in the file, or folder of files, that a setting names; none where it is not set."""
    value = os.environ.get(f"{PREFIX}{setting}")
    path = Path(value) if value and _is_own(Path(value)) else None
    files = sorted(path.glob("[!.]*")) if path and path.is_dir() else [path] if path else []
    return tuple(each for file in files for each in _load(file).platform)


def _load(path: Path) -> Anchors:
    try:
        return Anchors.load(path.read_bytes())
    except (OSError, PkiError):
        raise WrongUsage(i18n.t("cli-verify-no-anchors", path=_clean(str(path)))) from None


def _say(verdict: FileVerdict, *, as_json: bool) -> None:
    if as_json:
        said = json.dumps(verdict.to_json(), ensure_ascii=False)
        click.echo(
            "".join(json.dumps(char)[1:-1] if unicodedata.category(char) in _STEERING else char for char in said)
        )
        return
    marks = _marks()
    sub = f" / {verdict.sub_indication}" if verdict.sub_indication else ""
    _print(f"{marks[verdict.verdict]} {verdict.file}: {verdict.verdict}{sub}")
    for line in sentences(verdict):
        _print(f"    {line}")
    for signature in verdict.signatures:
        _print(f"    {marks[signature.verdict]} {_words(signature)}")
    for place, revisions in groupby(verdict.revisions, key=lambda each: each.place):
        _print(f"    {place}".rstrip())
        for revision in revisions:
            _print(f"      {revision.number:>3} {' ' if revision.allowed else '✘'} {revision_line(revision)}")
    if verdict.trail:
        said = i18n.t("cli-verify-trail", n=verdict.trail.entries, head=verdict.trail.head or "")
        _print(f"    {marks[verdict.trail.verdict]} {said}")
        for line in trail_lines(verdict.trail):
            _print(f"      {line}")
    for anchor in map(anchor_words, verdict.anchors):
        _print(f"    {i18n.t('cli-verify-against', name=anchor.name, fingerprint=anchor.fingerprint)}")


def _print(line: str) -> None:
    """What a file says of itself must not steer a terminal, begin a line of its own, or turn what follows around."""
    click.echo(_clean(line))


def _clean(said: str) -> str:
    return "".join("\ufffd" if unicodedata.category(char) in _STEERING else char for char in said)


def _marks() -> Mapping[Indication, str]:
    """Signs for the verdicts that the terminal has letters for."""
    try:
        "".join(_MARKS.values()).encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return _PLAIN_MARKS
    return _MARKS


def _words(signature: SignatureVerdict) -> str:
    anchors = (("anchor", signature.anchor), ("clock-anchor", clock_anchor(signature)))
    parts: Sequence[object] = (
        shown(signature.field),
        shown(signature.signer or ""),
        shown(signature.organisation or ""),
        _time(signature),
        signature.level if signature.verdict is not Indication.TOTAL_FAILED else None,
        shown(signature.timestamp_authority or ""),
        signature.key_custody,
        *(_anchor(f"cli-verify-{what}", each) for what, each in anchors if each),
    )
    return " · ".join(str(part) for part in parts if part)


def _time(signature: SignatureVerdict) -> str | None:
    at = instant(signature.signed_at)
    return i18n.t("cli-verify-existed", at=at) if at and signature.only_existed else at


def _anchor(message: str, found: Anchor) -> str:
    words = anchor_words(found)
    return i18n.t(message, name=words.name, fingerprint=words.short)
