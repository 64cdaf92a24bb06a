"""Pages and files of evidence for who took part: the audit trail, finished files, certificates, kits."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import queries as accounts
from accounts.access import Role, current_account, needs
from core import audit, i18n, storage
from core.errors import NotFound
from core.i18n import t
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView
from signing.ceremonies import queries as ceremonies
from signing.ceremonies.queries import CeremonyView
from signing.evidence import files, forms, queries, words
from signing.evidence.files import EvidenceFile
from signing.seats import queries as seats
from signing.seats.access import proved_only

bp = Blueprint("evidence", __name__)
READERS = (Role.HOST, Role.ADMINISTRATOR, Role.AUDITOR)


@bp.get("/ceremonies/<ceremony_id>/trail")
@needs(*READERS)
def show_trail(ceremony_id: str) -> ResponseReturnValue:
    account = current_account()
    ceremony = ceremonies.get_ceremony(ceremony_id, organisation_id=account.organisation_id)
    reader = _Reader(
        zone=account.timezone,
        layout="layouts/app.html",
        back=(f"/ceremonies/{ceremony_id}", t("trail-back-ceremony")),
        download=url_for(".download_trail", ceremony_id=ceremony_id),
        staff={each.id: accounts.called(each) for each in accounts.list_accounts(account.organisation_id)},
    )
    return _trail_page(ceremony, reader)


@bp.get("/seat/<seat_id>/trail")
@proved_only
def show_seat_trail(seat_id: str) -> ResponseReturnValue:
    seat = seats.get_seat(seat_id)
    reader = _Reader(
        zone=seat.declared_timezone or seat.timezone,
        layout="layouts/plain.html",
        back=(f"/seat/{seat_id}", t("trail-back-seat")),
        seat=seat_id,
    )
    return _trail_page(ceremonies.get_ceremony(seat.ceremony_id), reader)


@dataclass(frozen=True)
class _Reader:
    """Who looks at a trail; with `seat`, only at what concerns that seat."""

    zone: str
    layout: str
    back: tuple[str, str]
    download: str = ""
    seat: str = ""
    staff: dict[str, str] | None = None


def _trail_page(ceremony: CeremonyView, reader: _Reader) -> str:
    form = forms.TrailForm.read(request.args)
    listed = agreements.list_for_seat(reader.seat) if reader.seat else agreements.list_agreements(ceremony.id)
    own = tuple(agreement.id for agreement in listed)
    page = queries.list_entries(ceremony.id, form.wanted, page=form.page, seat=reader.seat, own=own)
    people = seats.list_seats(ceremony.id)
    names = words.Names(
        {seat.id: seat for seat in people},
        {agreement.id: agreement for agreement in listed},
        reader.staff or {},
        {party.id: party for party in ceremony.parties},
    )
    return render_template(
        "evidence/trail.html",
        layout=reader.layout,
        back=reader.back,
        download=reader.download,
        own_only=bool(reader.seat),
        title=i18n.pick(ceremony.title),
        entries=[words.shown(entry, names, ceremony, zone=reader.zone) for entry in page.entries],
        page=page,
        broken_at=queries.find_break(ceremony.id),
        length=audit.find_head(ceremony.id)[0],
        wanted=form.wanted,
        actors=[
            (seat.id, f"{seat.name} · {i18n.pick(ceremony.party(seat.party_key).organisation)}") for seat in people
        ],
        actions=[(name, words.action(name)) for name in queries.list_actions(ceremony.id)],
        agreements=[(agreement.id, words.called(agreement)) for agreement in listed],
        link=lambda number: f"{request.path}?{urlencode(form.query(number))}",
        here=request.path,
        demo=ceremony.mark,
    )


@bp.get("/ceremonies/<ceremony_id>/trail.jsonl")
@needs(*READERS)
def download_trail(ceremony_id: str) -> ResponseReturnValue:
    ceremonies.get_ceremony(ceremony_id, organisation_id=current_account().organisation_id)
    return _attachment(queries.snapshot(ceremony_id).jsonl, f"{ceremony_id}-trail.jsonl", "application/jsonl")


@bp.get("/ceremonies/<ceremony_id>/kit.zip")
@needs(*READERS)
def download_ceremony_kit(ceremony_id: str) -> ResponseReturnValue:
    ceremony = ceremonies.get_ceremony(ceremony_id, organisation_id=current_account().organisation_id)
    return _file(files.ceremony_kit(ceremony, agreements.list_agreements(ceremony_id)))


@bp.get("/agreements/<agreement_id>/final.pdf")
@needs(*READERS)
def download_final(agreement_id: str) -> ResponseReturnValue:
    return _file(files.final(_of_organisation(agreement_id)))


@bp.get("/agreements/<agreement_id>/certificate.pdf")
@needs(*READERS)
def download_certificate(agreement_id: str) -> ResponseReturnValue:
    return _file(files.certificate(_of_organisation(agreement_id)))


@bp.get("/agreements/<agreement_id>/kit.zip")
@needs(*READERS)
def download_kit(agreement_id: str) -> ResponseReturnValue:
    return _file(files.kit(_of_organisation(agreement_id)))


@bp.get("/seat/<seat_id>/agreements/<agreement_id>/final.pdf")
@proved_only
def download_seat_final(seat_id: str, agreement_id: str) -> ResponseReturnValue:
    return _file(files.final(_of_seat(seat_id, agreement_id)))


@bp.get("/seat/<seat_id>/agreements/<agreement_id>/certificate.pdf")
@proved_only
def download_seat_certificate(seat_id: str, agreement_id: str) -> ResponseReturnValue:
    return _file(files.certificate(_of_seat(seat_id, agreement_id)))


@bp.get("/seat/<seat_id>/agreements/<agreement_id>/kit.zip")
@proved_only
def download_seat_kit(seat_id: str, agreement_id: str) -> ResponseReturnValue:
    return _file(files.kit(_of_seat(seat_id, agreement_id)))


def _of_organisation(agreement_id: str) -> AgreementView:
    agreement = agreements.get_agreement(agreement_id)
    ceremonies.get_ceremony(agreement.ceremony_id, organisation_id=current_account().organisation_id)
    return agreement


def _of_seat(seat_id: str, agreement_id: str) -> AgreementView:
    agreement = agreements.get_agreement(agreement_id)
    agreement.signer_of(seat_id)
    return agreement


def _file(file: EvidenceFile) -> Response:
    if file.digest is None:
        raise NotFound("evidence_not_ready")
    return _attachment(storage.read(queries.newest_form(file.digest)), file.name, file.content_type)


def _attachment(data: bytes, name: str, content_type: str) -> Response:
    response = Response(data, mimetype=content_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
