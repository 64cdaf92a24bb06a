"""What the host's page of thanks shows, as values that a template only prints."""

from __future__ import annotations

from collections import Counter
from typing import Any

from accounts import queries as accounts
from core import i18n, outbox
from core.i18n import t
from signing.ceremonies.queries import CeremonyView
from signing.thanks import mails, queries, readers, service
from signing.thanks.queries import LetterView, ThanksView
from signing.thanks.rules import Kind, Reader, Standing, Why

Row = dict[str, Any]


def page(ceremony: CeremonyView) -> Row:
    """Who gets which letter, how each reads, and what became of those that went out."""
    thanks, letters = queries.get_thanks(ceremony.id), queries.list_letters(ceremony.id)
    everybody = readers.list_readers(ceremony, with_team=True)
    ends = outbox.list_ends([each.message_id for each in letters.values()])
    told = [each for each in everybody if _is_told(each, thanks, letters)]
    states = {each.key: _state(ceremony, letters.get(each.key), each, ends) for each in told}
    due = service.due(ceremony, thanks.draft)
    return {
        "ceremony": ceremony,
        "title": i18n.pick(ceremony.title),
        "standing": str(queries.standing(ceremony)),
        "words": thanks.draft.words,
        "team": thanks.draft.with_team,
        "team_size": sum(each.kind is Kind.TEAM for each in everybody),
        "words_seen": service.words_seen(thanks.draft),
        "sent": _sent(ceremony, thanks, letters, ends),
        "rows": [_row(ceremony, each, states[each.key], letters.get(each.key)) for each in told],
        "letters": _letters(ceremony, told, thanks),
        "due": len(due),
        "seen": service.looked_at(thanks.draft, due),
        "is_open": queries.standing(ceremony) is Standing.OPEN,
        "is_mail_set_up": outbox.is_set_up(),
        "demo": ceremony.mark,
    }


def _is_told(reader: Reader, thanks: ThanksView, letters: dict[str, LetterView]) -> bool:
    return reader.kind is not Kind.TEAM or thanks.draft.with_team or reader.key in letters


def _state(ceremony: CeremonyView, letter: LetterView | None, reader: Reader, ends: dict[str, outbox.End]) -> str:
    """`sent`, `waiting`, `failed`, `withdrawn` of a letter that went out, else why there is none (`not_yet`: may still
    sign), or `due`."""
    if letter is not None:
        return ends.get(letter.message_id, outbox.WAITING).word
    if reader.why_not is Why.NOTHING_SIGNED and not ceremony.is_over:
        return "not_yet"
    return str(reader.why_not or "due")


def _row(ceremony: CeremonyView, reader: Reader, state: str, letter: LetterView | None) -> Row:
    at = i18n.format_datetime(letter.sent_at, ceremony.host_timezone) if letter else ""
    return {
        "name": reader.name,
        "organisation": reader.organisation or t("thanks-kind-team"),
        "kind": t(f"thanks-kind-{reader.kind}"),
        "language": t(f"reminder-language-{letter.locale if letter else reader.locale}"),
        "address": reader.email,
        "state": state,
        "is_thanked": letter is not None,
        "words": t(f"thanks-state-{state}", at=at),
    }


def _sent(
    ceremony: CeremonyView, thanks: ThanksView, letters: dict[str, LetterView], ends: dict[str, outbox.End]
) -> Row | None:
    if thanks.sent_at is None:
        return None
    by = accounts.find_account(thanks.sent_by)
    found = Counter(ends.get(each.message_id, outbox.WAITING).word for each in letters.values())
    return {
        "at": i18n.format_named(thanks.sent_at, ceremony.host_timezone),
        "by": accounts.called(by) if by else t("ceremony-report-staff"),
        "n": len(letters),
        "sent": found["sent"],
        "waiting": found["waiting"],
        "failed": found["failed"],
    }


def _letters(ceremony: CeremonyView, told: list[Reader], thanks: ThanksView) -> list[Row]:
    """One letter of each kind and language that somebody gets or got; the signers' where there is nobody yet."""
    of = Counter((each.kind, each.locale) for each in told if each.why_not is None)
    wanted = [(kind, locale) for kind in Kind for locale in i18n.LOCALES]
    shown = [each for each in wanted if of[each] or (not of and each[0] is Kind.SIGNER)]
    return [_letter(ceremony, kind, locale, thanks.draft.words, of[kind, locale]) for kind, locale in shown]


def _letter(ceremony: CeremonyView, kind: Kind, locale: str, words: dict[str, str], number: int) -> Row:
    with i18n.use_locale(locale):
        reader = mails.example(ceremony, kind, locale)
        mail = mails.letter(ceremony, reader, words=words, link=t("thanks-link-place"))
    return {
        "kind": str(kind),
        "language": locale,
        "name": t(f"thanks-letter-{kind}") + i18n.aside(t(f"reminder-language-{locale}")),
        "n": number,
        "lacks": bool(words) and number > 0 and not words.get(locale),
        "mail": mail,
    }
