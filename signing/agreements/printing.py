"""From plan to frozen file: print, draw the pages, make the fields, certify. Slow work, without the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core import storage
from pdf import edges, fonts, intake, marking, pki, preview, render
from pdf import sign as pdf_sign
from signing.agreements import page_marks
from signing.agreements.paper import AgreementPaper, Attached, agreement_html, signature_page_html
from signing.seals.queries import SealToFreeze
from signing.trust import service as trust

SEAL_LABEL = "示意印模 · 非公章  specimen seal"


@dataclass(frozen=True)
class FrozenPage:
    """One page as people will read it; `number` counts from 1."""

    number: int
    image_digest: str
    width: int
    height: int
    text: str
    is_picture: bool = False


@dataclass(frozen=True)
class FrozenPaper:
    """A text that can no longer change, kept in the storage."""

    original_digest: str
    frozen_digest: str
    frozen_length: int
    pages: tuple[FrozenPage, ...]


def print_and_freeze(
    paper: AgreementPaper,
    fields: dict[str, str],
    *,
    at: datetime,
    time_policy: str,
    attached: Attached | None = None,
    seals: Sequence[SealToFreeze] = (),
) -> FrozenPaper:
    """Print `paper`, give each signer (key → field name) a signature field at the template's own anchor, certify.

    Each field says for whom it is. The `seals` of the parties are in it, unseen until their signers draw them, those
    on the edges where the least of the text stands.
    Where the host brought a paper along, that is the text, and one page for the signatures comes behind it.
    `time_policy` is the ceremony's: raises TimestampUnavailable where nobody may stand in for a silent authority.
    """
    whole, places = print_paper(paper, attached)
    persons = field_signers(paper)
    frozen = pdf_sign.freeze(
        whole,
        fields=[field_spec(name, places[f"sign-{key}"], persons.get(key)) for key, name in fields.items()],
        seals=[seal_spec(seal) for seal in seals],
        ink=_ink(whole, seals),
        platform=trust.trust(rehearsal=paper.rehearsal).platform,
        timestamper=trust.timestamper(time_policy, rehearsal=paper.rehearsal),
        at=at,
    )
    pages = [
        FrozenPage(number, storage.put(page.png), page.width, page.height, page.text, page.is_picture)
        for number, page in enumerate(pages_of(frozen, attached), start=1)
    ]
    return FrozenPaper(storage.put(whole), storage.put(frozen), len(frozen), tuple(pages))


def pages_of(pdf: bytes, attached: Attached | None) -> list[preview.PageImage]:
    """The pages as people read them; of those that are pictures, what was `read` of them when they were taken in."""
    images = preview.page_images(pdf)
    read = attached.read if attached else {}
    return [
        replace(image, text=read[number], is_picture=True) if number in read else image
        for number, image in enumerate(images, start=1)
    ]


def print_with_seals(paper: AgreementPaper, attached: Attached | None, seals: Sequence[SealToFreeze]) -> bytes:
    """The paper as it looks when all `seals` are drawn where freezing puts them; nothing of it can be signed."""
    whole, places = print_paper(paper, attached)
    if not seals:
        return whole
    fields = [field_spec(signer.key, places[f"sign-{signer.key}"]) for signer in paper.signers]
    return pdf_sign.draw_seals(whole, fields=fields, seals=[seal_spec(seal) for seal in seals], ink=_ink(whole, seals))


def _ink(whole: bytes, seals: Sequence[SealToFreeze]) -> Sequence[Sequence[int]]:
    return edges.read_ink(whole) if any(seal.edges for seal in seals) else ()


def field_spec(name: str, place: render.Anchor, signer: pdf_sign.FieldSigner | None = None) -> pdf_sign.FieldSpec:
    """A signature field at a place of the printed paper."""
    return pdf_sign.FieldSpec(name, place.page, place.box, signer)


def field_signers(paper: AgreementPaper) -> dict[str, pdf_sign.FieldSigner]:
    """For whom each signer's field is, by the signer's key: the names that certificates are issued to, and the seat.

    Those of a rehearsal are issued to specimens of the signers.
    """
    specimen = pki.SPECIMEN_MARK if paper.rehearsal else ""
    return {
        signer.key: pdf_sign.FieldSigner(
            pki.shortened(specimen + signer.name),
            tuple(dict.fromkeys(each for each in (signer.organisation.zh, signer.organisation.en) if each)),
            signer.identifier,
        )
        for signer in paper.signers
    }


def seal_spec(seal: SealToFreeze) -> pdf_sign.SealSpec:
    """A seal as the file takes it, with the words in both languages that no mark of it goes without."""
    font, face = fonts.face_for(SEAL_LABEL)
    return pdf_sign.SealSpec(
        field=seal.field,
        picture=storage.read(seal.digest),
        label=SEAL_LABEL,
        font=font,
        font_index=face,
        edges=seal.edges,
        row=seal.row,
        rows=seal.rows,
    )


def paper_html(paper: AgreementPaper, attached: Attached | None) -> str:
    """What is printed of ours: the whole paper, or the page for the signatures behind one that was brought along."""
    return signature_page_html(paper, attached) if attached else agreement_html(paper)


def print_paper(paper: AgreementPaper, attached: Attached | None) -> tuple[bytes, dict[str, render.Anchor]]:
    """The whole paper, and where on it each signer's place is. Raises PdfError."""
    printed = render.render(paper_html(paper, attached))
    if attached is None:
        return printed.pdf, printed.anchors
    text = storage.read(attached.text)
    if paper.rehearsal:  # what we print ourselves has the mark in it
        text = marking.mark_pages(text, page_marks.rehearsal())
    whole = intake.append(text, printed.pdf, title=f"{paper.title.zh} {paper.number}")
    return whole, {name: replace(anchor, page=anchor.page + attached.pages) for name, anchor in printed.anchors.items()}
