"""The mails about what was not signed, about the end of a ceremony, and with a new link after it."""

from __future__ import annotations

from typing import Any

from accounts import queries as accounts
from core import config, i18n
from core.i18n import t
from core.letters import Button, compose
from core.outbox import Mail, renders
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.agreements.queries import AgreementView
from signing.ceremonies import queries
from signing.ceremonies.inviting import SEAT_LINK_MAIL
from signing.seats import queries as seats
from signing.seats import service as seat_service


@renders(agreement_service.DECLINED_MAIL)
def agreement_declined(payload: dict[str, Any]) -> Mail:
    """To a signer, that an agreement was declined, and which of the reader's own end with it.

    Who signs only what would have come after hears its number, and not who declined and why.
    """
    seat, declined = seats.get_seat(payload["seat"]), agreements.get_agreement(payload["agreement"])
    ceremony = queries.get_ceremony(seat.ceremony_id)
    mine = agreements.list_for_seat(seat.id)
    is_mine = declined.id in {each.id for each in mine}
    ended_with_it = [each for each in mine if each.ended_after_id == declined.id]
    named = declined if is_mine else ended_with_it[0]
    facts = _declined_facts(ceremony, declined) if is_mine else []
    if ended_with_it:
        facts.append((t("mail-fact-ended-with-it"), t("list-separator").join(map(_named, ended_with_it))))
    what = "mail-declined-what" if is_mine else "mail-declined-what-after"
    return compose(
        t("mail-declined-subject", title=i18n.pick(named.title)),
        [t("mail-greeting", name=seat.name), t(what, title=i18n.pick(named.title), number=declined.number)],
        facts=facts,
        after=[t("mail-declined-others" if any(not each.is_unsigned for each in mine) else "mail-declined-nothing")],
        demo=ceremony.mark,
    )


@renders("agreement_declined_host")
def agreement_declined_host(payload: dict[str, Any]) -> Mail:
    """To the host: who declined and why, what ends with it, whether the ceremony goes on."""
    ceremony = queries.get_ceremony(payload["ceremony"])
    declined = agreements.get_agreement(payload["agreement"])
    found = agreements.list_agreements(ceremony.id)
    ended_with_it = [each for each in found if each.ended_after_id == declined.id]
    facts = [(t("mail-fact-ceremony"), i18n.pick(ceremony.title)), *_declined_facts(ceremony, declined)]
    if ended_with_it:
        facts.append((t("mail-fact-ended-with-it"), t("list-separator").join(map(_named, ended_with_it))))
    going_on = any(not each.is_unsigned for each in found)
    return compose(
        t("mail-declined-subject", title=i18n.pick(declined.title)),
        [_greeting(payload), t("mail-declined-what", title=i18n.pick(declined.title), number=declined.number)],
        facts=facts,
        button=_board(ceremony),
        after=[t("mail-declined-host-others" if going_on else "mail-declined-host-nothing")],
        demo=ceremony.mark,
    )


@renders("ceremony_ended")
def ceremony_ended(payload: dict[str, Any]) -> Mail:
    """To the host: what was signed and what was not, and where the evidence is."""
    ceremony = queries.get_ceremony(payload["ceremony"])
    found = agreements.list_agreements(ceremony.id)
    signed = [_named(each) for each in found if each.is_proved]
    unsigned = [_named(each) for each in found if each.is_unsigned]
    return compose(
        t("mail-ended-subject", title=i18n.pick(ceremony.title)),
        [_greeting(payload), t("mail-ended-what", signed=len(signed), all=len(found))],
        facts=[
            (t("mail-fact-signed"), t("list-separator").join(signed)),
            (t("mail-fact-unsigned"), t("list-separator").join(unsigned)),
        ],
        button=_board(ceremony),
        after=[t("mail-ended-next")],
        demo=ceremony.mark,
    )


@renders(SEAT_LINK_MAIL)
def seat_link(payload: dict[str, Any]) -> Mail:
    """A new personal link after the end: to the reader's signed files, or to how it ended where there are none."""
    seat = seats.get_seat(payload["seat"])
    ceremony = queries.get_ceremony(seat.ceremony_id)
    signed = [each for each in agreements.list_for_seat(seat.id) if each.is_proved]
    what = "mail-files" if signed else "mail-no-files"
    link = f"{config.settings().base_url}/s/{seat_service.link_again(seat.id, payload['link'])}"
    return compose(
        t(f"{what}-subject", title=i18n.pick(ceremony.title)),
        [t("mail-greeting", name=seat.name), t(f"{what}-what", title=i18n.pick(ceremony.title))],
        facts=[(t("mail-fact-signed"), t("list-separator").join(map(_named, signed)))] if signed else [],
        button=Button(t(f"{what}-button"), link),
        after=[t("mail-files-personal")],
        demo=ceremony.mark,
    )


def _declined_facts(ceremony: queries.CeremonyView, declined: AgreementView) -> list[tuple[str, str]]:
    ending = agreements.find_ending(declined)
    facts = [(t("evidence-mail-number"), declined.number)]
    if ending and ending.seat_id:
        party = ceremony.party(seats.get_seat(ending.seat_id).party_key)
        facts.append((t("mail-fact-declined-by"), i18n.pick(party.organisation)))
    return [*facts, (t("mail-fact-reason"), declined.ended_reason or "")]


def _named(agreement: AgreementView) -> str:
    return t("mail-agreement-named", title=i18n.pick(agreement.title), number=agreement.number)


def _greeting(payload: dict[str, Any]) -> str:
    host = accounts.find_account(payload["account"])
    return t("mail-greeting", name=host.name if host else "")


def _board(ceremony: queries.CeremonyView) -> Button:
    return Button(t("mail-board-button"), f"{config.settings().base_url}/ceremonies/{ceremony.id}")
