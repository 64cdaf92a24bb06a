"""PDF objects as plain values that compare by content; what pyHanko's parser gives, without its handlers."""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from pyhanko.pdf_utils import generic

from pdf.verify.verdict import Finding, failed

_DEPTH = 64


class Ref(NamedTuple):
    """An indirect reference."""

    number: int
    generation: int = 0


Data: TypeAlias = bytes | mmap.mmap


@dataclass(frozen=True)
class Name:
    """A PDF name with its slash; kept apart from strings, which are bytes."""

    text: str


@dataclass(frozen=True)
class Stream:
    """A stream: its dictionary, and the SHA-256 of its bytes as they stand in the file, not decoded."""

    entries: dict[str, Plain]
    digest: bytes


@dataclass(frozen=True)
class Word:
    """`true` or `false`: a thing of its own kind, for Python says that True is 1, and viewers do not."""

    value: bool


@dataclass(frozen=True)
class Real:
    """A number with a point, never equal to an integer: where one is needed, viewers take the other for nothing."""

    value: Decimal


# No bool and no Decimal: values of different kinds must differ in every comparison.
Plain: TypeAlias = int | Real | Word | bytes | Name | Ref | list["Plain"] | dict[str, "Plain"] | Stream | None


def plain(value: object, depth: int = 0) -> Plain:
    """pyHanko's object as a plain value. Raises Finding if it nests deeper than 64."""
    if depth > _DEPTH:
        raise Finding(failed("broken-file", detail="objects nested too deep"))
    match value:
        case generic.NullObject():
            return None
        case generic.BooleanObject():
            return Word(bool(value.value))
        case generic.IndirectObject():
            return Ref(value.idnum, value.generation)
        case generic.NameObject():
            return Name(str(value))
        case generic.NumberObject():
            return int(value)
        case generic.FloatObject():
            return Real(Decimal(value))
        case generic.TextStringObject() | generic.ByteStringObject():
            return bytes(value.original_bytes)
        case generic.StreamObject():
            return Stream(_entries(value, depth), hashlib.sha256(value.encoded_data).digest())
        case generic.DictionaryObject():
            return _entries(value, depth)
        case generic.ArrayObject():
            return [plain(list.__getitem__(value, at), depth + 1) for at in range(len(value))]
    raise Finding(failed("broken-file", detail=f"an object of a kind that is not known: {type(value).__name__}"))


def _entries(value: generic.DictionaryObject, depth: int) -> dict[str, Plain]:
    # ISO 32000-1 §7.3.7: an entry whose value is null is no entry.
    pairs = ((str(key), plain(dict.__getitem__(value, key), depth + 1)) for key in value)
    return {key: entry for key, entry in pairs if entry is not None}


def refs_in(value: Plain) -> Iterator[Ref]:
    """Every reference that a value holds itself."""
    stack = [value]
    while stack:
        match stack.pop():
            case Ref() as ref:
                yield ref
            case dict() as entries:
                stack.extend(entries.values())
            case list() as items:
                stack.extend(items)
            case Stream(entries=entries):
                stack.extend(entries.values())


def as_dict(value: Plain) -> dict[str, Plain]:
    """The dictionary (or a stream's), or an empty one."""
    match value:
        case dict():
            return value
        case Stream(entries=entries):
            return entries
    return {}


def as_list(value: Plain) -> list[Plain]:
    """The array, or an empty one."""
    return value if isinstance(value, list) else []


def as_numbers(value: Plain) -> list[Decimal]:
    """The numbers of an array, with a point or without; none where it is no array or holds anything else."""
    numbers = [each.value if isinstance(each, Real) else Decimal(each) for each in as_list(value)
               if isinstance(each, int | Real)]  # fmt: skip
    return numbers if len(numbers) == len(as_list(value)) else []
