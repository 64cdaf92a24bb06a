"""What stands in the way of inviting, and what a host should know before it is done."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from core import clock, i18n
from core.errors import Problem
from pdf import fonts
from signing.agreements import queries as agreements
from signing.ceremonies import leftovers, queries
from signing.seals import queries as seals
from signing.seats import queries as seats
from signing.uploads import queries as uploads


def list_obstacles(ceremony_id: str) -> list[Problem]:
    """Everything that stands in the way of printing and inviting; empty when the host may go on."""
    ceremony = queries.get_ceremony(ceremony_id)
    by_party = {seat.party_key: seat for seat in seats.list_seats(ceremony_id)}
    problems = []
    for party in ceremony.parties:
        seat, path = by_party[party.key], f"$.parties.{party.key}"
        who = i18n.pick(party.organisation)
        if not seat.name:
            problems.append(Problem(f"{path}.representative_name", "name_missing", {"who": who}))
        if not "".join(party.representative_title.values()):
            problems.append(Problem(f"{path}.representative_title", "position_missing", {"who": who}))
        if not seat.email:
            problems.append(Problem(f"{path}.email", "email_missing", {"who": who}))
        problems += _missing_glyphs(f"{path}.representative_name", seat.name, seat.name)
    for party in ceremony.parties:
        for name in ("organisation", "representative_title", "place"):
            text = "".join(getattr(party, name).values())
            problems += _missing_glyphs(f"$.parties.{party.key}.{name}", text, text)
    found = agreements.list_agreements(ceremony_id)
    if len(ceremony.parties) < 2:
        problems.append(Problem("$.parties", "party_missing"))
    if not found:
        problems.append(Problem("$.agreements", "agreement_missing"))
    title = "".join(ceremony.title.values())
    problems += _missing_glyphs("$.title", title, title)
    for agreement in found:
        text = "".join(agreement.title.values())
        problems += _missing_glyphs(f"$.agreements.{agreement.key}.title", text, text)
        if agreement.kind == "investment" and not agreement.amount:
            problems.append(Problem(f"$.agreements.{agreement.key}.amount", "amount_missing"))
    return problems + _papers(found, arriving=True)


def list_for_agreement(ceremony_id: str, agreement: agreements.AgreementView) -> list[Problem]:
    """The obstacles that touch what is printed on one agreement: its own, its parties', the project's name."""
    seat_ids = {signer.seat_id for signer in agreement.signers}
    bound = [seat.party_key for seat in seats.list_seats(ceremony_id) if seat.id in seat_ids]
    ours = (f"$.agreements.{agreement.key}.", "$.title", *(f"$.parties.{key}." for key in bound))
    others = {"email_missing", "paper_arriving"}  # it can be printed as it stands
    return [each for each in list_obstacles(ceremony_id) if each.path.startswith(ours) and each.code not in others]


def _papers(found: list[agreements.AgreementView], *, arriving: bool) -> list[Problem]:
    """One for each agreement whose newest file is not its text: `paper_arriving`, or `paper_refused`."""
    newest = {each.agreement_id: each for each in uploads.list_arrivals([each.id for each in found])}
    code = "paper_arriving" if arriving else "paper_refused"
    return [
        Problem(
            f"$.agreements.{each.key}.paper",
            code,
            {"name": newest[each.id].name, "title": i18n.t("plan-title-quoted", title=i18n.pick(each.title))},
        )
        for each in found
        if each.id in newest and newest[each.id].is_arriving is arriving
    ]


def _missing_glyphs(path: str, text: str, who: str) -> list[Problem]:
    missing = fonts.missing_glyphs(text)
    if not missing:
        return []
    return [Problem(path, "glyph_missing", {"characters": " ".join(missing), "who": who})]


def list_warnings(ceremony_id: str) -> list[Problem]:
    """What is allowed and mostly a mistake: `same_ceremony`, `same_address`, `start_past`, `sums_differ`,
    `sum_not_named`, `signs_nothing`, `template_left`, `seal_not_approved`, `seal_missing`, `paper_refused`.
    None of them keeps anybody from inviting.
    """
    ceremony = queries.get_ceremony(ceremony_id)
    found = agreements.list_agreements(ceremony_id)
    return [
        *_twins(ceremony),
        *_past(ceremony),
        *_same_addresses(ceremony),
        *_sums(ceremony, found),
        *_idle(ceremony, found),
        *_left_from_templates(ceremony),
        *list_undrawn_seals(ceremony, found),
        *_papers(found, arriving=False),
    ]


def _twins(ceremony: queries.CeremonyView) -> list[Problem]:
    """Mostly a file that was imported twice."""
    others = [
        i18n.t(
            "ceremonies-twin",
            number=each.short_id,
            state=i18n.t(f"ceremony-state-{each.state}"),
            created=i18n.format_datetime(each.created_at, ceremony.host_timezone),
        )
        for each in queries.list_twins(ceremony)
    ]
    if not others:
        return []
    return [
        Problem("$.title", "same_ceremony", {"own": ceremony.short_id, "others": i18n.t("list-separator").join(others)})
    ]


def _past(ceremony: queries.CeremonyView) -> list[Problem]:
    if ceremony.starts_at > clock.now():
        return []
    when = i18n.format_named(ceremony.starts_at, ceremony.host_timezone)
    return [Problem("$.starts_at", "start_past", {"when": when})]


def _same_addresses(ceremony: queries.CeremonyView) -> list[Problem]:
    """Whoever reads a mailbox signs for everybody whose codes come there."""
    by_address: dict[str, list[seats.SeatView]] = defaultdict(list)
    for seat in seats.list_seats(ceremony.id):
        if seat.email:
            by_address[seat.email.casefold()].append(seat)
    return [
        Problem(
            f"$.parties.{shared[0].party_key}.email",
            "same_address",
            {
                "address": shared[0].email,
                "who": i18n.t("list-separator").join(_called(seat, ceremony.party(seat.party_key)) for seat in shared),
            },
        )
        for shared in by_address.values()
        if len(shared) > 1
    ]


def _called(seat: seats.SeatView, party: queries.PartyView) -> str:
    organisation = i18n.pick(party.organisation)
    return seat.name + i18n.aside(organisation) if seat.name else organisation


def _sums(ceremony: queries.CeremonyView, found: list[agreements.AgreementView]) -> list[Problem]:
    if not ceremony.amount:
        return []
    planned = (ceremony.currency or "CNY", Decimal(ceremony.amount))
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for each in found:
        if each.amount:
            totals[each.currency or "CNY"] += Decimal(each.amount)
    if totals == dict([planned]):
        return []
    said = i18n.format_money(planned[1], planned[0])
    if not totals:
        return [Problem("$.planned_investment", "sum_not_named", {"planned": said})]
    together = " + ".join(i18n.format_money(total, currency) for currency, total in totals.items())
    return [Problem("$.planned_investment", "sums_differ", {"planned": said, "total": together})]


def _idle(ceremony: queries.CeremonyView, found: list[agreements.AgreementView]) -> list[Problem]:
    if not found:
        return []  # where nothing is agreed yet, that is what is said
    busy = {signer.seat_id for each in found for signer in each.signers}
    by_party = {seat.party_key: seat for seat in seats.list_seats(ceremony.id)}
    return [
        Problem(f"$.parties.{party.key}", "signs_nothing", {"who": i18n.pick(party.organisation)})
        for party in ceremony.parties
        if by_party[party.key].id not in busy
    ]


def _left_from_templates(ceremony: queries.CeremonyView) -> list[Problem]:
    """They would stand in mails, on the stage and in the papers of whoever reads the other language."""
    return [
        Problem(
            f"$.parties.{party.key}.{name}",
            "template_left",
            {"who": i18n.pick(party.organisation), "field": i18n.t(f"ceremony-field-{name}"), "text": text},
        )
        for party in ceremony.parties
        for name, text in leftovers.list_left(party)
    ]


def list_undrawn_seals(ceremony: queries.CeremonyView, found: list[agreements.AgreementView]) -> list[Problem]:
    """`seal_not_approved` or `seal_missing`, one for each party: once the papers are printed, no seal can be added."""
    titles: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in seals.list_planned(found, ceremony):
        if each.why_not:
            titles[each.party_key, each.why_not].append(
                i18n.t("plan-title-quoted", title=i18n.pick(each.agreement.title))
            )
    return [
        Problem(
            f"$.parties.{key}.seal",
            why_not,
            {"who": i18n.pick(ceremony.party(key).organisation), "titles": i18n.t("list-separator").join(named)},
        )
        for (key, why_not), named in titles.items()
    ]
