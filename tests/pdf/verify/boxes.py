"""A page in an object stream behind a stranger's timestamp, packed as its author likes."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TypeAlias

from pdf.sign import syntax
from pdf.sign.revision import Head, Update
from tests.pdf.verify import crooked
from tests.pdf.verify.crooked import StreamUpdate

Packing: TypeAlias = Callable[[bytes], tuple[dict[bytes, bytes], bytes]]
WIDE = 32


def rows(*parts: tuple[str, bytes]) -> tuple[bytes, int]:
    """Rows that pyHanko reads as the good parts alone, and viewers as all; where the second part begins for both."""
    out, above, first = bytearray(), bytes(WIDE), 0
    for at, (kind, text) in enumerate(parts):
        text += b" " * (-len(text) % WIDE)
        first = first or len(text)
        if kind == "evil":
            out += b"".join(b"\0" + text[row : row + WIDE] for row in range(0, len(text), WIDE))
            continue
        if at:
            out += b"\1" + bytes(WIDE)
            above = bytes(WIDE)
        for row in range(0, len(text), WIDE):
            line = text[row : row + WIDE]
            out += b"\2" + bytes((one - other) % 256 for one, other in zip(line, above, strict=True))
            above = line
    return bytes(out), first


def with_page(pack: Packing, *, is_evil: bool) -> bytes:
    """The finished file with page 1 in an object stream behind a stranger's timestamp."""
    head = Head(crooked.finished())
    page = head.pages()[0]
    entries = head.dictionary(page)

    def more(update: Update) -> list[tuple[int, crooked.Entry]]:
        box, header = update.new(), b"%d 0 " % page
        content, first = header + syntax.write_dictionary(entries), len(header)
        if is_evil:
            known = b" ".join(b"/%s %s" % each for each in entries.items() if each[0] != b"Contents")
            content, first = rows(
                ("good", header), ("good", b"<<"), ("evil", b"/Contents %d 0 R /Z (" % box),
                ("good", b"/Contents " + entries[b"Contents"]), ("evil", b")"), ("good", known + b" >>"),
                ("evil", crooked.OTHER_TEXT),
            )  # fmt: skip
        said, packed = pack(content)
        values = {b"Type": b"/ObjStm", b"N": b"1", b"First": b"%d" % first, **said}
        update.put_stream(box, values, packed)
        return [(page, (2, box, 0))]

    return crooked.stamped(StreamUpdate(head, more))


def flate(content: bytes) -> tuple[dict[bytes, bytes], bytes]:
    return {b"Filter": b"/FlateDecode"}, zlib.compress(content)


def predicting(parameters: bytes) -> Packing:
    def pack(content: bytes) -> tuple[dict[bytes, bytes], bytes]:
        return {b"Filter": b"/FlateDecode", b"DecodeParms": parameters}, zlib.compress(content)

    return pack
