"""What a conference is planned to be, its states, and who on its team may do what: pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from core.errors import Conflict, Forbidden
from core.values import Texts

YEARS = range(2000, 2100)  # in which conferences are held
LONGEST_TITLE = 160  # characters, here and below
LONGEST_NAME = 80
LONGEST_CITY = 40
LONGEST_ADDRESS = 200
LONGEST_TEXT = 4000
LONGEST_URL = 500
MOST_VENUES = 12
MOST_DOORS = 20
MOST_FEEDS = 8
MOST_AUDIENCES = 12
MOST_SPEAKERS = 200
MOST_ITEMS = 300
MOST_PARTNERS = 60
MOST_MATERIALS = 20
MOST_PLACES = 100_000  # of one audience in one venue
MOST_DAYS = 31
MOST_PAIRS = MOST_VENUES * (MOST_VENUES - 1) // 2
MOST_TRAVEL = 24 * 60  # minutes
MOST_DEMO_COMPANIES = 220
_URL = re.compile(r"https?://[^\s/$.?#][^\s]*", re.IGNORECASE)


class ConferenceKind(StrEnum):
    """What people gather for; each kind has a template."""

    INVESTMENT = "investment"
    LAUNCH = "launch"
    GROUNDBREAKING = "groundbreaking"
    RALLY = "rally"
    TRAINING = "training"
    SIGNING = "signing"


class ConferenceState(StrEnum):
    """Where a conference stands; that its days are over is told by the calendar, not by a state."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class ConferenceAction(StrEnum):
    """What changes a conference."""

    EDIT = "edit"
    PUBLISH = "publish"
    CANCEL = "cancel"


class VenueKind(StrEnum):
    """A hall in a city, or a room online."""

    ONSITE = "onsite"
    ONLINE = "online"


class FeedKind(StrEnum):
    """How the picture of an online room is played."""

    HLS = "hls"
    FRAME = "frame"
    LINK = "link"


class Duty(StrEnum):
    """What somebody on a conference's team does."""

    LEAD = "lead"  # plans everything, publishes, chooses the team
    VENUE = "venue"  # plans one venue and what happens in it alone
    CLERK = "clerk"  # stands at one door


_NEXT: Mapping[tuple[ConferenceState, ConferenceAction], ConferenceState] = {
    (ConferenceState.DRAFT, ConferenceAction.EDIT): ConferenceState.DRAFT,
    (ConferenceState.DRAFT, ConferenceAction.PUBLISH): ConferenceState.PUBLISHED,
    (ConferenceState.DRAFT, ConferenceAction.CANCEL): ConferenceState.CANCELLED,
    (ConferenceState.PUBLISHED, ConferenceAction.EDIT): ConferenceState.PUBLISHED,
    (ConferenceState.PUBLISHED, ConferenceAction.PUBLISH): ConferenceState.PUBLISHED,
    (ConferenceState.PUBLISHED, ConferenceAction.CANCEL): ConferenceState.CANCELLED,
}


def change(state: ConferenceState, action: ConferenceAction) -> ConferenceState:
    """The state after an action; raises Conflict `conference_cancelled`."""
    after = _NEXT.get((state, action))
    if after is None:
        raise Conflict("conference_cancelled")
    return after


def may(state: ConferenceState, action: ConferenceAction) -> bool:
    """Whether the state allows an action."""
    return (state, action) in _NEXT


@dataclass(frozen=True)
class Door:
    """One entrance, at which somebody checks people in."""

    key: str
    name: Texts


@dataclass(frozen=True)
class Feed:
    """One picture of an online room."""

    title: str
    kind: FeedKind
    url: str


@dataclass(frozen=True)
class Material:
    """Something to be read or downloaded, elsewhere."""

    title: str
    url: str


@dataclass(frozen=True)
class AudiencePlan:
    """A kind of people who come; `needs_approval`: somebody decides on each registration."""

    key: str
    name: Texts
    needs_approval: bool = False


@dataclass(frozen=True)
class VenuePlan:
    """A hall or an online room; `places` by the key of an audience."""

    key: str
    kind: VenueKind
    name: Texts
    city: Texts
    address: Texts
    timezone: str
    stage: str = ""
    doors: tuple[Door, ...] = ()
    feeds: tuple[Feed, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Contact:
    """Where somebody is told of changes, and in which language; never published. Without an address nobody is."""

    email: str = ""
    locale: str = "zh-CN"


@dataclass(frozen=True)
class SpeakerPlan:
    """Who speaks."""

    key: str
    name: Texts
    title: Texts
    organisation: Texts
    contact: Contact = Contact()


@dataclass(frozen=True)
class Appearance:
    """In which of an item's venues a speaker stands, both by key."""

    speaker: str
    venue: str


@dataclass(frozen=True)
class ItemPlan:
    """One agenda item, in one venue or joint over several; the times are instants."""

    key: str
    title: Texts
    abstract: Texts
    starts_at: datetime
    ends_at: datetime
    venues: tuple[str, ...]
    speakers: tuple[Appearance, ...] = ()
    materials: tuple[Material, ...] = ()


@dataclass(frozen=True)
class Travel:
    """How long the way between two venues (by key) takes; the same both ways."""

    venues: tuple[str, str]
    minutes: int


@dataclass(frozen=True)
class ConferenceFacts:
    """The conference itself; `travel_minutes` from a hall in one city to a hall in another, where `travel` names no
    time of that pair's own."""

    title: Texts
    kind: ConferenceKind
    purpose: Texts
    timezone: str
    starts_on: date
    ends_on: date
    travel_minutes: int
    partners: tuple[Texts, ...] = ()
    travel: tuple[Travel, ...] = ()
    partner_contacts: tuple[Contact, ...] = ()  # as many as there are partners, or none at all


@dataclass(frozen=True)
class ConferencePlan:
    """A whole conference, as read from a file or made from a template."""

    facts: ConferenceFacts
    audiences: tuple[AudiencePlan, ...]
    venues: tuple[VenuePlan, ...]
    speakers: tuple[SpeakerPlan, ...]
    items: tuple[ItemPlan, ...]
    source: str = ""
    demo: bool = False
    demo_companies: int = 0


@dataclass(frozen=True)
class Membership:
    """One person's duty on a team; `venue_id` of who plans a venue, `door_id` of who stands at a door."""

    duty: Duty
    venue_id: str = ""
    door_id: str = ""


@dataclass(frozen=True)
class Rights:
    """What somebody may do with one conference; `venues` are ids, None stands for all of them."""

    reads: bool = False
    leads: bool = False
    venues: frozenset[str] | None = frozenset()
    doors: frozenset[str] | None = frozenset()

    @property
    def plans(self) -> bool:
        """Whether there is anything that they may change."""
        return self.venues is None or bool(self.venues)

    def may_plan(self, venue_ids: Iterable[str]) -> bool:
        """Whether what stands in exactly these venues is theirs to change; what stands nowhere is the leads'."""
        asked = set(venue_ids)
        return self.venues is None or (bool(asked) and asked <= self.venues)

    def check_plans(self, venue_ids: Iterable[str]) -> None:
        """Raises Forbidden `not_your_venue`."""
        if not self.may_plan(venue_ids):
            raise Forbidden("not_your_venue")


EVERYTHING = Rights(reads=True, leads=True, venues=None, doors=None)


def rights(
    memberships: Collection[Membership],
    *,
    administers: bool = False,
    organises: bool = False,
    clerks: bool = False,
    audits: bool = False,
) -> Rights:
    """From the roles of an account and its duties on the team: a duty without its role counts for nothing."""
    duties = {each.duty for each in memberships}
    if administers or (organises and Duty.LEAD in duties):
        return EVERYTHING
    venues = frozenset(each.venue_id for each in memberships if each.duty is Duty.VENUE) if organises else frozenset()
    doors = frozenset(each.door_id for each in memberships if each.duty is Duty.CLERK) if clerks else frozenset()
    return Rights(reads=audits or bool(venues), venues=venues, doors=doors)


def is_url(text: str) -> bool:
    """Whether a text is an address that a browser opens."""
    return _URL.fullmatch(text) is not None


def keep_doors(before: Sequence[Door], after: Sequence[Door]) -> list[Door]:
    """`after` with keys: a name that was there is the same door, a new name in an old one's place renames it."""
    left = {door.key: door for door in before}
    kept: dict[int, str] = {}
    for number, door in enumerate(after):
        same = door.key or next((key for key, each in left.items() if each.name == door.name), "")
        if same in left or door.key:
            kept[number] = same
            left.pop(same, None)
    for number in range(len(after)):
        if number not in kept and number < len(before) and before[number].key in left:
            kept[number] = left.pop(before[number].key).key
    free = (f"door_{n}" for n in range(1, 1000) if f"door_{n}" not in {*(d.key for d in before), *kept.values()})
    return [Door(kept.get(number) or next(free), door.name) for number, door in enumerate(after)]
