"""Tables from codes to letters or glyphs (Adobe technical note 5014), read strictly and written anew."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pdf.resources.values import unclear

_TOKEN = re.compile(rb"<<|>>|<([0-9A-Fa-f\s]*)>|\[|\]|/[^\s/<>\[\]()]*|\([^()]*\)|[^\s/<>\[\]()]+")
_COMMENT = re.compile(rb"%[^\r\n]*")
_MOST_CODES = 70_000
_MOST_GLYPHS = 1 << 16
_MOST_TOKENS = 400_000
_LONGEST = 8  # letters that one glyph may stand for: ligatures
_LONGEST_CODE = 2  # bytes: beyond, tables have more codes than fonts have glyphs
_AT_ONCE = 100  # entries of a block, which readers of old allow
_RADICAL = re.compile("[\u2f00-\u2fdf]")  # Chromium writes these for the characters that look the same
_SOFT_HYPHEN = "\u00ad"
_HEAD = (
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    "/CIDSystemInfo << /Registry (Adobe) /Ordering ({0}) /Supplement 0 >> def\n"
    "/CMapName /Adobe-{0}-{1} def\n/CMapType {2} def\n{3}"
)
_TAIL = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"

# A code as readers tell codes apart: its value, and how many bytes it has.
Code = tuple[int, int]


def letters(source: bytes) -> dict[Code, str]:
    """The letters of each code of a ToUnicode table; what cannot be read out is left out. Raises `pdf_unclear`."""
    found: dict[Code, str] = {}
    for kind, parts in _blocks(source):
        if kind == b"bfchar":
            for code, means in zip(parts[::2], parts[1::2], strict=False):
                _add(found, _code(code), 0, means)
        elif kind == b"bfrange":
            for first, last, means in zip(parts[::3], parts[1::3], parts[2::3], strict=False):
                _add_span(found, _code(first), _code(last), means)
    return {code: _RADICAL.sub(_character, said) for code, said in found.items() if _is_letter(said)}


def _character(radical: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", radical[0])


def _add_span(found: dict[Code, str], first: Code, last: Code, means: object) -> None:
    count = last[0] - first[0] + 1
    if first[1] != last[1] or not 0 < count <= _MOST_CODES or len(found) + count > _MOST_CODES:
        raise unclear("a table of letters that is broken")
    for step in range(count):
        one = (first[0] + step, first[1])
        if not isinstance(means, list):
            _add(found, one, step, means)
        elif step < len(means):
            _add(found, one, 0, means[step])


def _add(found: dict[Code, str], code: Code, step: int, means: object) -> None:
    if not isinstance(means, bytes) or not means.startswith(b"<"):
        return  # names of glyphs: what they mean is said by the font
    written = _hex(means)
    try:
        text = (written if len(written) != 1 else b"\0" + written).decode("utf-16-be")
    except UnicodeDecodeError:
        return
    if text and step:
        last = ord(text[-1]) + step
        text = text[:-1] + chr(last) if last < 0x11_0000 and not 0xD800 <= last < 0xE000 else ""
    if len(found) >= _MOST_CODES:
        raise unclear("a table of too many letters")
    found[code] = text


def _is_letter(text: str) -> bool:
    """Whether it can be read out: a few signs, none of which steers how others are read."""
    return 0 < len(text) <= _LONGEST and all(
        sign == _SOFT_HYPHEN or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Cn") for sign in text
    )


def written_letters(found: Mapping[Code, str]) -> bytes:
    """A ToUnicode table of these, in order."""
    lines = [f"{_said(code)} <{text.encode('utf-16-be').hex().upper()}>" for code, text in sorted(found.items())]
    head = _HEAD.format("UCS", "0", 2, "")
    return (head + _codespace(found) + _blocked("bfchar", lines) + _TAIL).encode()


@dataclass(frozen=True)
class Span:
    """Codes of one length from `first` on, so many, and the glyph of the first."""

    first: Code
    count: int
    glyph: int


def glyphs(source: bytes, *, vertical: bool) -> bytes:
    """A table from codes to glyphs written anew; raises `pdf_unclear`."""
    spans, spaces = list[Span](), list[tuple[Code, Code]]()
    for kind, parts in _blocks(source):
        if kind == b"codespacerange":
            spaces += [(_code(low), _code(high)) for low, high in zip(parts[::2], parts[1::2], strict=False)]
        elif kind == b"cidchar":
            spans += [Span(_code(code), 1, _whole(to)) for code, to in zip(parts[::2], parts[1::2], strict=False)]
        elif kind == b"cidrange":
            for first, last, to in zip(parts[::3], parts[1::3], parts[2::3], strict=False):
                spans.append(_span(_code(first), _code(last), _whole(to)))
        elif kind == b"usecmap":
            raise unclear("a table of glyphs upon another")
    if not spans or not spaces:
        raise unclear("a table of glyphs that says nothing")
    length = _length([*(span.first for span in spans), *(code for space in spaces for code in space)])
    said = _each_once(spans, length)
    lines = [f"{_said(span.first)} {_said((span.first[0] + span.count - 1, length))} {span.glyph}" for span in said]
    space = f"1 begincodespacerange\n<{'00' * length}> <{'FF' * length}>\nendcodespacerange\n"
    head = _HEAD.format("Identity", "X", 1, "/WMode 1 def\n" if vertical else "")
    return (head + space + _blocked("cidrange", lines) + _TAIL).encode()


def _length(codes: Iterable[Code]) -> int:
    """How many bytes each code has; raises `pdf_unclear` for several lengths, which readers tell apart differently."""
    lengths = {length for _, length in codes}
    if len(lengths) > 1 or max(lengths) > _LONGEST_CODE:
        raise unclear("a table of codes of several lengths")
    return lengths.pop()


def _each_once(spans: Iterable[Span], length: int) -> list[Span]:
    """All codes that there can be, in order: those without a glyph have glyph 0, or a reader would leave them out."""
    said, following = list[Span](), 0
    nothing = Span((1 << 8 * length, length), 0, 0)
    for span in [*sorted(spans, key=lambda each: each.first), nothing]:
        if span.first[0] < following:
            raise unclear("a table of glyphs that says one thing twice")
        said += (Span((code, length), 1, 0) for code in range(following, span.first[0]))
        said += [span] if span.count else []
        following = span.first[0] + span.count
    return said


def _span(first: Code, last: Code, glyph: int) -> Span:
    if first[1] != last[1] or not first[0] <= last[0]:
        raise unclear("a table of glyphs that is broken")
    count = last[0] - first[0] + 1
    if glyph + count > _MOST_GLYPHS:
        raise unclear("a table of glyphs that is broken")
    return Span(first, count, glyph)


def _whole(token: object) -> int:
    if not isinstance(token, bytes) or not token.isdigit() or int(token) > 0xFFFF:
        raise unclear("a table of glyphs that is broken")
    return int(token)


def _codespace(found: Mapping[Code, str]) -> str:
    lengths = sorted({length for _, length in found}) or [1]
    # With codes of several lengths, those that begin them say which is which.
    firsts = {length: [code >> 8 * (length - 1) for code, size in found if size == length] for length in lengths}
    lines = [
        f"<{min(firsts[n] or [0]) if len(lengths) > 1 else 0:02X}{'00' * (n - 1)}>"
        f" <{max(firsts[n] or [255]) if len(lengths) > 1 else 255:02X}{'FF' * (n - 1)}>"
        for n in lengths
    ]
    return _blocked("codespacerange", lines)


def _said(code: Code) -> str:
    return f"<{code[0]:0{2 * code[1]}X}>"


def _blocked(kind: str, lines: Sequence[str]) -> str:
    out = []
    for at in range(0, len(lines), _AT_ONCE):
        block = lines[at : at + _AT_ONCE]
        out.append(f"{len(block)} begin{kind}\n" + "\n".join(block) + f"\nend{kind}\n")
    return "".join(out)


def _code(token: object) -> Code:
    if not isinstance(token, bytes) or not token.startswith(b"<"):
        raise unclear("a table of codes that is broken")
    written = _hex(token)
    if not 1 <= len(written) <= 4:
        raise unclear("a table of codes that is broken")
    return int.from_bytes(written), len(written)


def _hex(token: bytes) -> bytes:
    digits = b"".join(token[1:-1].split())
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def _blocks(source: bytes) -> Iterator[tuple[bytes, list[object]]]:
    """What stands between `begin…` and `end…`, by kind."""
    kind, parts, inner = b"", list[object](), None
    for count, match in enumerate(_TOKEN.finditer(_COMMENT.sub(b"", source))):
        token = match[0]
        if count > _MOST_TOKENS:
            raise unclear("a table of too many letters")
        if token == b"usecmap":
            yield b"usecmap", []
        elif token.startswith(b"begin") and token not in (b"begin", b"begincmap"):
            kind, parts, inner = token[5:], [], None
        elif kind and token == b"end" + kind:
            yield kind, parts
            kind = b""
        elif token == b"[":
            inner = list[object]()
        elif token == b"]" and inner is not None:
            parts.append(inner)
            inner = None
        else:
            (parts if inner is None else inner).append(token)
