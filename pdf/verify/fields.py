"""Signature fields and what they hold: names, values, byte ranges, certification (ISO 32000-1 §12.7.4.5, §12.8)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pdf.verify.document import Document
from pdf.verify.limits import within
from pdf.verify.objects import Data, Name, Plain, Ref, as_dict, as_list
from pdf.verify.verdict import Finding, Reason, failed

_DETACHED = ("/ETSI.CAdES.detached", "/adbe.pkcs7.detached")
_TIMESTAMP = "/ETSI.RFC3161"
_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]")
_MOST_RANGES = 20_000
_DEEPEST, _LONGEST_NAME = 64, 4_096
_HEX = frozenset(b"0123456789abcdefABCDEF")


@dataclass(frozen=True)
class ByteRange:
    """`[0, gap_start, gap_end, end − gap_end]`: the gap holds /Contents and nothing else."""

    gap_start: int
    gap_end: int
    end: int


@dataclass(frozen=True)
class Lock:
    """A FieldMDP lock: which fields may not be filled any more once this signature stands."""

    action: str
    names: frozenset[str]

    def holds(self, name: str) -> bool:
        match self.action:
            case "/Include":
                return name in self.names
            case "/Exclude":
                return name not in self.names
        return True


@dataclass(frozen=True)
class SignatureField:
    """A terminal signature field; `holder` is the indirect object that holds the signature dictionary, if signed."""

    name: str
    ref: Ref
    value: dict[str, Plain] | None
    holder: Ref | None


@dataclass(frozen=True)
class SignedField:
    """A signed field whose form is sound: `contents` is what the gap holds, trailing zeros included."""

    field: SignatureField
    range: ByteRange
    contents: bytes
    is_timestamp: bool
    permission: int | None
    locks: tuple[Lock, ...]


def signature_fields(document: Document, revision: int) -> list[SignatureField]:
    """All signature fields of the form as of a revision. Raises Finding for a field tree that loops or repeats."""
    root = as_dict(document.resolve(document.trailer(revision).get("/Root"), revision))
    form = as_dict(document.resolve(root.get("/AcroForm"), revision))
    found: list[SignatureField] = []
    seen: set[Ref] = set()
    stack: list[tuple[Plain, str, Plain, int]] = [
        (kid, "", None, 1) for kid in reversed(as_list(document.resolve(form.get("/Fields"), revision)))
    ]
    while stack:
        ref, prefix, kind, depth = stack.pop()
        within("field-depth", depth, _DEEPEST)
        if not isinstance(ref, Ref) or ref in seen:
            raise Finding(failed("fields-broken"))
        seen.add(ref)
        entries = as_dict(document.value(ref, revision))
        title = document.resolve(entries.get("/T"), revision)
        name = ".".join(part for part in (prefix, text(title)) if part)
        within("field-name", len(name), _LONGEST_NAME)
        kind = document.resolve(entries.get("/FT"), revision) or kind
        kids = as_list(document.resolve(entries.get("/Kids"), revision))
        inner = [kid for kid in kids if isinstance(kid, Ref) and "/T" in as_dict(document.value(kid, revision))]
        if inner:
            stack.extend((kid, name, kind, depth + 1) for kid in reversed(kids))
        elif kind == Name("/Sig"):
            found.append(_field(document, revision, name, ref, entries))
    if len({field.name for field in found}) != len(found):
        raise Finding(failed("fields-broken"))
    return found


def _field(document: Document, revision: int, name: str, ref: Ref, entries: dict[str, Plain]) -> SignatureField:
    value = entries.get("/V")
    holder = value if isinstance(value, Ref) else ref
    if value is None:
        return SignatureField(name, ref, None, None)
    held = document.resolve(value, revision)
    if not isinstance(held, dict):
        raise Finding(failed("signature-malformed", field=name))
    return SignatureField(name, ref, held, holder)


def text(value: Plain) -> str:
    """A text string (UTF-16 or UTF-8 with its mark, else Latin 1); empty if it is none."""
    if not isinstance(value, bytes):
        return ""
    if value[:2] == b"\xfe\xff":
        return value[2:].decode("utf-16-be", "replace")
    if value[:3] == b"\xef\xbb\xbf":
        return value[3:].decode("utf-8", "replace")
    return value.decode("latin-1")


def read_signed(document: Document, field: SignatureField) -> SignedField:
    """The signature of a field, its byte range checked byte by byte. Raises Finding."""
    value, holder = field.value, field.holder
    if value is None or holder is None:
        raise Finding(failed("contents-malformed", field=field.name))
    kind, subfilter = value.get("/Type"), value.get("/SubFilter")
    is_timestamp = subfilter == Name(_TIMESTAMP)
    if kind not in (None, Name("/DocTimeStamp" if is_timestamp else "/Sig")):
        raise Finding(failed("signature-malformed", field=field.name))
    if not is_timestamp and subfilter not in [Name(known) for known in _DETACHED]:
        raise Finding(failed("signature-kind", field=field.name))
    contents = value.get("/Contents")
    if not isinstance(contents, bytes) or not contents:
        raise Finding(failed("contents-malformed", field=field.name))
    byte_range = _byte_range(value.get("/ByteRange"), field.name, len(document.data))
    _check_gap(document, field.name, holder, byte_range, contents)
    permission, locks = _transforms(document, value)
    return SignedField(field, byte_range, contents, is_timestamp, permission, locks)


def _byte_range(value: Plain, name: str, size: int) -> ByteRange:
    numbers = [number for number in as_list(value) if isinstance(number, int)]
    if len(numbers) != 4 or len(as_list(value)) != 4:
        raise Finding(failed("byte-range-malformed", field=name))
    start, first, gap_end, rest = numbers
    if start != 0 or first <= 0 or rest <= 0 or gap_end < first + 4 or gap_end + rest > size:
        raise Finding(failed("byte-range-malformed", field=name))
    return ByteRange(first, gap_end, gap_end + rest)


def _check_gap(document: Document, name: str, holder: Ref, byte_range: ByteRange, contents: bytes) -> None:
    """The gap is exactly the hex string of /Contents, and lies inside the object that holds the signature."""
    gap = bytes(document.data[byte_range.gap_start : byte_range.gap_end])
    digits = gap[1:-1]
    if gap[:1] != b"<" or gap[-1:] != b">" or len(digits) % 2 or not _HEX.issuperset(digits):
        raise Finding(failed("gap-malformed", field=name))
    if bytes.fromhex(digits.decode("ascii")) != contents:
        raise Finding(failed("gap-malformed", field=name))
    if _offset(document, holder) is None:
        raise Finding(failed("signature-packed", field=name))
    start, end, _ = document.span(holder, document.last)
    before = bytes(document.data[start : byte_range.gap_start])
    if not start < byte_range.gap_start < byte_range.gap_end <= end or not before.rstrip().endswith(b"/Contents"):
        raise Finding(failed("gap-malformed", field=name))


def _offset(document: Document, ref: Ref) -> int | None:
    changed_at = document.changed_at(ref)
    return None if changed_at is None else document.sections[changed_at].offsets.get(ref)


def _transforms(document: Document, value: dict[str, Plain]) -> tuple[int | None, tuple[Lock, ...]]:
    """The DocMDP permission of a certification signature (2 where it is not said), and FieldMDP locks."""
    permission: int | None = None
    locks: list[Lock] = []
    for item in as_list(document.resolve(value.get("/Reference"), document.last)):
        reference = as_dict(document.resolve(item, document.last))
        params = as_dict(document.resolve(reference.get("/TransformParams"), document.last))
        method = reference.get("/TransformMethod")
        if method == Name("/DocMDP"):
            said = document.resolve(params.get("/P", 2), document.last)
            permission = said if isinstance(said, int) else 1
        elif method == Name("/FieldMDP"):
            action = params.get("/Action")
            names = as_list(document.resolve(params.get("/Fields"), document.last))
            locks.append(Lock(action.text if isinstance(action, Name) else "/All", frozenset(map(text, names))))
    return permission, tuple(locks)


def orphans(data: Data, known: list[SignedField], document: Document) -> list[Reason]:
    """Signatures that the form no longer names, found by byte ranges that end where a revision ends."""
    ranges = {(signed.range.gap_start, signed.range.gap_end, signed.range.end) for signed in known}
    found = []
    for count, match in enumerate(_BYTE_RANGE.finditer(data)):
        within("byte-ranges", count, _MOST_RANGES)
        first, gap_end, rest = (int(number) for number in match.groups())
        fits = 0 < first < gap_end and gap_end + rest <= len(data)
        if (
            fits
            and (first, gap_end, gap_end + rest) not in ranges
            and document.revision_ending(gap_end + rest) is not None
        ):
            found.append(failed("signature-removed"))
    return found[:1]
