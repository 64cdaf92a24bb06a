"""The figures of a conference in words, tables and plots: the page and the PDF print the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from core import i18n
from core.i18n import t
from events.attendance.attended_service import ItemCount
from events.conferences.queries import ConferenceView, VenueView
from events.registration.asking_service import QuestionKind
from events.reports.figures import STATES, Arrivals, DoorLine, Figures, Line
from events.surveys import survey_service
from pdf import plots

_SECTIONS = ("people", "arrivals", "agenda", "doors", "mails", "surveys")
_EMPTY = {"note": "", "plots": [], "tables": [], "surveys": [], "is_long": False}
Row = dict[str, Any]


def page(conference: ConferenceView, figures: Figures, *, font: str = "") -> dict[str, Any]:
    """Everything that a report prints, in the current language; `font` names the face of the plots on paper."""
    writer = _Writer(conference, figures, font)
    return {
        "title": i18n.pick(conference.title),
        "when": writer.days(),
        "where": writer.where(),
        "zone": t("report-zone", zone=i18n.zone_name(conference.timezone), iana=conference.timezone),
        "as_of": t("report-as-of", at=i18n.format_named(figures.at, conference.timezone)),
        "numbers": writer.numbers(),
        "sections": [{**_EMPTY, **each} for name in _SECTIONS if (each := getattr(writer, name)())],
        "demo": conference.is_demo,
    }


def _column(key: str, message_id: str) -> dict[str, Any]:
    return {"key": key, "label": t(message_id), "num": True}


def _head(message_id: str) -> dict[str, Any]:
    return {"key": "name", "label": t(message_id), "head": True}


class _Writer:
    """The sections of one report."""

    def __init__(self, conference: ConferenceView, figures: Figures, font: str) -> None:
        self._conference, self._figures, self._font = conference, figures, font
        self._venues: dict[str, VenueView] = {each.id: each for each in conference.venues}

    def days(self) -> str:
        days = dict.fromkeys((self._conference.starts_on, self._conference.ends_on))
        return " – ".join(i18n.format_date(each) for each in days)

    def where(self) -> str:
        return t("list-separator").join(
            " · ".join(filter(None, (i18n.pick(each.name), i18n.pick(each.city) if each.city else "")))
            for each in self._conference.venues
        )

    def numbers(self) -> list[tuple[str, str]]:
        """(figure, what it counts) of what is asked first."""
        whole = self._figures.whole
        return [
            (str(number), t(f"report-{name}"))
            for name, number in (
                ("invited", whole.invited),
                ("registered", whole.registered),
                ("confirmed", whole.states["confirmed"]),
                ("waitlisted", whole.states["waitlisted"]),
                ("came", whole.came),
                ("online", whole.online),
                ("present", whole.present),
                ("certificates", self._figures.certificates),
            )
        ]

    def people(self) -> Row:
        """Venues, audiences, kinds of company."""
        names = {key: i18n.pick(each.name) for key, each in self._venues.items()}
        audiences = {each.id: i18n.pick(each.name) for each in self._conference.audiences}
        tables = [
            self._lines("report-by-venue", "attendance-venue", names, self._figures.venues),
            self._lines("report-by-audience", "attendance-audience", audiences, self._figures.audiences),
        ]
        if self._figures.kinds:
            tables.append(self._kinds())
        return {"id": "people", "title": t("report-people"), "note": t("report-people-note"), "tables": tables}

    def _lines(self, caption: str, head: str, names: Mapping[str, str], lines: Mapping[str, Line]) -> Row:
        columns = [_head(head), _column("invited", "report-invited"), _column("registered", "report-registered")]
        columns += [_column(each, f"report-{each}") for each in STATES]
        columns += [_column(each, f"report-{each}") for each in ("came", "hall", "online", "present")]
        rows = [self._line(names[key], line) for key, line in lines.items()]
        rows.append({**self._line(t("report-all"), self._figures.whole), "is_sum": True})
        return {"caption": t(caption), "columns": columns, "rows": rows}

    def _line(self, name: str, line: Line) -> Row:
        return {"name": name, **vars(line), **{each: line.states[each] for each in STATES}}

    def _kinds(self) -> Row:
        names = ("companies", "came_companies", "people", "came")
        columns = [_head("report-kind"), *(_column(each, f"report-kind-{each}") for each in names)]
        rows: list[Row] = [
            {"name": (i18n.pick(each.industry) if each.industry else "") or t("report-kind-none"), **vars(each)}
            for each in self._figures.kinds
        ]
        total: Counter[str] = Counter()
        for row in rows:
            total.update({name: row[name] for name in names})
        rows.append({"name": t("report-all"), "is_sum": True, **{name: total[name] for name in names}})
        return {"caption": t("report-by-kind"), "columns": columns, "rows": rows}

    def arrivals(self) -> Row:
        """A plot a day, and the same as a table."""
        found = [self._day(each, number) for number, each in enumerate(self._figures.arrivals, 1)]
        zone = i18n.zone_name(self._conference.timezone)
        note = t("report-arrivals-note", zone=zone) if found else t("report-arrivals-none")
        return {
            "id": "arrivals",
            "title": t("report-arrivals"),
            "note": note,
            "plots": [plot for plot, _ in found],
            "tables": [table for _, table in found],
            "is_long": True,
        }

    def _day(self, day: Arrivals, number: int) -> tuple[Markup, Row]:
        zone = self._conference.timezone
        came = [key for key in self._venues if any(each[key] for each in day.counts)]
        names = [i18n.pick(self._venues[key].name) for key in came]
        times = [day.begins + day.step * at for at in range(len(day.counts))]
        title = t("report-arrivals-of", day=i18n.format_date(day.begins.astimezone(ZoneInfo(zone)).date()))
        every = max(1, -(-len(times) // 8))
        columns = [
            plots.Column(
                i18n.format_time(at, zone) if n % every == 0 else "", tuple(day.counts[n][key] for key in came)
            )
            for n, at in enumerate(times)
        ]
        most = max(range(len(times)), key=lambda n: day.counts[n].total())
        words = t(
            "report-arrivals-words",
            n=sum(each.total() for each in day.counts),
            most=day.counts[most].total(),
            time=i18n.format_time(times[most], zone),
        )
        drawn = plots.columns(columns, names, name=f"arrivals-{number}", title=title, words=words, font=self._font)
        rows = [
            {
                "name": _span(at, day.step, zone),
                **{key: day.counts[n][key] for key in came},
                "all": day.counts[n].total(),
            }
            for n, at in enumerate(times)
        ]
        table = {
            "caption": f"{title} · {words}",
            "columns": [
                _head("report-time"),
                *({"key": key, "label": name, "num": True} for key, name in zip(came, names, strict=True)),
                _column("all", "report-all"),
            ],
            "rows": rows,
        }
        return Markup(drawn), table  # noqa: S704  drawn by pdf.plots, which escapes what people wrote

    def agenda(self) -> Row:
        """Each item in each of its venues."""
        columns = [_head("report-item"), {"key": "when", "label": t("report-time")}]
        columns += [{"key": "venue", "label": t("attendance-venue")}, _column("there", "report-there")]
        columns.append(_column("mostly", "report-mostly"))
        table = {
            "caption": t("report-agenda"),
            "columns": columns,
            "rows": [self._item(each) for each in self._figures.items],
        }
        return {
            "id": "agenda",
            "title": t("report-agenda"),
            "note": t("report-agenda-note"),
            "tables": [table] if self._figures.items else [],
        }

    def _item(self, count: ItemCount) -> Row:
        venue, item = self._venues[count.venue_id], count.item
        first, last = (
            i18n.format_datetime(item.span.begins, venue.timezone),
            i18n.format_time(item.span.ends, venue.timezone),
        )
        there = "" if venue.timezone == self._conference.timezone else i18n.aside(venue.timezone)
        return {
            "name": i18n.pick(item.title),
            "when": f"{first} – {last}{there}",
            "venue": i18n.pick(venue.name),
            "there": count.there,
            "mostly": count.mostly,
        }

    def doors(self) -> Row:
        """Doors, and what needed somebody's eye."""
        names = ("entries", "exits", "refused", "undone", "walk_ins", "clock_off")
        columns = [_head("checkin-door-column"), {"key": "venue", "label": t("attendance-venue")}]
        columns += [_column(each, f"report-door-{each}") for each in names]
        rows = [self._door(each) for each in self._figures.doors]
        total = Counter({name: sum(row[name] for row in rows) for name in names})
        rows.append({"name": t("report-all"), "venue": "", "is_sum": True, **{each: total[each] for each in names}})
        table = {"caption": t("report-doors"), "columns": columns, "rows": rows}
        figures = self._figures
        return {
            "id": "doors",
            "title": t("report-doors"),
            "note": t("report-doors-note", scans=figures.scans, doubles=figures.doubles, undone=total["undone"]),
            "tables": [table] if figures.doors else [],
        }

    def _door(self, door: DoorLine) -> Row:
        venue = self._venues[door.venue_id]
        name = next(i18n.pick(each.name) for each in venue.doors if each.id == door.door_id)
        return {**vars(door), "name": name, "venue": i18n.pick(venue.name)}

    def mails(self) -> Row:
        """What was sent, by kind of mail, and what became of it."""
        ends = ("sent", "waiting", "failed", "withdrawn")
        rows: list[Row] = []
        for kind in sorted({kind for kind, _ in self._figures.mails}):
            counts = {each: self._figures.mails[kind, each] for each in ends}
            name = t(f"trail-mail-{kind}") if i18n.has(f"trail-mail-{kind}") else t("trail-mail-other")
            rows.append({"name": name, **counts, "all": sum(counts.values())})
        if rows:
            total = {each: sum(row[each] for row in rows) for each in (*ends, "all")}
            rows.append({"name": t("report-all"), "is_sum": True, **total})
        columns = [_head("export-mail"), _column("all", "report-all")]
        columns += [_column(each, f"export-mail-{each}") for each in ends]
        tables = [{"caption": t("report-mails"), "columns": columns, "rows": rows}] if rows else []
        return {"id": "mails", "title": t("report-mails"), "note": t("report-mails-note"), "tables": tables}

    def surveys(self) -> Row | None:
        """Each survey: how many answered, and the plots of what can be counted."""
        found = [self._survey(number) for number in range(len(self._figures.surveys))]
        return {"id": "surveys", "title": t("surveys-title"), "note": "", "surveys": found} if found else None

    def _survey(self, number: int) -> Row:
        survey, counted = self._figures.surveys[number]
        shown = [
            (place, each)
            for place, each in enumerate(counted.questions, 1)
            if each.question.kind not in (QuestionKind.TEXT, QuestionKind.LONG)
        ]
        questions: Sequence[Row] = [
            {
                **survey_service.result(
                    each, place, counted.answered, font=self._font, name=f"survey-{number}-{place}"
                ),
                "plot_id": f"survey-{number}-{place}",
            }
            for place, each in shown
        ]
        return {
            "title": i18n.pick(survey.facts.title),
            "said": t(
                "survey-answered-of", n=counted.answered, m=counted.asked, percent=counted.rate if counted.rate else 0
            ),
            "anonymous": survey.facts.anonymous,
            "is_hidden": counted.is_hidden,
            "questions": questions,
        }


def _span(at: datetime, step: timedelta, zone: str) -> str:
    return f"{i18n.format_time(at, zone)} – {i18n.format_time(at + step, zone)}"
