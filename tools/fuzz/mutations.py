"""What is done to a PDF: from single bits to whole revisions and to the insides of signature values."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from pdf.errors import PdfError
from pdf.sign import syntax
from pdf.sign.revision import Head, Update

Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]

_NUMBER = re.compile(rb"(?<![\w.])\d{1,10}(?![\w.])")
_NAME = re.compile(rb"/[A-Za-z]{1,20}")
_OBJECT = re.compile(rb"(?<!\d)(\d{1,6}) 0 obj\b(.{0,4000}?)\bendobj", re.DOTALL)
_VALUE = re.compile(rb"/Contents\s*<([0-9A-Fa-f]{200,})>")
_BLOCK = re.compile(rb"\d+ 0 obj.{0,200000}?endobj\s", re.DOTALL)
_WORDS = (
    b"/Kids", b"/Contents", b"/ByteRange", b"/V", b"/Type /Page", b"/Perms", b"/DSS", b"/AcroForm", b"/Annots",
    b"/Prev 0",
    b"/Root 1 0 R", b"endobj", b"stream\n", b"endstream", b"xref\n0 0\n", b"trailer\n<< >>\n", b"startxref\n0\n%%EOF\n",
    b"%%EOF\n", b"0 R", b"1 0 obj", b"<<", b">>", b"[", b"]", b"(", b")", b"<", b">", b"\n", b"\r", b"\0", b"%", b"#41",
    b"-1", b"99999999999", b"null",
)  # fmt: skip


def flip_bits(chance: random.Random, pdf: bytes, _: Sequence[bytes]) -> bytes:
    data = bytearray(pdf)
    for _each in range(chance.choice((1, 1, 1, 2, 8))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def cut_out(chance: random.Random, pdf: bytes, _: Sequence[bytes]) -> bytes:
    at, length = chance.randrange(len(pdf)), chance.choice((1, 2, 10, 100, 5_000))
    return pdf[:at] + pdf[at + length :]


def cut_off(chance: random.Random, pdf: bytes, _: Sequence[bytes]) -> bytes:
    return pdf[: chance.randrange(len(pdf))]


def insert_word(chance: random.Random, pdf: bytes, _: Sequence[bytes]) -> bytes:
    at = chance.choice((len(pdf), chance.randrange(len(pdf))))
    word = chance.choice(_WORDS)
    return pdf[:at] + word + pdf[at + chance.choice((0, len(word))) :]


def repeat_part(chance: random.Random, pdf: bytes, _: Sequence[bytes]) -> bytes:
    start = chance.randrange(len(pdf))
    part = pdf[start : start + chance.choice((10, 300, 5_000, len(pdf)))]
    at = chance.choice((len(pdf), chance.randrange(len(pdf))))
    return pdf[:at] + part + pdf[at:]


def splice(chance: random.Random, pdf: bytes, others: Sequence[bytes]) -> bytes:
    """The end of another good file on the beginning of this one."""
    other = chance.choice(others)
    return pdf[: chance.randrange(len(pdf))] + other[chance.randrange(len(other)) :]


def change_number(chance: random.Random, pdf: bytes, _: Sequence[bytes]) -> bytes:
    """An offset, a length, a reference, a range: as long as before or longer."""
    found = chance.choice(list(_NUMBER.finditer(pdf)))
    old = int(found[0])
    new = chance.choice((old + 1, old - 1, 0, old ^ (1 << chance.randrange(16)), chance.randrange(len(pdf)), -old))
    digits = b"%d" % new
    return pdf[: found.start()] + digits.rjust(len(found[0]), b"0") + pdf[found.end() :]


def change_name(chance: random.Random, pdf: bytes, _: Sequence[bytes]) -> bytes:
    found = list(_NAME.finditer(pdf))
    one, other = chance.choice(found), chance.choice(found)
    return pdf[: one.start()] + other[0] + pdf[one.end() :]


def exchange_objects(chance: random.Random, pdf: bytes, _: Sequence[bytes]) -> bytes:
    """Two objects change places, tables stay as they are."""
    found = list(_BLOCK.finditer(pdf))
    if len(found) < 2:
        return pdf[:-1]
    one, other = sorted(chance.sample(found, 2), key=lambda each: each.start())
    return pdf[: one.start()] + other[0] + pdf[one.end() : other.start()] + one[0] + pdf[other.end() :]


def change_value(chance: random.Random, pdf: bytes, _: Sequence[bytes]) -> bytes:
    """The inside of a signature value, as long as before: bits, a stretch of zeros, another signature's value."""
    found = list(_VALUE.finditer(pdf))
    one, other = chance.choice(found), chance.choice(found)
    value = bytearray.fromhex(one[1].decode())
    at = chance.randrange(len(value))
    match chance.randrange(4):
        case 0:
            value[at] ^= 1 << chance.randrange(8)
        case 1:
            value[at : at + 9] = bytes(len(value[at : at + 9]))
        case 2:
            value = bytearray.fromhex(other[1].decode())
        case _:
            used = len(bytes(value).rstrip(b"\0"))
            value[chance.randrange(used)] ^= 1 << chance.randrange(8)
    digits = bytes(value).hex().encode()[: len(one[1])].ljust(len(one[1]), b"0")
    return pdf[: one.start(1)] + digits + pdf[one.end(1) :]


def add_revision(chance: random.Random, pdf: bytes, _: Sequence[bytes]) -> bytes:
    """A well-formed revision that writes one to three objects anew, each changed a little, or new ones."""
    return revised(chance, pdf)[0]


def revised(chance: random.Random, pdf: bytes) -> tuple[bytes, set[int]]:
    """`add_revision`, and the numbers that it wrote."""
    try:
        head = Head(pdf)
        update = Update(head)
    except (PdfError, ValueError, LookupError):  # mutated before: no longer a file of ours
        return pdf + b"\n", set()
    written: set[int] = set()
    for found in chance.sample(objects := list(_OBJECT.finditer(pdf)), min(len(objects), chance.randrange(1, 3))):
        old = int(found[1])
        number = chance.choice((old, old, old, update.new()))
        update.put(number, _rewritten(chance, head, old, [int(each[1]) for each in objects]) or found[2].strip())
        written.add(number)
    return pdf + bytes(update.close()), written


def _rewritten(chance: random.Random, head: Head, number: int, others: Sequence[int]) -> bytes | None:
    """A dictionary with one entry less, more or other, still well formed; None for what is none."""
    try:
        entries, donor = dict(head.dictionary(number)), head.dictionary(chance.choice(others))
    except (PdfError, ValueError, LookupError):
        return None
    key = chance.choice(sorted(entries) or [b"Type"])
    match chance.randrange(6):
        case 0:
            entries.pop(key, None)
        case 1:
            entries |= donor
        case 2:
            entries[key] = donor.get(key, b"null")
        case 3 if _NUMBER.search(entries.get(key, b"")):
            entries[key] = change_number(chance, entries[key] + b" ", ()).strip()
        case 4 if numbers := list(_NUMBER.finditer(b" %s " % entries.get(key, b""))):
            # Of another kind: Python calls 1, 1.0 and True the same, and viewers do not.
            one, value = chance.choice(numbers), b" %s " % entries[key]
            other = chance.choice((one[0] + b".0", b"true", b"false"))
            entries[key] = (value[: one.start()] + other + value[one.end() :]).strip()
        case _:
            entries[chance.choice((b"Rect", b"Contents", b"AA", b"OpenAction", b"Resources", b"Names", b"X"))] = (
                chance.choice(
                    (b"[0 0 600 800]", b"<< /S /JavaScript /JS (x) >>", *(b"%d 0 R" % each for each in others[:8]))
                )
            )
    return syntax.write_dictionary(entries)


MUTATIONS: tuple[Mutation, ...] = (
    flip_bits, cut_out, cut_off, insert_word, repeat_part, splice, change_number, change_name, exchange_objects,
    change_value, change_value, add_revision, add_revision, add_revision,
)  # fmt: skip
