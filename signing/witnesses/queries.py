"""Reads of witnesses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.db import db
from core.errors import NotFound
from signing.witnesses.models import Witness

LINK = "witness"


@dataclass(frozen=True)
class WitnessView:
    """A witness as other features and pages see one."""

    id: str
    ceremony_id: str
    name: str
    organisation: str
    email: str
    locale: str
    created_at: datetime
    declared_at: datetime | None
    taken_back_at: datetime | None

    @property
    def is_named(self) -> bool:
        """Whether the host has not taken it back."""
        return self.taken_back_at is None


def view(witness: Witness) -> WitnessView:
    return WitnessView(**{name: getattr(witness, name) for name in WitnessView.__dataclass_fields__})


def list_witnesses(ceremony_id: str, *, named_only: bool = False) -> list[WitnessView]:
    """The witnesses of a ceremony in the order in which they were named; with `named_only`, none taken back."""
    query = select(Witness).filter_by(ceremony_id=ceremony_id).order_by(Witness.created_at, Witness.id)
    if named_only:
        query = query.where(Witness.taken_back_at.is_(None))
    return [view(each) for each in db.session.scalars(query)]


def get_witness(witness_id: str, *, ceremony_id: str | None = None) -> WitnessView:
    """One witness, of this ceremony where one is given; raises NotFound."""
    witness = db.session.get(Witness, witness_id)
    if witness is None or ceremony_id not in (None, witness.ceremony_id):
        raise NotFound("witness_not_found")
    return view(witness)


def take_witness(witness_id: str, *, ceremony_id: str | None = None) -> Witness:
    """One witness in order to change it; raises NotFound."""
    witness = db.session.scalar(
        select(Witness).filter_by(id=witness_id).with_for_update().execution_options(populate_existing=True)
    )
    if witness is None or ceremony_id not in (None, witness.ceremony_id):
        raise NotFound("witness_not_found")
    return witness
