"""Who was there: signers with their devices, what was confirmed by whom, and drops that were practised."""

from __future__ import annotations

from datetime import datetime, timedelta

from core import i18n
from core.i18n import t
from signing.agreements import queries as agreements
from signing.cues.queries import CueView
from signing.cues.tick_page_queries import spoken
from signing.cues.tick_queries import Code, TickView, holds
from signing.cues.tick_service import HOST
from signing.presence import queries as presence
from signing.reports.rules import span
from signing.reports.words import NONE, Row, Words, columns
from signing.seats.queries import SeatView


class People(Words):
    """Signers, witnesses and ticks."""

    def who_came(self) -> Row:
        found = columns("party", "signer", "where", "device", first="first", drops="drops", away="away")
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
            "tables": [{"caption": t("ceremony-report-signers"), "columns": found, "rows": rows}],
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

    def confirmed(self) -> Row | None:
        tables = [table for cue in self._cues.values() for table in self._tick_tables(cue)]
        people = {
            "caption": t("ceremony-report-witnesses"),
            "columns": columns("witness", "organisation", "known"),
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
        return {"caption": caption, "columns": columns(*names_of), "rows": rows}

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

    def drills(self) -> Row | None:
        if not self._figures.drills:
            return None
        table: Row = {
            "caption": t("drill-report"),
            "columns": columns("drill-at", "drill-whose", "drill-came"),
            "rows": [],
        }
        for each in self._figures.drills:
            pages = [f"{page['who']}{t('drill-colon')}{page['said']}" for page in each["pages"]]
            came = t("drill-apart").join([each["words"], *pages])
            table["rows"].append(
                {"drill-at": each["at"], "drill-whose": f"{each['target']} · {each['length']}", "drill-came": came}
            )
        return {"id": "drills", "title": t("drill-report"), "note": "", "tables": [table]}
