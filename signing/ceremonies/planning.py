"""Use cases of a draft: import a plan, change it, say what still stands in the way of inviting."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from graphlib import TopologicalSorter
from types import MappingProxyType

from sqlalchemy.exc import IntegrityError

from core import audit, clock, ids
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Invalid, NotFound, Problem
from pdf import fonts
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.ceremonies import queries, rules
from signing.ceremonies.models import Ceremony, Party
from signing.ceremonies.rules import (
    AgreementChange,
    CeremonyAction,
    CeremonyPlan,
    CeremonyState,
    PartyChange,
    PartyPlan,
)
from signing.seats import queries as seats
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
) -> str:
    """Keep a plan as a new draft and return its id; sent again with the same `import_key`, it is the same ceremony.

    `papers_of`: for the key of an agreement in the plan, the id of the agreement whose uploaded paper it takes over.
    """
    try:
        return _import(
            plan, organisation_id=organisation_id, by=by, demo=demo, import_key=import_key, papers_of=papers_of
        )
    except IntegrityError:
        # Sent twice at the same moment: the other one was kept.
        before = queries.find_by_import_key(organisation_id, import_key) if import_key else None
        if before is None:
            raise
        return before


def _import(
    plan: CeremonyPlan,
    *,
    organisation_id: str,
    by: Actor,
    demo: bool,
    import_key: str | None,
    papers_of: Mapping[str, str],
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
            amount=plan.money.amount if plan.money else None,
            currency=plan.money.currency if plan.money else None,
            note=plan.note,
            source=plan.source,
            is_demo=plan.demo or demo,
            import_key=import_key,
            state=CeremonyState.DRAFT,
            created_at=clock.now(),
            created_by=by.id,
        )
        db.session.add(ceremony)
        db.session.flush()
        seat_ids = {party.key: _add_party(ceremony.id, index, party) for index, party in enumerate(plan.parties)}
        made = _add_agreements(ceremony, plan, seat_ids)
        audit.record(
            ceremony.id,
            "ceremony.imported",
            actor=by,
            subject=Subject("ceremony", ceremony.id),
            parties=len(plan.parties),
            agreements=len(plan.agreements),
            demo=ceremony.is_demo,
        )
        for key, agreement_id in papers_of.items():
            uploads.copy_upload(agreement_id, made[key], ceremony_id=ceremony.id, by=by)
        return ceremony.id


def _add_party(ceremony_id: str, position: int, plan: PartyPlan) -> str:
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
        organisation=_first(plan.organisation),
        name=plan.representative_name,
        title=_first(plan.representative_title),
        email=plan.email,
        locale=plan.locale,
        place=_first(plan.place),
        timezone=plan.timezone,
    )


def _first(texts: dict[str, str]) -> str:
    return texts.get("zh-CN") or texts.get("en") or ""


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
            number=f"YQ-{ceremony.held_on:%Y%m%d}-{ceremony.id[-4:].upper()}-{positions[key] + 1:02d}",
            kind=agreement.kind,
            title=agreement.title,
            money=agreement.money,
            signers=[(seat_ids[party], f"sign_{party}") for party in agreement.between],
            after=[made[before] for before in agreement.after],
        )
    return made


def change_party(ceremony_id: str, party_key: str, form: PartyChange, *, by: Actor) -> None:
    """Change a party and its signer while the ceremony is a draft."""
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        rules.change(ceremony.state, CeremonyAction.EDIT)
        party = next((each for each in ceremony.parties if each.key == party_key), None)
        if party is None:
            raise NotFound("party_not_found")
        party.organisation = form.organisation
        party.representative_title = form.representative_title
        party.place, party.timezone = form.place, form.timezone
        party.assumed = []
        seat_service.change_seat(
            party.id,
            organisation=_first(form.organisation),
            name=form.representative_name,
            title=_first(form.representative_title),
            email=form.email,
            locale=form.locale,
            place=_first(form.place),
            timezone=form.timezone,
        )
        audit.record(ceremony_id, "party.changed", actor=by, subject=Subject("party", party.id), key=party_key)


def change_agreement(ceremony_id: str, agreement_id: str, form: AgreementChange, *, by: Actor) -> None:
    """Change an agreement's title or amount while the ceremony is a draft."""
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        rules.change(ceremony.state, CeremonyAction.EDIT)
        found = agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
        if found.kind == "investment" and form.money is None:
            raise Invalid([Problem("$.amount", "amount_missing")])
        agreement_service.change_draft(agreement_id, title=form.title, money=form.money)
        audit.record(ceremony_id, "agreement.changed", actor=by, subject=Subject("agreement", agreement_id))


def list_obstacles(ceremony_id: str) -> list[Problem]:
    """Everything that stands in the way of printing and inviting; empty when the host may go on."""
    ceremony = queries.get_ceremony(ceremony_id)
    by_party = {seat.party_key: seat for seat in seats.list_seats(ceremony_id)}
    problems = []
    for seat in (by_party[party.key] for party in ceremony.parties):
        path = f"$.parties.{seat.party_key}"
        who = seat.organisation
        if not seat.name:
            problems.append(Problem(f"{path}.representative_name", "name_missing", {"who": who}))
        if not seat.email:
            problems.append(Problem(f"{path}.email", "email_missing", {"who": who}))
        problems += _missing_glyphs(f"{path}.representative_name", seat.name, seat.name)
    for party in ceremony.parties:
        for name in ("organisation", "representative_title", "place"):
            text = "".join(getattr(party, name).values())
            problems += _missing_glyphs(f"$.parties.{party.key}.{name}", text, text)
    for agreement in agreements.list_agreements(ceremony_id):
        text = "".join(agreement.title.values())
        problems += _missing_glyphs(f"$.agreements.{agreement.key}.title", text, text)
        if agreement.kind == "investment" and not agreement.amount:
            problems.append(Problem(f"$.agreements.{agreement.key}.amount", "amount_missing"))
    return problems


def _missing_glyphs(path: str, text: str, who: str) -> list[Problem]:
    missing = fonts.missing_glyphs(text)
    if not missing:
        return []
    return [Problem(path, "glyph_missing", {"characters": " ".join(missing), "who": who})]
