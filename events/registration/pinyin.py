"""What a name is found by: its pinyin, whole and by initials; pure."""

from __future__ import annotations

import gc
import re
from functools import cache, lru_cache
from itertools import islice

LONGEST = 160
_READINGS = 3  # of a surname that is read in more than one way
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_NOT_LETTERS = re.compile(r"[\W_]+")


def find_by(name: str) -> str:
    """Small letters: for each reading of the first sign the initials and the whole, such as `zsf zhangsanfeng`.

    A name in Latin letters is found by itself and by the first letters of its words.
    """
    words = [word for word in (_letters(each) for each in _NOT_LETTERS.split(name)) if word]
    if not words:
        return ""
    if not _HAN.search(name):
        syllables = words
        firsts = [words[0]]
    else:
        load()
        from pypinyin import Style, lazy_pinyin

        joined = "".join(words)
        syllables = [_letters(each) for each in lazy_pinyin(joined, style=Style.NORMAL)]
        firsts = list(dict.fromkeys([syllables[0], *_readings(joined[0])]))
    found: list[str] = []
    for first in islice(firsts, _READINGS):
        named = [first, *syllables[1:]]
        found += ["".join(each[:1] for each in named), "".join(named)]
    return " ".join(dict.fromkeys(found))[:LONGEST]


@cache
def load() -> None:
    """Have the dictionaries at hand: 0.3 s and 56 MB, which only a process pays that registers a Chinese name."""
    import pypinyin  # noqa: F401

    # Their 140,000 lists are no garbage: without this every look for some goes through them all.
    gc.freeze()


@lru_cache(maxsize=2048)
def _readings(sign: str) -> tuple[str, ...]:
    """Each way in which one sign is read: most people share a few hundred surnames."""
    from pypinyin import Style, pinyin

    return tuple(map(_letters, pinyin(sign, style=Style.NORMAL, heteronym=True)[0]))


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text).lower()
