"""What was published, for everybody who has the address: a page, and calendar files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import public
from core import config, i18n, live, tokens
from core.i18n import t
from events.conferences import board, calendar, drafts, version_queries
from events.registration import signup_service as registering

bp = Blueprint("conference_public", __name__, url_prefix="/c")
_STREAM_LIFE = timedelta(hours=24)
_WORDS = ("conference-your-time", "conference-your-zone")
_open = public("what was published is for everybody; drafts and feeds are not in it")


@bp.get("/<code>")
@_open
def show(code: str) -> ResponseReturnValue:
    published = version_queries.get_published(code)
    channel = drafts.public_channel(published.conference_id)
    seq = live.find_seq(channel)
    token = tokens.issue_fleeting("live", channel, expires_in=_STREAM_LIFE)
    zone = published.snapshot["conference"]["timezone"]
    return render_template(
        "conferences/public.html",
        **board.public(published.snapshot),
        preview=None,
        code=code,
        version=published.number,
        published=i18n.format_zoned(published.published_at, zone),
        feed=f"{config.settings().base_url}/c/{code}.ics?lang={i18n.current()}",
        places=registering.list_places_left(code),
        live_url=f"/live/{token}",
        live_seq=seq,
        messages={name: t(name, time="{time}", zone="{zone}") for name in _WORDS},
        demo=published.is_demo,
    )


@bp.get("/<code>.ics")
@_open
def download_calendar(code: str) -> ResponseReturnValue:
    return _file(calendar.of_conference, code)


@bp.get("/<code>/venues/<key>.ics")
@_open
def download_venue(code: str, key: str) -> ResponseReturnValue:
    return _file(calendar.of_venue, code, key)


@bp.get("/<code>/agenda/<key>.ics")
@_open
def download_item(code: str, key: str) -> ResponseReturnValue:
    return _file(calendar.of_item, code, key)


def _file(make: Callable[..., bytes], code: str, *keys: str) -> Response:
    """In the language of `?lang=`, which is part of the address: programs that ask again are told no other one."""
    published = version_queries.get_published(code)
    with i18n.use_locale(request.args.get("lang", i18n.current())):
        content = make(published, *keys)
    response = Response(content, content_type="text/calendar; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=f"{'-'.join((code, *keys))}.ics")
    # Calendars ask again and again; what they see may be a minute old.
    response.headers["Cache-Control"] = "public, max-age=60"
    response.vary.update(["Accept-Language", "Cookie"])
    response.add_etag()
    response.make_conditional(request)
    return response
