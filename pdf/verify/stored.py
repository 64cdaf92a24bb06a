"""Verdicts as bytes: between processes, and for who keeps a verdict by the digest of its file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pdf.pki.oids import KeyCustody
from pdf.verify.verdict import (
    Anchor,
    Change,
    Covers,
    FileVerdict,
    Indication,
    Level,
    Reason,
    RevisionKind,
    RevisionVerdict,
    SignatureVerdict,
    Sub,
    TimeSource,
    TrailVerdict,
)


def dump_verdict(verdict: FileVerdict) -> bytes:
    """JSON of every field, more than `to_json` shows; a file's name may hold octets that are no letters."""
    return json.dumps(asdict(verdict), default=datetime.isoformat).encode()


def load_verdict(data: bytes) -> FileVerdict:
    """The inverse of dump_verdict. Raises ValueError, KeyError or TypeError for anything else."""
    value = json.loads(data)
    return FileVerdict(
        file=value["file"],
        reasons=tuple(_reason(each) for each in value["reasons"]),
        signatures=tuple(_signature(each) for each in value["signatures"]),
        trail=None if value["trail"] is None else _trail(value["trail"]),
        digest=value["digest"],
        revisions=tuple(_revision(each) for each in value["revisions"]),
        anchors=tuple(Anchor(**each) for each in value["anchors"]),
    )


def _reason(value: Mapping[str, Any]) -> Reason:
    return Reason(value["code"], Indication(value["indication"]), Sub(value["sub"]), value["params"])


def _signature(value: Mapping[str, Any]) -> SignatureVerdict:
    sub, level, custody = value["sub_indication"], value["level"], value["key_custody"]
    read = {
        "signed_at": _time(value["signed_at"]),
        "signed_at_source": _source(value["signed_at_source"]),
        "level": None if level is None else Level(level),
        "key_custody": None if custody is None else KeyCustody(custody),
        "covers": Covers(value["covers"]),
        "verdict": Indication(value["verdict"]),
        "sub_indication": None if sub is None else Sub(sub),
        "anchor": _anchor(value["anchor"]),
        "timestamp_anchor": _anchor(value["timestamp_anchor"]),
    }
    return SignatureVerdict(**{**value, **read})


def _revision(value: Mapping[str, Any]) -> RevisionVerdict:
    read = {
        "kind": RevisionKind(value["kind"]),
        "signed_at": _time(value["signed_at"]),
        "signed_at_source": _source(value["signed_at_source"]),
        "changes": tuple(Change(each["what"], each["params"]) for each in value["changes"]),
    }
    return RevisionVerdict(**{**value, **read})


def _trail(value: Mapping[str, Any]) -> TrailVerdict:
    read = {
        "signed_at": _time(value["signed_at"]),
        "verdict": Indication(value["verdict"]),
        "private_gone": tuple(value["private_gone"]),
    }
    return TrailVerdict(**{**value, **read})


def _anchor(value: Mapping[str, Any] | None) -> Anchor | None:
    return None if value is None else Anchor(**value)


def _source(value: str | None) -> TimeSource | None:
    return None if value is None else TimeSource(value)


def _time(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
