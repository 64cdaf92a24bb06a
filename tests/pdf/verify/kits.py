"""Evidence kits made as signing.md 5 says, and what can be done to them."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import rfc8785

from pdf import pki, sign
from pdf.verify import FileVerdict, verify_file
from tests.pdf import signing_world as world

AGREEMENT = "agreements/01-park.pdf"
Files = dict[str, bytes]


def entry(seq: int, action: str, data: Mapping[str, object], prev: str) -> dict[str, object]:
    """One entry with its digest, as the audit trail writes it."""
    bare: dict[str, object] = {
        "seq": seq,
        "at": f"2026-07-01T02:03:{seq % 60:02d}.567Z",
        "ceremony": "cer_01",
        "action": action,
        "actor": {"kind": "system"},
        "subject": {"kind": "agreement", "id": "agr_01"},
        "data": dict(data),
        "prev": prev,
    }
    return {**bare, "digest": hashlib.sha256(rfc8785.dumps(bare)).hexdigest()}  # type: ignore[arg-type]


def chain(acts: Sequence[tuple[str, Mapping[str, object]]]) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = []
    for seq, (action, data) in enumerate(acts, 1):
        entries.append(entry(seq, action, data, str(entries[-1]["digest"]) if entries else "0" * 64))
    return entries


def jsonl(entries: Sequence[Mapping[str, object]]) -> bytes:
    return b"".join(rfc8785.dumps(each) + b"\n" for each in entries)  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def agreement() -> bytes:
    return world.everything_signed()


def trail(pdf: bytes, signatures: int = 3) -> list[dict[str, object]]:
    sealed = {"agreement": "XM-01", "final_digest": hashlib.sha256(pdf).hexdigest(), "signatures": signatures}
    acts: list[tuple[str, Mapping[str, object]]] = [("agreement.opened", {"n": n}) for n in range(1, 9)]
    return chain([*acts, ("agreement.sealed", sealed), ("ceremony.ended", {})])


def files(pdf: bytes | None = None, entries: Sequence[Mapping[str, object]] | None = None) -> Files:
    """Everything in a kit but the manifest."""
    given = agreement() if pdf is None else pdf
    lines = trail(given) if entries is None else entries
    return {
        AGREEMENT: given,
        "originals/01-park.docx": b"what was uploaded",
        "trail.jsonl": jsonl(lines),
        "trail.tst": world.world().timestamper.token(bytes.fromhex(str(lines[-1]["digest"]))),
        "certificate.pdf": world.blank_pdf(),
        "report.html": b"<!doctype html>",
        "pki/anchors.pem": pki.dump_certificates(world.world().ca.path),
        "pki/ca.crl": world.world().crls[1],
        "README.txt": b"How to check all this without us.",
    }


def manifest(content: Files, head: str, signer: pki.Authority | None = None, *, entries: object | None = None) -> Files:
    """manifest.json, its signature and its timestamp; without `entries` as kits were before that key."""
    who = signer or world.world().platform
    listed = [
        {"path": path, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} for path, data in content.items()
    ]
    value = {"kit": 1, "ceremony": "cer_01", "files": listed, "trail_head": head, "made_at": "2026-07-01T02:10:00.000Z"}
    value |= {} if entries is None else {"trail_entries": entries}
    raw = json.dumps(value, ensure_ascii=False).encode()
    return {
        "manifest.json": raw,
        "manifest.p7s": sign.sign_detached(raw, key=who.key, certificate=who.certificate, chain=who.chain),
        "manifest.tst": world.world().timestamper.token(hashlib.sha256(raw).digest()),
    }


def head_of(content: Files) -> str:
    return str(json.loads(content["trail.jsonl"].splitlines()[-1])["digest"])


@lru_cache(maxsize=1)
def _good() -> tuple[tuple[str, bytes], ...]:
    content = files()
    return tuple({**content, **manifest(content, head_of(content))}.items())


def good() -> Files:
    return dict(_good())


def zipped(content: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in content.items():
            archive.writestr(zipfile.ZipInfo(path), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def judged(content: Files | bytes) -> FileVerdict:
    data = content if isinstance(content, bytes) else zipped(content)
    return verify_file(data, name="kit.zip", anchors=[world.world().root.certificate])


def reasons(verdict: FileVerdict) -> list[tuple[str, object]]:
    """Codes with the thing that each one names."""
    return [(reason.code, next(iter(reason.params.values()), None)) for reason in verdict.reasons]


def with_trail(change: Callable[[list[dict[str, object]]], list[dict[str, object]]]) -> FileVerdict:
    """The verdict on a good kit whose trail was changed afterwards."""
    return judged({**good(), "trail.jsonl": jsonl(change(trail(agreement())))})
