"""The report of a ceremony in words and tables: the page and the PDF print the same."""

from __future__ import annotations

from decimal import Decimal

from core import i18n
from core.i18n import t
from signing import endings
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView, SignerView
from signing.evidence import service as evidence
from signing.reports.course import Course
from signing.reports.figures import Figures
from signing.reports.people import People
from signing.reports.rules import span
from signing.reports.words import NONE, Row, Words, columns


def page(figures: Figures) -> Row:
    """Everything that a report prints, in the current language; times are the host's where no place is named."""
    return _Writer(figures).page()


def _whole(section: Row) -> Row:
    return {**section, "tables": [{"facts": [], **each} for each in section["tables"]]}


class _Writer(Words):
    """The sections of one report."""

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
            "sections": [_whole(found) for found in self._sections() if found],
            "trail": t("ceremony-report-trail", n=figures.trail[0]),
            "head": figures.trail[1],
            "demo": ceremony.is_demo,
            "rehearsal": ceremony.is_rehearsal,
        }

    def _sections(self) -> list[Row | None]:
        people = People(self._figures)
        return [
            Course(self._figures).section(),
            people.who_came(),
            people.confirmed(),
            people.drills(),
            self._agreements(),
            self._means(),
        ]

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
            "columns": columns("party", "signer", "place", "local"),
            "rows": rows,
        }

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
        if reason := self._reason(agreement):
            facts.append((t("ceremony-report-reason"), reason))
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
            "columns": columns("party", "signer", "signer-state", at="signed-at"),
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
        """Why it ended unsigned, without what somebody wrote."""
        ending = agreements.find_ending(agreement)
        if ending is None:
            return ""
        seat = self._seats.get(ending.seat_id)
        return endings.words(ending, who=self._organisation(seat.party_key) if seat else "")

    def _reason(self, agreement: AgreementView) -> str:
        """What who declined wrote; no longer once that person's values were deleted."""
        ending = agreements.find_ending(agreement)
        is_told = ending is not None and ending.seat_id and ending.seat_id not in self._figures.forgotten
        return ending.reason if ending and is_told else ""

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
