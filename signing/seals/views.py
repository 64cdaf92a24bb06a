"""The host's page of a ceremony's specimen seals, and the pictures of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import accepts_upload, current_actor, needs
from core import i18n, seen, storage
from core.errors import Invalid, NotFound, Refusal
from core.i18n import t
from core.seen import PlanChanged
from core.upload import find_content, read_content
from pdf.specimen import LARGEST
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView
from signing.ceremonies.access import HOSTS, own_ceremony
from signing.ceremonies.queries import CeremonyView
from signing.seals import demo, forms, queries, service
from signing.seats.access import proved_only

bp = Blueprint("seals", __name__)
_BASE = "/ceremonies/<ceremony_id>/seals"
Row = tuple[AgreementView, str, Mapping[str, str]]


@bp.get(_BASE)
@needs(*HOSTS)
def show(ceremony_id: str) -> ResponseReturnValue:
    return _page(ceremony_id)


@bp.post(f"{_BASE}/parties/<party_key>")
@needs(*HOSTS)
@accepts_upload
def upload(ceremony_id: str, party_key: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    try:
        picture = read_content(find_content(request.files.get("file")))
        service.upload_seal(ceremony_id, party_key, picture, by=current_actor(), looked_at=_looked_at())
    except Refusal as refusal:
        if refusal.status not in (422, 503) and not isinstance(refusal, PlanChanged):
            raise
        return _page(ceremony_id, party_key, refusal), refusal.status
    return _back(ceremony_id, party_key)


@bp.post(f"{_BASE}/parties/<party_key>/approve")
@needs(*HOSTS)
def approve(ceremony_id: str, party_key: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    try:
        digest = forms.read_approval(request.form)
    except Invalid as refusal:
        return _page(ceremony_id, party_key, refusal), refusal.status
    service.approve_seal(ceremony_id, party_key, digest, by=current_actor())
    return _back(ceremony_id, party_key)


@bp.post(f"{_BASE}/parties/<party_key>/remove")
@needs(*HOSTS)
def remove(ceremony_id: str, party_key: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    try:
        service.remove_seal(ceremony_id, party_key, by=current_actor(), looked_at=_looked_at())
    except PlanChanged as refusal:
        return _page(ceremony_id, party_key, refusal), refusal.status
    return _back(ceremony_id, party_key)


@bp.post(f"{_BASE}/uses")
@needs(*HOSTS)
def choose_uses(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    wishes = forms.read_uses(request.form)
    try:
        service.choose_uses(ceremony_id, wishes, by=current_actor(), looked_at=_looked_at())
    except PlanChanged as refusal:
        return _page(ceremony_id, wishes=wishes), refusal.status
    return redirect(url_for(".show", ceremony_id=ceremony_id, _anchor="uses"), 303)


@bp.post(f"{_BASE}/demo")
@needs(*HOSTS)
def use_demo_seals(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    demo.give_demo_seals(ceremony_id, by=current_actor())
    return redirect(url_for(".show", ceremony_id=ceremony_id), 303)


@bp.get(f"{_BASE}/parties/<party_key>/picture.png")
@needs(*HOSTS)
def show_picture(ceremony_id: str, party_key: str) -> ResponseReturnValue:
    party = own_ceremony(ceremony_id).party(party_key)
    return _picture(queries.get_seal(party.id).digest)


@bp.get("/seat/<seat_id>/agreements/<agreement_id>/seal.png")
@proved_only
def show_to_signer(seat_id: str, agreement_id: str) -> ResponseReturnValue:
    signer = agreements.get_agreement(agreement_id).signer_of(seat_id)
    seal = queries.find_frozen(agreement_id, signer.field)
    if seal is None:
        raise NotFound("seal_not_found")
    return _picture(seal.digest)


def _picture(digest: str) -> ResponseReturnValue:
    # The address stays when another picture comes: its digest decides whether a browser's copy is the right one.
    response = Response(storage.read(digest), mimetype="image/png")
    response.set_etag(digest)
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


def _looked_at() -> str:
    """A page always says what it was made from."""
    return seen.read(request.form) or ""


def _back(ceremony_id: str, party_key: str) -> ResponseReturnValue:
    return redirect(url_for(".show", ceremony_id=ceremony_id, _anchor=f"party-{party_key}"), 303)


def _page(
    ceremony_id: str,
    party_key: str = "",
    refusal: Refusal | None = None,
    wishes: Sequence[forms.Wish] | None = None,
) -> str:
    """`wishes` are what somebody chose while somebody else was faster."""
    ceremony = own_ceremony(ceremony_id)
    seals = {party.key: queries.find_seal(party.id) for party in ceremony.parties}
    uses = _uses(ceremony, {key for key, seal in seals.items() if seal})
    chosen = {(agreement_id, key): use for agreement_id, key, use in wishes or ()}
    return render_template(
        "seals/seals.html",
        ceremony=ceremony,
        title=i18n.pick(ceremony.title),
        names={party.key: i18n.pick(party.organisation) for party in ceremony.parties},
        seals=seals,
        seen={party.key: queries.seen_seal(party.id) for party in ceremony.parties},
        seen_uses=queries.seen_uses(ceremony),
        uses=uses,
        chosen=chosen,
        now=None if wishes is None else _now(ceremony, uses, chosen),
        drawn=_drawn(ceremony),
        can_change=ceremony.state == "draft",
        problem_at=party_key,
        problem=_sentences(refusal) if refusal else None,
        megabytes=LARGEST // 1_000_000,
        demo=ceremony.mark,
    )


def _now(ceremony: CeremonyView, uses: Sequence[Row], chosen: Mapping[tuple[str, str], str]) -> list[tuple[str, str]]:
    """What is kept wherever something else was chosen: (party, agreement and where)."""
    return [
        (i18n.pick(ceremony.party(key).organisation), f"{title} · {t(f'seal-use-{use}')}")
        for agreement, title, where in uses
        for key, use in where.items()
        if chosen.get((agreement.id, key), use) != use
    ]


def _uses(ceremony: CeremonyView, sealed: set[str]) -> list[Row]:
    """Where the seals that there are go, agreement by agreement."""
    found: list[Row] = []
    for agreement in agreements.list_agreements(ceremony.id):
        uses = queries.uses_by_party(agreement, ceremony)
        wanted = {key: use for key, use in uses.items() if key in sealed}
        if wanted:
            found.append((agreement, i18n.pick(agreement.title), wanted))
    return found


def _drawn(ceremony: CeremonyView) -> list[tuple[str, list[tuple[str, bool, datetime | None]]]]:
    """The seals that the printed agreements hold, and when each was drawn."""
    names = {party.id: i18n.pick(party.organisation) for party in ceremony.parties}
    found = []
    for agreement in agreements.list_agreements(ceremony.id):
        rows = [(names[seal.party_id], seal.edges, seal.used_at) for seal in queries.list_frozen(agreement.id)]
        if rows:
            found.append((i18n.pick(agreement.title), rows))
    return found


def _sentences(refusal: Refusal) -> dict[str, str]:
    if isinstance(refusal, Invalid):
        return {"what": " ".join(t(each.message_id, **each.params) for each in refusal.problems), "next": ""}
    return {"what": i18n.t(refusal.message_id, **refusal.params), "next": i18n.t(refusal.next_id, **refusal.params)}
