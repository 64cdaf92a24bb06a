"""Plan against as-run: the cues of a ceremony, those that were run before, and holds."""

from __future__ import annotations

from datetime import datetime, timedelta

from core import i18n
from core.i18n import t
from signing.cues.queries import CueView
from signing.reports.rules import Run, difference, span
from signing.reports.words import NONE, Row, Words, columns


class Course(Words):
    """What was planned, and how it went."""

    def section(self) -> Row:
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
        found = columns(
            "cue",
            "cue-state",
            planned="planned",
            length="length",
            began="began",
            ended="ended",
            took="took",
            off="difference",
        )
        return {"caption": t("ceremony-report-cues"), "columns": found, "rows": rows}

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
        found = columns("cue", "how", began="began", ended="ended", took="took")
        return {"caption": t("ceremony-report-earlier"), "columns": found, "rows": rows}

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
            "columns": columns("cue", began="began", ended="ended", took="took"),
            "rows": rows,
        }

    def _called(self, cue_id: str) -> str:
        cue = self._cues.get(cue_id)
        return i18n.pick(cue.title) if cue else t("ceremony-report-cue-removed")
