"""Reads of ceremonies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select

from core.db import db
from core.errors import NotFound
from signing.ceremonies import rules
from signing.ceremonies.models import Ceremony, Party
from signing.ceremonies.rules import CeremonyAction, CeremonyState, TimePolicy

STAGE_LINK = "stage"
PAGE_SIZE = 25
_OVER = frozenset({CeremonyState.COMPLETED, CeremonyState.ENDED, CeremonyState.CANCELLED, CeremonyState.DISCARDED})


@dataclass(frozen=True)
class PartyView:
    """A party as other features and pages see it."""

    id: str
    key: str
    position: int
    organisation: dict[str, str]
    representative_title: dict[str, str]
    place: dict[str, str]
    timezone: str
    is_host: bool
    assumed: list[str]


@dataclass(frozen=True)
class CeremonyView:
    """A ceremony as other features and pages see it."""

    id: str
    organisation_id: str
    title: dict[str, str]
    held_on: date
    starts_at: datetime
    host_timezone: str
    limit_minutes: int
    conference_tool: str
    time_policy: TimePolicy
    amount: str | None
    currency: str | None
    note: str
    source: str
    is_demo: bool
    rehearsal_of: str | None
    sends_invitations: bool
    needs_camera: bool
    shows_ink: bool
    state: CeremonyState
    created_at: datetime
    invited_at: datetime | None
    ended_at: datetime | None
    kit_digest: str | None
    parties: tuple[PartyView, ...]

    @property
    def host(self) -> PartyView:
        """The party that hosts: the one that says so, else the first."""
        return next((party for party in self.parties if party.is_host), self.parties[0])

    @property
    def is_rehearsal(self) -> bool:
        """Whether it only plays another one, with papers and certificates that count for nothing."""
        return self.rehearsal_of is not None

    @property
    def drill_url(self) -> str:
        """Where a host's page asks whether its line is cut for practice; empty of the real thing, which never asks."""
        return f"/api/ceremonies/{self.id}/drills/mine" if self.is_rehearsal else ""

    @property
    def mark(self) -> str:
        """What every page and mail of it says: `rehearsal`, `demo`, or nothing where it is the real thing."""
        return "rehearsal" if self.is_rehearsal else "demo" if self.is_demo else ""

    @property
    def is_draft(self) -> bool:
        """Whether its plan can still be changed."""
        return self.state is CeremonyState.DRAFT

    @property
    def short_id(self) -> str:
        """Four signs that tell ceremonies of one name apart; agreement numbers carry them too."""
        return self.id[-4:].upper()

    @property
    def gives_links(self) -> bool:
        """Whether its signers may be given new personal links: once they were invited, for good."""
        return self.invited_at is not None and rules.may(self.state, CeremonyAction.LINK)

    @property
    def is_discarded(self) -> bool:
        """Whether it was taken out of every list."""
        return self.state is CeremonyState.DISCARDED

    @property
    def is_over(self) -> bool:
        """Whether nobody signs any more."""
        return self.state in _OVER

    @property
    def can_be_led(self) -> bool:
        """Whether a host can go through its cue sheet: also when all is signed, for what comes after that."""
        return self.invited_at is not None and self.state not in {CeremonyState.CANCELLED, CeremonyState.DISCARDED}

    def party(self, key: str) -> PartyView:
        """One party; raises NotFound."""
        for party in self.parties:
            if party.key == key:
                return party
        raise NotFound("party_not_found")


def view(ceremony: Ceremony) -> CeremonyView:
    names = [name for name in CeremonyView.__dataclass_fields__ if name != "parties"]
    return CeremonyView(
        **{name: getattr(ceremony, name) for name in names}, parties=tuple(party_view(p) for p in ceremony.parties)
    )


def party_view(party: Party) -> PartyView:
    return PartyView(**{name: getattr(party, name) for name in PartyView.__dataclass_fields__})


def shows_ink(ceremony_id: str) -> bool:
    """Whether those who watch see signatures while they are drawn."""
    return bool(db.session.scalar(select(Ceremony.shows_ink).filter_by(id=ceremony_id)))


def get_ceremony(ceremony_id: str, *, organisation_id: str | None = None) -> CeremonyView:
    """One ceremony, of this organisation where one is given; raises NotFound."""
    ceremony = db.session.get(Ceremony, ceremony_id)
    if ceremony is None or organisation_id not in (None, ceremony.organisation_id):
        raise NotFound("ceremony_not_found")
    return view(ceremony)


def mark_of(ceremony_id: str) -> str:
    """What everything of this ceremony is marked as (`CeremonyView.mark`); raises NotFound."""
    return get_ceremony(ceremony_id).mark


def take_ceremony(ceremony_id: str) -> Ceremony:
    """One ceremony in order to change it; raises NotFound."""
    ceremony = db.session.execute(
        select(Ceremony)
        .filter_by(id=ceremony_id)
        .with_for_update(of=Ceremony)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if ceremony is None:
        raise NotFound("ceremony_not_found")
    return ceremony


def find_by_import_key(organisation_id: str, import_key: str) -> str | None:
    """The id of the ceremony that came with this key."""
    return db.session.scalar(select(Ceremony.id).filter_by(organisation_id=organisation_id, import_key=import_key))


def list_ceremonies(organisation_id: str) -> list[CeremonyView]:
    """The ceremonies of an organisation, the newest first, without discarded drafts."""
    rows = db.session.scalars(_of(organisation_id).order_by(Ceremony.created_at.desc(), Ceremony.id))
    return [view(ceremony) for ceremony in rows]


def _of(organisation_id: str, *, discarded: bool = False) -> Select[Ceremony]:
    is_discarded = Ceremony.state == CeremonyState.DISCARDED
    return select(Ceremony).where(
        Ceremony.organisation_id == organisation_id,
        is_discarded if discarded else ~is_discarded,
        # Rehearsals stand under the ceremony that they rehearse, and count nowhere.
        Ceremony.rehearsal_of.is_(None),
    )


def list_rehearsals(ceremony_id: str) -> list[CeremonyView]:
    """The rehearsals of a ceremony that were not discarded, the newest first."""
    rows = db.session.scalars(
        select(Ceremony)
        .where(Ceremony.rehearsal_of == ceremony_id, Ceremony.state != CeremonyState.DISCARDED)
        .order_by(Ceremony.created_at.desc(), Ceremony.id)
    )
    return [view(ceremony) for ceremony in rows]


def count_discarded(organisation_id: str) -> int:
    """How many drafts of the organisation were discarded."""
    return db.session.scalar(select(func.count()).select_from(_of(organisation_id, discarded=True).subquery())) or 0


def find_discarded(organisation_id: str, ceremony_id: str) -> CeremonyView | None:
    """A draft of the organisation that was discarded."""
    found = db.session.scalars(_of(organisation_id, discarded=True).where(Ceremony.id == ceremony_id)).first()
    return None if found is None else view(found)


@dataclass(frozen=True)
class CeremonyPage:
    """One page of the list; `number` and `pages` count from 1."""

    ceremonies: tuple[CeremonyView, ...]
    number: int
    pages: int
    total: int


def list_page(organisation_id: str, *, number: int, by_date: bool, discarded: bool = False) -> CeremonyPage:
    """The ceremonies of an organisation, those imported last first, or those held last first.

    Discarded drafts stand in a list of their own.
    """
    own = _of(organisation_id, discarded=discarded)
    total = db.session.scalar(select(func.count()).select_from(own.subquery())) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), pages)
    first = Ceremony.starts_at if by_date else Ceremony.created_at
    rows = db.session.scalars(
        own.order_by(first.desc(), Ceremony.created_at.desc(), Ceremony.id)
        .offset((number - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    return CeremonyPage(tuple(view(ceremony) for ceremony in rows), number, pages, total)


def list_twins(ceremony: CeremonyView) -> list[CeremonyView]:
    """Other ceremonies of the organisation with the same name on the same day, neither cancelled nor discarded.

    A rehearsal has none: it is meant to be like its ceremony.
    """
    if ceremony.is_rehearsal:
        return []
    rows = db.session.scalars(
        select(Ceremony)
        .filter_by(organisation_id=ceremony.organisation_id, held_on=ceremony.held_on)
        .where(Ceremony.id != ceremony.id, Ceremony.rehearsal_of.is_(None))
        .where(Ceremony.state.not_in((CeremonyState.CANCELLED, CeremonyState.DISCARDED)))
        .order_by(Ceremony.created_at, Ceremony.id)
    )
    called = set(ceremony.title.values())
    return [view(each) for each in rows if called & set(each.title.values())]


def find_by_kit(digest: str) -> CeremonyView | None:
    """The ceremony whose evidence kit has this SHA-256 (hex)."""
    found = db.session.scalars(select(Ceremony).filter_by(kit_digest=digest).limit(1)).first()
    return view(found) if found else None
