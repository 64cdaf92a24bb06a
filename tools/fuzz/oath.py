"""What must hold of every mutant that passes, told without the verifier's own reading of it."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

import pikepdf

from tools.fuzz.kit_mutations import unzipped

# Under no signature: what carries the signature over the manifest, and its timestamp.
_UNSIGNED = ("manifest.p7s", "manifest.tst")
_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


def signed_states(pdf: bytes) -> set[bytes]:
    """For every signature of a good file: all that it covers."""
    found = [tuple(int(number) for number in match.groups()) for match in _RANGE.finditer(pdf)]
    return {pdf[:first] + pdf[second : second + rest] for first, second, rest in found}


def same_signed_bytes(good: bytes, mutant: bytes) -> bool:
    """Whether the mutant is the good file, or one that it was before, but for the inside of the last signature."""
    ranges = [tuple(int(number) for number in match.groups()) for match in _RANGE.finditer(mutant)]
    states = signed_states(good)
    return any(
        second + rest == len(mutant) and mutant[:first] + mutant[second:] in states for first, second, rest in ranges
    )


def same_objects(before: bytes, after: bytes, numbers: set[int]) -> bool:
    """Whether each of these objects says the same in both, as qpdf reads them."""
    with pikepdf.open(io.BytesIO(before)) as one, pikepdf.open(io.BytesIO(after)) as other:
        return all(_said(one, number) == _said(other, number) for number in numbers)


def _said(document: pikepdf.Pdf, number: int) -> bytes:
    found: object = document.get_object(number, 0)  # None for an object that is not there
    raw = found.read_raw_bytes() if isinstance(found, pikepdf.Stream) else b""
    return raw + (found.unparse() if isinstance(found, pikepdf.Object) else b"null")


def shown(pdf: bytes) -> list[bytes]:
    """What each page draws, as qpdf reads it; nothing where it opens no file."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            return [page.obj.Contents.read_bytes() if "/Contents" in page.obj else b"" for page in document.pages]
    except pikepdf.PdfError:
        return []


def same_kit(good: Mapping[str, bytes], mutant: bytes) -> bool:
    """Whether every file in it, and so the trail, is the same."""
    files = unzipped(mutant)
    return files is not None and _signed(files) == _signed(good)


def _signed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path not in _UNSIGNED}
