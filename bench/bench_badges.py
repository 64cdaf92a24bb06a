"""Badges with Chinese names, signed and printed ten to a page of A4 by our warm worker."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.common import Result, milliseconds
from core import ids
from events.badges import paper, qr
from events.badges.paper import Badge
from events.badges.qr import BadgePrint
from events.badges.rules import BadgeLayout, Face, colour_of
from events.registration import demo

_TIMES = {1: 10, 100: 3, 500: 2}  # in this order: one badge warms the worker for the others
# Issue 4: 100 badges took Indico 3.3 1.69 s and pretix 2026.8 1.35 s on this class of machine.
LIMITS = {100: 1350.0}
_RIVALS = {100: "Indico 3.3: 1690 ms, pretix 2026.8: 1350 ms (measured apart)"}
_FAMILY, _GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "样例演示安宁清远明川嘉禾"
_AT = datetime(2026, 7, 1, tzinfo=UTC)


def run() -> list[Result]:
    """1, 100 and 500 at once; each is signed, measured, drawn and printed anew."""
    key = Ed25519PrivateKey.generate()
    people = [_face(number) for number in range(max(_TIMES))]
    conference = ids.new("cnf")

    def printed(count: int) -> bytes:
        badges = [
            Badge(face, qr.make(BadgePrint(conference, ids.new("reg"), 1), key_id="00" * 8, sign=key.sign))
            for face in people[:count]
        ]
        return paper.print_badges(badges, BadgeLayout.SHEET_90, title="胸卡", made_at=_AT)

    return [
        Result(
            f"print {count} badge{'s' if count > 1 else ''}, warm",
            milliseconds(lambda count=count: printed(count), times=times, warm=int(count == 1)),  # type: ignore[misc]
            "ms",
            limit=LIMITS.get(count),
            note=_RIVALS.get(count, ""),
        )
        for count, times in _TIMES.items()
    ]


def _face(number: int) -> Face:
    company = demo.companies(demo.MOST)[number % demo.MOST]
    return Face(
        name=f"{_FAMILY[number % 16]}{_GIVEN[number % 12]}{_GIVEN[number // 12 % 12]}",
        organisation=company.name["zh-CN"],
        job_title="总经理",
        audience="企业 Companies",
        colour=colour_of(number),
        venue="成都会场",
        conference="样例双城投资合作大会",
        code=f"K7Q2M{number:03d}",
        is_demo=True,
    )
