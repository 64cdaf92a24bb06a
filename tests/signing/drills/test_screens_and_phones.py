"""Drops of the monitor, of observers and of a phone that draws are practised like all others."""

from __future__ import annotations

import pytest
from flask import g
from flask.testing import FlaskClient

from core import i18n, live
from core.db import db
from core.errors import Conflict, Invalid
from signing.ceremonies import observing, stage
from signing.ceremonies import queries as ceremonies
from signing.cues import monitor
from signing.drawpads import queries as pads
from signing.drawpads import service as pad_service
from signing.drills import board, forms, queries, service
from signing.drills.rules import Aim, Page, Place, Said, Stroke, Target, Word
from signing.reports import board as report
from signing.reports import figures
from signing.screens import link_service
from signing.screens.link_service import Screen
from tests.signing.drawpads.test_drawpads import seat_of
from tests.signing.drills.test_drills import begin, newest, played, seat, tell
from tests.signing.drills.test_drills import page as computer
from tests.support import ceremony
from tests.support.ceremony import ADDRESS, HOST
from tests.support.pages import csrf_token
from tests.support.quick import Quick

MONITOR, OBSERVER = Page(Place.MONITOR, "monitor"), Page(Place.OBSERVER, "0")


@pytest.fixture
def rehearsal(invited: Quick) -> Quick:
    return played(invited)


@pytest.fixture
def pad(rehearsal: Quick) -> str:
    """A phone draws for the first seat; its pad."""
    ceremony.enter(rehearsal.people["party_a"])
    seat_id, proof = seat_of(rehearsal, "party_a")
    _, token = pad_service.offer(seat_id, proof_id=proof)
    pad_id, _ = pad_service.join(token, address=ADDRESS)
    db.session.rollback()
    return pad_id


def phone(rehearsal: Quick, pad_id: str = "pad") -> Page:
    return Page(Place.PHONE, pad_id, seat_id=rehearsal.people["party_a"].seat_id)


def of_phone(rehearsal: Quick) -> Aim:
    return Aim(Target.PHONE, seat_id=rehearsal.people["party_a"].seat_id)


def test_each_is_cut_off_alone(rehearsal: Quick, pad: str) -> None:
    pages = {
        Target.MONITOR: MONITOR,
        Target.OBSERVER: OBSERVER,
        Target.PHONE: phone(rehearsal),
        Target.SEAT: computer(rehearsal),
    }
    for target, page in pages.items():
        aim = of_phone(rehearsal) if target is Target.PHONE else Aim(target)
        drill_id = begin(rehearsal, seat(rehearsal) if target is Target.SEAT else aim)
        found = {each for each, other in pages.items() if queries.find_for(rehearsal.id, other)}
        assert found == {target}
        assert queries.find_for(rehearsal.id, page).id == drill_id  # type: ignore[union-attr]
        service.end(rehearsal.id, drill_id, by=HOST)


def test_where_the_server_is_said_to_be_gone_they_are_cut_off_too(rehearsal: Quick, pad: str) -> None:
    before = {name: live.find_seq(name) for name in (monitor.channel(rehearsal.id), pads.channel(pad))}
    begin(rehearsal, Aim(Target.SERVER))
    assert all(queries.find_for(rehearsal.id, each) for each in (MONITOR, OBSERVER, phone(rehearsal)))
    assert all(live.find_seq(name) > seq for name, seq in before.items()), "monitor and phone hear of it"


def test_where_no_phone_draws_none_is_cut_off(rehearsal: Quick) -> None:
    with pytest.raises(Conflict, match="drill_no_phone"):
        begin(rehearsal, of_phone(rehearsal))
    assert queries.list_drills(rehearsal.id) == []


def test_an_observers_return_is_kept(rehearsal: Quick) -> None:
    drill_id = begin(rehearsal, Aim(Target.OBSERVER))
    tell(rehearsal, drill_id, Said.CUT, OBSERVER)
    tell(rehearsal, drill_id, Said.BACK, OBSERVER, right=1_900)
    assert newest(rehearsal).is_well
    assert [each.right_ms for each in newest(rehearsal).pages] == [1_900]


@pytest.mark.parametrize(
    ("stroke", "state", "zh", "en"),
    [
        (Stroke.KEPT, "well", "笔迹保留", "the drawing was kept"),
        (Stroke.ANEW, "anew", "笔迹须重新书写", "to be drawn once more"),
    ],
)
def test_result_and_report_say_whether_the_drawing_was_kept(
    rehearsal: Quick, pad: str, stroke: Stroke, state: str, zh: str, en: str
) -> None:
    drill_id = begin(rehearsal, of_phone(rehearsal))
    tell(rehearsal, drill_id, Said.CUT, phone(rehearsal))
    service.end(rehearsal.id, drill_id, by=HOST)
    service.note(rehearsal.id, phone(rehearsal), Word(drill_id, "page-one", Said.BACK, 400, stroke))
    found = ceremonies.get_ceremony(rehearsal.id)
    for language, words in (("zh-CN", zh), ("en", en)):
        with rehearsal.app.test_request_context(), i18n.use_locale(language):
            [row] = board.rows(found, queries.list_drills(rehearsal.id))
            assert (row["state"], words in row["pages"][0]["said"]) == (state, True)
            section = next(each for each in report.page(figures.read(found))["sections"] if each["id"] == "drills")
            assert words in section["tables"][0]["rows"][0]["drill-came"]


def test_nobody_but_a_phone_says_what_became_of_a_drawing(rehearsal: Quick) -> None:
    drill_id = begin(rehearsal, Aim(Target.MONITOR))
    tell(rehearsal, drill_id, Said.CUT, MONITOR)
    service.note(rehearsal.id, MONITOR, Word(drill_id, "page-one", Said.BACK, 400, Stroke.ANEW))
    assert newest(rehearsal).is_well


def test_the_page_of_drills_has_the_phone_behind_its_seat_once_it_draws(rehearsal: Quick) -> None:
    with rehearsal.app.test_request_context():
        found = ceremonies.get_ceremony(rehearsal.id)
        screens = ["stage", "monitor", "observer", "host", "server"]
        kinds = [row["target"] for row in board.page(found, account_id="acc")["targets"]]
        assert kinds == ["seat", "seat", "seat", *screens]
    ceremony.enter(rehearsal.people["party_a"])
    seat_id, proof = seat_of(rehearsal, "party_a")
    _, token = pad_service.offer(seat_id, proof_id=proof)
    seq = live.find_seq(f"ceremony:{rehearsal.id}")
    pad_service.join(token, address=ADDRESS)
    assert live.find_seq(f"ceremony:{rehearsal.id}") > seq, "the host's page reads itself again"
    with rehearsal.app.test_request_context():
        rows = board.page(found, account_id="acc")["targets"]
        assert [row["target"] for row in rows] == ["seat", "phone", "seat", "seat", *screens]
        assert rows[1]["seat"] == seat_id


def test_what_is_no_word_of_a_drawing_is_left_out_and_a_phone_needs_its_seat() -> None:
    word = {"drill": "drl_12345678", "page": "page-one", "said": "back"}
    for wrong in ("lost", 7, None, ["kept"], {}):
        assert forms.read_word({**word, "stroke": wrong}).stroke is None
    assert forms.read_word({**word, "stroke": "anew"}).stroke is Stroke.ANEW
    with pytest.raises(Invalid):
        forms.read_begin({"target": "phone", "seconds": 10}, account_id="acc")
    assert forms.read_begin({"target": "phone", "seat": "sea_12345678", "seconds": 10}, account_id="acc")[0] == Aim(
        Target.PHONE, seat_id="sea_12345678"
    )


def _screens(client: FlaskClient, world: Quick) -> list[str]:
    """Opens the links of monitor and observer; returns the pages that these lead to."""
    links = {Screen.MONITOR: "/monitor/open/", Screen.OBSERVE_TWO_MINUTES: "/observe/120/open/"}
    found = []
    for screen, path in links.items():
        token = link_service.make_link(world.id, screen, by=HOST)
        db.session.remove()
        found.append(client.get(f"{path}{token}").headers["Location"])
    return found


def test_monitor_and_observer_ask_in_a_rehearsal_alone_and_are_heard(
    rehearsal: Quick, invited: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observing, "find_state", lambda ceremony_id, _: _now(ceremony_id))
    client = rehearsal.app.test_client()
    pages = _screens(client, rehearsal)
    assert all("data-drill=" in client.get(path).text for path in pages)
    assert not any("data-drill=" in client.get(path).text for path in _screens(client, invited))
    for target, path, place in zip(("monitor", "observer"), pages, (Place.MONITOR, Place.OBSERVER), strict=True):
        assert client.get(f"{path}/drill").get_json() == {"drill": None}
        drill_id = begin(rehearsal, Aim(Target(target)), seconds=60)
        db.session.remove()
        assert client.get(f"{path}/drill").get_json()["drill"]["id"] == drill_id
        word = {"drill": drill_id, "page": "page-one", "said": "cut"}
        g.pop("csrf_token", None)  # the test's own context outlives the requests, and would keep an older one
        headers = {"X-CSRFToken": csrf_token(client)}
        assert client.post(f"{path}/drill", json=word, headers=headers).status_code == 200
        assert [each.place for each in newest(rehearsal).pages] == [place]


def _now(ceremony_id: str) -> dict[str, object]:
    return {**stage.state(ceremony_id), "style": "", "theme": "dark"}


def test_a_phone_asks_and_tells_for_its_own_pad(rehearsal: Quick) -> None:
    ceremony.enter(rehearsal.people["party_a"])
    seat_id, proof = seat_of(rehearsal, "party_a")
    _, token = pad_service.offer(seat_id, proof_id=proof)
    db.session.remove()
    client = rehearsal.app.test_client()
    client.get(f"/draw/open/{token}")
    form = {"csrf_token": csrf_token(client)}
    path = client.post(f"/draw/open/{token}", data=form).headers["Location"]
    assert "data-drill=" in client.get(path).text
    drill_id = begin(rehearsal, of_phone(rehearsal), seconds=60)
    db.session.remove()
    assert client.get(f"/api{path}/drill").get_json()["drill"]["id"] == drill_id
    headers = {"X-CSRFToken": csrf_token(client)}
    for word in ({"said": "cut"}, {"said": "back", "right_ms": 5, "stroke": "kept"}):
        told = {"drill": drill_id, "page": "page-one", **word}
        assert client.post(f"/api{path}/drill", json=told, headers=headers).status_code == 200
    assert [(each.seat_id, each.stroke) for each in newest(rehearsal).pages] == [(seat_id, Stroke.KEPT)]
    assert rehearsal.app.test_client().get(f"/api{path}/drill").status_code == 403
