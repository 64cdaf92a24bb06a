"""Functions written as small programs (ISO 32000-2 7.10.5), read strictly: closed words, and a stack that comes out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pdf.resources.values import unclear

# How much each word takes from the stack and puts back (Table 42); copy, index and roll depend on a number before.
_TAKES_ONE = {
    "abs": 1, "neg": 1, "ceiling": 1, "floor": 1, "round": 1, "truncate": 1, "sqrt": 1, "sin": 1, "cos": 1, "ln": 1,
    "log": 1, "cvi": 1, "cvr": 1, "not": 1, "pop": 0, "dup": 2,
}  # fmt: skip
_TAKES_TWO = {
    "add": 1, "sub": 1, "mul": 1, "div": 1, "idiv": 1, "mod": 1, "atan": 1, "exp": 1, "eq": 1, "ne": 1, "gt": 1,
    "ge": 1, "lt": 1, "le": 1, "and": 1, "or": 1, "xor": 1, "bitshift": 1, "exch": 2,
}  # fmt: skip
_WORDS = {word: (1, left) for word, left in _TAKES_ONE.items()} | {word: (2, left) for word, left in _TAKES_TWO.items()}
_CONSTANTS = frozenset({"true", "false"})
_TOKEN = re.compile(r"[{}]|[^\s{}]+")
_NUMBER = re.compile(r"[+-]?(?:\d{1,9}(?:\.\d*)?|\.\d+)")
_MOST_TOKENS, _MOST_DEEP, _HIGHEST = 20_000, 16, 100  # a stack of 100 is what every reader has (Annex C)


@dataclass
class _Program:
    """What is left to read, and what was read."""

    tokens: list[str]
    at: int = 0


def read(source: bytes, *, inputs: int, outputs: int) -> bytes:
    """The program in one form; raises `pdf_unclear` where it does not make `outputs` numbers of `inputs`."""
    try:
        text = re.sub(r"%[^\r\n]*", " ", source.decode("ascii").replace("\0", " "))
    except UnicodeDecodeError as error:
        raise unclear("a function with strange signs") from error
    program = _Program(_TOKEN.findall(text))
    if len(program.tokens) > _MOST_TOKENS or program.tokens[:1] != ["{"]:
        raise unclear("a function that is no program")
    program.at = 1
    left = _block(program, inputs, depth=1)
    if left != outputs or program.at != len(program.tokens):
        raise unclear("a function that leaves too much or too little")
    return " ".join(program.tokens).encode()


def _block(program: _Program, height: int, *, depth: int) -> int:
    """Read to the closing brace; how high the stack stands then."""
    if depth > _MOST_DEEP:
        raise unclear("a function nested too deep")
    before = ["", ""]
    while program.at < len(program.tokens):
        word = program.tokens[program.at]
        program.at += 1
        if word == "}":
            return height
        height = _condition(program, height, depth) if word == "{" else _after(word, before, height)
        if not 0 <= height <= _HIGHEST:
            raise unclear("a function whose stack runs over")
        before = [before[1], word]
    raise unclear("a function that breaks off")


def _after(word: str, before: list[str], height: int) -> int:
    """How high the stack stands after a word; how far words reach that move many has to be written before them."""
    if _NUMBER.fullmatch(word) or word in _CONSTANTS:
        return height + 1
    if word in _WORDS:
        takes, leaves = _WORDS[word]
        _need(height, takes)
        return height - takes + leaves
    reach = before[0] if word == "roll" else before[1]
    count = int(reach) if reach.isdecimal() else -1
    if word == "index" and count >= 0:
        _need(height, count + 2)
        return height
    if word == "copy" and count >= 0:
        _need(height, count + 1)
        return height - 1 + count
    if word == "roll" and count >= 0:
        _need(height, count + 2)
        return height - 2
    raise unclear(f"a function with the word {word[:20]}")


def _need(height: int, count: int) -> None:
    if height < count:
        raise unclear("a function that takes what is not there")


def _condition(program: _Program, height: int, depth: int) -> int:
    """`{ … } if` or `{ … } { … } ifelse`: whichever way is gone, as much is left."""
    _need(height, 1)
    one = _block(program, height - 1, depth=depth + 1)
    word = _next(program)
    if word == "if" and one == height - 1:
        return one
    if word == "{":
        other = _block(program, height - 1, depth=depth + 1)
        if _next(program) == "ifelse" and one == other:
            return one
    raise unclear("a function with an unclear condition")


def _next(program: _Program) -> str:
    program.at += 1
    return program.tokens[program.at - 1] if program.at <= len(program.tokens) else ""
