"""The report of a ceremony in words and tables: the page and the PDF print the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from core import i18n
from core.i18n import t
from signing import endings
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView, SignerView
from signing.cues.queries import CueView
from signing.cues.tick_page_queries import spoken
from signing.cues.tick_queries import Code, TickView, holds
from signing.cues.tick_service import HOST
from signing.evidence import service as evidence
from signing.presence import queries as presence
from signing.reports.figures import Figures
from signing.reports.rules import Run, difference, span
from signing.seats.queries import SeatView

Row = dict[str, Any]
_SECTIONS = ("course", "presence", "confirmed", "drills", "agreements", "means")
NONE = "–"


def page(figures: Figures) -> Row:
    """Everything that a report prints, in the current language; times are the host's where no place is named."""
    return _Writer(figures).page()


def _columns(*named: str, **nums: str) -> list[Row]:
    """Columns by name, the first the head of its row; `nums` are aligned at the right."""
    found = [{"key": each, "label": t(f"ceremony-report-{each}"), "head": not at} for at, each in enumerate(named)]
    return [*found, *({"key": key, "label": t(f"ceremony-report-{name}"), "num": True} for key, name in nums.items())]


def _whole(section: Row) -> Row:
    return {**section, "tables": [{"facts": [], **each} for each in section["tables"]]}


class _Writer:
    """The sections of one report."""

    def __init__(self, figures: Figures) -> None:
        self._figures, self._ceremony = figures, figures.ceremony
        self._zone = figures.ceremony.host_timezone
        self._began = (figures.sheet.began_at if figures.sheet else None) or figures.ceremony.starts_at
        self._seats = {seat.id: seat for seat in figures.seats}
        self._cues = {cue.id: cue for cue in figures.sheet.cues} if figures.sheet else {}

    def page(self) -> Row:
        ceremony, figures = self._ceremony, self._figures
        place = i18n.pick(ceremony.host.place)
        return {
            "title": i18n.pick(ceremony.title),
            "host": i18n.pick(ceremony.host.organisation),
            "when": i18n.format_day(ceremony.starts_at, self._zone) + i18n.aside(place),
            "held": self._held(),
            "zone": t("ceremony-report-zone", place=place, zone=i18n.zone_name(self._zone), iana=self._zone),
            "as_of": t("ceremony-report-as-of", at=i18n.format_named(figures.at, self._zone, seconds=True)),
            "interim": figures.is_interim,
            "state": t(f"ceremony-report-state-{ceremony.state}"),
            "numbers": self._numbers(),
            "parties": {"facts": [], **self._parties()},
            "sections": [_whole(found) for name in _SECTIONS if (found := getattr(self, f"_{name}")())],
            "trail": t("ceremony-report-trail", n=figures.trail[0]),
            "head": figures.trail[1],
            "demo": ceremony.is_demo,
            "rehearsal": ceremony.is_rehearsal,
        }

    def _time(self, at: datetime | None) -> str:
        return i18n.format_time(at, self._zone, seconds=True) if at else NONE

    def _at(self, at: datetime | None) -> str:
        """The time of day alone on the day on which it was held, with the day on any other."""
        if at is None:
            return NONE
        there = ZoneInfo(self._zone)
        same = at.astimezone(there).date() == self._began.astimezone(there).date()
        return self._time(at) if same else i18n.format_datetime(at, self._zone, seconds=True)

    def _held(self) -> str:
        """When it really began, where a host led it."""
        sheet = self._figures.sheet
        began = sheet.began_at if sheet else None
        return t("ceremony-report-held", at=i18n.format_datetime(began, self._zone, seconds=True)) if began else ""

    def _numbers(self) -> list[tuple[str, str]]:
        found, sheet = self._figures.agreements, self._figures.sheet
        signers = sum(len(each.signers) for each in found)
        began = sheet.began_at if sheet else None
        ended = (sheet.ended_at if sheet else None) or (self._ceremony.ended_at if not sheet else None)
        return [
            (
                t("common-n-of-m", n=sum(each.completed_at is not None for each in found), m=len(found)),
                t("ceremony-report-n-agreements"),
            ),
            (
                t("common-n-of-m", n=sum(each.signed_count for each in found), m=signers),
                t("ceremony-report-n-signatures"),
            ),
            (self._time(began), t("ceremony-report-n-began")),
            (span(ended - began) if began and ended else NONE, t("ceremony-report-n-took")),
        ]

    def _parties(self) -> Row:
        rows = []
        for party in self._ceremony.parties:
            seat = next((each for each in self._figures.seats if each.party_key == party.key), None)
            local = i18n.format_datetime(self._ceremony.starts_at, party.timezone)
            rows.append(
                {
                    "party": i18n.pick(party.organisation),
                    "signer": self._person(seat, with_title=True) if seat else NONE,
                    "place": i18n.pick(party.place),
                    "local": local + i18n.aside(i18n.zone_name(party.timezone)),
                }
            )
        return {
            "caption": t("ceremony-report-parties"),
            "columns": _columns("party", "signer", "place", "local"),
            "rows": rows,
        }

    def _person(self, seat: SeatView, *, with_title: bool = False) -> str:
        title = i18n.pick(self._ceremony.party(seat.party_key).representative_title)
        return t("ceremony-report-person", name=seat.name, title=title) if with_title and title else seat.name

    def _organisation(self, party_key: str) -> str:
        party = next((each for each in self._ceremony.parties if each.key == party_key), None)
        return i18n.pick(party.organisation) if party else party_key

    # Plan against as-run

    def _course(self) -> Row:
        sheet = self._figures.sheet
        if sheet is None:
            return {
                "id": "course",
                "title": t("ceremony-report-course"),
                "note": t("ceremony-report-no-sheet"),
                "tables": [],
            }
        tables = [self._cue_table(sheet.cues), self._earlier(), self._holds()]
        return {
            "id": "course",
            "title": t("ceremony-report-course"),
            "note": t("ceremony-report-course-note"),
            "tables": [each for each in tables if each["rows"]],
        }

    def _cue_table(self, cues: tuple[CueView, ...]) -> Row:
        last = {run.cue_id: run for run in self._figures.runs}
        rows, planned = [], self._ceremony.starts_at
        for cue in cues:
            rows.append(self._cue(cue, planned, last.get(cue.id)))
            planned += timedelta() if str(cue.state) == "skipped" else cue.length
        columns = _columns(
            "cue",
            "cue-state",
            planned="planned",
            length="length",
            began="began",
            ended="ended",
            took="took",
            off="difference",
        )
        return {"caption": t("ceremony-report-cues"), "columns": columns, "rows": rows}

    def _cue(self, cue: CueView, planned: datetime, run: Run | None) -> Row:
        # A cue that comes again has its times only once it is live again.
        ran = run if run and str(cue.state) in {"live", "done", "skipped"} and cue.began_at else None
        return {
            "cue": f"{cue.position + 1}. {i18n.pick(cue.title)}",
            "cue-state": t(f"cue-state-{cue.state}"),
            "planned": self._time(planned),
            "length": span(cue.length),
            "began": self._at(ran.began_at) if ran else NONE,
            "ended": self._at(ran.ended_at) if ran else NONE,
            "took": span(ran.took) if ran and ran.took is not None else NONE,
            "off": difference(ran.took - cue.length) if ran and ran.took is not None else NONE,
        }

    def _earlier(self) -> Row:
        """Runs that were followed by another of the same cue, or after which the cue was to come again."""
        last = {run.cue_id: run for run in self._figures.runs}
        shown = {key for key, cue in self._cues.items() if cue.began_at}
        runs = [run for run in self._figures.runs if run is not last[run.cue_id] or run.cue_id not in shown]
        rows = [
            {
                "cue": self._called(run.cue_id),
                "how": t(f"ceremony-report-end-{run.end}") if run.end else NONE,
                "began": self._at(run.began_at),
                "ended": self._at(run.ended_at),
                "took": span(run.took) if run.took is not None else NONE,
            }
            for run in runs
        ]
        columns = _columns("cue", "how", began="began", ended="ended", took="took")
        return {"caption": t("ceremony-report-earlier"), "columns": columns, "rows": rows}

    def _holds(self) -> Row:
        rows = [
            {
                "cue": self._called(hold.cue_id),
                "began": self._at(hold.began_at),
                "ended": self._at(hold.ended_at),
                "took": span(hold.ended_at - hold.began_at) if hold.ended_at else NONE,
            }
            for hold in self._figures.holds
        ]
        return {
            "caption": t("ceremony-report-holds"),
            "columns": _columns("cue", began="began", ended="ended", took="took"),
            "rows": rows,
        }

    def _called(self, cue_id: str) -> str:
        cue = self._cues.get(cue_id)
        return i18n.pick(cue.title) if cue else t("ceremony-report-cue-removed")

    # Who was there

    def _presence(self) -> Row:
        columns = _columns("party", "signer", "where", "device", first="first", drops="drops", away="away")
        rows = [
            self._stay(person, stays)
            for seat in self._figures.seats
            for person, since, until in seat.people()
            if (stays := self._stays(seat.id, since, until)) or until is None
        ]
        return {
            "id": "presence",
            "title": t("ceremony-report-presence"),
            "note": t("ceremony-report-presence-note"),
            "tables": [{"caption": t("ceremony-report-signers"), "columns": columns, "rows": rows}],
        }

    def _stays(self, seat_id: str, since: datetime | None, until: datetime | None) -> list[presence.StayView]:
        return [
            stay
            for stay in self._figures.stays.get(seat_id, [])
            if (since is None or stay.began_at >= since) and (until is None or stay.began_at < until)
        ]

    def _stay(self, seat: SeatView, stays: list[presence.StayView]) -> Row:
        row = {"party": self._organisation(seat.party_key), "signer": self._person(seat)}
        if seat.id in self._figures.forgotten:
            return {
                **row,
                "where": t("ceremony-report-deleted"),
                **dict.fromkeys(("device", "first", "drops", "away"), NONE),
            }
        pauses = presence.pauses(stays)
        devices = dict.fromkeys(str(stay.device) for stay in stays)
        zone = seat.declared_timezone or seat.timezone
        first = min((stay.began_at for stay in stays), default=None)
        local = (
            i18n.aside(t("ceremony-report-there", time=i18n.format_time(first, zone)))
            if first and zone != self._zone
            else ""
        )
        return {
            **row,
            "where": self._place(seat),
            "device": t("list-separator").join(t(f"ceremony-report-device-{each}") for each in devices) or NONE,
            "first": self._at(first) + local,
            "drops": str(len(pauses)) if stays else NONE,
            "away": span(max((away for _, away in pauses), default=timedelta())) if pauses else NONE,
        }

    def _place(self, seat: SeatView) -> str:
        """Where the signer declared to be; the plan's own place in the reader's language, whichever the signer read."""
        place, declared = self._ceremony.party(seat.party_key).place, seat.declared_place or ""
        if not declared:
            return t("ceremony-report-undeclared", place=i18n.pick(place))
        return i18n.pick(place) if declared in place.values() else declared

    # Roll call, same-record code, witnesses

    def _confirmed(self) -> Row | None:
        tables = [table for cue in self._cues.values() for table in self._tick_tables(cue)]
        people = {
            "caption": t("ceremony-report-witnesses"),
            "columns": _columns("witness", "organisation", "known"),
            "rows": self._witnesses(),
        }
        tables += [people] if people["rows"] else []
        if not tables:
            return None
        note = (
            t("ceremony-report-taken-back", n=self._figures.ticks_taken_back) if self._figures.ticks_taken_back else ""
        )
        return {"id": "confirmed", "title": t("ceremony-report-confirmed"), "note": note, "tables": tables}

    def _tick_tables(self, cue: CueView) -> list[Row]:
        """Of the newest run, and of each run before it on which somebody was ticked: what was confirmed stays told."""
        if str(cue.kind) not in {"roll_call", "record_code"}:
            return []
        runs = sorted({each.run_at for each in self._figures.ticks if each.cue_id == cue.id} - {cue.began_at})
        tables = [self._ticks(cue, run, is_earlier=True) for run in runs]
        return tables if cue.began_at is None and tables else [self._ticks(cue, cue.began_at), *tables]

    def _ticks(self, cue: CueView, run: datetime | None, *, is_earlier: bool = False) -> Row:
        is_code = str(cue.kind) == "record_code"
        found = [each for each in self._figures.ticks if each.cue_id == cue.id and each.run_at == run]
        rows = []
        for party in self._ceremony.parties:
            codes = self._figures.codes.get(party.key, ())
            mine = [each for each in found if each.party_key == party.key]
            if is_code and not codes and not mine:
                continue
            # On the newest run a tick counts for the texts of now only.
            mine = [each for each in mine if not is_code or is_earlier or holds(each, codes)]
            own = [self._tick(each.by_id, each.at, self._figures.staff) for each in mine if each.ticker == HOST]
            names = {each.id: each.name for each in self._figures.witnesses}
            others = [self._tick(each.by_id, each.at, names) for each in mine if each.ticker != HOST]
            rows.append(
                {
                    "party": i18n.pick(party.organisation),
                    "code": self._codes(mine, codes) if is_code else NONE,
                    "by-host": t("list-separator").join(own) or NONE,
                    "by-witness": t("list-separator").join(others) or NONE,
                }
            )
        names_of = ("party", *(["code"] if is_code else []), "by-host", "by-witness")
        title = i18n.pick(cue.title)
        caption = t("ceremony-report-ticks-earlier", title=title, time=self._at(run)) if is_earlier else title
        return {"caption": caption, "columns": _columns(*names_of), "rows": rows}

    def _codes(self, ticks: list[TickView], now: tuple[Code, ...]) -> str:
        """What was compared, also of an agreement that ended unsigned since; what is to be, where nothing was."""
        compared = [agreements.code_of_text(text) for tick in ticks for text in tick.codes.values()]
        return t("list-separator").join(map(spoken, dict.fromkeys(compared or [each.digits for each in now])))

    def _tick(self, who: str, at: datetime, names: dict[str, str]) -> str:
        return f"{names.get(who) or t('ceremony-report-staff')} {self._at(at)}"

    def _witnesses(self) -> list[Row]:
        return [
            {
                "witness": each.name,
                "organisation": each.organisation,
                "known": t("ceremony-report-declared", at=self._at(each.declared_at))
                if each.declared_at
                else t("ceremony-report-not-declared"),
            }
            for each in self._figures.witnesses
        ]

    # Of a rehearsal: drops that were practised

    def _drills(self) -> Row | None:
        if not self._figures.drills:
            return None
        table: Row = {
            "caption": t("drill-report"),
            "columns": _columns("drill-at", "drill-whose", "drill-came"),
            "rows": [],
        }
        for each in self._figures.drills:
            pages = [f"{page['who']}{t('drill-colon')}{page['said']}" for page in each["pages"]]
            came = t("drill-apart").join([each["words"], *pages])
            table["rows"].append(
                {"drill-at": each["at"], "drill-whose": f"{each['target']} · {each['length']}", "drill-came": came}
            )
        return {"id": "drills", "title": t("drill-report"), "note": "", "tables": [table]}

    # Agreements, and by which means

    def _agreements(self) -> Row:
        return {
            "id": "agreements",
            "title": t("ceremony-agreements"),
            "note": "",
            "tables": [self._agreement(each) for each in self._figures.agreements],
        }

    def _agreement(self, agreement: AgreementView) -> Row:
        facts = [(t("ceremony-report-state"), self._ending(agreement) or t(f"common-state-{agreement.state}"))]
        if agreement.amount:
            facts.append(
                (t("ceremony-report-amount"), i18n.format_money(Decimal(agreement.amount), agreement.currency or "CNY"))
            )
        if agreement.is_proved and agreement.head_digest:
            facts.append((t("ceremony-report-verify"), evidence.verification_code(agreement.head_digest)))
        if agreement.head_digest:
            facts.append((t("ceremony-report-digest"), agreement.head_digest))
        return {
            "caption": f"{agreement.number} {i18n.pick(agreement.title)}",
            "facts": facts,
            "columns": _columns("party", "signer", "signer-state", at="signed-at"),
            "rows": [self._signer(agreement, each) for each in agreement.signers],
        }

    def _signer(self, agreement: AgreementView, signer: SignerView) -> Row:
        seat = self._seats[signer.seat_id]
        if signer.signed_at is not None:
            seat = seat.as_at(signer.signed_at)
        return {
            "party": self._organisation(seat.party_key),
            "signer": self._person(seat),
            "signer-state": t(f"ceremony-report-signer-{agreements.shown_state(agreement, signer)}"),
            "at": self._at(signer.shown_at),
        }

    def _ending(self, agreement: AgreementView) -> str:
        """Why it ended unsigned, without what somebody wrote: that is told in the trail while it is kept."""
        ending = agreements.find_ending(agreement)
        if ending is None:
            return ""
        seat = self._seats.get(ending.seat_id)
        return endings.words(ending, who=self._organisation(seat.party_key) if seat else "")

    def _means(self) -> Row:
        figures = self._figures
        tool = t(f"meeting-tool-{figures.meeting}") if figures.meeting else self._ceremony.conference_tool
        facts = [
            (t("ceremony-report-meeting"), tool or t("ceremony-report-none")),
            (t("ceremony-report-troubles"), self._troubles()),
            (t("thanks-title"), self._thanks()),
        ]
        return {
            "id": "means",
            "title": t("ceremony-report-means"),
            "note": "",
            "tables": [{"caption": "", "facts": facts, "columns": [], "rows": []}],
        }

    def _thanks(self) -> str:
        """How many were thanked, and since when; by name that stands on the page of thanks alone."""
        sent = self._figures.thanked
        return t("ceremony-report-thanked", n=len(sent), at=self._at(min(sent))) if sent else NONE

    def _troubles(self) -> str:
        found = []
        for kind, n in sorted(self._figures.troubles.items()):
            names = (f"trail-mail-{kind}", f"trail-work-{kind.replace('.', '-')}")
            name = next((t(each) for each in names if i18n.has(each)), t("trail-work-other"))
            found.append(t("ceremony-report-trouble", what=name, n=n))
        return t("list-separator").join(found) or t("ceremony-report-no-troubles")
