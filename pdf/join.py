"""Several of our own papers in one file."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf

from pdf.errors import StructureUnsupported


def join(files: Sequence[bytes], *, title: str) -> bytes:
    """The pages of all files in order, without forms and signatures; the same bytes for the same input.

    For papers that this installation made, not for what strangers upload. Raises StructureUnsupported.
    """
    joined = pikepdf.new()
    opened = []
    try:
        for data in files:
            source = pikepdf.open(io.BytesIO(data))
            opened.append(source)
            joined.add_pages_from(source, forms="strip")
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise StructureUnsupported("not a PDF that can be opened") from error
    joined.docinfo["/Title"] = title
    out = io.BytesIO()
    joined.save(
        out,
        min_version="1.7",
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        deterministic_id=True,
        fix_metadata_version=False,
    )
    for source in opened:
        source.close()
    return out.getvalue()
