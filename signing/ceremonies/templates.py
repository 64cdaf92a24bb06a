"""Use cases: a plan becomes a template, a template or a whole ceremony becomes a new draft for another day."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core import audit, clock, i18n, ids, paths
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, Invalid, NotFound
from signing.agreements import queries as agreements
from signing.ceremonies import plan_writing, planning, queries
from signing.ceremonies.models import CeremonyTemplate
from signing.ceremonies.plan_file import CeremonyFile
from signing.ceremonies.rules import CopyWish
from signing.seats import queries as seats

BUILT_IN = ("two-parties", "framework", "batch")
MOST = 50  # templates of an organisation
_NOBODY = {"zh-CN": "授权代表", "en": "Authorised representative"}
_ANY_DAY = "2030-01-01"
_BLANK = "＿＿"


@dataclass(frozen=True)
class TemplateView:
    """What can be begun with; `is_own`: the organisation made it and can remove it."""

    id: str
    title: str
    parties: int
    agreements: int
    cues: int
    starts_at: str
    zone: str
    is_own: bool


def list_templates(organisation_id: str) -> list[TemplateView]:
    """An organisation's own, newest first, then the built-in ones."""
    rows = db.session.scalars(
        select(CeremonyTemplate)
        .filter_by(organisation_id=organisation_id)
        .order_by(CeremonyTemplate.created_at.desc(), CeremonyTemplate.id.desc())
    )
    own = [_view(row.id, row.title, row.plan, is_own=True) for row in rows]
    return [*own, *(_view(name, "", _built_in(name), is_own=False) for name in BUILT_IN)]


def _view(template_id: str, title: str, plan: Mapping[str, Any], *, is_own: bool) -> TemplateView:
    return TemplateView(
        id=template_id,
        title=title or i18n.pick(plan["title"]),
        parties=len(plan["parties"]),
        agreements=len(plan["agreements"]),
        cues=len(plan.get("cues", [])),
        starts_at=plan["starts_at"],
        zone=i18n.zone_name(plan["host_timezone"]),
        is_own=is_own,
    )


@cache
def _built_in(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((paths.examples() / "templates" / f"{name}.json").read_bytes())
    return found


def save_template(ceremony_id: str, title: str, *, by: Actor) -> str:
    """Keep the plan of a ceremony without its day and without names and addresses of people; returns its id.

    Raises NotFound, Conflict `too_many_templates`, `template_incomplete` where a file of the plan could not be read
    again (no agreement yet, a place that is not named).
    """
    with transaction():
        ceremony = queries.view(queries.take_ceremony(ceremony_id))
        count = len(list_templates(ceremony.organisation_id)) - len(BUILT_IN)
        if count >= MOST:
            raise Conflict("too_many_templates", most=MOST)
        plan = without_people(
            plan_writing.to_data(plan_writing.whole_plan(ceremony)),
            names=[seat.name for seat in seats.list_seats(ceremony_id) if seat.name],
        )
        try:
            CeremonyFile.read({**plan, "date": _ANY_DAY})
        except Invalid as invalid:
            raise Conflict("template_incomplete") from invalid
        made = CeremonyTemplate(
            id=ids.new("tpl"),
            organisation_id=ceremony.organisation_id,
            title=title or i18n.pick(ceremony.title),
            plan=plan,
            created_at=clock.now(),
        )
        db.session.add(made)
        db.session.flush()
        audit.record(ceremony_id, "template.saved", actor=by, subject=Subject("template", made.id))
        return made.id


def without_people(plan: Mapping[str, Any], *, names: Iterable[str]) -> dict[str, Any]:
    """A plan as parsed JSON without its day, source, names, addresses and speakers; names in texts become blanks."""
    left = {name: value for name, value in plan.items() if name not in ("date", "source", "demo")}
    left["parties"] = [_without_person(party) for party in plan["parties"]]
    told = sorted(set(names), key=len, reverse=True)
    speakers = sorted({cue["speaker"] for cue in plan.get("cues", []) if "speaker" in cue}, key=len, reverse=True)
    left["cues"] = [{key: each for key, each in cue.items() if key != "speaker"} for cue in plan.get("cues", [])]
    blanked: dict[str, Any] = _blank(left, [*told, *speakers])
    return blanked if blanked["cues"] else {key: value for key, value in blanked.items() if key != "cues"}


def _without_person(party: Mapping[str, Any]) -> dict[str, Any]:
    left = {name: value for name, value in party.items() if name not in ("representative_name", "email")}
    return {**left, "representative_title": party.get("representative_title") or _NOBODY}


def _blank(value: Any, names: list[str]) -> Any:
    if isinstance(value, str):
        for name in names:
            value = value.replace(name, _BLANK) if len(name) > 1 else value
        return value
    if isinstance(value, Mapping):
        # Keys of parties and agreements, zones and kinds are no texts that people wrote.
        written = ("title", "script", "stage_text", "note", "zh-CN", "en")
        return {
            key: _blank(each, names) if key in (*written, "cues", "parties", "agreements") else each
            for key, each in value.items()
        }
    return [_blank(each, names) for each in value] if isinstance(value, list) else value


def remove_template(template_id: str, *, organisation_id: str, by: Actor) -> None:
    """Raises NotFound where the organisation has no such template."""
    with transaction():
        row = _find(template_id, organisation_id)
        db.session.delete(row)
        audit.record(organisation_id, "template.removed", actor=by, subject=Subject("template", template_id))


def check_is_there(template_id: str, *, organisation_id: str) -> None:
    """Raises NotFound where there is no built-in template and none of the organisation's own of this id."""
    if template_id not in BUILT_IN:
        _find(template_id, organisation_id)


def _find(template_id: str, organisation_id: str) -> CeremonyTemplate:
    row = db.session.get(CeremonyTemplate, template_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("template_not_found")
    return row


def begin_from(template_id: str, wish: CopyWish, key: str, *, organisation_id: str, by: Actor, demo: bool) -> str:
    """A new draft on that day, of the host's own or a built-in template; asked for twice with one `key` it is one.

    Raises NotFound.
    """
    built_in = template_id in BUILT_IN
    data = _built_in(template_id) if built_in else _find(template_id, organisation_id).plan
    plan = CeremonyFile.read(
        {**data, "date": wish.held_on.isoformat(), "starts_at": f"{wish.starts_at:%H:%M}"},
    )
    return planning.import_ceremony(
        plan, organisation_id=organisation_id, by=by, demo=demo, import_key=f"template:{key}"
    )


def copy_whole(ceremony_id: str, wish: CopyWish, key: str, *, by: Actor) -> str:
    """A new draft for another day with all parties, people, agreements, papers, seals and the cue sheet, whatever
    became of this one; asked for twice with one `key` it is one. Raises NotFound, Conflict `rehearsal_not_copied`."""
    ceremony = queries.get_ceremony(ceremony_id)
    if ceremony.is_rehearsal:
        raise Conflict("rehearsal_not_copied")
    on = datetime.combine(wish.held_on, wish.starts_at, ZoneInfo(ceremony.host_timezone))
    return planning.import_ceremony(
        plan_writing.whole_plan(ceremony, on),
        organisation_id=ceremony.organisation_id,
        by=by,
        demo=ceremony.is_demo,
        import_key=f"whole:{key}",
        papers_of={each.key: each.id for each in agreements.list_agreements(ceremony_id)},
    )
