"""Background work on agreements: printing before they open, the final revision after the last signature."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core import claims, clock, config, jobs, storage
from core.claims import Claim
from core.db import db, transaction
from core.errors import Conflict
from pdf import sign as pdf_sign
from pdf.tsa import WitnessedTimestamper
from signing.agreements import keeping, queries, service
from signing.agreements.paper import AgreementPaper, Attached, PaperKind, PaperParty, PaperSigner, three_phases
from signing.agreements.printing import print_and_freeze
from signing.agreements.rules import AgreementState
from signing.agreements.stamping import WAITING_LEVEL
from signing.ceremonies import queries as ceremonies
from signing.papers import Bilingual
from signing.seals import queries as seals
from signing.seats import queries as seats
from signing.trust import service as trust
from signing.uploads import queries as uploads

AUTHORISED = Bilingual("授权代表", "Authorised representative")
# A ceremony is named after the project that it is for; the paper names the project alone.
_GATHERINGS = ("云签约仪式", "云签约", "签约仪式", "签约", ": remote signing", " signing ceremony")


@jobs.handles(service.PRINT)
def print_agreement(claim: Claim, payload: dict[str, Any]) -> None:
    """Print and freeze one agreement; what was frozen by an earlier try stays."""
    agreement = queries.get_agreement(payload["agreement"])
    if agreement.state is AgreementState.DRAFT:
        paper, attached = paper_of(agreement), attached_of(agreement.id)
        fields = {signer.field: signer.field for signer in agreement.signers}
        ceremony = ceremonies.get_ceremony(agreement.ceremony_id)
        marks = seals.list_to_freeze(agreement, ceremony)
        db.session.rollback()  # no snapshot is held while the paper is printed
        frozen = print_and_freeze(
            paper, fields, at=clock.now(), time_policy=ceremony.time_policy, attached=attached, seals=marks
        )
        keeping.keep_frozen(agreement.id, frozen, marks, version=agreement.version)
    with transaction():
        claims.finish(claim)


def attached_of(agreement_id: str) -> Attached | None:
    """The paper that the host brought along for this agreement, if there is one."""
    found = uploads.find_upload(agreement_id)
    if found is None:
        return None
    read = {page.number: page.text for page in found.pages}
    return Attached(found.rebuilt_digest, found.original_digest, len(found.pages), read)


def paper_of(agreement: queries.AgreementView) -> AgreementPaper:
    """The values that are printed: equal plans give equal papers."""
    ceremony = ceremonies.get_ceremony(agreement.ceremony_id)
    by_seat = {seat.id: seat for seat in seats.list_seats(ceremony.id)}
    sealed = {mark.field for mark in seals.list_to_freeze(agreement, ceremony)}
    # Two people may sign for one party; the party is bound once.
    bound = list(dict.fromkeys(by_seat[signer.seat_id].party_key for signer in agreement.signers))
    kind = PaperKind(agreement.kind)
    amount = Decimal(agreement.amount) if agreement.amount else None
    return AgreementPaper(
        number=agreement.number,
        version=agreement.version,
        kind=kind,
        title=_bilingual(agreement.title),
        project=_project(ceremony.title),
        site=_bilingual(ceremony.host.place),
        date=ceremony.held_on,
        made_at=ceremony.created_at,
        parties=tuple(_party(ceremony.party(key)) for key in bound),
        signers=tuple(
            _signer(
                signer.field,
                by_seat[signer.seat_id],
                ceremony.party(by_seat[signer.seat_id].party_key),
                sealed=signer.field in sealed,
            )
            for signer in agreement.signers
        ),
        amount=amount,
        currency=agreement.currency or "CNY",
        # A schedule is agreed, never invented: only the specimen paper has the customary one.
        schedule=three_phases(amount) if ceremony.is_demo and kind is PaperKind.INVESTMENT and amount else (),
        verify_url=f"{config.settings().base_url}/verify",
        demo=ceremony.mark == "demo",
        rehearsal=ceremony.is_rehearsal,
    )


def _bilingual(texts: dict[str, str]) -> Bilingual:
    return Bilingual(texts.get("zh-CN") or texts.get("en") or "", texts.get("en") or "")


def _project(title: dict[str, str]) -> Bilingual:
    names = dict(title)
    for locale, name in title.items():
        for gathering in _GATHERINGS:
            names[locale] = names[locale].removesuffix(gathering) or name
    return _bilingual(names)


def _party(party: ceremonies.PartyView) -> PaperParty:
    return PaperParty(
        key=party.key,
        organisation=_bilingual(party.organisation),
        representative_title=_bilingual(party.representative_title),
        capacity=AUTHORISED,
        place=_bilingual(party.place),
    )


def _signer(field: str, seat: seats.SeatView, party: ceremonies.PartyView, *, sealed: bool) -> PaperSigner:
    return PaperSigner(
        key=field,
        name=seat.name,
        capacity=_bilingual(party.representative_title),
        organisation=_bilingual(party.organisation),
        party=party.key,
        place=_bilingual(party.place),
        seal=sealed,
        identifier=seat.certificate_identifier,
    )


@jobs.handles(service.SEAL)
def seal_agreement(claim: Claim, payload: dict[str, Any]) -> None:
    """Add validation data and the document timestamp as the last revision; a file that would fail is not kept."""
    agreement = queries.get_agreement(payload["agreement"])
    if agreement.state is AgreementState.COMPLETED:
        if agreement.head_digest is None:
            raise Conflict("agreement_not_ready")
        signed_with = {signer.id: seats.get_certificate(signer.certificate_id or "") for signer in agreement.signers}
        ceremony = ceremonies.get_ceremony(agreement.ceremony_id)
        policy, rehearsal = ceremony.time_policy, ceremony.is_rehearsal
        crls = trust.revocation_lists(seats.list_revoked(), rehearsal=rehearsal)
        db.session.rollback()  # the timestamp may come over the network, and so may what other issuers say
        own = {key: trust.own_validation(each.path) for key, each in signed_with.items() if each.is_own}
        head = storage.read(agreement.head_digest)
        stamps = trust.about_stamps(head, rehearsal=rehearsal)
        at = clock.now()
        found = trust.trust(rehearsal=rehearsal)
        witness = WitnessedTimestamper(trust.timestamper(policy, rehearsal=rehearsal))
        sealed = pdf_sign.seal(
            head,
            chain=[
                *(each for certificate in signed_with.values() for each in certificate.path),
                *found.chain,
                found.platform.certificate,
                found.timestamping.certificate,
                *stamps.certificates,
            ],
            crls=[*crls, *(each for said in own.values() for each in said.lists), *stamps.lists],
            ocsps=[*(each for said in own.values() for each in said.responses), *stamps.responses],
            timestamper=witness,
            at=at,
        )
        trust.refuse_failing(sealed, name=f"{agreement.number}.pdf", reason="sealed_file_fails", rehearsal=rehearsal)
        keeping.keep_sealed(
            agreement.id,
            final_digest=storage.put(sealed),
            level="B-LTA",
            sealed_at=at,
            stamp=witness.last,
            but=_kept_lower(
                agreement,
                silent={key for key, said in own.items() if not said.is_complete},
                stamps_known=stamps.is_complete,
                sealed_by_others=witness.third_party,
            ),
        )
    with transaction():
        claims.finish(claim)


def _kept_lower(
    agreement: queries.AgreementView, *, silent: set[str], stamps_known: bool, sealed_by_others: bool
) -> list[str]:
    """The signers (ids) whose level the sealing does not raise: their issuers', or their clock's, were silent.

    Those who waited have the time of the sealing's own timestamp, about which no store holds anything yet.
    """
    lower = set(silent)
    for signer in agreement.signers:
        if signer.level == WAITING_LEVEL:
            lower |= {signer.id} if sealed_by_others else set()
        elif signer.third_party_time and not stamps_known:
            lower.add(signer.id)
    return sorted(lower)
