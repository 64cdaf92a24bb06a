"""From a registration to what stands on its badge, in the person's own language; and who has which badge."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass

from core import i18n
from core.values import Texts
from events.badges import queries
from events.badges.queries import PrintView
from events.badges.rules import BadgeState, Face, colour_of, state_of
from events.conferences import queries as conferences
from events.conferences.queries import ConferenceView
from events.registration import queries as registrations
from events.registration.queries import RegistrationView
from pdf import scripts


@dataclass(frozen=True)
class Wearer:
    """Somebody who comes, what would stand on their badge now, and its newest print."""

    registration: RegistrationView
    face: Face
    newest: PrintView | None

    @property
    def id(self) -> str:
        """The registration's."""
        return self.registration.id

    @property
    def state(self) -> BadgeState:
        """Whether the badge is printed, and still says what it should."""
        return state_of(self.newest.face_digest if self.newest else None, digest(self.face))

    @property
    def missing(self) -> list[str]:
        """Characters that no font here can draw."""
        return scripts.missing_glyphs("".join(str(each) for each in astuple(self.face)))


def face_of(registration: RegistrationView, conference: ConferenceView) -> Face:
    """What stands on a badge."""
    at = next(n for n, each in enumerate(conference.audiences) if each.id == registration.audience_id)
    venue = next(each for each in conference.venues if each.id == registration.venue_id)
    with i18n.use_locale(registration.locale):
        return Face(
            name=registration.name,
            organisation=registration.company,
            job_title=registration.job_title,
            audience=_both(conference.audiences[at].name),
            colour=colour_of(at),
            venue=i18n.pick(venue.name),
            conference=i18n.pick(conference.title),
            code=registration.code,
            is_demo=registration.is_demo or conference.is_demo,
        )


def _both(name: Texts) -> str:
    """A role in both languages: whoever stands at a door reads one of them."""
    return " ".join(dict.fromkeys(name[each] for each in i18n.LOCALES if name.get(each)))


def digest(face: Face) -> str:
    """SHA-256, hex, over all that stands on it."""
    return hashlib.sha256(json.dumps(astuple(face), ensure_ascii=False).encode()).hexdigest()


def list_wearers(conference: ConferenceView, *, venue_ids: frozenset[str] | None = None) -> list[Wearer]:
    """Everybody who is confirmed (in these venues), in the order of their names. Who is online alone needs no badge."""
    worn = {each.id for each in conference.venues if not each.is_online and (venue_ids is None or each.id in venue_ids)}
    newest = queries.list_newest(conference.id)
    return [
        Wearer(each, face_of(each, conference), newest.get(each.id))
        for each in registrations.list_admitted(conference.id)
        if each.venue_id in worn
    ]


def choose(conference_id: str, ids: Collection[str]) -> list[Wearer]:
    """Those of these registrations who are confirmed in a hall, in the order of their names."""
    wanted = set(ids)
    found = conferences.get_conference(conference_id)
    return [each for each in list_wearers(found) if each.id in wanted]


def states(wearers: Iterable[Wearer]) -> dict[BadgeState, int]:
    """How many badges stand in each state."""
    counts = dict.fromkeys(BadgeState, 0)
    for each in wearers:
        counts[each.state] += 1
    return counts
