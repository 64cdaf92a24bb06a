"""The time that a signature states itself, beside the one that its timestamp proves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pdf.verify import cms
from pdf.verify.fields import SignedField
from pdf.verify.signatures import Judged
from pdf.verify.verdict import Sub, unsure

# What is prepared is finished within ten minutes (signing/agreements), and its timestamp asked for at once.
_STAMPED_WITHIN = timedelta(minutes=15)
_STATED = re.compile(rb"D:(\d{14})Z")


def check_moments(judged: Sequence[Judged]) -> None:
    """In a file of ours: a signature's own timestamp that came long after the time that its signed bytes state.

    Nothing signs the token of the last signature but the seal: whoever cuts that off can put a later one in its place.
    """
    for each in judged:
        stated = _stated(each.signed)
        if each.signed.is_timestamp or stated is None or each.parsed is None or each.token is None:
            continue
        is_own = cms.signature_token(each.parsed, each.name) is not None
        if is_own and each.token.at > stated + _STAMPED_WITHIN:
            each.reasons.append(unsure("timestamp-late", Sub.TIMESTAMP_ORDER_FAILURE, field=each.name))


def _stated(signed: SignedField) -> datetime | None:
    """When it was made, as a platform of this kind writes it beside the signature; None where nothing says so."""
    said = (signed.field.value or {}).get("/M")
    found = _STATED.fullmatch(said) if isinstance(said, bytes) else None
    try:
        return datetime.strptime(found[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None
