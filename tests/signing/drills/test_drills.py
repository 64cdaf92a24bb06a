"""Drops are practised in rehearsals: whose line is cut, what each page tells, and what is kept of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from accounts.rules import Role
from core import audit, clock, i18n
from core.db import db
from core.errors import Conflict, Invalid, NotFound, TooMany
from signing.ceremonies import inviting, rehearsing
from signing.ceremonies import queries as ceremonies
from signing.ceremonies import service as ceremony_service
from signing.drills import board, forms, queries, rules, service
from signing.drills.models import DropDrill
from signing.drills.queries import DrillView
from signing.drills.rules import Aim, Page, Place, Said, Target, Word
from signing.preflight import board as preflight
from signing.presence import rules as presence_rules
from signing.presence import service as presence
from signing.presence.rules import Beat
from signing.reports import board as report
from signing.reports import figures
from tests.support import apps, ceremony
from tests.support.ceremony import HOST
from tests.support.databases import POSTGRESQL
from tests.support.pages import csrf_token
from tests.support.quick import Quick, QuickWorld, played_from, small_papers
from tests.support.rehearsal import rehearse

SCREEN = Page(Place.STAGE, "stage")
STAGE = Aim(Target.STAGE)


def played(world: Quick) -> Quick:
    """A rehearsal of this ceremony, its signers invited, the first one there."""
    made = rehearse(world.id)
    with small_papers():
        inviting.print_and_invite(made, by=HOST)
        ceremony.do_jobs()
    rehearsal = Quick(world.app, played_from(made, world.played.organisation_id))
    come(rehearsal)
    return rehearsal


def come(rehearsal: Quick, party: str = "party_a", device: str = "laptop") -> None:
    beat = Beat(device, presence_rules.Device.COMPUTER, is_proved=True)
    presence.note_beat(rehearsal.people[party].seat_id, beat, link_id="link", address="192.0.2.7")


@pytest.fixture
def rehearsal(invited: Quick) -> Quick:
    return played(invited)


@pytest.fixture
def rehearsal_on_postgresql(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", POSTGRESQL, data_dir) as world:
        yield played(world)


def seat(rehearsal: Quick, party: str = "party_a") -> Aim:
    return Aim(Target.SEAT, seat_id=rehearsal.people[party].seat_id)


def page(rehearsal: Quick, party: str = "party_a", *, is_proved: bool = True) -> Page:
    return Page(Place.SEAT, "laptop", seat_id=rehearsal.people[party].seat_id, is_proved=is_proved)


def begin(rehearsal: Quick, aim: Aim, seconds: int = 30) -> str:
    return service.begin(rehearsal.id, aim, seconds=seconds, by=HOST)


def tell(
    rehearsal: Quick, drill_id: str, said: Said, by: Page, *, key: str = "page-one", right: int | None = 700
) -> None:
    service.note(rehearsal.id, by, Word(drill_id, key, said, right))


def newest(rehearsal: Quick) -> DrillView:
    return queries.list_drills(rehearsal.id)[0]


def actions(rehearsal: Quick) -> list[str]:
    return [json.loads(line)["action"] for line in audit.list_lines(rehearsal.id)]


class TestBegin:
    def test_the_pages_of_the_seat_are_told_and_no_others(self, rehearsal: Quick) -> None:
        drill_id = begin(rehearsal, seat(rehearsal))
        found = queries.find_for(rehearsal.id, page(rehearsal))
        assert found is not None
        assert found.id == drill_id
        assert queries.find_for(rehearsal.id, page(rehearsal, "party_b")) is None
        assert queries.find_for(rehearsal.id, SCREEN) is None

    def test_where_the_server_is_said_to_be_gone_everybody_is_cut_off(self, rehearsal: Quick) -> None:
        begin(rehearsal, Aim(Target.SERVER))
        host = Page(Place.HOST, "acc", account_id="acc")
        assert all(queries.find_for(rehearsal.id, each) for each in (page(rehearsal), SCREEN, host))

    def test_a_host_cuts_off_their_own_pages_and_no_other_hosts(self, rehearsal: Quick) -> None:
        begin(rehearsal, Aim(Target.HOST, account_id="acc_one"))
        assert queries.find_for(rehearsal.id, Page(Place.HOST, "acc_one", account_id="acc_one"))
        assert queries.find_for(rehearsal.id, Page(Place.HOST, "acc_two", account_id="acc_two")) is None

    def test_it_ends_by_itself(self, rehearsal: Quick) -> None:
        now = clock.now()
        begin(rehearsal, STAGE, seconds=10)
        with clock.frozen(now + timedelta(seconds=20)):
            assert queries.find_for(rehearsal.id, SCREEN) is None

    def test_a_real_ceremony_is_never_cut_off(self, invited: Quick) -> None:
        come(invited)
        for aim in (STAGE, Aim(Target.SERVER), seat(invited), Aim(Target.HOST, account_id="acc")):
            with pytest.raises(Conflict, match="drill_only_in_rehearsal"):
                begin(invited, aim)
        assert queries.list_drills(invited.id) == []

    def test_nobody_is_cut_off_before_it_begins_and_after_it_ended(self, invited: Quick) -> None:
        made = rehearse(invited.id, "another")
        with pytest.raises(Conflict, match="drill_not_now"):
            service.begin(made, STAGE, seconds=10, by=HOST)
        over = played(invited)
        rehearsing.discard(over.id, by=HOST)
        with pytest.raises(Conflict, match="drill_not_now"):
            begin(over, STAGE)

    def test_a_line_that_is_cut_is_not_cut_again(self, rehearsal: Quick) -> None:
        begin(rehearsal, seat(rehearsal))
        for aim in (seat(rehearsal), Aim(Target.SERVER)):
            with pytest.raises(Conflict, match="drill_running"):
                begin(rehearsal, aim)
        come(rehearsal, "party_b")
        begin(rehearsal, seat(rehearsal, "party_b"))

    def test_an_empty_seat_and_a_seat_of_elsewhere_are_refused(self, rehearsal: Quick, invited: Quick) -> None:
        with pytest.raises(Conflict, match="drill_nobody_there"):
            begin(rehearsal, seat(rehearsal, "party_c"))
        with pytest.raises(NotFound):
            begin(rehearsal, seat(invited))

    def test_a_host_who_never_stops_is_held_up(self, rehearsal: Quick) -> None:
        for _ in range(60):
            service.end(rehearsal.id, begin(rehearsal, STAGE), by=HOST)
        with pytest.raises(TooMany):
            begin(rehearsal, STAGE)

    @pytest.mark.parametrize(
        "wrong",
        [
            {},
            {"target": "moon", "seconds": 10},
            {"target": "stage", "seconds": 9_999},
            {"target": "seat", "seconds": 10},
            {"target": ["stage"], "seconds": 10},
            {"target": "seat", "seat": "<script>", "seconds": 10},
        ],
    )
    def test_only_what_can_be_chosen_is_taken(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(Invalid):
            forms.read_begin(wrong, account_id="acc")


class TestEnd:
    def test_the_host_ends_it_early_once(self, rehearsal: Quick) -> None:
        drill_id = begin(rehearsal, seat(rehearsal))
        for _ in range(2):
            service.end(rehearsal.id, drill_id, by=HOST)
        assert queries.find_for(rehearsal.id, page(rehearsal)) is None
        assert newest(rehearsal).was_ended
        assert actions(rehearsal).count("drill.ended") == 1

    def test_a_drill_of_another_rehearsal_is_not_there(self, rehearsal: Quick, invited: Quick) -> None:
        drill_id = begin(rehearsal, STAGE)
        with pytest.raises(NotFound):
            service.end(invited.id, drill_id, by=HOST)


class TestWhatPagesTell:
    def test_who_comes_back_with_the_proof_kept_has_come_back_well(self, rehearsal: Quick) -> None:
        drill_id = begin(rehearsal, seat(rehearsal))
        tell(rehearsal, drill_id, Said.CUT, page(rehearsal))
        assert newest(rehearsal).away is None
        tell(rehearsal, drill_id, Said.BACK, page(rehearsal))
        [found] = newest(rehearsal).pages
        assert (found.kept_proof, found.right_ms) == (True, 700)
        assert newest(rehearsal).is_well

    def test_who_has_to_prove_it_again_has_not(self, rehearsal: Quick) -> None:
        drill_id = begin(rehearsal, seat(rehearsal))
        tell(rehearsal, drill_id, Said.CUT, page(rehearsal))
        tell(rehearsal, drill_id, Said.BACK, page(rehearsal, is_proved=False))
        assert not newest(rehearsal).is_well

    def test_a_page_that_is_loaded_anew_is_the_same_page(self, rehearsal: Quick) -> None:
        drill_id = begin(rehearsal, seat(rehearsal))
        for _ in range(2):
            tell(rehearsal, drill_id, Said.CUT, page(rehearsal))
        assert [each.reloads for each in newest(rehearsal).pages] == [1]

    def test_two_devices_of_a_seat_are_two_pages_and_both_have_to_come_back(self, rehearsal: Quick) -> None:
        drill_id = begin(rehearsal, seat(rehearsal))
        for key in ("page-one", "page-two"):
            tell(rehearsal, drill_id, Said.CUT, page(rehearsal), key=key)
        tell(rehearsal, drill_id, Said.BACK, page(rehearsal))
        assert newest(rehearsal).away is None
        tell(rehearsal, drill_id, Said.BACK, page(rehearsal), key="page-two")
        assert newest(rehearsal).is_well

    def test_told_twice_the_first_return_counts(self, rehearsal: Quick) -> None:
        drill_id = begin(rehearsal, STAGE)
        tell(rehearsal, drill_id, Said.CUT, SCREEN)
        tell(rehearsal, drill_id, Said.BACK, SCREEN)
        tell(rehearsal, drill_id, Said.BACK, SCREEN, right=9_000)
        assert newest(rehearsal).pages[0].right_ms == 700

    def test_another_seat_says_nothing_for_this_one(self, rehearsal: Quick) -> None:
        drill_id = begin(rehearsal, seat(rehearsal))
        tell(rehearsal, drill_id, Said.CUT, page(rehearsal, "party_b"))
        assert newest(rehearsal).pages == ()
        tell(rehearsal, drill_id, Said.CUT, page(rehearsal))
        tell(rehearsal, drill_id, Said.BACK, page(rehearsal, "party_b"))
        assert newest(rehearsal).away is None

    def test_another_place_says_nothing_for_a_page_whose_key_it_took(self, rehearsal: Quick) -> None:
        drill_id = begin(rehearsal, Aim(Target.SERVER))
        own = Page(Place.HOST, "account", account_id="acc_1", is_proved=True)
        tell(rehearsal, drill_id, Said.CUT, own)
        for said in Said:
            tell(rehearsal, drill_id, said, Page(Place.STAGE, "stage"))
        [kept] = newest(rehearsal).pages
        assert (kept.back_at, kept.reloads) == (None, 0)
        tell(rehearsal, drill_id, Said.BACK, own)
        assert newest(rehearsal).pages[0].back_at is not None

    def test_more_pages_than_there_can_be_are_dropped(self, rehearsal: Quick) -> None:
        drill_id = begin(rehearsal, STAGE)
        for number in range(rules.MOST_PAGES + 2):
            tell(rehearsal, drill_id, Said.CUT, SCREEN, key=f"page-{number:04}")
        assert len(newest(rehearsal).pages) == rules.MOST_PAGES

    @pytest.mark.parametrize(
        "wrong",
        [
            {},
            {"drill": 7},
            {"drill": "drl_12345678", "page": "x" * 80, "said": "cut"},
            {"drill": "drl_12345678", "page": "page-one", "said": ["cut"]},
            {"drill": "drl_12345678", "page": "page-one", "said": {}},
        ],
    )
    def test_what_is_no_word_is_refused(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(Invalid):
            forms.read_word(wrong)

    def test_a_figure_that_cannot_be_is_left_out(self) -> None:
        word = {"drill": "drl_12345678", "page": "page-one", "said": "back"}
        for wrong in (-1, 10**15, True, "soon", None, 1.5):
            assert forms.read_word({**word, "right_ms": wrong}).right_ms is None
        assert forms.read_word({**word, "right_ms": 12}).right_ms == 12


class TestWhatIsKept:
    def drill(self, rehearsal: Quick) -> None:
        drill_id = begin(rehearsal, seat(rehearsal))
        tell(rehearsal, drill_id, Said.CUT, page(rehearsal))
        service.end(rehearsal.id, drill_id, by=HOST)
        tell(rehearsal, drill_id, Said.BACK, page(rehearsal))

    def test_the_ceremony_that_is_rehearsed_knows_whose_drop_was_practised(
        self, rehearsal: Quick, invited: Quick
    ) -> None:
        assert queries.list_practised(invited.id) == set()
        self.drill(rehearsal)
        assert queries.list_practised(invited.id) == queries.list_practised(rehearsal.id) == {"party_a"}
        with invited.app.test_request_context():
            rows = preflight.seats_of(ceremonies.get_ceremony(invited.id))
        assert [row["practised"] for row in rows] == [True, False, False]

    def test_a_signature_that_was_under_way_counts_once(self, rehearsal: Quick) -> None:
        drill_id = begin(rehearsal, seat(rehearsal))
        tell(rehearsal, drill_id, Said.CUT, page(rehearsal))
        ceremony.enter(rehearsal.people["party_a"])
        ceremony.sign(rehearsal.people["party_a"], rehearsal.first)
        tell(rehearsal, drill_id, Said.BACK, page(rehearsal))
        assert queries.count_signed(rehearsal.id, newest(rehearsal)) == 1
        assert queries.has_each_signature_once(rehearsal.id)

    def test_a_signature_that_the_trail_does_not_have_is_said(self, rehearsal: Quick, monkeypatch: Any) -> None:
        ceremony.enter(rehearsal.people["party_a"])
        ceremony.sign(rehearsal.people["party_a"], rehearsal.first)
        lines = list(audit.list_lines(rehearsal.id))
        signed = next(line for line in lines if '"agreement.signed"' in line)
        for wrong in ([*lines, signed], [line for line in lines if line != signed]):
            monkeypatch.setattr(audit, "list_lines", lambda _, wrong=wrong: iter(wrong))
            assert not queries.has_each_signature_once(rehearsal.id)

    def test_result_and_report_tell_of_it_in_both_languages(self, rehearsal: Quick) -> None:
        self.drill(rehearsal)
        found = ceremonies.get_ceremony(rehearsal.id)
        for language, words in (("zh-CN", "身份验证保留"), ("en", "proof of identity kept")):
            with rehearsal.app.test_request_context(), i18n.use_locale(language):
                [row] = board.rows(found, queries.list_drills(rehearsal.id))
                assert words in row["pages"][0]["said"]
                section = next(each for each in report.page(figures.read(found))["sections"] if each["id"] == "drills")
                assert words in section["tables"][0]["rows"][0]["drill-came"]

    def test_the_trail_tells_who_began_it_and_for_whom(self, rehearsal: Quick) -> None:
        begin(rehearsal, seat(rehearsal), seconds=60)
        entry = next(
            each for each in map(json.loads, audit.list_lines(rehearsal.id)) if each["action"] == "drill.began"
        )
        assert entry["data"] == {"target": "seat", "seconds": 60, "seat": rehearsal.people["party_a"].seat_id}


def client_of(world: Quick) -> FlaskClient:
    host = apps.add_account(world.app, Role.HOST, organisation_id=world.played.organisation_id)
    return apps.sign_in(world.app, host)


class TestPages:
    def test_a_host_cuts_off_a_seat_and_sees_who_is_away(self, rehearsal: Quick) -> None:
        client = client_of(rehearsal)
        path = f"/ceremonies/{rehearsal.id}/drills"
        form = {"target": "seat", "seat": rehearsal.people["party_a"].seat_id, "seconds": "30"}
        form["csrf_token"] = csrf_token(client)
        assert client.post(path, data=form).status_code == 303
        shown = client.get(path)
        assert 'data-drill-state="running"' in shown.text
        again = client.post(path, data=form)
        assert (again.status_code, "refused" in again.text) == (409, True)
        assert client.post(f"{path}/{newest(rehearsal).id}/end", data=form).status_code == 303
        assert not newest(rehearsal).is_running
        assert client.get(f"/ceremonies/{rehearsal.id}/rehearsal").text.count("data-drill-state") == 1

    def test_a_program_cannot_cut_off_the_real_thing(self, invited: Quick) -> None:
        client = client_of(invited)
        headers = {"X-CSRFToken": csrf_token(client)}
        told = client.post(
            f"/api/ceremonies/{invited.id}/drills", json={"target": "server", "seconds": 60}, headers=headers
        )
        assert (told.status_code, told.get_json()["error"]["code"]) == (409, "drill_only_in_rehearsal")
        form = {"target": "stage", "seconds": "60", "csrf_token": csrf_token(client)}
        assert client.post(f"/ceremonies/{invited.id}/drills", data=form).status_code == 409

    def test_only_pages_of_a_rehearsal_ever_ask(self, rehearsal: Quick, invited: Quick) -> None:
        client = client_of(invited)
        for part in ("", "/lobby", "/preflight", "/cues"):
            assert "data-drill=" not in client.get(f"/ceremonies/{invited.id}{part}").text
            assert "data-drill=" in client.get(f"/ceremonies/{rehearsal.id}{part}").text

    def test_a_screen_and_a_seat_hear_whether_they_are_cut_off(self, rehearsal: Quick) -> None:
        token = ceremony_service.stage_link(rehearsal.id, by=HOST)
        db.session.remove()
        screen = rehearsal.app.test_client()
        assert screen.get(f"/stage/open/{token}").status_code == 303
        assert "data-drill=" in screen.get(f"/stage/{rehearsal.id}").text
        assert screen.get(f"/stage/{rehearsal.id}/drill").get_json() == {"drill": None}
        drill_id = begin(rehearsal, STAGE, seconds=60)
        db.session.remove()
        found = screen.get(f"/stage/{rehearsal.id}/drill").get_json()["drill"]
        assert (found["id"], found["end_url"]) == (drill_id, "")
        assert 0 < found["left_ms"] <= 60_000
        word = {"drill": drill_id, "page": "page-one", "said": "cut"}
        headers = {"X-CSRFToken": csrf_token(screen)}
        assert screen.post(f"/stage/{rehearsal.id}/drill", json=word, headers=headers).status_code == 200
        assert [each.place for each in newest(rehearsal).pages] == [Place.STAGE]


class TestTwoHosts:
    """Two hosts begin a drill on one seat at the same moment."""

    def at_once(self, world: Quick, meet: Callable[[], object]) -> list[str]:
        aim = seat(world)
        db.session.remove()

        def start(_: int) -> str:
            with world.app.app_context():
                meet()
                try:
                    service.begin(world.id, aim, seconds=30, by=HOST)
                except Conflict as refusal:
                    return refusal.code
                finally:
                    db.session.remove()
                return "begun"

        with ThreadPoolExecutor(2) as pool:
            return sorted(pool.map(start, range(2)))

    def test_one_of_them_begins_it(self, rehearsal: Quick) -> None:
        assert self.at_once(rehearsal, threading.Barrier(2, timeout=60).wait) == ["begun", "drill_running"]
        assert len(queries.list_drills(rehearsal.id)) == 1

    def test_without_the_ceremonys_lock_both_do(
        self, rehearsal_on_postgresql: Quick, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """SQLite lets one unit of work write at a time, whatever it takes: there the lock is never missed."""
        both, list_running = threading.Barrier(2, timeout=60), queries.list_running

        def read_together(ceremony_id: str) -> list[DropDrill]:
            found = list_running(ceremony_id)
            both.wait()
            return found

        monkeypatch.setattr(ceremonies, "take_ceremony", lambda given: db.session.get(ceremonies.Ceremony, given))
        monkeypatch.setattr(queries, "list_running", read_together)
        assert self.at_once(rehearsal_on_postgresql, lambda: None) == ["begun", "begun"]
