"""The verifier's answer in plain words, in the current locale."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core import i18n
from core.i18n import t
from pdf.pki import KeyCustody
from pdf.verify import (
    Anchor,
    Difference,
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
from pdf.verify.messages import TEMPLATES
from signing.papers import colons

_TONES = {Indication.TOTAL_PASSED: "passed", Indication.TOTAL_FAILED: "failed", Indication.INDETERMINATE: "unsure"}

_DOTS = "·∙•⋅・･‧·⸱᛫●"  # what reads as the sign between the parts of a line
_MOST_NAMED = 12
_LONGEST_NAME = 160


@dataclass(frozen=True)
class AnchorWords:
    """A trust anchor as people read it: `short` are the ends of its SHA-256 fingerprint."""

    name: str
    short: str
    fingerprint: str


@dataclass(frozen=True)
class SignatureWords:
    """One signature as people read it; `at` is the trusted time, `place` the file inside a kit.

    `clock_anchor` is there where the timestamp leads to another anchor than the signature. `only_existed`: `at` says by
    when the signature stood, and not when it was made.
    """

    kind: str
    who: str
    organisation: str
    at: datetime | None
    clock: str
    custody: str
    level: str
    covers: str
    place: str
    tone: str
    verdict: str
    sub_indication: str
    anchor: AnchorWords | None = None
    clock_anchor: AnchorWords | None = None
    only_existed: bool = False


@dataclass(frozen=True)
class RevisionWords:
    """One version of the file as people read it; `place` is the file inside a kit."""

    number: int
    title: str
    field: str
    at: datetime | None
    size: str
    changes: tuple[str, ...]
    allowed: bool
    place: str
    only_existed: bool = False


@dataclass(frozen=True)
class PageWords:
    """A page as it was signed and as it is now: addresses of pictures (`data:`), empty where there is no page."""

    page: int
    signed: str
    current: str


@dataclass(frozen=True)
class DifferenceWords:
    """A signed version compared with the file as it is; `more` pages differ besides those shown, `unseen` may."""

    title: str
    pages: tuple[PageWords, ...]
    more: int
    unseen: int


@dataclass(frozen=True)
class VerdictWords:
    """A whole verdict; `tone` is passed, failed or unsure."""

    file: str
    digest: str
    tone: str
    title: str
    say: str
    verdict: str
    sub_indication: str
    reasons: tuple[str, ...]
    signatures: tuple[SignatureWords, ...]
    trail_entries: int | None
    trail_tone: str
    trail_lines: tuple[str, ...] = ()
    revisions: tuple[RevisionWords, ...] = ()
    anchors: tuple[AnchorWords, ...] = ()


def describe(verdict: FileVerdict, *, is_own_clock: Callable[[str], bool]) -> VerdictWords:
    """All of a verdict in words; `is_own_clock` says whether an authority of that name is ours."""
    tone = _TONES[verdict.verdict]
    return VerdictWords(
        file=verdict.file,
        digest=verdict.digest or "",
        tone=tone,
        title=t(f"verify-{tone}"),
        say=t(f"verify-{tone}-say"),
        verdict=str(verdict.verdict),
        sub_indication=str(verdict.sub_indication or ""),
        reasons=sentences(verdict),
        signatures=_signatures(verdict.signatures, is_own_clock),
        trail_entries=verdict.trail.entries if verdict.trail else None,
        trail_tone=_TONES[verdict.trail.verdict] if verdict.trail else "",
        trail_lines=trail_lines(verdict.trail) if verdict.trail else (),
        revisions=() if _is_unsigned(verdict) else tuple(_revision(each) for each in verdict.revisions),
        anchors=tuple(anchor_words(each) for each in verdict.anchors),
    )


def _is_unsigned(verdict: FileVerdict) -> bool:
    """Nothing in it is a text that waited for signatures: it has no story to tell."""
    return verdict.sub_indication is Sub.SIGNED_DATA_NOT_FOUND and not verdict.signatures


def shown(name: str) -> str:
    """A name that a file brings, as one part of a line of parts: it ends in time, and cannot play several parts."""
    plain = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in name[: 2 * _LONGEST_NAME])
    said = " ".join(part.strip(_DOTS) or "-" for part in plain.split())
    return said if len(said) <= _LONGEST_NAME and len(name) <= 2 * _LONGEST_NAME else f"{said[:_LONGEST_NAME]}…"


def clock_anchor(found: SignatureVerdict) -> Anchor | None:
    """The anchor of a signature's timestamp, where it is another one than the signature's own."""
    return None if found.timestamp_anchor == found.anchor else found.timestamp_anchor


def anchor_words(found: Anchor) -> AnchorWords:
    """An anchor by its name, with the fingerprint as openssl prints it and the two ends of that."""
    digits = colons(found.sha256)
    return AnchorWords(shown(found.name), f"{digits[:11]}…{digits[-11:]}", digits)


def trail_lines(trail: TrailVerdict) -> tuple[str, ...]:
    """What is to be said of a trail besides its verdict: who tells it, its SM2 key, which values were deleted."""
    said = [t("verify-trail-told-by", name=shown(trail.told_by))] if trail.told_by else []
    said += [t("verify-trail-sm2", fingerprint=colons(trail.sm2_key))] if trail.sm2_key else []
    gone: dict[str, list[str]] = {}
    for place in trail.private_gone:
        seq, _, field = place.partition(" ")
        gone.setdefault(field, []).append(seq)
    for field, seqs in gone.items():
        name = f"verify-private-{field.replace('.', '-')}"
        what = t(name) if i18n.has(name) else field
        entries = t("list-separator").join(seqs[:_MOST_NAMED]) + (" …" if len(seqs) > _MOST_NAMED else "")
        said.append(t("verify-private-gone", what=what, n=len(seqs), entries=entries))
    return tuple(said)


def compared(verdict: FileVerdict, differences: Sequence[Difference]) -> tuple[DifferenceWords, ...]:
    """The pictures of what was signed beside what is there now, in their places on the page."""
    titles = {each.number: _title(each) for each in verdict.revisions}
    return tuple(
        DifferenceWords(
            t("verify-pictures-of", n=found.revision, title=titles[found.revision]),
            tuple(PageWords(pair.page, _picture(pair.signed), _picture(pair.current)) for pair in found.pages),
            found.more,
            found.unseen,
        )
        for found in differences
    )


def revision_line(found: RevisionVerdict) -> str:
    """One version in one line: what it is, and what it changed."""
    parts = [_title(found), *_changes(found)] + ([] if found.allowed else [t("verify-revision-refused")])
    return " · ".join(parts)


def _revision(found: RevisionVerdict) -> RevisionWords:
    return RevisionWords(
        number=found.number,
        title=_title(found),
        field=shown(found.field or ""),
        at=found.signed_at,
        size=t("verify-revision-bytes", bytes=found.bytes),
        changes=_changes(found),
        allowed=found.allowed,
        place=found.place,
        only_existed=found.kind is not RevisionKind.TIMESTAMP and found.signed_at_source == TimeSource.DOCUMENT,
    )


def _title(found: RevisionVerdict) -> str:
    return t(f"verify-revision-{found.kind}", signer=shown(found.signer or "") or t("verify-nobody"))


def _changes(found: RevisionVerdict) -> tuple[str, ...]:
    return tuple(t(f"verify-change-{each.what}", **_params(each.params)) for each in found.changes)


def _picture(png: bytes | None) -> str:
    return "" if png is None else "data:image/png;base64," + base64.b64encode(png).decode()


def sentences(verdict: FileVerdict) -> tuple[str, ...]:
    """Why, a sentence each; what is the same in several files of a kit is said once."""
    places: dict[str, list[str]] = {}
    owners = {each.field: _owner(each) for each in verdict.signatures if each.signer}
    for reason in verdict.reasons:
        path = str(reason.params.get("path", ""))
        said = _sentence(reason, owners)
        places.setdefault(said, []).append("" if "{path}" in TEMPLATES[reason.code] else path)
    return tuple(_placed(said, list(dict.fromkeys(paths))) for said, paths in places.items())


def _placed(said: str, paths: list[str]) -> str:
    if "" in paths:
        return said
    if len(paths) == 1:
        return t("verify-in-file", path=paths[0], sentence=said)
    return t("verify-in-files", n=len(paths), sentence=said)


def _owner(found: SignatureVerdict) -> str:
    if not found.organisation:
        return shown(found.signer or "")
    return t("verify-whose", signer=shown(found.signer or ""), organisation=shown(found.organisation))


def _params(given: Mapping[str, str | int]) -> dict[str, str | int]:
    return {key: shown(value) if isinstance(value, str) and key != "detail" else value for key, value in given.items()}


def _sentence(reason: Reason, owners: Mapping[str, str]) -> str:
    """Whose signature it is about is said by the name in it; plain English for a code that the catalogue lacks."""
    message_id = f"verify-reason-{reason.code}"
    if i18n.has(message_id):
        field, path = str(reason.params.get("field", "")), reason.params.get("path")
        whose = owners.get(f"{path}#{field}" if path else field) or t("verify-whose-field", field=shown(field))
        params = _params(reason.params)
        if reason.code == "limits":
            params["what"] = t(f"verify-limit-{params['what']}", **params)
        return t(message_id, **params, whose=whose)
    return TEMPLATES[reason.code].format_map(_params(reason.params))


def _signatures(found: Sequence[SignatureVerdict], is_own_clock: Callable[[str], bool]) -> tuple[SignatureWords, ...]:
    """People first; the platform's own marks behind them, file by file."""
    worded = [_signature(each, is_own_clock) for each in found]
    order = {place: index for index, place in enumerate(dict.fromkeys(each.place for each in worded))}
    return tuple(sorted(worded, key=lambda each: (order[each.place], each.kind != "person")))


def _signature(found: SignatureVerdict, is_own_clock: Callable[[str], bool]) -> SignatureWords:
    is_timestamp = found.level is Level.DOCUMENT_TIMESTAMP
    clock = clock_anchor(found)
    return SignatureWords(
        kind=_kind(found),
        who=shown(found.signer or "") or t("verify-nobody"),
        organisation=shown(found.organisation or ""),
        at=found.signed_at,
        clock=_clock(found.timestamp_authority, is_own_clock),
        custody="" if is_timestamp else t(f"verify-custody-{found.key_custody or 'none'}"),
        level="" if is_timestamp else str(found.level or ""),
        covers=_covers(found),
        place=found.field.rpartition("#")[0],
        tone=_TONES[found.verdict],
        verdict=str(found.verdict),
        sub_indication=str(found.sub_indication or ""),
        anchor=anchor_words(found.anchor) if found.anchor else None,
        clock_anchor=anchor_words(clock) if clock else None,
        only_existed=found.only_existed,
    )


def _kind(found: SignatureVerdict) -> str:
    """Who certifies a file with a certificate of their own is a person, not a platform."""
    if found.level is Level.DOCUMENT_TIMESTAMP:
        return "timestamp"
    ours = found.key_custody == KeyCustody.SERVER or found.anchor is None
    return "platform" if found.certification and ours else "person"


def _covers(found: SignatureVerdict) -> str:
    """How far it reached is no comfort where what it reached is not there any more."""
    if found.sub_indication is Sub.HASH_FAILURE:
        return t("verify-covers-changed")
    return t(
        "verify-covers-nothing" if found.sub_indication is Sub.SIG_CRYPTO_FAILURE else f"verify-covers-{found.covers}"
    )


def _clock(authority: str | None, is_own_clock: Callable[[str], bool]) -> str:
    if not authority:
        return t("verify-clock-none")
    # Our own responder's time is no third party's, and is never shown as if it were (signing.md 2).
    return t("verify-clock-own", name=shown(authority)) if is_own_clock(authority) else shown(authority)
