"""The printed agreement: pure values in, HTML out; pdf.render makes the PDF and tells where each signature goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from core import money
from signing.papers import Bilingual, fill, utc_time

_ORDINALS = "甲乙丙丁戊己庚辛壬癸"
_PHASES = (
    (2, Bilingual("启动期", "Launch"), Bilingual("生效日起6个月内", "within 6 months of the Effective Date")),
    (5, Bilingual("建设期", "Construction"), Bilingual("生效日起18个月内", "within 18 months of the Effective Date")),
    (3, Bilingual("运营期", "Operation"), Bilingual("生效日起36个月内", "within 36 months of the Effective Date")),
)


class PaperKind(StrEnum):
    """Which clauses are printed."""

    INVESTMENT = "investment"
    COOPERATION = "cooperation"


@dataclass(frozen=True)
class PaperParty:
    """An organisation that is bound; the first is Party A, mostly the host's."""

    key: str
    organisation: Bilingual
    representative_title: Bilingual
    capacity: Bilingual
    place: Bilingual


@dataclass(frozen=True)
class PaperSigner:
    """A person who signs; `party` is a party's key, or None for a witness. `key` makes the anchor `sign-<key>`.

    `seal` leaves room for the party's specimen seal beside it. `identifier` is not printed: the signature field holds
    it, and the signer's certificates do.
    """

    key: str
    name: str
    capacity: Bilingual
    organisation: Bilingual
    party: str | None
    place: Bilingual | None = None
    seal: bool = False
    identifier: str = ""


@dataclass(frozen=True)
class Phase:
    """One line of the investment schedule."""

    name: Bilingual
    period: Bilingual
    amount: Decimal


@dataclass(frozen=True)
class AgreementPaper:
    """Everything that stands on the paper; equal values give equal bytes.

    `made_at` becomes the creation date inside the PDF. An investment needs `amount`; its `schedule`, where given, adds
    up to it. `demo` prints 演示样本 · 无法律效力 on every page, `rehearsal` 彩排样本 · 无法律效力.
    """

    number: str
    version: int
    kind: PaperKind
    title: Bilingual
    project: Bilingual
    site: Bilingual
    date: date
    made_at: datetime
    parties: tuple[PaperParty, ...]
    signers: tuple[PaperSigner, ...]
    amount: Decimal | None = None
    currency: str = "CNY"
    schedule: tuple[Phase, ...] = ()
    verify_url: str = ""
    demo: bool = False
    rehearsal: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for a paper that would contradict itself."""
        keys = [party.key for party in self.parties]
        if not 2 <= len(keys) <= len(_ORDINALS) or len(set(keys)) != len(keys):
            raise ValueError("a paper has two to ten different parties")
        if any(signer.party not in (None, *keys) for signer in self.signers):
            raise ValueError("a signer signs for a party of the paper")
        if self.kind is PaperKind.INVESTMENT and not self.amount:
            raise ValueError("an investment agreement names its amount")
        if self.schedule and sum(phase.amount for phase in self.schedule) != self.amount:
            raise ValueError("the schedule does not add up to the amount")


@dataclass(frozen=True)
class Attached:
    """A paper that the host brought along: `text` is the digest of the rebuilt PDF, `original` that of the upload.

    `read` has what a machine read of pages that are pictures by now, by their number from 1.
    """

    text: str
    original: str
    pages: int
    read: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PartyLabel:
    """What the text calls a party: 甲方, Party A."""

    zh: str
    en: str


def party_label(position: int) -> PartyLabel:
    """The label of the party at this position, from 0."""
    return PartyLabel(f"{_ORDINALS[position]}方", f"Party {chr(ord('A') + position)}")


def three_phases(amount: Decimal) -> tuple[Phase, ...]:
    """The customary schedule, 2 : 5 : 3 over three years, to the cent."""
    parts = [(amount * tenths / 10).quantize(Decimal("0.01")) for tenths, _, _ in _PHASES[:-1]]
    parts.append(amount - sum(parts))
    return tuple(Phase(name, period, part) for (_, name, period), part in zip(_PHASES, parts, strict=True))


def agreement_html(paper: AgreementPaper) -> str:
    """The document for pdf.render; each signer's place has the id `sign-<key>`. Raises money.NotMoney."""
    labels = {party.key: party_label(position) for position, party in enumerate(paper.parties)}
    return fill(
        "agreement.html",
        paper=paper,
        labels=labels,
        made_at=utc_time(paper.made_at),
        currency=money.currency(paper.currency),
        sides=_sides(paper),
    )


def signature_page_html(paper: AgreementPaper, attached: Attached) -> str:
    """The page that comes behind a paper of the host's own; anchors as in `agreement_html`."""
    return fill(
        "signature_page.html",
        paper=paper,
        attached=attached,
        made_at=utc_time(paper.made_at),
        sides=_sides(paper),
    )


def texts(paper: AgreementPaper) -> dict[str, str]:
    """What people wrote into the paper, by what it is: to ask pdf.fonts.missing_glyphs before anything is sent."""
    found = {"number": paper.number, "title": paper.title.zh + paper.title.en}
    found |= {"project": paper.project.zh + paper.project.en, "site": paper.site.zh + paper.site.en}
    for party in paper.parties:
        found[f"party {party.key}"] = _all(party.organisation, party.representative_title, party.capacity, party.place)
    for signer in paper.signers:
        found[f"signer {signer.key}"] = signer.name + _all(signer.capacity, signer.organisation, signer.place)
    return found


def _all(*said: Bilingual | None) -> str:
    return "".join(text.zh + text.en for text in said if text)


def _sides(paper: AgreementPaper) -> list[tuple[PartyLabel, list[PaperSigner]]]:
    """The signers as the signature page shows them: party by party, witnesses last."""
    sides = [
        (party_label(position), [signer for signer in paper.signers if signer.party == party.key])
        for position, party in enumerate(paper.parties)
    ]
    witnesses = [signer for signer in paper.signers if signer.party is None]
    return [side for side in [*sides, (PartyLabel("见证方", "Witness"), witnesses)] if side[1]]
