"""Functions written as small programs (ISO 32000-2 7.10.5), run here and never kept.

Readers run them in single or double precision, and part on words, on kinds of numbers and on what is no number; so what
a program makes of its inputs is worked out once, and written as a table (`tables`).
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence

from pdf.resources.values import unclear

Value = float | int | bool
Word = Value | str | tuple["Word", ...]
Program = tuple[Word, ...]

_TOKEN = re.compile(r"[{}]|[^\s{}]+")
_WHOLE, _DECIMAL = re.compile(r"[+-]?\d{1,9}"), re.compile(r"[+-]?(?:\d{1,9}\.\d*|\.\d+)")
_MOST_TOKENS, _MOST_DEEP, _HIGHEST = 20_000, 16, 100  # a stack of 100 is what every reader has (Annex C)
_LARGEST = 1e15
_REORDERING = frozenset({"pop", "exch", "dup", "copy", "index", "roll"})


def parse(source: bytes) -> Program:
    """The words of a program, its blocks as tuples. Raises `pdf_unclear`."""
    try:
        text = re.sub(r"%[^\r\n]*", " ", source.decode("ascii").replace("\0", " "))
    except UnicodeDecodeError as error:
        raise unclear("a function with strange signs") from error
    tokens = _TOKEN.findall(text)
    if len(tokens) > _MOST_TOKENS or tokens[:1] != ["{"]:
        raise unclear("a function that is no program")
    program, end = _block(tokens, 1, depth=1)
    if end != len(tokens):
        raise unclear("a function with something behind its end")
    return program


def length(program: Program) -> int:
    """How many words it has, those of its blocks as well."""
    return sum(length(word) if isinstance(word, tuple) else 1 for word in program)


def run(program: Program, inputs: Sequence[float], outputs: int) -> list[float]:
    """What is left on the stack. Raises `pdf_unclear` where it is not `outputs` numbers, or a word gets none to use."""
    stack: list[Value] = list(inputs)
    try:
        _run(program, stack)
    except (ArithmeticError, ValueError, IndexError, TypeError) as error:
        raise unclear("a function that reckons with what is no number") from error
    if len(stack) != outputs or any(isinstance(each, bool) for each in stack):
        raise unclear("a function that leaves too much or too little")
    return [float(each) for each in stack]


def _block(words: Sequence[str], at: int, *, depth: int) -> tuple[Program, int]:
    """The words up to the closing brace, and where the next one stands."""
    if depth > _MOST_DEEP:
        raise unclear("a function nested too deep")
    read: list[Word] = []
    while at < len(words):
        word = words[at]
        at += 1
        if word == "}":
            if not _are_ways(read):
                raise unclear("a function with a way that nothing chooses")
            return tuple(read), at
        if word == "{":
            block, at = _block(words, at, depth=depth + 1)
            read.append(block)
        else:
            read.append(_word(word))
    raise unclear("a function that breaks off")


def _are_ways(words: Sequence[Word]) -> bool:
    """Whether each block stands before `if`, or two before `ifelse`."""
    kinds = "".join(
        "b" if isinstance(word, tuple) else {"if": "1", "ifelse": "2"}.get(str(word), ".") for word in words
    )
    return not set(kinds.replace("bb2", "").replace("b1", "")) & set("b12")


def _word(word: str) -> Word:
    if _WHOLE.fullmatch(word):
        return int(word)
    if _DECIMAL.fullmatch(word):
        return float(word)
    if word in ("true", "false"):
        return word == "true"
    if word in _ONE or word in _TWO or word in _REORDERING or word in ("if", "ifelse"):
        return word
    raise unclear(f"a function with the word {word[:20]}")


def _run(program: Program, stack: list[Value]) -> None:
    for at, word in enumerate(program):
        if not isinstance(word, str):
            if not isinstance(word, tuple):
                stack.append(word)
        elif word in _ONE:
            stack.append(_kept(_ONE[word](stack.pop())))
        elif word in _TWO:
            second, first = stack.pop(), stack.pop()
            stack.append(_kept(_TWO[word](first, second)))
        elif word in _REORDERING:
            _reorder(word, stack)
        else:
            _choose(word, program[:at], stack)
        if len(stack) > _HIGHEST:
            raise IndexError("the stack runs over")


def _choose(word: str, before: Program, stack: list[Value]) -> None:
    """`{ … } if`, or `{ … } { … } ifelse`."""
    ways = before[-1:] if word == "if" else before[-2:]
    if len(ways) != (1 if word == "if" else 2) or not all(isinstance(way, tuple) for way in ways):
        raise TypeError("a condition without its ways")
    condition = stack.pop()
    if not isinstance(condition, bool):
        raise TypeError("a condition that is neither true nor false")
    way = ways[0] if condition else (() if word == "if" else ways[1])
    _run(way if isinstance(way, tuple) else (), stack)


def _reorder(word: str, stack: list[Value]) -> None:
    match word:
        case "pop":
            stack.pop()
        case "dup":
            stack.append(stack[-1])
        case "exch":
            stack[-1], stack[-2] = stack[-2], stack[-1]
        case "copy":
            count = _counted(stack.pop(), len(stack))
            stack.extend(stack[len(stack) - count :])
        case "index":
            stack.append(stack[-1 - _counted(stack.pop(), len(stack) - 1)])
        case _:
            by, count = stack.pop(), _counted(stack.pop(), len(stack))
            if type(by) is not int:
                raise TypeError("no whole number")
            part = stack[len(stack) - count :]
            turn = by % count if count else 0
            stack[len(stack) - count :] = part[count - turn :] + part[: count - turn]


def _counted(value: Value, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise TypeError("no count")
    return value


def _kept(value: Value) -> Value:
    if not isinstance(value, bool) and not -_LARGEST < value < _LARGEST:  # also what is no number
        raise ArithmeticError("too large")
    return value


def _number(value: Value) -> float | int:
    if isinstance(value, bool):
        raise TypeError("no number")
    return value


def _whole(value: Value) -> int:
    if type(value) is not int:
        raise TypeError("no whole number")
    return value


def _truth_or_whole(one: Value, other: Value) -> None:
    if type(one) is not type(other) or isinstance(one, float):
        raise TypeError("neither truths nor whole numbers")


def _alike(one: Value, other: Value) -> None:
    if isinstance(one, bool) is not isinstance(other, bool):
        raise TypeError("a truth and a number")


def _rounded(to: Callable[[float], int]) -> Callable[[Value], Value]:
    """A whole number stays one; a decimal becomes one without a fraction, of its own kind."""
    return lambda value: _number(value) if type(value) is int else float(to(_number(value)))


def _angle(value: Value, of: Callable[[float], float]) -> float:
    return of(math.radians(_number(value)))


def _shifted(value: Value, by: Value) -> int:
    whole, places = _whole(value), _whole(by)
    if not -31 <= places <= 31 or (whole < 0 and places < 0):
        raise ValueError("shifted too far")
    return whole << places if places >= 0 else whole >> -places


def _power(base: Value, exponent: Value) -> float:
    found = _number(base) ** _number(exponent)
    if isinstance(found, complex):
        raise ArithmeticError("no real number")
    return float(found)


def _over(one: Value, other: Value) -> int:
    """Towards nought (7.10.5.3), as Python does not."""
    divided, by = _whole(one), _whole(other)
    return int(math.copysign(1, divided) * math.copysign(1, by)) * (abs(divided) // abs(by))


def _arithmetic(of: Callable[[float, float], float]) -> Callable[[Value, Value], Value]:
    return lambda one, other: of(_number(one), _number(other))


def _compared(of: Callable[[float, float], bool]) -> Callable[[Value, Value], Value]:
    return lambda one, other: of(_number(one), _number(other))


def _same(one: Value, other: Value) -> bool:
    _alike(one, other)
    return one == other


def _bits(of: Callable[[int, int], int]) -> Callable[[Value, Value], Value]:
    def joined(one: Value, other: Value) -> Value:
        _truth_or_whole(one, other)
        return of(int(one), int(other)) if type(one) is int else bool(of(int(one), int(other)))

    return joined


_ONE: dict[str, Callable[[Value], Value]] = {
    "abs": lambda value: abs(_number(value)),
    "neg": lambda value: -_number(value),
    "ceiling": _rounded(math.ceil),
    "floor": _rounded(math.floor),
    "round": _rounded(lambda value: math.floor(value + 0.5)),
    "truncate": _rounded(math.trunc),
    "sqrt": lambda value: math.sqrt(_number(value)),
    "sin": lambda value: _angle(value, math.sin),
    "cos": lambda value: _angle(value, math.cos),
    "ln": lambda value: math.log(_number(value)),
    "log": lambda value: math.log10(_number(value)),
    "cvi": lambda value: math.trunc(_number(value)),
    "cvr": lambda value: float(_number(value)),
    "not": lambda value: not value if isinstance(value, bool) else ~_whole(value),
}
_TWO: dict[str, Callable[[Value, Value], Value]] = {
    "add": _arithmetic(operator.add),
    "sub": _arithmetic(operator.sub),
    "mul": _arithmetic(operator.mul),
    "div": _arithmetic(operator.truediv),
    "idiv": _over,
    "mod": lambda one, other: _whole(one) - _whole(other) * _over(one, other),
    "atan": lambda one, other: math.degrees(math.atan2(_number(one), _number(other))) % 360,
    "exp": _power,
    "eq": _same,
    "ne": lambda one, other: not _same(one, other),
    "gt": _compared(operator.gt),
    "ge": _compared(operator.ge),
    "lt": _compared(operator.lt),
    "le": _compared(operator.le),
    "and": _bits(operator.and_),
    "or": _bits(operator.or_),
    "xor": _bits(operator.xor),
    "bitshift": _shifted,
}
