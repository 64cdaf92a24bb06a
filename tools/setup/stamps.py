"""What set-up did last time, so that it does nothing when nothing changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from tools.setup.progress import ROOT

STAMPS = ROOT / ".venv" / "setup-stamps.json"


def fingerprint(paths: Iterable[Path], *facts: str) -> str:
    """SHA-256 over names and contents of files (folders: all below them; absent ones count as absent) and facts."""
    digest = hashlib.sha256()
    for fact in facts:
        digest.update(f"fact {fact}\n".encode())
    for path in paths:
        for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
            content = hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else "absent"
            digest.update(f"{file}: {content}\n".encode())
    return digest.hexdigest()


def _read() -> dict[str, str]:
    if not STAMPS.exists():
        return {}
    try:
        kept = json.loads(STAMPS.read_text())
    except json.JSONDecodeError:  # cut short by a full disk or a kill: as if nothing had been done
        return {}
    return {str(key): str(value) for key, value in kept.items()} if isinstance(kept, dict) else {}


def is_done(step: str, print_: str) -> bool:
    return _read().get(step) == print_


def mark_done(step: str, print_: str) -> None:
    kept = _read()
    kept[step] = print_
    STAMPS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
