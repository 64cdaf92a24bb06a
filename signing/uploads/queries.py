"""Reads of uploaded papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.db import db
from core.errors import NotFound
from signing.uploads.models import AgreementUpload


@dataclass(frozen=True)
class PageView:
    """A page of the rebuilt file; `number` counts from 1, `image` is the digest of a PNG in the storage.

    `silenced` where words that nobody could see were taken out of it. `is_picture` where the file holds a picture of
    it alone; `text` is then what a machine read before.
    """

    number: int
    image: str
    width: int
    height: int
    silenced: bool = False
    is_picture: bool = False
    text: str = ""


@dataclass(frozen=True)
class UploadView:
    """An uploaded paper. `kind` is what its name ends in: pdf, docx, odt, png, jpg."""

    agreement_id: str
    name: str
    kind: str
    original_digest: str
    original_bytes: int
    rebuilt_digest: str
    pages: tuple[PageView, ...]
    uploaded_at: datetime

    @property
    def silenced(self) -> list[int]:
        """The numbers of the pages that lost words which nobody could see."""
        return [page.number for page in self.pages if page.silenced]

    @property
    def has_pictures(self) -> bool:
        """Whether the pages were taken as pictures of themselves."""
        return any(page.is_picture for page in self.pages)


def view(row: AgreementUpload) -> UploadView:
    """The row as others see it."""
    return UploadView(
        agreement_id=row.agreement_id,
        name=row.name,
        kind=row.kind,
        original_digest=row.original_digest,
        original_bytes=row.original_bytes,
        rebuilt_digest=row.rebuilt_digest,
        pages=tuple(PageView(number, **page) for number, page in enumerate(row.pages, start=1)),
        uploaded_at=row.uploaded_at,
    )


def find_upload(agreement_id: str) -> UploadView | None:
    """The paper that was uploaded for this agreement, if there is one."""
    row = db.session.get(AgreementUpload, agreement_id)
    return None if row is None else view(row)


def get_page(agreement_id: str, number: int) -> PageView:
    """One page of the uploaded paper; raises NotFound."""
    found = find_upload(agreement_id)
    if found is None or not 1 <= number <= len(found.pages):
        raise NotFound("page_not_found")
    return found.pages[number - 1]
