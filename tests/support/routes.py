"""Route tables for hundreds of applications: what werkzeug compiles for a rule is compiled once in a process.

For each rule werkzeug writes two functions that build its address, and compiles them: 65 of the 78 ms that an
application takes to be put together; reading the rule is another 8. They know nothing of the application; the rule is
handed to them as `self`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.routing import BaseConverter, Rule
from werkzeug.routing.rules import RulePart

Builder = Callable[..., tuple[str, str]]


@dataclass(frozen=True)
class _Compiled:
    parts: list[RulePart]
    trace: list[tuple[bool, str]]
    converters: dict[str, BaseConverter]
    arguments: frozenset[str]
    build: Builder
    build_unknown: Builder


_compile = Rule.compile
_compiled: dict[tuple[object, ...], _Compiled] = {}


def _compile_once(rule: Rule) -> None:
    place = (rule.rule, rule.host, rule.subdomain, rule.merge_slashes, repr(rule.defaults))
    key = (*place, frozenset(rule.map.converters.items()))
    if found := _compiled.get(key):
        rule._parts, rule._trace, rule._converters = found.parts, found.trace, found.converters
        rule.arguments |= found.arguments
        rule._build = found.build.__get__(rule, None)
        rule._build_unknown = found.build_unknown.__get__(rule, None)
        return
    _compile(rule)
    builders = (rule._build.__func__, rule._build_unknown.__func__)  # type: ignore[attr-defined]  # bound to the rule
    _compiled[key] = _Compiled(rule._parts, rule._trace, rule._converters, frozenset(rule.arguments), *builders)


def keep_compiled() -> None:
    """From here on, a rule that was compiled before for any application is not compiled again."""
    Rule.compile = _compile_once  # type: ignore[method-assign, assignment]
