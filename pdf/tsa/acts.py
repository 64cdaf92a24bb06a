"""Sources of tokens made of others: one that falls back on another, one that remembers who answered."""

from __future__ import annotations

from pdf.errors import TimestampUnavailable
from pdf.tsa.protocol import Stamp, Timestamper


class FallbackTimestamper:
    """Asks `first`, and `then` where it gives no token; each stamp says which of them it is by."""

    def __init__(self, first: Timestamper, then: Timestamper) -> None:
        self._first, self._then = first, then

    @property
    def name(self) -> str:
        return self._first.name

    @property
    def third_party(self) -> bool:
        return self._first.third_party

    def stamp(self, digest: bytes) -> Stamp:
        """By `first` or `then`; raises TimestampUnavailable where neither answers."""
        try:
            return self._first.stamp(digest)
        except TimestampUnavailable:
            return self._then.stamp(digest)

    def token(self, digest: bytes) -> bytes:
        return self.stamp(digest).token


class WitnessedTimestamper:
    """For one act: remembers the stamp that was given last, so that it can be said whose time stands on the act."""

    def __init__(self, inner: Timestamper) -> None:
        self._inner = inner
        self.last: Stamp | None = None

    @property
    def name(self) -> str:
        return self.last.name if self.last else self._inner.name

    @property
    def third_party(self) -> bool:
        return self.last.third_party if self.last else self._inner.third_party

    def stamp(self, digest: bytes) -> Stamp:
        """By the source inside; raises what that raises."""
        self.last = self._inner.stamp(digest)
        return self.last

    def token(self, digest: bytes) -> bytes:
        return self.stamp(digest).token
