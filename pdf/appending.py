"""The child's side of pdf.intake.append: a rebuilt foreign file is opened here and nowhere else."""

from __future__ import annotations

import io
import json

import pikepdf

from pdf.writing import written


def append_here(payload: bytes) -> bytes:
    """A line of JSON {first: bytes, title}, the rebuilt file, and the paper that comes behind it."""
    head, _, both = payload.partition(b"\n")
    asked = json.loads(head)
    with (
        pikepdf.open(io.BytesIO(both[: asked["first"]])) as first,
        pikepdf.open(io.BytesIO(both[asked["first"] :])) as second,
        pikepdf.new() as joined,
    ):
        joined.pages.extend(first.pages)
        joined.pages.extend(second.pages)
        joined.docinfo["/Title"] = asked["title"]
        return written(joined)
