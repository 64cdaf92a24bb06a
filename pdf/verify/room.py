"""How much of its page a signature's picture takes: in files of others nobody vouches for the rectangle.

Whoever prepares a file can lay a field over the whole page, have others sign elsewhere, and draw another page into it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pdf.verify.document import Document
from pdf.verify.index import Index
from pdf.verify.objects import Name, Plain, Ref, as_dict, as_numbers

_MOST_OF_A_PAGE = Decimal(1) / 8
_DEEPEST = 32
_ALL = Decimal(1)


def share_of_page(document: Document, index: Index, ref: Ref, revision: int) -> Decimal:
    """The part of the smallest page that shows a widget which its rectangle takes; all of it where no page is found."""
    room = _area(document, as_dict(document.value(ref, revision)).get("/Rect"), revision)
    pages = [
        _area(document, _box(document, page, revision), revision) for page in _pages(document, index, ref, revision)
    ]
    least = min((each for each in pages if each), default=Decimal(0))
    return min(room / least, _ALL) if least else (_ALL if room else Decimal(0))


def is_much(share: Decimal) -> bool:
    """Whether a picture of this part of a page can stand in for what others signed there."""
    return share > _MOST_OF_A_PAGE


def _pages(document: Document, index: Index, ref: Ref, revision: int) -> Iterator[Ref]:
    """The pages that have it among their annotations, which a page may keep in an array of its own."""
    for holder in index.referrers.get(ref.number, set()):
        value = document.value(holder, revision) if holder.number else None
        owners = index.referrers.get(holder.number, set()) if isinstance(value, list) else {holder}
        for owner in owners:
            if owner.number and as_dict(document.value(owner, revision)).get("/Type") == Name("/Page"):
                yield owner


def _box(document: Document, page: Ref, revision: int) -> Plain:
    """What of the page is shown (ISO 32000-2 §7.7.3.4: boxes are inherited)."""
    for key in ("/CropBox", "/MediaBox"):
        holder: Plain = page
        for _ in range(_DEEPEST):
            entries = as_dict(document.resolve(holder, revision))
            if key in entries:
                return entries[key]
            holder = entries.get("/Parent")
    return None


def _area(document: Document, box: Plain, revision: int) -> Decimal:
    sides = as_numbers(document.resolve(box, revision))
    return abs(sides[2] - sides[0]) * abs(sides[3] - sides[1]) if len(sides) == 4 else Decimal(0)
