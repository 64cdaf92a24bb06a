"""Reads of uploaded papers, and of files that are on their way to become one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core import jobs
from core.db import db
from core.errors import NotFound, Refusal
from core.jobs import JobTrouble
from signing.uploads import rules
from signing.uploads.models import AgreementUpload, PaperArrival
from signing.uploads.rules import ArrivalState

TAKE = "uploads.take"  # the job that takes an arrival in


@dataclass(frozen=True)
class PageView:
    """A page of the rebuilt file; `number` counts from 1, `image` is the digest of a PNG in the storage.

    `silenced` where words that nobody could see were taken out of it. `text` is what a machine read before the page
    became a picture.
    """

    number: int
    image: str
    width: int
    height: int
    silenced: bool = False
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


@dataclass(frozen=True)
class ArrivalView:
    """A file that came for an agreement and is not its text: `code` and `params` say why, where it was refused.

    `step` is `waiting` or one of pdf.progress, which has come to `page` (from 1) of `pages`; 0 pages: not known yet.
    """

    id: str
    agreement_id: str
    state: ArrivalState
    name: str
    bytes: int
    digest: str
    step: str
    page: int
    pages: int
    code: str
    params: Mapping[str, object]
    arrived_at: datetime
    arrived_by: str

    @property
    def is_arriving(self) -> bool:
        """Whether it is still being taken in, or waits for that."""
        return self.state is ArrivalState.ARRIVING

    @property
    def refusal(self) -> Refusal | None:
        """Why it was not taken."""
        return None if self.is_arriving else Refusal(self.code, status=422, **self.params)

    @property
    def percent(self) -> int:
        """How much of the work is done."""
        return rules.percent(self.step, self.page, self.pages)


def view_arrival(row: PaperArrival) -> ArrivalView:
    """The row as others see it."""
    return ArrivalView(**{name: getattr(row, name) for name in ArrivalView.__dataclass_fields__})


def find_arrival(agreement_id: str) -> ArrivalView | None:
    """The newest file that came for this agreement, unless it is its text by now."""
    query = select(PaperArrival).filter_by(agreement_id=agreement_id).execution_options(populate_existing=True)
    row = db.session.scalar(query)
    return None if row is None else view_arrival(row)


def list_arrivals(agreement_ids: Collection[str]) -> list[ArrivalView]:
    """The newest files that came for these agreements and are not their texts, the oldest first."""
    query = select(PaperArrival).where(PaperArrival.agreement_id.in_(agreement_ids))
    return [view_arrival(row) for row in db.session.scalars(query.order_by(PaperArrival.arrived_at, PaperArrival.id))]


def list_arriving_ids() -> set[str]:
    """Of all files that are being taken in."""
    return set(db.session.scalars(select(PaperArrival.id).filter_by(state=ArrivalState.ARRIVING)))


def take_arrival(agreement_id: str, *, arrival_id: str | None = None) -> PaperArrival | None:
    """The newest file's row, in order to change it; None where it is another than `arrival_id`, or no longer arriving.

    Without an id: whatever there is.
    """
    query = select(PaperArrival).filter_by(agreement_id=agreement_id).with_for_update()
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is not None and arrival_id and (row.id, row.state) != (arrival_id, ArrivalState.ARRIVING):
        return None
    return row


def find_trouble(ceremony_id: str, arrival_id: str) -> JobTrouble | None:
    """What keeps failing, or was given up, with this file."""
    found = [*jobs.list_given_up(ceremony_id), *jobs.list_still_trying(ceremony_id)]
    return next((each for each in found if (each.kind, each.key) == (TAKE, arrival_id)), None)
