"""What is laid over every page of a paper that does not count: a draft, or one of a rehearsal."""

from __future__ import annotations

from functools import cache

from pdf import render
from signing.papers import fill

REHEARSAL_ZH, REHEARSAL_EN = "彩排样本 · 无法律效力", "REHEARSAL – NOT BINDING"
_MADE_AT = "2026-01-01T00:00:00Z"


@cache
def draft() -> bytes:
    """The mark of a text that is not final, as a PDF of one page."""
    zh, en = "草稿 · 非最终文本，不得签署", "DRAFT · not the final text, not for signature"
    return _page(band=zh, band_en=en, wash="草稿 DRAFT", wash_en="", small=False)


@cache
def rehearsal() -> bytes:
    """The mark of a rehearsal, as a PDF of one page: the same words as on papers that we print."""
    return _page(band=REHEARSAL_ZH, band_en=REHEARSAL_EN, wash=REHEARSAL_ZH, wash_en=REHEARSAL_EN, small=True)


def _page(**words: str | bool) -> bytes:
    return render.render(fill("page_mark.html", made_at=_MADE_AT, **words)).pdf
