"""Results of surveys, for features that show them beside others: counted, and as they look."""

from __future__ import annotations

from events.surveys.board import result
from events.surveys.results import Results, count

__all__ = ["Results", "count", "result"]
