"""Use cases: a plan becomes a draft, or one is begun with the host alone; editing.py and arranging.py change it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from graphlib import TopologicalSorter
from types import MappingProxyType

from sqlalchemy.exc import IntegrityError

from core import audit, clock, ids
from core.audit import Actor, Subject
from core.db import db, transaction
from core.i18n import LOCALES
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.ceremonies import drafts, queries
from signing.ceremonies.models import Ceremony, Party
from signing.ceremonies.rules import Beginning, CeremonyPlan, CeremonyState, PartyPlan
from signing.cues import copy_service as cues
from signing.cues import service as cue_service
from signing.screens import service as screens
from signing.seals import service as seals
from signing.seats import service as seat_service
from signing.uploads import service as uploads


def import_ceremony(
    plan: CeremonyPlan,
    *,
    organisation_id: str,
    by: Actor,
    demo: bool,
    import_key: str | None = None,
    papers_of: Mapping[str, str] = MappingProxyType({}),
    rehearsal_of: str | None = None,
) -> str:
    """Keep a plan as a new draft and return its id; sent again with the same `import_key`, it is the same ceremony.

    `papers_of`: for the key of an agreement in the plan, the id of the agreement whose uploaded paper it takes over.
    `rehearsal_of`: the ceremony whose rehearsal it is for good, and whose cue sheet and look it takes over.
    """
    try:
        return _import(
            plan,
            organisation_id=organisation_id,
            by=by,
            demo=demo,
            import_key=import_key,
            papers_of=papers_of,
            rehearsal_of=rehearsal_of,
        )
    except IntegrityError:
        # Sent twice at the same moment: the other one was kept.
        before = queries.find_by_import_key(organisation_id, import_key) if import_key else None
        if before is None:
            raise
        return before


def begin_ceremony(wish: Beginning, key: str, *, organisation_id: str, by: Actor, demo: bool) -> str:
    """A new draft with its host alone, who signs nothing yet, and return its id; sent again with the same key, it is
    the same ceremony."""
    host = PartyPlan(
        key="host",
        organisation=wish.organisation,
        representative_title={},
        representative_name="",
        email="",
        locale=LOCALES[0],
        place=wish.place,
        timezone=wish.about.host_timezone,
        is_host=True,
        assumed=(),
    )
    about = wish.about
    plan = CeremonyPlan(
        **vars(about), held_on=about.starts_at.date(), parties=(host,), agreements=(), source="", demo=demo
    )
    return import_ceremony(plan, organisation_id=organisation_id, by=by, demo=demo, import_key=f"begun:{key}")


def _import(
    plan: CeremonyPlan,
    *,
    organisation_id: str,
    by: Actor,
    demo: bool,
    import_key: str | None,
    papers_of: Mapping[str, str],
    rehearsal_of: str | None,
) -> str:
    with transaction():
        before = queries.find_by_import_key(organisation_id, import_key) if import_key else None
        if before is not None:
            return before
        ceremony = Ceremony(
            id=ids.new("cer"),
            organisation_id=organisation_id,
            title=plan.title,
            held_on=plan.held_on,
            starts_at=plan.starts_at,
            host_timezone=plan.host_timezone,
            limit_minutes=plan.limit_minutes,
            conference_tool=plan.conference_tool,
            time_policy=plan.time_policy,
            amount=plan.money.amount if plan.money else None,
            currency=plan.money.currency if plan.money else None,
            note=plan.note,
            source=plan.source,
            shows_ink=plan.shows_ink,
            is_demo=plan.demo or demo,
            import_key=import_key,
            rehearsal_of=rehearsal_of,
            sends_invitations=True,
            needs_camera=plan.needs_camera,
            state=CeremonyState.DRAFT,
            created_at=clock.now(),
            created_by=by.id,
        )
        db.session.add(ceremony)
        db.session.flush()
        seat_ids = {party.key: add_party(ceremony.id, index, party) for index, party in enumerate(plan.parties)}
        made = _add_agreements(ceremony, plan, seat_ids)
        audit.record(
            ceremony.id,
            # A file names one agreement at least.
            "ceremony.rehearsal_made" if rehearsal_of else "ceremony.imported" if plan.agreements else "ceremony.begun",
            actor=by,
            subject=Subject("ceremony", ceremony.id),
            parties=len(plan.parties),
            agreements=len(plan.agreements),
            demo=ceremony.is_demo,
            **({"rehearsal_of": rehearsal_of} if rehearsal_of else {}),
        )
        if plan.cues:
            _add_cues(ceremony.id, plan, made, by=by)
        for key, agreement_id in papers_of.items():
            uploads.copy_upload(agreement_id, made[key], ceremony_id=ceremony.id, by=by)
        copies = {before: made[key] for key, before in papers_of.items()}
        if rehearsal_of:
            seals.rehearse_seals(rehearsal_of, ceremony.id, copies, by=by)
            screens.copy_look(rehearsal_of, ceremony.id, by=by)
            cues.copy_within(rehearsal_of, ceremony.id, copies, by=by)
        elif papers_of:
            before_id = agreements.get_agreement(next(iter(papers_of.values()))).ceremony_id
            seals.copy_seals(before_id, ceremony.id, by=by)
            screens.copy_look(before_id, ceremony.id, by=by)
        return ceremony.id


def add_party(ceremony_id: str, position: int, plan: PartyPlan) -> str:
    """A party with its seat, inside the caller's transaction; returns the seat's id."""
    party = Party(
        id=ids.new("pty"),
        ceremony_id=ceremony_id,
        key=plan.key,
        position=position,
        organisation=plan.organisation,
        representative_title=plan.representative_title,
        place=plan.place,
        timezone=plan.timezone,
        is_host=plan.is_host,
        assumed=list(plan.assumed),
    )
    db.session.add(party)
    db.session.flush()
    return seat_service.add_seat(
        ceremony_id=ceremony_id,
        party_id=party.id,
        party_key=plan.key,
        organisation=drafts.first(plan.organisation),
        name=plan.representative_name,
        title=drafts.first(plan.representative_title),
        email=plan.email,
        locale=plan.locale,
        place=drafts.first(plan.place),
        timezone=plan.timezone,
    )


def _add_agreements(ceremony: Ceremony, plan: CeremonyPlan, seat_ids: dict[str, str]) -> dict[str, str]:
    """The new ids by key."""
    made: dict[str, str] = {}
    by_key = OrderedDict((agreement.key, agreement) for agreement in plan.agreements)
    positions = {key: index for index, key in enumerate(by_key)}
    for key in TopologicalSorter({key: agreement.after for key, agreement in by_key.items()}).static_order():
        agreement = by_key[key]
        made[key] = agreement_service.add_agreement(
            ceremony_id=ceremony.id,
            key=key,
            position=positions[key],
            number=drafts.number(ceremony, positions[key]),
            kind=agreement.kind,
            title=agreement.title,
            money=agreement.money,
            signers=[(seat_ids[party], drafts.field(party)) for party in agreement.between],
            after=[made[before] for before in agreement.after],
        )
    return made


def _add_cues(ceremony_id: str, plan: CeremonyPlan, made: dict[str, str], *, by: Actor) -> None:
    cues = [
        cue_service.cue_plan(
            kind=cue.kind,
            title=cue.title,
            seconds=cue.seconds,
            agreements=tuple(made[key] for key in cue.agreements),
            party_key=cue.party_key,
            speaker=cue.speaker,
            script=cue.script,
            stage_text=cue.stage_text,
        )
        for cue in plan.cues
    ]
    cue_service.lay_sheet(ceremony_id, cues)
    audit.record(ceremony_id, "cues.made", actor=by, subject=Subject("ceremony", ceremony_id), cues=len(cues))
