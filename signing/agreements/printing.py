"""From plan to frozen file: print, draw the pages, make the fields, certify. Slow work, without the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core import storage
from pdf import preview, render
from pdf import sign as pdf_sign
from signing.agreements.paper import AgreementPaper, agreement_html
from signing.trust import service as trust


@dataclass(frozen=True)
class FrozenPage:
    """One page as people will read it; `number` counts from 1."""

    number: int
    image_digest: str
    width: int
    height: int
    text: str


@dataclass(frozen=True)
class FrozenPaper:
    """A text that can no longer change, kept in the storage."""

    original_digest: str
    frozen_digest: str
    frozen_length: int
    pages: tuple[FrozenPage, ...]


def print_and_freeze(paper: AgreementPaper, fields: dict[str, str], *, at: datetime) -> FrozenPaper:
    """Print `paper`, give each signer (key → field name) a signature field at the template's own anchor, certify."""
    printed = render.render(agreement_html(paper))
    places = {key: printed.anchors[f"sign-{key}"] for key in fields}
    frozen = pdf_sign.freeze(
        printed.pdf,
        fields=[pdf_sign.FieldSpec(name=fields[key], page=place.page, box=place.box) for key, place in places.items()],
        platform=trust.trust().platform,
        timestamper=trust.timestamper(),
        at=at,
    )
    pages = [
        FrozenPage(number, storage.put(page.png), page.width, page.height, page.text)
        for number, page in enumerate(preview.page_images(frozen), start=1)
    ]
    return FrozenPaper(storage.put(printed.pdf), storage.put(frozen), len(frozen), tuple(pages))
