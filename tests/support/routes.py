"""Route tables for hundreds of applications: what werkzeug compiles for a rule is compiled once in a process.

For each rule werkzeug writes two functions that build its address, and compiles them: 65 of the 78 ms that an
application takes to be put together. They know nothing of the application; the rule is handed to them as `self`.
"""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]

_compile = Rule._compile_builder
_compiled: dict[tuple[object, ...], Builder] = {}


def _compiled_once(rule: Rule, append_unknown: bool = True) -> Builder:
    key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
    if key not in _compiled:
        _compiled[key] = _compile(rule, append_unknown)
    return _compiled[key]


def keep_compiled() -> None:
    """From here on, a rule that was compiled before for any application is not compiled again."""
    Rule._compile_builder = _compiled_once  # type: ignore[method-assign, assignment]
