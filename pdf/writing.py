"""How every file is written out that is not a signed revision: plain, and the same bytes for the same input."""

from __future__ import annotations

import io

import pikepdf


def written(document: pikepdf.Pdf) -> bytes:
    """The document as PDF 1.7 without object streams; its streams are copied as they are.

    Decoding them would cost seconds where a nested bomb of 2 kB lies inside.
    """
    file = io.BytesIO()
    document.save(
        file,
        min_version="1.7",
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        compress_streams=False,
        deterministic_id=True,
        fix_metadata_version=False,
    )
    return file.getvalue()
