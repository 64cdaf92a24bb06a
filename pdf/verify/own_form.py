"""Later revisions of our own files: laid out octet by octet as `pdf.sign.revision` writes them, or doubt.

Nobody but a platform of this kind adds to a file that one certified: signatures, validation data and archive timestamps
all come from one writer. What another program laid out may be harmless and may show other text in one viewer; where
there is no need to judge that, it is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pdf.verify.document import Document
from pdf.verify.increments import Increment
from pdf.verify.objects import Data, Plain, Ref, Stream
from pdf.verify.sections import Section
from pdf.verify.verdict import Reason, Sub, unsure

_END, _END_STREAM, _BEGIN_STREAM = b"\nendobj", b"\r\nendstream\nendobj", b">>\nstream\n"
_NUMBER = rb"[1-9]\d{0,9}"
# The words of our writer, and of the one that made the first revision, from which it takes values as they stand. None
# is white to one program and part of a name to another, as 0x80 and 0xff are to pdfium; and nothing is `null`.
_WORDS = re.compile(
    rb"(?:[ \n]|<<|>>|[\[\]]|/(?:[!\"$&'*-.0-;=?-Z\\^-z|~]|#[0-9A-Fa-f]{2})+|-?(?:\d+\.?\d*|\.\d+)(?![^ \n/\[\]<>(])"
    rb"|(?:R|true|false)(?![^ \n/\[\]<>])|<[0-9A-Fa-f]*>|\((?:[^()\\\r]|\\(?:[nrtbf()\\]|[0-7]{3}))*+\))*+"
)
_CLOSING = re.compile(
    rb"trailer\n<< (?:/(?:Root|Info) %b 0 R ){1,2}/Size %b /Prev %b /ID \[<[0-9A-Fa-f]*> <[0-9A-F]{32}>\] >>\n"
    rb"startxref\n(%b)\n%%%%EOF\n".replace(b"%b", _NUMBER).replace(b"%%", b"%")
)


def check_own_form(document: Document, increment: Increment) -> list[Reason]:
    """The doubt that another program wrote in a file of ours; `section` counts from 0."""
    at = increment.start
    for revision in range(increment.before + 1, increment.after + 1):
        end = _end(document, document.sections[revision], revision, at) if increment.ours else at
        if end is None:
            return [unsure("other-program", Sub.SIG_CONSTRAINTS_FAILURE, section=revision)]
        at = end
    return []


def _end(document: Document, section: Section, revision: int, at: int) -> int | None:
    """Where a revision of our form ends that begins at `at`; None where it is not of that form."""
    data = document.data
    if section.stream_ref or section.packed or section.freed or section.free_numbers or section.hybrid:
        return None
    if data[at - 1 : at] != b"\n":
        at += 1
    if data[at - 1 : at] != b"\n":
        return None
    for place, ref in sorted((place, ref) for ref, place in section.offsets.items()):
        start, stop, value = document.span(ref, revision)
        if not place == start == at or not _is_object(data, ref, start, stop, value):
            return None
        old_start, old_stop, old = document.span(ref, revision - 1)
        if value == old and data[start:stop] != data[old_start:old_stop]:  # what stays as it was, in other words
            return None
        at = stop + 1
    table = _table({ref.number: place for ref, place in section.offsets.items()})
    closing = _CLOSING.match(data, at + len(table))
    if at != section.start or data[at : at + len(table)] != table or closing is None or int(closing[1]) != at:
        return None
    return closing.end()


def _is_object(data: Data, ref: Ref, start: int, stop: int, value: Plain) -> bool:
    opening, end = b"%d 0 obj\n" % ref.number, _END
    body = start + len(opening), stop - len(end)
    if isinstance(value, Stream):
        length, end = value.entries.get("/Length"), _END_STREAM
        begin = stop - len(end) - (length if type(length) is int else 0)
        if data[begin - len(_BEGIN_STREAM) : begin] != _BEGIN_STREAM:
            return False
        body = body[0], begin - len(_BEGIN_STREAM) + 2
    return (
        ref.generation == 0
        and data[start : body[0]] == opening
        and data[body[0]] in b"<["  # a dictionary or an array: we write nothing else
        and data[stop - len(end) : stop + 1] == end + b"\n"
        and data[body[1] - 1] in b">]"
        and _WORDS.fullmatch(data, *body) is not None
    )


def _table(offsets: Mapping[int, int]) -> bytes:
    """Runs of numbers in ascending order, each entry in use, nothing besides."""
    lines, numbers = [b"xref\n"], sorted(offsets)
    for at, number in enumerate(numbers):
        if number - 1 not in offsets:
            last = next(n for n in range(number, number + len(numbers) - at) if n + 1 not in offsets)
            lines.append(b"%d %d\n" % (number, last - number + 1))
        lines.append(b"%010d 00000 n \n" % offsets[number])
    return b"".join(lines)
