"""The nursery for files from outside: its children have pikepdf, pdfium and Pillow loaded, and have seen no other file.

Each question gets a child of its own, as `pdf.child` starts them, less the 0.2 s of starting and importing.
"""

from __future__ import annotations

from pdf.warm import Warm

OPENERS = Warm(
    "pdf.rebuilding",
    "pdf.filled",
    "pdf.unseen",
    "pdf.appending",
    "pdf.picturing",
    "pdf.page_pictures",
    "pdf.inking",
    "pdf.emblems",
    "pdf.marking",
    "pdf.edging",
    "pdf.rereading",
    "PIL.PngImagePlugin",
)
