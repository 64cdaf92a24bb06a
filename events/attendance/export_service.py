"""What features above this one use to have a sheet of their own in the workbook of everything, or a file of their own
made in the background."""

from __future__ import annotations

from events.attendance.board import exported
from events.attendance.export_queries import get_export
from events.attendance.export_sheets import provides
from events.attendance.export_source import Row, Source
from events.attendance.exports import ask_file, file_of, makes
from events.attendance.rules import Part

__all__ = ["Part", "Row", "Source", "ask_file", "exported", "file_of", "get_export", "makes", "provides"]
