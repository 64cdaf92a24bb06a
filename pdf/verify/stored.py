"""Verdicts as bytes: between processes, and for who keeps a verdict by the digest of its file."""

from __future__ import annotations

from pydantic import TypeAdapter

from pdf.verify.verdict import FileVerdict

_SHAPE = TypeAdapter(FileVerdict)


def dump_verdict(verdict: FileVerdict) -> bytes:
    """JSON of every field, more than `to_json` shows."""
    return _SHAPE.dump_json(verdict)


def load_verdict(data: bytes) -> FileVerdict:
    """The inverse of dump_verdict. Raises ValueError for anything else."""
    return _SHAPE.validate_json(data)
