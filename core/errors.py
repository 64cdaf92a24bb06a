"""Refusals: every way in which the product says no, with a stable code and a status.

The words stand in the catalogues as `error-<code>` (what is wrong) and `error-<code>-next` (what to do now);
the list for integrators is docs/errors.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class Refusal(Exception):
    """A no with a name. `params` fill the placeholders of the sentence and are safe to show to the reader."""

    code = "refused"
    status = 400

    def __init__(self, code: str | None = None, *, status: int | None = None, **params: object) -> None:
        self.code = code or type(self).code
        self.status = status or type(self).status
        self.params: Mapping[str, object] = params
        super().__init__(self.code)

    @property
    def message_id(self) -> str:
        return f"error-{self.code}"

    @property
    def next_id(self) -> str:
        return f"error-{self.code}-next"


class NotFound(Refusal):
    """There is no such thing, or the reader may not know that there is."""

    code = "not_found"
    status = 404


class SignInNeeded(Refusal):
    """Nobody is signed in."""

    code = "sign_in_needed"
    status = 401


class Forbidden(Refusal):
    """The reader is known and may not do this."""

    code = "forbidden"
    status = 403


class Conflict(Refusal):
    """The thing is in a state that does not allow this, or somebody was faster."""

    code = "conflict"
    status = 409


class TooMany(Refusal):
    """A limit was reached; `retry_after` is in whole seconds."""

    code = "too_many_attempts"
    status = 429

    def __init__(self, code: str | None = None, *, retry_after: int, **params: object) -> None:
        super().__init__(code, status=None, retry_after=retry_after, minutes=-(-retry_after // 60), **params)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input: a JSON path such as `$.parties[1].key`, a code and what fills its sentence."""

    path: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def message_id(self) -> str:
        return f"problem-{self.code}"


class Invalid(Refusal):
    """An input with one or more problems, all of them listed."""

    code = "invalid_input"
    status = 422

    def __init__(self, problems: Sequence[Problem], *, code: str | None = None) -> None:
        super().__init__(code, count=len(problems))
        self.problems = tuple(problems)
