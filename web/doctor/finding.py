"""One line of `yunqian doctor`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.i18n import t


class State(StrEnum):
    """How bad it is; `fail` makes the command end with 1."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """`check` says what was looked at, `code` what was found: the words are `doctor-<code>`, and `doctor-<code>-next`
    says what to do unless all is well. `facts` fill the words and are given to programs."""

    check: str
    state: State
    code: str
    facts: Mapping[str, str | int | float] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return t(f"doctor-{self.code}", **self.facts)

    @property
    def todo(self) -> str:
        return "" if self.state is State.OK else t(f"doctor-{self.code}-next", **self.facts)

    def to_json(self) -> dict[str, object]:
        """For programs: words in the reader's language beside codes that do not change."""
        return {
            "check": self.check,
            "state": str(self.state),
            "code": self.code,
            "message": self.words,
            "next": self.todo,
            "facts": dict(self.facts),
        }


def ok(check: str, code: str, **facts: str | int | float) -> Finding:
    return Finding(check, State.OK, code, facts)


def warn(check: str, code: str, **facts: str | int | float) -> Finding:
    return Finding(check, State.WARN, code, facts)


def fail(check: str, code: str, **facts: str | int | float) -> Finding:
    return Finding(check, State.FAIL, code, facts)
