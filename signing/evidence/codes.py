"""The short code on a completion certificate: the first 50 bits of the final file's SHA-256, for people to type.

Whoever has the file can work the code out; whoever has only the code can ask where it came from, and learns no more.
"""

from __future__ import annotations

LENGTH = 10
_BITS = 5 * LENGTH
# Crockford's base 32: no I, L, O, which are read as 1 and 0, and no U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans("ILO", "110", " -\u2010\u2011\u2012\u2013\u2212\uff0d")


def code_of(digest: str) -> str:
    """`K7M2Q-9RT4X`: the code of a file by its SHA-256 (hex)."""
    number = int(digest, 16) >> (len(digest) * 4 - _BITS)
    drawn = "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(LENGTH)))
    return f"{drawn[:5]}-{drawn[5:]}"


def digests_of(text: str) -> tuple[str, str] | None:
    """The lowest and the highest digest (hex) with the code that somebody typed; None for what is no code."""
    typed = text.upper().translate(_ALIKE)
    if len(typed) != LENGTH or not set(typed) <= set(_ALPHABET):
        return None
    number = 0
    for letter in typed:
        number = number << 5 | _ALPHABET.index(letter)
    room = 256 - _BITS
    low = number << room
    return f"{low:064x}", f"{low + (1 << room) - 1:064x}"
