"""A stranger's timestamp over a finished file, whose revision is bent where viewers and verifiers part ways."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import lru_cache

from pdf.sign.revision import Head, Update
from tests.pdf.verify import crooked
from tools.fuzz import oath

_TOKEN = re.compile(rb"\d+|[a-z]+|/[A-Za-z]+|[\0\t\n\f\r ]+")
_WORDS = (
    b"\0", b"\t", b"\n", b"\r", b"\r\n", b" ", b"  ", b"\v", b"\f", b"0", b"00", b"1", b".0", b"+", b"-", b"%x\n",
    b"%x\r", b"xref\n", b"0 0\n", b"0 1\n0000000000 65535 f \n", b"trailer\n", b"startxref\n0\n%%EOF\n", b"%%EOF\n",
    b"/Root 9 0 R ", b"/Size 9 ", b"/Prev 0 ", b"/XRefStm 0 ", b"/Type /XRef ", b"null", b"<<", b">>", b"endobj", b"f",
)  # fmt: skip


def stamped(chance: random.Random) -> bytes:
    """The finished file under a bent revision, often with other words for page 1 listed nowhere."""
    if chance.random() < 0.3:
        freed = (crooked.contents(), (chance.choice((0, 0, 3, 5)), 0, chance.choice((0, 1, 7, 65535))))
        beside = chance.choice((b"", crooked.orphan()))
        return crooked.stamped(crooked.StreamUpdate(Head(crooked.finished()), lambda _: [freed], beside))
    crook = crooked.Crook(_before(chance), _table(chance), lambda tail: _bent(chance, tail))
    return crooked.crooked(crook)


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


def _table(chance: random.Random) -> Callable[[Update, bytes], bytes]:
    entry = b"%d 1\n0000000000 %05d f \n" % (crooked.contents(), chance.choice((1, 2, 7, 65535)))
    frees = chance.random() < 0.3
    return lambda _, table: table.replace(b"xref\n", b"xref\n" + entry, 1) if frees else table


def _bent(chance: random.Random, tail: bytes) -> bytes:
    token, word = chance.choice(list(_TOKEN.finditer(tail))), chance.choice(_WORDS)
    new = chance.choice((b"", word, word + token[0], token[0] + word))
    return tail[: token.start()] + new + tail[token.end() :]
