"""The cue sheet that a plan suggests: pure but for the texts."""

from __future__ import annotations

from collections.abc import Sequence

from core.i18n import in_every_locale
from core.values import Texts
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView
from signing.cues.rules import PLANNED_LENGTH, CueKind, CuePlan


def suggest(found: Sequence[AgreementView], host_key: str) -> list[CuePlan]:
    """Welcome, roll call, same-record code, one signing cue per row of the cascade, photograph, closing.

    `found` in the order of the plan; `host_key`: at whose place it is welcomed and closed.
    """
    signing = [
        CuePlan(
            CueKind.SIGNING,
            signing_title(row, first=not index),
            PLANNED_LENGTH[CueKind.SIGNING],
            agreements=tuple(each.id for each in row),
        )
        for index, row in enumerate(agreements.levels(found))
    ]
    return [
        _plain(CueKind.WELCOME, host_key),
        _plain(CueKind.ROLL_CALL),
        _plain(CueKind.RECORD_CODE),
        *signing,
        _plain(CueKind.PHOTOGRAPH),
        _plain(CueKind.CLOSING, host_key),
    ]


def _plain(kind: CueKind, party_key: str = "") -> CuePlan:
    return CuePlan(kind, in_every_locale(f"cue-title-{kind}"), PLANNED_LENGTH[kind], party_key=party_key)


def signing_title(row: Sequence[AgreementView | None], *, first: bool) -> Texts:
    """What a cue is called that calls these (None: one that is not known); `first` of the signing cues or a later."""
    if len(row) == 1 and row[0] is not None:
        return row[0].title
    return in_every_locale("cue-title-signing-several" if first else "cue-title-signing-following", n=len(row))
