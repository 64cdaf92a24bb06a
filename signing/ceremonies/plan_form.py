"""What first stands in the forms of a draft, and what can be chosen there; templates only print it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from core import config, i18n
from core.i18n import t
from signing.agreements import queries as agreements
from signing.ceremonies import drafts, queries, rules
from signing.seats import queries as seats

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}", re.ASCII)


def ceremony_values(ceremony: queries.CeremonyView) -> dict[str, Any]:
    """The form of the ceremony itself; day and time in the host's zone."""
    start = ceremony.starts_at.astimezone(ZoneInfo(ceremony.host_timezone))
    return {
        **_both("title", ceremony.title),
        "date": f"{start:%Y-%m-%d}",
        "time": f"{start:%H:%M}",
        "timezone": ceremony.host_timezone,
        "minutes": ceremony.limit_minutes,
        "tool": ceremony.conference_tool,
        "time_policy": str(ceremony.time_policy),
        "amount": ceremony.amount or "",
        "currency": ceremony.currency or "CNY",
        "note": ceremony.note,
    }


def suggested_start(asked: Mapping[str, str]) -> dict[str, str]:
    """Day and time that an address asks to be filled in; empty where they are none."""
    day, time = asked.get("date", ""), asked.get("time", "")
    return {"date": day, "time": time} if _DAY.fullmatch(day) and _TIME.fullmatch(time) else {}


def beginning_values(key: str, organisation: str, zone: str) -> dict[str, str]:
    """The form of a ceremony that is to be begun, for an organisation whose people are in this zone."""
    return {"key": key, "organisation": organisation, "timezone": zone}


def asks_time_policy(ceremony: queries.CeremonyView, errors: Collection[str] = ()) -> bool:
    """Whether there is anything to choose: with the built-in clock alone there is none, unless it was chosen before."""
    is_set = bool(config.settings().tsa_urls)
    return is_set or ceremony.time_policy is not rules.TimePolicy.INSTALLATION or "time_policy" in errors


def time_policies() -> list[tuple[str, str]]:
    """What may become of a signature without a timestamp, in words; the first says how the installation is set."""
    usual = t(f"time-policy-{config.settings().tsa_policy}")
    return [(each, t(f"time-policy-{each}", usual=usual)) for each in rules.TimePolicy]


def _both(name: str, texts: dict[str, str]) -> dict[str, str]:
    return {name: drafts.first(texts), f"{name}_en": texts.get("en", "")}


def party_values(ceremony: queries.CeremonyView, party_key: str) -> dict[str, Any]:
    """The form of a party; raises NotFound."""
    party = ceremony.party(party_key)
    seat = next(seat for seat in seats.list_seats(ceremony.id) if seat.party_key == party_key)
    return {
        "representative_name": seat.name,
        "email": seat.email,
        "locale": seat.locale,
        "timezone": party.timezone,
        "is_host": "yes" if ceremony.host.key == party_key else "",
        **_both("organisation", party.organisation),
        **_both("representative_title", party.representative_title),
        **_both("place", party.place),
    }


def new_party_values(ceremony: queries.CeremonyView, key: str) -> dict[str, Any]:
    """The form of a party that is to be added."""
    return {"key": key, "locale": "zh-CN", "timezone": ceremony.host_timezone}


def agreement_values(agreement: agreements.AgreementView) -> dict[str, Any]:
    """The form of an agreement; `between` and `after` hold keys."""
    parties = {seat.id: seat.party_key for seat in seats.list_seats(agreement.ceremony_id)}
    keys = {each.id: each.key for each in agreements.list_agreements(agreement.ceremony_id)}
    return {
        **_both("title", agreement.title),
        "kind": agreement.kind,
        "amount": agreement.amount or "",
        "currency": agreement.currency or "CNY",
        "between": [parties[signer.seat_id] for signer in agreement.signers],
        "after": [keys[before] for before in agreement.after],
    }


def new_agreement_values(ceremony: queries.CeremonyView, key: str) -> dict[str, Any]:
    """The form of an agreement that is to be added: with the host, after nothing."""
    return {
        "key": key,
        "kind": "cooperation",
        "currency": ceremony.currency or "CNY",
        "between": [ceremony.host.key],
        "after": [],
    }


def in_order(chosen: Sequence[str], before: Sequence[str]) -> list[str]:
    """The chosen keys; those that were there before keep their order, for the first is Party A."""
    return [key for key in before if key in chosen] + [key for key in dict.fromkeys(chosen) if key not in before]


def party_choices(ceremony: queries.CeremonyView) -> list[tuple[str, str, str]]:
    """(key, organisation, who signs)."""
    by_party = {seat.party_key: seat for seat in seats.list_seats(ceremony.id)}
    return [
        (party.key, i18n.pick(party.organisation), by_party[party.key].name or t("ceremony-name-lacking"))
        for party in ceremony.parties
    ]


def agreement_choices(ceremony_id: str, *, but: str) -> list[tuple[str, str, str]]:
    """(key, title, who signs) of the other agreements; a draft has no number to tell two of one title apart."""
    ceremony = queries.get_ceremony(ceremony_id)
    names = {seat.id: i18n.pick(ceremony.party(seat.party_key).organisation) for seat in seats.list_seats(ceremony_id)}
    return [
        (each.key, i18n.pick(each.title), t("list-separator").join(names[signer.seat_id] for signer in each.signers))
        for each in agreements.list_agreements(ceremony_id)
        if each.id != but
    ]


def list_named(ceremony_id: str, party_key: str, *, needed: bool) -> list[tuple[str, str]]:
    """(id, title) of the agreements that a party signs; `needed`: only those that could not do without it."""
    seat = next(seat for seat in seats.list_seats(ceremony_id) if seat.party_key == party_key)
    found = agreements.list_for_seat(seat.id)
    return [(each.id, i18n.pick(each.title)) for each in found if not needed or len(each.signers) <= 2]


def consequences_of_removal(agreement: agreements.AgreementView) -> list[str]:
    """One sentence for each agreement that came after this one: what it opens after then."""
    titles = {each.id: i18n.pick(each.title) for each in agreements.list_agreements(agreement.ceremony_id)}
    sentences = []
    for each in agreements.list_agreements(agreement.ceremony_id):
        if agreement.id not in each.after:
            continue
        left = [titles[before] for before in titles if before in {*each.after, *agreement.after} - {agreement.id}]
        if left:
            after = opens_after(left)
            sentences.append(t("plan-remove-agreement-then", title=titles[each.id], after=after))
        else:
            sentences.append(t("plan-remove-agreement-first", title=titles[each.id]))
    return sentences


def links(found: Sequence[agreements.AgreementView]) -> dict[str, dict[str, Any]]:
    """By id what can be drawn of a cascade: an agreement's own key, and (key, title) of each that it comes after."""
    named = {each.id: (each.key, i18n.pick(each.title)) for each in found}
    return {
        each.id: {"key": each.key, "after": [named[before] for before in named if before in each.after]}
        for each in found
    }


def opens_after(titles: Sequence[str]) -> str:
    """Titles as one list in the reader's language."""
    return t("list-separator").join(t("plan-title-quoted", title=title) for title in titles)
