"""A plan as the ceremony file has it: what `CeremonyFile` reads again as the same plan."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.values import Money, Texts
from signing.agreements import queries as agreements
from signing.ceremonies import copying, queries
from signing.ceremonies.plan_keys import FORMAT
from signing.ceremonies.rules import AgreementPlan, CeremonyPlan, CopyWish, PartyPlan, PlannedCue


def whole_plan(ceremony: queries.CeremonyView, on: datetime | None = None) -> CeremonyPlan:
    """Everything that is planned, whatever became of it, with its cue sheet; `on` another day in the host's zone."""
    local = (on or ceremony.starts_at).astimezone(ZoneInfo(ceremony.host_timezone))
    found = agreements.list_agreements(ceremony.id)
    wish = CopyWish(held_on=local.date(), starts_at=local.time())
    return copying.with_cues(copying.plan_of(ceremony, found, wish, all_parties=True), ceremony.id, found)


def dumps(plan: CeremonyPlan) -> bytes:
    """The file, for people to read as well."""
    return (json.dumps(to_data(plan), ensure_ascii=False, indent=2) + "\n").encode()


def to_data(plan: CeremonyPlan) -> dict[str, Any]:
    """The plan as parsed JSON; what is empty is left out."""
    return _told(
        format=FORMAT,
        title=plan.title,
        date=plan.held_on.isoformat(),
        starts_at=f"{plan.starts_at:%H:%M}",
        host_timezone=plan.host_timezone,
        limit_minutes=plan.limit_minutes,
        conference_tool=plan.conference_tool,
        time_policy=str(plan.time_policy),
        live_ink=None if plan.shows_ink else False,
        planned_investment=_money(plan.money),
        note=plan.note,
        source=plan.source,
        needs_camera=plan.needs_camera or None,
        demo=plan.demo or None,
        parties=[_party(each) for each in plan.parties],
        agreements=[_agreement(each) for each in plan.agreements],
        cues=[_cue(each) for each in plan.cues],
    )


def _told(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", {}, [])}


def _money(money: Money | None) -> dict[str, str] | None:
    return {"amount": money.amount, "currency": money.currency} if money else None


def _party(party: PartyPlan) -> dict[str, Any]:
    return _told(
        key=party.key,
        organisation=party.organisation,
        representative_title=party.representative_title,
        representative_name=party.representative_name,
        email=party.email,
        locale=party.locale,
        place=party.place,
        timezone=party.timezone,
        role="host" if party.is_host else None,
        assumed=list(party.assumed),
    )


def _agreement(agreement: AgreementPlan) -> dict[str, Any]:
    told = _told(key=agreement.key, title=agreement.title, kind=agreement.kind, amount=_money(agreement.money))
    return {**told, "between": list(agreement.between), "after": list(agreement.after)}


def _cue(cue: PlannedCue) -> dict[str, Any]:
    return _told(
        kind=cue.kind,
        title=_texts(cue.title),
        minutes=minutes(cue.seconds),
        agreements=list(cue.agreements),
        place=cue.party_key,
        speaker=cue.speaker,
        script=_texts(cue.script),
        stage_text=_texts(cue.stage_text),
    )


def _texts(texts: Texts) -> Texts:
    return {language: text for language, text in texts.items() if text}


def minutes(seconds: int) -> int | float:
    """As people write it, and so exactly that it is read again as the same seconds."""
    whole, rest = divmod(seconds, 60)
    return whole if not rest else round(seconds / 60, 3)
