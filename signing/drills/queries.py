"""Reads of drills."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from core import audit, clock
from core.db import db
from core.errors import NotFound
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.drawpads import queries as drawpads
from signing.drills import rules
from signing.drills.models import DrillPage, DropDrill
from signing.drills.rules import Aim, Page, Place, Stroke, Target
from signing.seats import queries as seats

SECONDS = rules.LENGTHS
collide = rules.collide
_AROUND = timedelta(seconds=30)  # what was under way when the line went, goes on when it is back


@dataclass(frozen=True)
class PageView:
    """A page that a drill cut off."""

    place: Place
    seat_id: str | None
    cut_at: datetime
    reloads: int
    was_proved: bool
    back_at: datetime | None
    is_proved: bool | None
    right_ms: int | None
    stroke: Stroke | None

    @property
    def kept_proof(self) -> bool | None:
        """Whether a proof that was given held; None where there was none, or the page is not back."""
        return self.is_proved if self.was_proved and self.back_at is not None else None


@dataclass(frozen=True)
class DrillView:
    """A drill, and the pages that told of it in the order in which they went."""

    id: str
    ceremony_id: str
    aim: Aim
    seconds: int
    began_at: datetime
    ends_at: datetime
    was_ended: bool
    pages: tuple[PageView, ...]

    @property
    def is_running(self) -> bool:
        return self.ends_at > clock.now()

    @property
    def away(self) -> timedelta | None:
        """From the first page's going to the last one's return; None while one is away, or where none was cut."""
        backs = [page.back_at for page in self.pages if page.back_at is not None]
        if not self.pages or len(backs) < len(self.pages):
            return None
        return max(backs) - min(page.cut_at for page in self.pages)

    @property
    def is_well(self) -> bool:
        """Whether every page that went came back, with its proofs and with what was drawn on it."""
        return self.away is not None and self.kept_proofs and not any(page.stroke is Stroke.ANEW for page in self.pages)

    @property
    def kept_proofs(self) -> bool:
        """Whether no page that is back has lost a proof."""
        return all(page.kept_proof is not False for page in self.pages)


def aim_of(drill: DropDrill) -> Aim:
    return Aim(drill.target, drill.seat_id, drill.account_id)


def view(drill: DropDrill, pages: Iterable[DrillPage]) -> DrillView:
    names = tuple(PageView.__dataclass_fields__)
    found = tuple(PageView(**{name: getattr(page, name) for name in names}) for page in pages)
    return DrillView(
        id=drill.id,
        ceremony_id=drill.ceremony_id,
        aim=aim_of(drill),
        seconds=drill.seconds,
        began_at=drill.began_at,
        ends_at=drill.ends_at,
        was_ended=drill.was_ended,
        pages=found,
    )


def list_drills(ceremony_id: str) -> list[DrillView]:
    """All drills of a rehearsal, the newest first."""
    query = select(DropDrill).filter_by(ceremony_id=ceremony_id).order_by(DropDrill.began_at.desc(), DropDrill.id)
    drills = list(db.session.scalars(query))
    asked = select(DrillPage).where(DrillPage.drill_id.in_([each.id for each in drills]))
    pages: dict[str, list[DrillPage]] = {}
    for page in db.session.scalars(asked.order_by(DrillPage.cut_at, DrillPage.key)):
        pages.setdefault(page.drill_id, []).append(page)
    return [view(each, pages.get(each.id, [])) for each in drills]


def list_running(ceremony_id: str) -> list[DropDrill]:
    """The drills that are under way, the oldest first."""
    query = select(DropDrill).where(DropDrill.ceremony_id == ceremony_id, DropDrill.ends_at > clock.now())
    return list(db.session.scalars(query.order_by(DropDrill.began_at, DropDrill.id)))


def find_for(ceremony_id: str, page: Page) -> DropDrill | None:
    """The drill under way that cuts this page off."""
    return next((each for each in list_running(ceremony_id) if rules.concerns(aim_of(each), page)), None)


def take_drill(ceremony_id: str, drill_id: str) -> DropDrill:
    """A drill, in order to change it; raises NotFound."""
    query = select(DropDrill).filter_by(id=drill_id, ceremony_id=ceremony_id).with_for_update()
    row = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound("drill_not_found")
    return row


def list_pads(seat_ids: Iterable[str]) -> dict[str, str]:
    """The pads that phones have joined and that hold, by seat."""
    return {seat_id: pad_id for seat_id in seat_ids if (pad_id := drawpads.find_joined(seat_id))}


def find_page(drill_id: str, key: str) -> DrillPage | None:
    """What a page told of a drill."""
    return db.session.get(DrillPage, (drill_id, key))


def count_pages(drill_id: str) -> int:
    """How many pages told of a drill."""
    return len(list(db.session.scalars(select(DrillPage.key).filter_by(drill_id=drill_id))))


def list_practised(ceremony_id: str) -> set[str]:
    """Keys of the parties whose seat was cut off for practice and came back well: in this rehearsal, or in any of this
    ceremony's."""
    ceremony = ceremonies.get_ceremony(ceremony_id)
    played = [ceremony_id] if ceremony.is_rehearsal else [each.id for each in ceremonies.list_rehearsals(ceremony_id)]
    found: set[str] = set()
    for rehearsal_id in played:
        parties = {seat.id: seat.party_key for seat in seats.list_seats(rehearsal_id)}
        for drill in list_drills(rehearsal_id):
            back = {page.seat_id for page in drill.pages if page.kept_proof}
            found |= {parties[seat_id] for seat_id in back if seat_id in parties}
    return found


def count_signed(ceremony_id: str, drill: DrillView) -> int:
    """How many signatures of the seats that were cut off became true meanwhile, or right before or after it."""
    cut = {page.seat_id for page in drill.pages if page.seat_id}
    until = max([drill.ends_at, *(page.back_at for page in drill.pages if page.back_at)]) + _AROUND
    return sum(
        signer.signed_at is not None and drill.began_at - _AROUND <= signer.signed_at <= until
        for agreement in agreements.list_agreements(ceremony_id)
        for signer in agreement.signers
        if signer.seat_id in cut
    )


def has_each_signature_once(ceremony_id: str) -> bool:
    """Whether every signature stands in the trail exactly once, and none there that no agreement has."""
    written = [
        (entry["subject"]["id"], entry["data"]["field"])
        for entry in map(json.loads, audit.list_lines(ceremony_id))
        if entry["action"] == "agreement.signed"
    ]
    signed = {
        (agreement.id, signer.field)
        for agreement in agreements.list_agreements(ceremony_id)
        for signer in agreement.signers
        if signer.signed_at is not None
    }
    return len(written) == len(set(written)) and signed == set(written)


def is_cut(ceremony_id: str, target: Target, *, seat_id: str | None = None, account_id: str | None = None) -> bool:
    """Whether a drill with just this aim is under way."""
    aim = Aim(target, seat_id, account_id)
    return any(rules.collide(aim_of(each), aim) for each in list_running(ceremony_id))
