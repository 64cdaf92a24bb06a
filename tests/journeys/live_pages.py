"""Every page of the live room, who sees it and where; and a room in which each of them has something to show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from playwright.sync_api import Browser, Page

from core import config, tokens
from core.db import db
from signing.agreements import queries as agreements
from signing.captions import queries as captions
from signing.captions import service as caption_service
from signing.ceremonies import inviting, observing, planning, templates
from signing.ceremonies import service as ceremonies
from signing.ceremonies.plan_file import CeremonyFile
from signing.cues import leading
from signing.cues import queries as cue_queries
from signing.cues import service as cues
from signing.cues.rules import Act, Verb
from signing.evidence.codes import code_of
from signing.meetings import service as meetings
from signing.meetings.rules import Tool, Way
from signing.screens import link_service
from signing.screens.link_service import Screen
from signing.seals.demo import give_demo_seals
from signing.seats import queries as seats
from signing.witnesses import queries as witnesses
from signing.witnesses import service as witness_service
from signing.witnesses.rules import WitnessPlan
from tests.journeys.conftest import peaceful
from tests.journeys.people import Host, Signer, World
from tests.support import ceremony, quick, rehearsal
from tests.support.ceremony import HOST, Played, close_app, make_app
from tests.support.databases import SQLITE
from tests.support.forks import ForkedProcesses
from tests.support.server import Server, steady_port
from tests.support.stages import Stage, Stages
from web import migrate
from web.demo import service as demo

_OWN, _DRAFT, _OVER = "/ceremonies/{room}", "/ceremonies/{draft}", "/ceremonies/{over}"
_PAPER, _PARTY = "/agreements/{paper}", "/parties/{party}"
# endpoint → who looks, and at which addresses; a new page of the signing rooms must be entered here.
PAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "captions.show": ("host", (f"{_OWN}/captions", f"{_DRAFT}/captions")),
    "captions.show_link": ("host", (f"{_OWN}/captions/{{interpreter}}",)),
    "ceremonies.list_ceremonies": ("host", ("/ceremonies",)),
    "ceremonies.show": ("host", (_DRAFT, _OWN, _OVER, "/ceremonies/{rehearsal}")),
    "ceremonies.show_new": ("host", ("/ceremonies/new",)),
    "ceremony_reports.show": ("host", (f"{_OWN}/report", f"{_OVER}/report")),
    "certificates.show": ("host", (f"{_OVER}/certificates",)),
    "cues.show": ("host", (f"{_OWN}/cues", f"{_DRAFT}/cues")),
    "cues.show_cue": ("host", (f"{_OWN}/cues/{{cue}}",)),
    "cues.show_new": ("host", (f"{_OWN}/cues/new",)),
    "discard.ask": ("host", (f"{_DRAFT}/discard",)),
    "drawpads.open_link": ("nobody", ("/draw/open/{pad_link}",)),  # before the phone joins
    "drawpads.show": ("drawpad", ("/draw/{pad}",)),
    "drills.show": ("host", ("/ceremonies/{rehearsal}/drills",)),
    "evidence.show_seat_trail": ("signer", ("/seat/{seat}/trail",)),
    "evidence.show_trail": ("host", (f"{_OWN}/trail",)),
    "frozen.show": ("host", (f"{_OWN}{_PAPER}/text",)),
    "imports.show_import": ("host", ("/ceremonies/import",)),
    "interpreter.show": ("interpreter", ("/interpreter/{interpreter}",)),
    "invite.ask": ("host", (f"{_DRAFT}/invite",)),
    "links.preview_stage": ("host", (f"{_OWN}/look/preview",)),
    "links.show_seat_link": ("host", (f"{_OWN}/seats/{{seat}}/link",)),
    "links.show_stage_link": ("host", (f"{_OWN}/stage-link",)),
    "lobby.show": ("host", (f"{_OWN}/lobby",)),
    "lobby.show_seat": ("host", (f"{_OWN}/lobby/{{seat}}",)),
    "look.show": ("host", (f"{_OWN}/look",)),
    "meetings.show": ("host", (f"{_OWN}/meeting", f"{_DRAFT}/meeting")),
    "monitor.show": ("screen", ("/monitor/{room}",)),
    "observe.show": ("screen", ("/observe/0/{room}", "/observe/600/{room}")),
    "plan.show_agreement": ("host", (f"{_DRAFT}/agreements/{{draft_paper}}",)),
    "plan.show_agreement_removal": ("host", (f"{_DRAFT}/agreements/{{draft_paper}}/remove",)),
    "plan.show_ceremony": ("host", (f"{_DRAFT}/plan",)),
    "plan.show_new_agreement": ("host", (f"{_DRAFT}/new-agreement",)),
    "plan.show_new_party": ("host", (f"{_DRAFT}/new-party",)),
    "plan.show_party": ("host", (f"{_DRAFT}{_PARTY}",)),
    "plan.show_party_removal": ("host", (f"{_DRAFT}{_PARTY}/remove",)),
    "plan_templates.show": ("host", ("/ceremonies/templates",)),
    "plan_templates.show_again": ("host", (f"{_OWN}/again",)),
    "preflight.show": ("host", (f"{_OWN}/preflight",)),
    "preflight.show_check": ("signer", ("/seat/{seat}/check",)),
    "previews.show": ("host", (f"{_DRAFT}/agreements/{{draft_paper}}/preview",)),
    "rehearsal.show_result": ("host", ("/ceremonies/{rehearsal}/rehearsal",)),
    "rehearsals.show": ("host", (f"{_OWN}/rehearsals",)),
    "screens.show": ("host", (f"{_OWN}/screens",)),
    "seals.show": ("host", (f"{_DRAFT}/seals",)),
    "seats.show_seat": ("signer", ("/seat/{seat}",)),
    "seats.show_text": ("signer", ("/seat/{seat}/agreements/{paper}/text",)),
    "stage.show": ("screen", ("/stage/{room}", "/stage/{room}?theme=light")),
    "thanks.show": ("host", (f"{_OWN}/thanks", f"{_OVER}/thanks")),
    "troubles.show_address": ("host", (f"{_OWN}/seats/{{seat}}/address",)),
    "understudy.show": ("host", (f"{_OWN}/seats/{{seat}}/understudy",)),
    "uploads.show": ("host", (f"{_DRAFT}/agreements/{{draft_paper}}/paper",)),
    "verify.show": ("nobody", ("/verify",)),
    "verify_code.ask": ("nobody", ("/verify/code",)),
    "verify_code.show": ("nobody", ("/verify/{code}",)),
    "witness.show": ("witness", ("/witness/{witness}",)),
    "witnesses.show": ("host", (f"{_OWN}/witnesses",)),
    "witnesses.show_link": ("host", (f"{_OWN}/witnesses/{{witness}}",)),
}
# Answers of these are no page: files, pictures, JSON, and links that lead on to a page that is listed.
NO_PAGES = {
    *("ceremony_reports.download", "evidence.download_ceremony_kit", "evidence.download_certificate"),
    *("evidence.download_final", "evidence.download_kit", "evidence.download_seat_certificate"),
    *("evidence.download_seat_final", "evidence.download_seat_kit", "evidence.download_trail", "frozen.download"),
    *("frozen.show_page", "imports.download_example", "links.preview_state", "look.show_emblem", "monitor.open_link"),
    *("monitor.show_state", "observe.open_link", "observe.show_state", "plan_files.download_book"),
    *("plan_files.download_json", "previews.download", "previews.show_page", "seals.show_picture"),
    *("seals.show_to_signer", "seats.open_link", "seats.show_page", "stage.open_link", "stage.show_state"),
    *("uploads.show_page", "verify.answer_ocsp_by_get", "verify.download_anchors", "verify.download_authority"),
    *("verify.download_list", "witness.open_link", "interpreter.open_link", "drill_api.show_of_stage"),
    *("drill_api.show_of_monitor", "drill_api.show_of_observer"),
}


def _play(_: Played | None) -> Played:
    """One ceremony on its way, one a draft, one rehearsed, one over; `agreements` holds what pages are asked by."""
    organisation_id = demo.prepare().organisation_id
    with quick.small_papers(), quick.small_evidence():
        draft = _draft(ceremony.example(), organisation_id)
        cues.make_sheet(draft.ceremony_id, by=HOST)
        room = _draft(ceremony.example(), organisation_id)
        give_demo_seals(draft.ceremony_id, by=HOST)
        cues.make_sheet(room.ceremony_id, by=HOST)
        cues.propose_words(room.ceremony_id, looked_at=0, by=HOST)
        inviting.print_and_invite(room.ceremony_id, by=HOST)
        small = _draft(quick.plan(), organisation_id)
        cues.make_sheet(small.ceremony_id, by=HOST)
        rehearsed = rehearsal.rehearse(small.ceremony_id)
        _run(quick.played_from(rehearsed, organisation_id))
        over = _run(small)
    _furnish(room.ceremony_id)
    with migrate._locked(config.settings()) as connection:
        command.stamp(migrate._config(connection), "head")
    asked = {
        "room": room.ceremony_id,
        "draft": draft.ceremony_id,
        "rehearsal": rehearsed,
        "over": over.ceremony_id,
        "party": "qidi",
        "paper": next(iter(room.agreements.values())),
        "draft_paper": next(iter(draft.agreements.values())),
        "seat": room.people["shuangliu"].seat_id,
        "interpreter": captions.list_links(room.ceremony_id)[0].id,
        "cue": cue_queries.get_sheet(room.ceremony_id).cues[-1].id,
        "witness": witnesses.list_witnesses(room.ceremony_id)[0].id,
        "code": code_of(agreements.get_agreement(next(iter(over.agreements.values()))).head_digest or ""),
    }
    return Played(organisation_id, room.ceremony_id, people={}, agreements=asked)


def _run(played: Played) -> Played:
    """Call every cue, say that it is over, and have all signed and sealed."""
    inviting.print_and_invite(played.ceremony_id, by=HOST)
    ceremony.do_jobs()
    for cue in cue_queries.get_sheet(played.ceremony_id).cues:
        _lead(played.ceremony_id, Verb.STAND_BY, cue.id)
        _lead(played.ceremony_id, Verb.GO)
    _lead(played.ceremony_id, Verb.OVER)
    ceremony.sign_all(played)
    ceremony.do_jobs()
    return played


def _lead(ceremony_id: str, verb: Verb, cue_id: str = "") -> None:
    seq = cue_queries.get_sheet(ceremony_id).seq
    leading.lead(ceremony_id, Act(verb, seq, cue_id, anyway=True), by=HOST)
    db.session.remove()


def _draft(data: dict[str, Any], organisation_id: str) -> Played:
    plan = CeremonyFile.read(data)
    made = planning.import_ceremony(plan, organisation_id=organisation_id, by=HOST, demo=True)
    return quick.played_from(made, organisation_id)


def _furnish(ceremony_id: str) -> None:
    """What a host does before the day: a meeting, a witness, a template, links of all screens."""
    way = Way("https://meeting.example/j/123456789", "123 456 789", "2468", ("+86 28 0000 0000",))
    meetings.paste(ceremony_id, way, tool=Tool.OTHER, looked_at=0, by=HOST)
    witness_service.name_witness(ceremony_id, WitnessPlan("见证人甲", "样例公证处", "", "zh-CN"), by=HOST)
    caption_service.make_link(ceremony_id, "en", by=HOST)
    templates.save_template(ceremony_id, "", by=HOST)
    ceremonies.stage_link(ceremony_id, by=HOST)
    for screen in Screen:
        link_service.make_link(ceremony_id, screen, by=HOST)
    observing.keep_moments()


FURNISHED = Stage("journey-every-page", _play, demo=True)


@dataclass
class LiveRoom:
    """The furnished room on a server of its own; `ids` fill the addresses of PAGES."""

    world: World
    ids: dict[str, str]
    links: dict[str, str]

    def address(self, path: str) -> str:
        return self.world.url + path.format(**self.ids)

    def visitors(self, **options: Any) -> Visitors:
        return Visitors(self, options)


class Visitors:
    """A machine for each kind of visitor, who has come in when first asked for."""

    def __init__(self, room: LiveRoom, options: dict[str, Any]) -> None:
        self._room, self._options = room, options
        self._there: dict[str, Page] = {}

    def page(self, who: str) -> Page:
        if who not in self._there:
            self._there[who] = getattr(self, f"_{who}")()
        return self._there[who]

    def _nobody(self) -> Page:
        self.page("signer")
        return self._machine()

    def _machine(self) -> Page:
        return self._room.world.machine(**self._options)

    def _host(self) -> Page:
        host = Host(self._room.world, **self._options)
        host.sign_in()
        return host.page

    def _screen(self) -> Page:
        return self._opened("stage", "monitor", "observe-0", "observe-600")

    def _witness(self) -> Page:
        page = self._opened("witness")
        declare = page.locator("form[action$='/declare'] [type=submit]")
        if declare.count():
            declare.click()
            page.wait_for_selector("form[action$='/declare']", state="detached")
        return page

    def _interpreter(self) -> Page:
        return self._opened("interpreter")

    def _signer(self) -> Page:
        """Who proved the address; a pad is offered to a phone."""
        signer = Signer(self._room.world, self._room.links["address"], **self._options)
        signer.page.goto(self._room.world.url + self._room.links["seat"])
        signer.view("identity")
        signer.prove()
        signer.consent()
        csrf = signer.page.get_attribute("meta[name=csrf-token]", "content") or ""
        made = signer.page.request.post(
            self._room.address("/api/seat/{seat}/drawpad"), headers={"X-CSRFToken": csrf}, data={"agreement": None}
        ).json()
        self._room.ids |= {"pad": made["id"], "pad_link": made["url"].rsplit("/", 1)[1]}
        return signer.page

    def _drawpad(self) -> Page:
        self.page("signer")
        page = self._machine()
        page.goto(self._room.address("/draw/open/{pad_link}"))
        page.click("main form [type=submit]")
        page.wait_for_selector("[data-pad]")
        return page

    def _opened(self, *names: str) -> Page:
        page = self._machine()
        for name in names:
            page.goto(self._room.world.url + self._room.links[name])
        return page


def _links(url: str, data_dir: Path, ids: dict[str, str]) -> dict[str, str]:
    """Every link that was handed out, as paths; and the address of the signer."""
    app = make_app(url, data_dir, demo=True)
    try:
        with app.app_context():
            found = {name: _token(name, ids["room"]) for name in ("stage", "monitor", *observing.PURPOSES.values())}
            opened = {name: f"/{name.replace('-', '/')}/open/{token}" for name, token in found.items()}
            opened |= {name: f"/{name}/open/{_token(name, ids[name])}" for name in ("witness", "interpreter")}
            opened["seat"] = f"/s/{ceremony.link_token(ids['seat'])}"
            return {**opened, "address": seats.get_seat(ids["seat"]).email}
    finally:
        close_app(app)


def _token(purpose: str, subject: str) -> str:
    token = tokens.find_newest(purpose, subject)
    assert token, purpose
    return token


@contextmanager
def live_room(stages: Stages, processes: ForkedProcesses, data_dir: Path, browser: Browser) -> Iterator[LiveRoom]:
    """The room, served; at the end no page may have complained."""
    with stages.copied(FURNISHED, SQLITE, data_dir) as (url, played):
        before = config._current[:]
        links = _links(url, data_dir, played.agreements)
        config._current[:] = before
        server = Server(processes, data_dir, url, steady_port())
        server.start_all()
        with peaceful(browser, server.url) as world:
            yield LiveRoom(world, dict(played.agreements), links)
        processes.end_all()
