"""A stranger's timestamp over a finished file, whose revision is bent where viewers and verifiers part ways."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import lru_cache

from pdf.sign import syntax
from pdf.sign.revision import Head, Update
from tests.pdf.verify import boxes, crooked
from tools.fuzz import oath

_TOKEN = re.compile(rb"\d+|[a-z]+|/[A-Za-z]+|[\0\t\n\f\r ]+")
_WORDS = (
    b"\0", b"\t", b"\n", b"\r", b"\r\n", b" ", b"  ", b"\v", b"\f", b"0", b"00", b"1", b".0", b"+", b"-", b"%x\n",
    b"%x\r", b"xref\n", b"0 0\n", b"0 1\n0000000000 65535 f \n", b"9999999 0\n",
    b"4194304 0\n", b"trailer\n", b"startxref\n0\n%%EOF\n", b"%%EOF\n",
    b"/Root 9 0 R ", b"/Size 9 ", b"/Prev 0 ", b"/XRefStm 0 ", b"/Type /XRef ", b"null", b"<<", b">>", b"endobj", b"f",
)  # fmt: skip
# Where lexers part ways: what ends a string, a name, a comment, a dictionary, and what stands twice or in disguise.
_LIBERTIES = (
    b"<41%", b"<4\v1>", b"<", b">", b"\n42>", b">>", b"<<", b">x", b"(", b")", b"\\", b"\\)", b"\\(", b"(a\r", b"%",
    b"%x\n", b"%x\r", b"%\v", b"\v", b"\0", b"\f", b"/A", b"/B", b"/P#61ges", b"/Pages#20", b"/#50ages", b"/A#",
    b"/A#00", b"1", b"--1", b"1.2.3", b"4294967297", b"0 R", b"R", b"[", b"]", b"{", b"}", b"true", b"truefalse",
    b"null", b"endobj", b"stream\n", b"(12 %x\n0\v obj)", b"12 0obj", b"/" + b"A" * 300, b"(" + b"a" * 33_000 + b")",
)  # fmt: skip


def stamped(chance: random.Random) -> bytes:
    """The finished file under a bent revision, often with other words for page 1 listed nowhere."""
    if chance.random() < 0.3:
        freed = (crooked.contents(), (chance.choice((0, 0, 3, 5)), 0, chance.choice((0, 1, 7, 65535))))
        beside = chance.choice((b"", crooked.orphan()))
        return crooked.stamped(crooked.StreamUpdate(Head(crooked.finished()), lambda _: [freed], beside))
    if chance.random() < 0.15:
        return _numbered(chance)
    if chance.random() < 0.15:
        return _boxed(chance)
    if chance.random() < 0.4:
        crook = crooked.Crook(before=lambda update: _rewritten(chance, update))
        return crooked.crooked(crook)
    crook = crooked.Crook(_before(chance), _table(chance), lambda tail: _bent(chance, tail))
    return crooked.crooked(crook)


def _numbered(chance: random.Random) -> bytes:
    """A section that bears a number of its own, of a text, of a page, or one that is far from all."""
    head = Head(crooked.finished())
    number = chance.choice((head.size + 9, 9_000_000, crooked.contents(), *head.pages(), head.root, head.acroform))
    return crooked.stamped(crooked.NumberedUpdate(head, number, is_listed=chance.random() < 0.5))


def _boxed(chance: random.Random) -> bytes:
    """A page in an object stream, predicted in a way that programs undo differently."""
    said = b"<< /Predictor %d /Columns %d %s>>" % (
        chance.choice((1, 2, 10, 12, 12, 12, 15)),
        chance.choice((boxes.WIDE, boxes.WIDE, 1, 4, 0)),
        chance.choice((b"", b"", b"/Colors 3 ", b"/BitsPerComponent 4 ")),
    )
    pack = chance.choice((boxes.flate, boxes.predicting(said), boxes.predicting(b"[%s]" % said)))
    return boxes.with_page(pack, is_evil=chance.random() < 0.6)


def shows_the_same(mutant: bytes) -> bool:
    """Whether qpdf reads on each page what was signed."""
    return oath.shown(mutant) == _signed_pages()


@lru_cache(maxsize=1)
def _signed_pages() -> list[bytes]:
    return oath.shown(crooked.finished())


def _before(chance: random.Random) -> Callable[[Update], bytes]:
    hidden = chance.randrange(4)

    def before(update: Update) -> bytes:
        if hidden == 0:
            crooked.store(update, {}, {b"Certs": b"\n" + crooked.orphan()})
        return (b"", b"", crooked.orphan(), b"%" + crooked.orphan())[hidden]

    return before


def _rewritten(chance: random.Random, update: Update) -> bytes:
    """The catalog anew, somewhere in it liberties around one that names another page tree."""
    head = update.head
    kept = syntax.write_dictionary({key: value for key, value in head.catalog.items() if key != b"Extensions"})
    words = [chance.choice(_LIBERTIES) for _ in range(chance.randrange(1, 7))]
    words.insert(chance.randrange(len(words) + 1), b"/Pages %d 0 R" % head.pages()[1])
    written = b" ".join(words) if chance.random() < 0.7 else b"".join(words)
    shaped = (
        b"/Extensions << /A %s >>" % written,
        b"/Extensions << /A <41%%> >> %s /B << /C <\n42> >>" % written,
        b"/Extensions << /A (%s) >>" % written,
        b"/Extensions << >> %s" % written,
    )
    body = kept.removesuffix(b">>") + chance.choice(shaped) + b" >>"
    update.put(head.root, body if chance.random() < 0.7 else _bent(chance, body))
    return b""


def _table(chance: random.Random) -> Callable[[Update, bytes], bytes]:
    entry = b"%d 1\n0000000000 %05d f \n" % (crooked.contents(), chance.choice((1, 2, 7, 65535)))
    frees = chance.random() < 0.3
    return lambda _, table: table.replace(b"xref\n", b"xref\n" + entry, 1) if frees else table


def _bent(chance: random.Random, tail: bytes) -> bytes:
    token, word = chance.choice(list(_TOKEN.finditer(tail))), chance.choice(_WORDS)
    new = chance.choice((b"", word, word + token[0], token[0] + word))
    return tail[: token.start()] + new + tail[token.end() :]
