"""The letters of thanks: the host's own words, the proposed text, what was signed with its codes, one link."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from accounts import queries as accounts
from core import config, i18n
from core.i18n import t
from core.jobs import Hopeless
from core.letters import Button, Item, compose
from core.outbox import Attachment, Mail, renders
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView
from signing.ceremonies import queries as ceremonies
from signing.ceremonies.queries import CeremonyView
from signing.evidence import service as evidence
from signing.seats import service as seat_service
from signing.thanks import queries, readers, service
from signing.thanks.rules import Kind, Reader, Why


@renders(service.MAIL)
def ceremony_thanks(payload: dict[str, Any]) -> Mail:
    """To one person. Raises Hopeless where the personal values were deleted meanwhile."""
    ceremony = ceremonies.get_ceremony(payload["ceremony"])
    found = readers.list_readers(ceremony, with_team=True)
    reader = next((each for each in found if each.key == payload["reader"]), None)
    if reader is None or reader.why_not is Why.DELETED:
        raise Hopeless("this person is not written to any more", reason="too_late")
    words = queries.get_thanks(ceremony.id).draft.words
    link = seat_service.link_again(reader.seat_id, payload["link"]) if reader.kind is Kind.SIGNER else ""
    return letter(ceremony, reader, words=words, link=f"{_base()}/s/{link}")


@renders(service.TEST)
def ceremony_thanks_test(payload: dict[str, Any]) -> Mail:
    """The same to the host, with a first line that says so; its link is nobody's."""
    ceremony, account = ceremonies.get_ceremony(payload["ceremony"]), accounts.find_account(payload["account"])
    if account is None:
        raise Hopeless("this account is gone", reason="too_late")
    words = queries.get_thanks(ceremony.id).draft.words
    reader = example(ceremony, Kind(payload["letter"]), i18n.current(), name=accounts.called(account))
    mail = letter(ceremony, reader, words=words, link=f"{_base()}/verify", first=t("thanks-test-first"))
    return replace(mail, subject=t("thanks-test-subject", subject=mail.subject))


def example(ceremony: CeremonyView, kind: Kind, locale: str, *, name: str = "") -> Reader:
    """Somebody who gets this letter in this language, or would; with `name` under another name and no address."""
    found = [each for each in readers.list_readers(ceremony, with_team=True) if each.kind is kind]
    own = ceremony.host.organisation.values()  # most readers are the host's partners
    found.sort(key=lambda each: (each.locale != locale, each.why_not is not None, each.organisation in own))
    if found:
        chosen = found[0]
    else:
        proved = tuple(each.id for each in agreements.list_agreements(ceremony.id) if each.is_proved)
        chosen = Reader("", kind, t("thanks-somebody"), "", "", locale, agreements=proved)
    return replace(chosen, name=name, email="") if name else chosen


def letter(ceremony: CeremonyView, reader: Reader, *, words: dict[str, str], link: str = "", first: str = "") -> Mail:
    """The letter in the current language; `link` is where a signer's button leads, `first` a line above it all."""
    mine = [each for each in agreements.list_agreements(ceremony.id) if each.id in reader.agreements]
    along = evidence.sealed_files_that_fit(mine) if reader.kind is Kind.FORMER else ()
    own = [each.strip() for each in words.get(i18n.current(), "").splitlines() if each.strip()]
    title = i18n.pick(ceremony.title)
    return compose(
        t("thanks-mail-subject", title=title),
        [*filter(None, (first,)), t("mail-greeting", name=reader.name), *own, *_text(ceremony, reader, len(mine))],
        items=[_item(each, reader.kind) for each in mine],
        button=_button(ceremony, reader, link),
        after=_after(ceremony, reader, mine, along),
        demo=ceremony.mark,
        attachments=along,
    )


def _base() -> str:
    return config.settings().base_url


def _text(ceremony: CeremonyView, reader: Reader, number: int) -> list[str]:
    """The proposed text; who signs for the host itself is not thanked by it as by another, and what ended before all
    was signed is called no success."""
    is_own = reader.kind is Kind.SIGNER and reader.organisation == i18n.pick(ceremony.host.organisation)
    named = {
        "host": i18n.pick(ceremony.host.organisation),
        "title": i18n.pick(ceremony.title),
        "organisation": reader.organisation,
        "n": number,
    }
    which = "own" if is_own else str(reader.kind)
    if reader.kind is Kind.TEAM and not all(each.completed_at for each in agreements.list_agreements(ceremony.id)):
        which = "team-early"
    text = [t(f"thanks-mail-{which}", **named), t(f"thanks-mail-{which}-wish")]
    return [*text, t("thanks-mail-list", n=number)] if number else text


def _item(agreement: AgreementView, kind: Kind) -> Item:
    """A witness gets the digits that were compared; the code that opens what a file says goes to who signed it."""
    title = t("mail-agreement-named", title=i18n.pick(agreement.title), number=agreement.number)
    if kind is Kind.WITNESS:
        digits = agreement.record_code
        return Item(title, t("thanks-mail-record-code", code=f"{digits[:4]} {digits[4:]}"))
    code = evidence.verification_code(agreement.head_digest or "")
    return Item(title, t("thanks-mail-code", code=code), f"{_base()}/verify/{code}")


def _button(ceremony: CeremonyView, reader: Reader, link: str) -> Button | None:
    if reader.kind is Kind.SIGNER:
        return Button(t("thanks-mail-button"), link)
    if reader.kind is Kind.TEAM:
        return Button(t("mail-board-button"), f"{_base()}/ceremonies/{ceremony.id}")
    return None


def _after(
    ceremony: CeremonyView, reader: Reader, mine: list[AgreementView], along: tuple[Attachment, ...]
) -> list[str]:
    check = t("thanks-mail-check", url=f"{_base()}/verify")
    if reader.kind is Kind.TEAM:
        return [t("thanks-mail-report", url=f"{_base()}/ceremonies/{ceremony.id}/report"), check]
    if reader.kind is Kind.WITNESS:
        return [check]
    waiting = [t("thanks-mail-waiting", n=reader.waiting)] if reader.waiting else []
    if reader.kind is Kind.FORMER:
        told = "some" if len(along) < len(mine) else "all"
        return [*waiting, t(f"thanks-mail-along-{told}", host=i18n.pick(ceremony.host.organisation)), check]
    return [*waiting, t("thanks-mail-personal"), check]
