"""The ceremony file's own definition: every key, what it takes, and its limits. Reading and its description use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.i18n import LOCALES
from core.reader import LONGEST_PERSON
from signing.ceremonies.rules import (
    KINDS,
    LONGEST_ORGANISATION,
    LONGEST_PLACE,
    LONGEST_POSITION,
    LONGEST_TITLE,
    TimePolicy,
)
from signing.cues import queries as cues

MAX_PARTIES = 20
MAX_AGREEMENTS = 50
MAX_BETWEEN = 10  # as many as a paper has names for: 甲方 … 癸方
MAX_FILE_BYTES = 500_000
FORMAT = "yunqian-ceremony-1"


class Kind(StrEnum):
    """What a key takes."""

    TEXT = "text"
    LINES = "lines"
    TEXTS = "texts"
    LONG_TEXTS = "long-texts"
    PERSON = "person"
    EMAIL = "email"
    DAY = "day"
    TIME = "time"
    ZONE = "zone"
    CHOICE = "choice"
    MINUTES = "minutes"
    YES_NO = "yes-no"
    MONEY = "money"
    NAME = "name"
    PARTY_NAMES = "party-names"
    AGREEMENT_NAMES = "agreement-names"
    WORDS = "words"
    CUE_MINUTES = "cue-minutes"
    PARTY_NAME = "party-name"
    CUES = "cues"
    PARTIES = "parties"
    AGREEMENTS = "agreements"


@dataclass(frozen=True)
class Key:
    """One key: `limit` in characters, `least` to `most` entries of a list, `default` where it is left out."""

    name: str
    kind: Kind
    required: bool = False
    limit: int = 0
    least: int = 0
    most: int = 0
    options: tuple[str, ...] = ()
    default: str = ""


def _keys(*keys: Key) -> Mapping[str, Key]:
    return {key.name: key for key in keys}


CEREMONY = _keys(
    Key("title", Kind.TEXTS, required=True, limit=LONGEST_TITLE),
    Key("date", Kind.DAY, required=True),
    Key("host_timezone", Kind.ZONE, required=True),
    Key("parties", Kind.PARTIES, required=True, least=2, most=MAX_PARTIES),
    Key("agreements", Kind.AGREEMENTS, required=True, least=1, most=MAX_AGREEMENTS),
    Key("source", Kind.LINES, limit=1000),
    Key("part_of_day", Kind.CHOICE, options=("morning", "afternoon", "evening"), default="morning"),
    Key("starts_at", Kind.TIME),
    Key("limit_minutes", Kind.MINUTES, least=1, most=600, default="15"),
    Key("conference_tool", Kind.TEXT, limit=60),
    Key("time_policy", Kind.CHOICE, options=tuple(TimePolicy), default=TimePolicy.INSTALLATION),
    Key("live_ink", Kind.YES_NO, default="true"),
    Key("planned_investment", Kind.MONEY),
    Key("note", Kind.LINES, limit=4000),
    Key("needs_camera", Kind.YES_NO, default="false"),
    Key("demo", Kind.YES_NO, default="false"),
    Key("cues", Kind.CUES, most=cues.MOST_CUES),
    Key("format", Kind.CHOICE, options=(FORMAT,), default=FORMAT),
)
PARTY = _keys(
    Key("key", Kind.NAME, required=True),
    Key("organisation", Kind.TEXTS, required=True, limit=LONGEST_ORGANISATION),
    Key("representative_title", Kind.TEXTS, required=True, limit=LONGEST_POSITION),
    Key("place", Kind.TEXTS, required=True, limit=LONGEST_PLACE),
    Key("timezone", Kind.ZONE, required=True),
    Key("representative_name", Kind.PERSON, limit=LONGEST_PERSON),
    Key("email", Kind.EMAIL, limit=320),
    Key("locale", Kind.CHOICE, options=LOCALES, default="zh-CN"),
    Key("role", Kind.CHOICE, options=("host", "partner"), default="partner"),
    Key("assumed", Kind.WORDS, limit=40, most=10),
)
AGREEMENT = _keys(
    Key("key", Kind.NAME, required=True),
    Key("title", Kind.TEXTS, required=True, limit=LONGEST_TITLE),
    Key("between", Kind.PARTY_NAMES, required=True, least=2, most=MAX_BETWEEN),
    Key("after", Kind.AGREEMENT_NAMES, required=True, most=MAX_AGREEMENTS),
    Key("kind", Kind.CHOICE, options=KINDS),
    Key("amount", Kind.MONEY),
    Key("assumed", Kind.WORDS, limit=40, most=10),
)
CUE = _keys(
    Key("kind", Kind.CHOICE, required=True, options=cues.CUE_KINDS),
    Key("title", Kind.TEXTS, required=True, limit=cues.LONGEST_TITLE),
    Key("minutes", Kind.CUE_MINUTES, required=True),
    Key("agreements", Kind.AGREEMENT_NAMES, most=MAX_AGREEMENTS),
    Key("place", Kind.PARTY_NAME),
    Key("speaker", Kind.TEXT, limit=cues.LONGEST_TITLE),
    Key("script", Kind.LONG_TEXTS, limit=cues.LONGEST_TEXT),
    Key("stage_text", Kind.TEXTS, limit=cues.LONGEST_STAGE_TEXT),
)
OBJECTS: Mapping[str, Mapping[str, Key]] = {"ceremony": CEREMONY, "party": PARTY, "agreement": AGREEMENT, "cue": CUE}
