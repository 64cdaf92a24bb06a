"""Reads of agreements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from core import clock
from core.db import db
from core.errors import NotFound
from signing.agreements import rules
from signing.agreements.models import Agreement, AgreementDependency, AgreementPage, AgreementSigner, Signing
from signing.agreements.rules import AgreementState, SignerState
from signing.seats import queries as seats


@dataclass(frozen=True)
class SignerView:
    """One signer of one agreement; `signed_at` is when the signature was kept, `mark` drawn or typed."""

    id: str
    seat_id: str
    field: str
    state: SignerState
    read_to: int
    signed_at: datetime | None
    signed_revision: int | None
    signed_digest: str | None
    certificate_id: str | None
    key_custody: str | None
    level: str | None
    mark: str | None
    timestamped_at: datetime | None
    timestamp_by: str | None
    third_party_time: bool | None

    @property
    def shown_at(self) -> datetime | None:
        """The time of signing that people see: the timestamp's, by which agreements count (clause 1.4).

        While a signature waits for its timestamp, when it was kept.
        """
        return self.timestamped_at or self.signed_at


@dataclass(frozen=True)
class AgreementView:
    """An agreement as other features and pages see it."""

    id: str
    ceremony_id: str
    key: str
    position: int
    number: str
    version: int
    kind: str
    title: dict[str, str]
    amount: str | None
    currency: str | None
    state: AgreementState
    page_count: int
    original_digest: str | None
    frozen_digest: str | None
    frozen_length: int | None
    head_digest: str | None
    head_revision: int
    certificate_digest: str | None
    kit_digest: str | None
    frozen_at: datetime | None
    opened_at: datetime | None
    completed_at: datetime | None
    sealed_at: datetime | None
    ended_at: datetime | None
    ended_reason: str | None
    ended_after_id: str | None
    after: tuple[str, ...]
    signers: tuple[SignerView, ...]

    @property
    def record_code(self) -> str:
        """Eight digits to compare at every place; empty before the text is frozen."""
        return rules.record_code(self.frozen_digest) if self.frozen_digest else ""

    @property
    def signed_count(self) -> int:
        """How many have signed."""
        return sum(signer.state == SignerState.SIGNED for signer in self.signers)

    @property
    def is_draft(self) -> bool:
        """Whether the text is not frozen yet."""
        return self.state == AgreementState.DRAFT

    @property
    def counts_from(self) -> datetime | None:
        """When the last signature was made, by its timestamp (clause 1.4); None until everybody has signed."""
        if self.completed_at is None:
            return None
        return max((signer.shown_at for signer in self.signers if signer.shown_at), default=self.completed_at)

    @property
    def is_unsigned(self) -> bool:
        """Whether it ended without everybody's signature."""
        return self.state in rules.UNSIGNED

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to sign: everybody has signed, or it ended without that."""
        return self.state in rules.ENDED

    @property
    def is_proved(self) -> bool:
        """Whether it is sealed and its evidence made."""
        return self.kit_digest is not None

    def signer_of(self, seat_id: str) -> SignerView:
        """The signer in this seat; raises NotFound."""
        for signer in self.signers:
            if signer.seat_id == seat_id:
                return signer
        raise NotFound("agreement_not_found")


def view(agreement: Agreement) -> AgreementView:
    keys = {name for name in AgreementView.__dataclass_fields__ if name not in {"after", "signers"}}
    return AgreementView(
        **{name: getattr(agreement, name) for name in keys},
        after=tuple(sorted(dependency.after_id for dependency in agreement.after)),
        signers=tuple(
            SignerView(**{name: getattr(signer, name) for name in SignerView.__dataclass_fields__})
            for signer in agreement.signers
        ),
    )


def get_agreement(agreement_id: str, *, ceremony_id: str | None = None) -> AgreementView:
    """One agreement, of this ceremony where one is given; raises NotFound."""
    agreement = db.session.get(Agreement, agreement_id)
    if agreement is None or ceremony_id not in (None, agreement.ceremony_id):
        raise NotFound("agreement_not_found")
    return view(agreement)


def list_agreements(ceremony_id: str) -> list[AgreementView]:
    """The agreements of a ceremony in the order of its plan."""
    rows = db.session.scalars(select(Agreement).filter_by(ceremony_id=ceremony_id).order_by(Agreement.position))
    return [view(agreement) for agreement in rows]


def levels(found: Sequence[AgreementView]) -> list[list[AgreementView]]:
    """The cascade: each agreement one row below the deepest that it comes after, in the order of `found`."""
    by_id = {each.id: each for each in found}
    return [[by_id[each] for each in row] for row in rules.levels({each.id: each.after for each in found})]


def list_for_seat(seat_id: str) -> list[AgreementView]:
    """The agreements that somebody is asked to sign, in the order of the plan."""
    rows = db.session.scalars(
        select(Agreement)
        .join(AgreementSigner, AgreementSigner.agreement_id == Agreement.id)
        .where(AgreementSigner.seat_id == seat_id)
        .order_by(Agreement.position)
    )
    return [view(agreement) for agreement in rows]


def take_agreement(agreement_id: str) -> Agreement:
    """One agreement in order to change it; raises NotFound."""
    agreement = db.session.execute(
        select(Agreement)
        .filter_by(id=agreement_id)
        .with_for_update(of=Agreement)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if agreement is None:
        raise NotFound("agreement_not_found")
    return agreement


def list_with_following(agreement_id: str) -> list[str]:
    """Ids of this agreement and of all that can open only after it, in the order of the plan; raises NotFound."""
    next_ids = select(AgreementDependency.agreement_id)
    following = next_ids.where(AgreementDependency.after_id == agreement_id).cte("following", recursive=True)
    following = following.union(next_ids.join(following, AgreementDependency.after_id == following.c.agreement_id))
    found = db.session.scalars(
        select(Agreement.id)
        .where(or_(Agreement.id == agreement_id, Agreement.id.in_(select(following.c.agreement_id))))
        .order_by(Agreement.position)
    ).all()
    if agreement_id not in found:
        raise NotFound("agreement_not_found")
    return list(found)


def list_ending_with(agreement: AgreementView) -> list[AgreementView]:
    """What could never open any more if this one ended unsigned, in the order of the plan."""
    following = list_with_following(agreement.id)
    if following == [agreement.id]:
        return []
    rows = db.session.scalars(select(Agreement).where(Agreement.id.in_(following)).order_by(Agreement.position))
    views = {row.id: view(row) for row in rows}
    found = {each.id: (each.state, each.after) for each in views.values()}
    found[agreement.id] = (AgreementState.DECLINED, agreement.after)
    return [views[each] for each in rules.never_open(found)]


def print_key(agreement_id: str, version: int) -> str:
    """The key of the work of printing one version of an agreement."""
    return agreement_id if version == 1 else f"{agreement_id}:{version}"


def list_states(agreement_ids: tuple[str, ...]) -> list[AgreementState]:
    """The states of these agreements."""
    rows = db.session.scalars(select(Agreement.state).where(Agreement.id.in_(agreement_ids)))
    return [AgreementState(state) for state in rows]


def get_page(agreement_id: str, number: int) -> AgreementPage:
    """One page's picture and text; raises NotFound."""
    # A number that no column holds is an error of the database, not an empty answer.
    page = db.session.get(AgreementPage, (agreement_id, number)) if number < 2**31 else None
    if page is None:
        raise NotFound("page_not_found")
    return page


def list_pages(agreement_id: str) -> list[AgreementPage]:
    """All pages in order."""
    return list(
        db.session.scalars(select(AgreementPage).filter_by(agreement_id=agreement_id).order_by(AgreementPage.number))
    )


def find_signing(signer_id: str, idempotency_key: str) -> Signing | None:
    """The act with this key, if it was begun."""
    return db.session.scalars(select(Signing).filter_by(signer_id=signer_id, idempotency_key=idempotency_key)).first()


def get_signing(signing_id: str, *, seat_id: str) -> tuple[Signing, AgreementSigner]:
    """An act of signing that belongs to this seat, and its signer; raises NotFound."""
    row = db.session.execute(
        select(Signing, AgreementSigner)
        .join(AgreementSigner, AgreementSigner.id == Signing.signer_id)
        .where(Signing.id == signing_id, AgreementSigner.seat_id == seat_id)
    ).first()
    if row is None:
        raise NotFound("signing_not_found")
    return row[0], row[1]


def has_signed(agreement_id: str, seat_id: str) -> bool:
    """Whether this seat's signature stands in the agreement."""
    query = select(AgreementSigner.signed_at).filter_by(agreement_id=agreement_id, seat_id=seat_id)
    return db.session.scalar(query) is not None


def stage_item(agreement: AgreementView) -> dict[str, Any]:
    """What the stage shows of an agreement: no name, no address."""
    before = db.session.scalars(select(Agreement.key).where(Agreement.id.in_(agreement.after)).order_by(Agreement.key))
    party_of = {seat.id: seat.party_key for seat in seats.list_seats(agreement.ceremony_id)}
    return {
        "id": agreement.id,
        "key": agreement.key,
        "number": agreement.number,
        "title": agreement.title,
        "state": str(agreement.state),
        "record_code": agreement.record_code,
        "after": list(before),
        "signers": [
            {
                "seat": signer.seat_id,
                "party": party_of[signer.seat_id],
                "state": rules.stage_state(agreement.state, signer.state),
                "signed_at": clock.iso(signer.shown_at) if signer.shown_at else None,
            }
            for signer in agreement.signers
        ],
    }


def shown_state(agreement: AgreementView, signer: SignerView) -> str:
    """Where a signer stands, as the host sees it: signed, declined, open, waiting or closed."""
    return rules.shown_state(agreement.state, signer.state)


@dataclass(frozen=True)
class Ending:
    """Why an agreement ended unsigned: `code` is declined, cancelled, expired or comes_after.

    `reason` is what a person wrote; `seat_id` is whose who declined. Where it comes after an agreement that ended,
    `after` is that one's number and `after_state` declined, voided or expired. Words for it: `agreement-ended-<code>`.
    """

    code: str
    reason: str
    seat_id: str
    after: str
    after_state: str


def code_of_text(frozen_digest: str) -> str:
    """The same-record code of a text, also of one that was printed anew since."""
    return rules.record_code(frozen_digest)


def find_ending(agreement: AgreementView) -> Ending | None:
    """Why an agreement ended unsigned; None for one that did not."""
    if not agreement.is_unsigned:
        return None
    decliner = next((signer.seat_id for signer in agreement.signers if signer.state is SignerState.DECLINED), "")
    before = get_agreement(agreement.ended_after_id) if agreement.ended_after_id else None
    code = "cancelled" if agreement.state is AgreementState.VOIDED else str(agreement.state)
    return Ending(
        code="comes_after" if before else code,
        reason=agreement.ended_reason or "",
        seat_id=decliner,
        after=before.number if before else "",
        after_state=str(before.state) if before else "",
    )
