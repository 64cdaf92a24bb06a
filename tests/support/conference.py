"""A small conference in two cities and online, as a file has it; and the example that ships."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import Any

from core import clock, paths
from core.audit import Actor
from core.db import db
from events.conferences import planning, publishing, queries
from events.conferences.plan_file import ConferenceFile
from events.registration.service import Registering

ORGANISER = Actor("account", "acc_organiser")
_PLAN: dict[str, Any] = {
    "title": {"zh-CN": "样例双城大会", "en": "Sample conference"},
    "date": "2026-07-01",
    "timezone": "Asia/Shanghai",
    "travel_minutes": 90,
    "audiences": [
        {"key": "company", "name": {"zh-CN": "企业", "en": "Companies"}},
        {"key": "guest", "name": {"zh-CN": "嘉宾", "en": "Guests"}, "needs_approval": True},
    ],
    "venues": [
        {
            "key": "chengdu",
            "name": {"zh-CN": "成都会场", "en": "Chengdu hall"},
            "city": {"zh-CN": "成都", "en": "Chengdu"},
            "address": {"zh-CN": "样例路 1 号"},
            "doors": [{"key": "east", "name": {"zh-CN": "东门", "en": "East"}}, {"key": "west", "name": "西门"}],
            "places": {"company": 50, "guest": 5},
        },
        {
            "key": "london",
            "name": {"zh-CN": "伦敦会场", "en": "London hall"},
            "city": {"zh-CN": "伦敦", "en": "London"},
            "timezone": "Europe/London",
            "places": {"company": 20},
        },
        {
            "key": "cloud",
            "kind": "online",
            "name": {"zh-CN": "云上会场", "en": "Cloud room"},
            "feeds": [{"title": "主画面", "kind": "hls", "url": "https://live.example/secret.m3u8"}],
            "places": {"company": 1000},
        },
    ],
    "speakers": [
        {"key": "speaker_a", "name": {"zh-CN": "样例甲", "en": "Sample A"}, "title": {"zh-CN": "主任"}},
        {"key": "speaker_b", "name": {"zh-CN": "样例乙", "en": "Sample B"}},
    ],
    "agenda": [
        {
            "key": "opening",
            "title": {"zh-CN": "开幕", "en": "Opening"},
            "venues": ["chengdu", "london", "cloud"],
            "starts": "15:00",
            "ends": "15:30",
            "speakers": ["speaker_a"],
        },
        {
            "key": "talk",
            "title": {"zh-CN": "演讲", "en": "Talk"},
            "venues": ["chengdu"],
            "starts": "15:30",
            "ends": "16:30",
            "speakers": ["speaker_a"],
            "materials": [{"title": "讲稿", "url": "https://files.example/talk.pdf"}],
        },
        {
            "key": "tea",
            "title": {"zh-CN": "茶歇", "en": "Tea"},
            "venues": ["london"],
            "starts": "08:30",
            "ends": "09:00",
        },
    ],
}


def plan() -> dict[str, Any]:
    """The small one, to be changed as a test likes."""
    return copy.deepcopy(_PLAN)


def example() -> dict[str, Any]:
    """The one that ships."""
    data: dict[str, Any] = json.loads((paths.examples() / "twin-city-conference.json").read_text(encoding="utf-8"))
    return data


def keep(
    data: dict[str, Any] | None = None, *, organisation_id: str = "org_sample", by: Actor = ORGANISER
) -> queries.ConferenceView:
    """Imported as a draft, inside an application context."""
    read = ConferenceFile.read(data or plan())
    conference_id = planning.import_conference(read, organisation_id=organisation_id, by=by, demo=False)
    return view(conference_id)


def keep_open(
    data: dict[str, Any] | None = None, *, in_days: int = 30, organisation_id: str = "org_sample", by: Actor = ORGANISER
) -> queries.ConferenceView:
    """Imported and published, so many days before its day: people can register."""
    data = data or plan()
    data["date"] = (clock.now() + timedelta(days=in_days)).date().isoformat()
    conference = keep(data, organisation_id=organisation_id, by=by)
    publishing.publish(conference.id, by=by)
    return view(conference.id)


def someone(
    conference: queries.ConferenceView,
    number: int = 1,
    *,
    venue: str = "chengdu",
    audience: str = "company",
    **named: Any,
) -> Registering:
    """Who wants to come: each number is another person."""
    values = {"name": f"样例{number}", "email": f"person{number}@example.com", **named}
    return Registering(audience_id=conference.audience(audience).id, venue_id=conference.venue(venue).id, **values)


def view(conference_id: str) -> queries.ConferenceView:
    """As it is in the database now."""
    db.session.remove()
    found = queries.get_conference(conference_id)
    db.session.remove()
    return found
