"""How a cue sheet follows a plan that was changed after it was made: pure but for the texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView
from signing.cues.queries import CueView
from signing.cues.rules import PLANNED_LENGTH, CueKind, CuePlan, CueState
from signing.cues.suggesting import signing_title

_ENDING = (CueKind.PHOTOGRAPH, CueKind.CLOSING)


@dataclass(frozen=True)
class Place:
    """One cue as it is to be: `id` is empty where it is new, `fixed` where it is live or done."""

    id: str
    plan: CuePlan
    fixed: bool
    skipped: bool

    @property
    def calls(self) -> tuple[str, ...]:
        """What can be signed on it; nothing on a cue that is skipped."""
        return () if self.skipped else self.plan.agreements

    @property
    def is_open(self) -> bool:
        """Whether a signing cue that can be given more to call."""
        return not self.fixed and not self.skipped and self.plan.kind is CueKind.SIGNING


@dataclass(frozen=True)
class Astray:
    """Where a sheet and its plan are not at one: agreements that no cue calls, agreements that are called before what
    they come after, and how many cues call what left the plan."""

    uncalled: tuple[AgreementView, ...]
    early: tuple[AgreementView, ...]
    gone: int


def astray(cues: Sequence[CueView], found: Sequence[AgreementView]) -> Astray:
    """What `follow` would put right; `found` in the order of the plan."""
    places, known = _places(cues), {each.id for each in found}
    return Astray(
        uncalled=tuple(each for each in found if not each.is_over and _at(places, each.id) is None),
        early=tuple(each for each in found if _is_early(places, each)),
        gone=sum(not place.fixed and not known.issuperset(place.calls) for place in places),
    )


def follow(cues: Sequence[CueView], found: Sequence[AgreementView]) -> list[Place]:
    """The sheet as the plan wants it, in order; what is live, done or skipped stays as it is."""
    sheet = _Sheet(_places(cues), {each.id: each for each in found})
    levels = agreements.levels(found)
    for level, row in enumerate(levels):
        for each in row:
            at = _at(sheet.places, each.id)
            if each.is_over or (at is not None and not _is_early(sheet.places, each)):
                continue
            if at is not None:
                sheet.call(at, tuple(one for one in sheet.places[at].plan.agreements if one != each.id))
            sheet.put(each, beside={one.id for one in levels[level]})
    sheet.forget_what_is_gone()
    return sheet.places


@dataclass
class _Sheet:
    places: list[Place]
    known: dict[str, AgreementView]

    def call(self, at: int, wanted: tuple[str, ...]) -> None:
        """Let a cue call these, and give it the title that belongs to them if it had the one that was made."""
        place = self.places[at]
        title = place.plan.title
        if any(title == self._made_title(place.plan.agreements, first=first) for first in (True, False)):
            is_first = not any(each.plan.kind is CueKind.SIGNING for each in self.places[:at])
            title = self._made_title(wanted, first=is_first) or title
        self.places[at] = replace(place, plan=replace(place.plan, agreements=wanted, title=title))

    def _made_title(self, called: Sequence[str], *, first: bool) -> dict[str, str] | None:
        if len(called) == 1 and called[0] not in self.known:
            return None
        return signing_title([self.known.get(each) for each in called], first=first) if called else None

    def put(self, each: AgreementView, *, beside: set[str]) -> None:
        """Call an agreement where others of its row are called, else on a cue of its own behind what it comes after."""
        floor = _floor(self.places, each)
        for at, place in enumerate(self.places):
            if at >= floor and place.is_open and beside.intersection(place.calls):
                return self.call(at, (*place.plan.agreements, each.id))
        plan = CuePlan(CueKind.SIGNING, each.title, PLANNED_LENGTH[CueKind.SIGNING], agreements=(each.id,))
        self.places.insert(self._gap(floor), Place("", plan, fixed=False, skipped=False))
        return None

    def _gap(self, floor: int) -> int:
        fixed = max((at for at, place in enumerate(self.places) if place.fixed), default=-1)
        first = max(floor, fixed) + 1
        if floor >= 0:
            return first
        signing = (at for at, place in enumerate(self.places) if at >= first and place.is_open)
        ending = (at for at, place in enumerate(self.places) if at >= first and place.plan.kind in _ENDING)
        return next(signing, next(ending, len(self.places)))

    def forget_what_is_gone(self) -> None:
        for at, place in enumerate(self.places):
            left = tuple(each for each in place.calls if each in self.known)
            if place.is_open and left != place.calls:
                self.call(at, left)
        self.places = [place for place in self.places if not place.is_open or place.calls]


def _places(cues: Sequence[CueView]) -> list[Place]:
    return [Place(cue.id, cue.plan, not cue.may_change, cue.state is CueState.SKIPPED) for cue in cues]


def _at(places: Sequence[Place], agreement_id: str) -> int | None:
    return next((at for at, place in enumerate(places) if agreement_id in place.calls), None)


def _floor(places: Sequence[Place], each: AgreementView) -> int:
    """On which cue the last of what an agreement comes after is called; -1: on none."""
    return max((at for at in (_at(places, before) for before in each.after) if at is not None), default=-1)


def _is_early(places: Sequence[Place], each: AgreementView) -> bool:
    at = _at(places, each.id)
    return at is not None and not each.is_over and not places[at].fixed and at < _floor(places, each)
