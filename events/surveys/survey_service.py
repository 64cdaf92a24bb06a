"""How results of surveys look, for features that show them beside others."""

from __future__ import annotations

from events.surveys.board import result

__all__ = ["result"]
