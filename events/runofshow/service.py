"""Use cases of planning a show. Each change names the `revision` of the plan that its person looked at."""

from __future__ import annotations

from collections.abc import Sequence

from core import audit, clock, ids, live
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, NotFound
from events.conferences import queries as conferences
from events.conferences.queries import ConferenceView, ItemView
from events.runofshow import queries, rules
from events.runofshow.models import Show, ShowCue, ShowLane
from events.runofshow.rules import CuePlan, CueState, Planned


def make_show(conference_id: str, *, by: Actor) -> None:
    """Make the run-of-show that the agenda suggests: a lane for each venue, a cue for each item; once made, it stays.

    Raises NotFound, Conflict `conference_cancelled`, `show_without_agenda`.
    """
    with transaction():
        # Held, so that two who make it at once make one.
        conferences.take_conference(conference_id)
        conference = _get_editable(conference_id)
        if queries.has_show(conference_id):
            return
        cues = rules.from_agenda([_planned(item, conference) for item in conference.items])
        if not cues:
            raise Conflict("show_without_agenda")
        opens_at = min(cue.starts_at for cue in cues if cue.starts_at)
        db.session.add(Show(conference_id=conference_id, opens_at=opens_at, made_at=clock.now()))
        db.session.flush()
        db.session.add_all(_lane(conference_id, venue.id, needs_ack=not venue.is_online) for venue in conference.venues)
        db.session.add_all(_row(conference_id, position, cue) for position, cue in enumerate(cues))
        db.session.flush()
        subject = Subject("conference", conference_id)
        audit.record(
            conference_id, "show.made", actor=by, subject=subject, cues=len(cues), lanes=len(conference.venues)
        )
        live.publish(queries.channel(conference_id), "show.planned")


def _planned(item: ItemView, conference: ConferenceView) -> Planned:
    names = dict.fromkeys(key for key, _ in item.speakers)
    speakers = [conference.speaker(key).name for key in names]
    spoken = "、".join(each.get("zh-CN") or each.get("en", "") for each in speakers)
    return Planned(
        key=item.key,
        title=item.title,
        lanes=tuple(conference.venue_ids(item.venues)),
        starts_at=item.starts_at,
        ends_at=item.ends_at,
        speaker=spoken[: rules.LONGEST_SPEAKER],
    )


def add_cue(conference_id: str, plan: CuePlan, *, after: str, looked_at: int, by: Actor) -> str:
    """One more cue behind the cue `after` (first of all where that is empty); returns its id.

    Raises NotFound, Conflict `conference_cancelled`, `show_plan_changed`, `show_cue_is_done` before what is live or
    done, `too_many_show_cues`.
    """
    with transaction():
        show, rows = _take(conference_id, looked_at)
        if len(rows) >= rules.MOST_CUES:
            raise Conflict("too_many_show_cues", most=rules.MOST_CUES)
        _check_lanes(conference_id, plan)
        made = _row(conference_id, 0, plan)
        _put(rows, made, after)
        db.session.add(made)
        _changed(show, made, action="show.cue_added", by=by, kind=str(plan.kind))
        return made.id


def change_cue(conference_id: str, cue_id: str, plan: CuePlan, *, looked_at: int, by: Actor) -> None:
    """Say anew what happens on a cue; where its halls change, nobody stands by for it any more.

    Raises NotFound, Conflict as `add_cue`, `show_cue_is_live`.
    """
    with transaction():
        show, _, cue = _take_cue(conference_id, cue_id, looked_at)
        _check_lanes(conference_id, plan)
        wanted = _values(plan)
        changed = [name for name, value in wanted.items() if value != getattr(cue, name)]
        for name in changed:
            setattr(cue, name, wanted[name])
        if "lanes" in changed and cue.state is CueState.STANDBY:
            cue.state, cue.stood_by_at, cue.ready = CueState.PLANNED, None, []
        if changed:
            _changed(show, cue, action="show.cue_changed", by=by, changed=changed)


def move_cue(conference_id: str, cue_id: str, *, after: str, looked_at: int, by: Actor) -> None:
    """Put a cue behind another (first of all where `after` is empty); there already, nothing is done.

    Raises NotFound, Conflict as `change_cue`.
    """
    with transaction():
        show, rows, cue = _take_cue(conference_id, cue_id, looked_at)
        _put([row for row in rows if row is not cue], cue, after)
        if sorted(rows, key=lambda row: row.position) != rows:
            _changed(show, cue, action="show.cue_moved", by=by, position=cue.position + 1)


def remove_cue(conference_id: str, cue_id: str, *, looked_at: int, by: Actor) -> None:
    """Take a cue out of the show. Raises NotFound, Conflict as `change_cue`, `last_show_cue`."""
    with transaction():
        show, rows, cue = _take_cue(conference_id, cue_id, looked_at)
        if len(rows) == 1:
            raise Conflict("last_show_cue")
        db.session.delete(cue)
        for position, row in enumerate(row for row in rows if row is not cue):
            row.position = position
        _changed(show, cue, action="show.cue_removed", by=by, kind=str(cue.kind))


def _get_editable(conference_id: str) -> ConferenceView:
    conference = conferences.get_conference(conference_id)
    if not conference.is_editable:
        raise Conflict("conference_cancelled")
    return conference


def _take(conference_id: str, looked_at: int) -> tuple[Show, list[ShowCue]]:
    """The show and its cues in order to change the plan: nothing is done in its lanes meanwhile."""
    _get_editable(conference_id)
    show = queries.take_show(conference_id)
    rules.check_revision(now_at=show.revision, looked_at=looked_at)
    queries.take_lanes(conference_id)
    return show, queries.list_cues(conference_id)


def _take_cue(conference_id: str, cue_id: str, looked_at: int) -> tuple[Show, list[ShowCue], ShowCue]:
    show, rows = _take(conference_id, looked_at)
    cue = _find_row(rows, cue_id)
    rules.check_to_come(cue.state)
    return show, rows, cue


def _find_row(rows: Sequence[ShowCue], cue_id: str) -> ShowCue:
    for row in rows:
        if row.id == cue_id:
            return row
    raise NotFound("show_cue_not_found")


def _check_lanes(conference_id: str, plan: CuePlan) -> None:
    known = {lane.venue_id for lane in queries.take_lanes(conference_id)}
    if not plan.lanes or not known.issuperset(plan.lanes):
        raise NotFound("lane_not_found")


def _put(rows: Sequence[ShowCue], cue: ShowCue, after: str) -> None:
    """Number the rows anew with `cue` behind `after`; raises NotFound, Conflict `show_cue_is_done`."""
    at = [row.id for row in rows].index(_find_row(rows, after).id) + 1 if after else 0
    # What has run in one of its halls stays before it; what ran in the others may stand behind.
    if any(not rules.is_to_come(row.state) and set(row.lanes) & set(cue.lanes) for row in rows[at:]):
        raise Conflict("show_cue_is_done")
    for position, row in enumerate([*rows[:at], cue, *rows[at:]]):
        row.position = position


def _values(plan: CuePlan) -> dict[str, object]:
    return {
        "kind": plan.kind,
        "title": plan.title,
        "lanes": list(plan.lanes),
        "length_seconds": round(plan.length.total_seconds()),
        "starts_at": plan.starts_at,
        "speaker": plan.speaker,
        "script": plan.script,
        "warn_seconds": round(plan.warn.total_seconds()),
        "danger_seconds": round(plan.danger.total_seconds()),
        "notes": {str(crew): note for crew, note in plan.notes.items()},
        "item_key": plan.item_key,
    }


def _row(conference_id: str, position: int, plan: CuePlan) -> ShowCue:
    return ShowCue(
        id=ids.new("shc"),
        conference_id=conference_id,
        position=position,
        state=CueState.PLANNED,
        ready=[],
        **_values(plan),
    )


def _lane(conference_id: str, venue_id: str, *, needs_ack: bool) -> ShowLane:
    return ShowLane(conference_id=conference_id, venue_id=venue_id, needs_ack=needs_ack, ran=[])


def _changed(show: Show, cue: ShowCue, *, action: str, by: Actor, **data: object) -> None:
    show.revision += 1
    db.session.flush()
    subject = Subject("show_cue", cue.id)
    audit.record(show.conference_id, action, actor=by, subject=subject, revision=show.revision, **data)
    live.publish(queries.channel(show.conference_id), "show.planned")
