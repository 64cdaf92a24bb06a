"""The look of a ceremony's screens: a colour that can be read, an emblem that was drawn anew, told and written down."""

from __future__ import annotations

import io
import itertools
import json
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from accounts.rules import Role
from core import audit, live, storage
from core.db import db
from core.errors import Refusal
from signing.ceremonies import copying, stage
from signing.ceremonies import service as ceremonies
from signing.screens import queries, rules, service
from signing.screens.rules import Theme
from tests.support import apps
from tests.support.ceremony import HOST
from tests.support.quick import Quick
from tests.support.rehearsal import WISH, rehearse

COLOURS = ("#000000", "#ffffff", "#c8102e", "#ffde00", "#1f4e9c", "#777777", "#0b4a50", "#ff00ff")


def picture(width: int = 300, height: int = 120, *, kind: str = "PNG") -> bytes:
    about = PngImagePlugin.PngInfo()
    about.add_text("Author", "somebody")
    out = io.BytesIO()
    more = {"pnginfo": about} if kind == "PNG" else {}
    Image.new("RGB", (width, height), "#c8102e").save(out, kind, **more)
    return out.getvalue()


def change(
    world: Quick, colour: str = "", theme: Theme = Theme.DARK, data: bytes | None = None, *, away: bool = False
) -> None:
    service.change_look(world.id, colour=colour, theme=theme, picture=data, remove_emblem=away, by=HOST)


def last(world: Quick) -> dict[str, Any]:
    return dict(json.loads(list(audit.list_lines(world.id))[-1]))


def test_a_rehearsal_and_what_becomes_of_a_called_off_ceremony_look_as_it_does(invited: Quick) -> None:
    change(invited, "#c8102e", Theme.LIGHT, picture())
    look = queries.get_look(invited.id)
    rehearsal = rehearse(invited.id)
    ceremonies.cancel(invited.id, reason="改期", by=HOST)
    again = copying.copy_unsigned(invited.id, WISH, by=HOST)
    for made in (rehearsal, again):
        assert queries.get_look(made) == look
        assert "look.changed" in [json.loads(line)["action"] for line in audit.list_lines(made)]
    change(invited, "#1f4e9c")
    assert queries.get_look(rehearsal) == look, "from then on each has its own"


@pytest.mark.parametrize(("colour", "theme"), itertools.product(COLOURS, Theme))
def test_any_colour_is_legible_on_every_ground_of_both_themes(colour: str, theme: Theme) -> None:
    made = rules.tones(colour, theme)
    for ground in ("ground", "glow", "card", "card-on"):
        assert rules.contrast(made.values["gold"], made.values[ground]) >= rules.LEAST_CONTRAST
        assert rules.contrast(made.values["soft"], made.values[ground]) >= rules.LEAST_CONTRAST
    assert rules.contrast(made.values["on-gold"], made.values["gold"]) >= rules.LEAST_CONTRAST
    assert made.corrected == (made.accent != colour)


def test_what_was_legible_stays_as_it_was() -> None:
    assert rules.tones("#ffde00", Theme.DARK).accent == "#ffde00"
    assert rules.tones("#1f4e9c", Theme.LIGHT).accent == "#1f4e9c"


def test_a_look_reaches_the_stage_and_stands_in_the_trail(drafted: Quick) -> None:
    seq = live.find_seq(stage.channel(drafted.id))
    change(drafted, "#c8102e", Theme.LIGHT, picture())
    look = queries.get_look(drafted.id)
    assert (look.colour, look.theme, look.seq) == ("#c8102e", Theme.LIGHT, 1)
    assert stage.state(drafted.id)["look"] == {"seq": 1, "emblem_url": look.emblem_url}
    assert live.find_seq(stage.channel(drafted.id)) == seq + 1
    entry = last(drafted)
    assert entry["action"] == "look.changed"
    assert (entry["data"]["colour"], entry["data"]["emblem"]) == ("#c8102e", look.emblem_digest)
    change(drafted, "#c8102e", Theme.LIGHT)
    assert last(drafted) == entry
    change(drafted, "", Theme.DARK, away=True)
    assert queries.get_look(drafted.id).emblem_digest is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_an_emblem_is_drawn_anew_and_keeps_nothing_but_its_pixels(drafted: Quick, kind: str) -> None:
    change(drafted, data=picture(2000, 900, kind=kind))
    digest = queries.get_look(drafted.id).emblem_digest
    assert digest
    with Image.open(io.BytesIO(storage.read(digest))) as kept:
        assert (kept.format, kept.size, kept.info) == ("PNG", (800, 360), {})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "emblem_kind"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "emblem_broken"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 4_000_001, "emblem_too_large"),
        (picture(20, 20), "emblem_size"),
    ],
    ids=["svg", "broken", "large", "tiny"],
)
def test_what_is_no_emblem_is_refused_by_name_and_changes_nothing(drafted: Quick, data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        change(drafted, "#c8102e", data=data)
    assert refused.value.code == code
    db.session.remove()
    assert queries.get_look(drafted.id) == queries.Look()


def test_the_page_says_what_was_corrected_and_the_preview_is_the_stage(drafted: Quick) -> None:
    account = apps.add_account(drafted.app, Role.HOST, organisation_id=drafted.played.organisation_id)
    client = apps.sign_in(drafted.app, account)
    change(drafted, "#c8102e", data=picture())
    page = client.get(f"/ceremonies/{drafted.id}/look").text
    assert 'id="corrected-dark"' in page
    assert 'id="corrected-light"' not in page
    shown = client.get(f"/ceremonies/{drafted.id}/look/preview?theme=light")
    assert "stage-light" in shown.text
    assert rules.tones("#c8102e", Theme.LIGHT).values["card-on"] in shown.text
    emblem = queries.get_look(drafted.id).emblem_url
    assert emblem
    assert client.get(emblem).mimetype == "image/png"
    assert drafted.app.test_client().get(f"/emblems/{'0' * 64}.png").status_code == 404
