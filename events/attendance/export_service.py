"""What features above this one use to have a sheet of their own in the workbook of everything."""

from __future__ import annotations

from events.attendance.export_sheets import provides
from events.attendance.export_source import Row, Source
from events.attendance.rules import Part

__all__ = ["Part", "Row", "Source", "provides"]
