"""What stands in the plan now, in the current locale, where a host typed something else or confirmed something else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import i18n
from core.i18n import t
from signing.agreements import queries as agreements
from signing.ceremonies import plan_form, queries, seen

_CEREMONY = {
    "title": "plan-field-name",
    "date": "ceremony-copy-date",
    "time": "plan-field-time",
    "timezone": "plan-field-zone",
    "minutes": "plan-field-minutes",
    "tool": "ceremony-fact-tool",
    "time_policy": "plan-field-time_policy",
    "amount": "ceremony-fact-amount",
    "currency": "ceremony-field-currency",
    "note": "ceremony-note",
}
_PARTY = {
    "representative_name": "ceremony-field-representative_name",
    "email": "ceremony-field-email",
    "locale": "ceremony-field-locale",
    "organisation": "ceremony-field-organisation",
    "representative_title": "ceremony-field-representative_title",
    "place": "ceremony-field-place",
    "timezone": "ceremony-field-timezone",
    "is_host": "plan-make-host",
}
_AGREEMENT = {
    "title": "ceremony-field-title",
    "kind": "plan-field-kind",
    "amount": "ceremony-field-amount",
    "currency": "ceremony-field-currency",
    "between": "plan-field-between",
    "after": "plan-field-after",
}
_LANGUAGES = {"zh-CN": "中文", "en": "English"}
Rows = list[tuple[str, str]]


def ceremony_rows(ceremony: queries.CeremonyView, typed: Mapping[str, Any]) -> Rows:
    """(field, what stands there now) for each field of the ceremony's form in which something else was typed."""
    words = {"time_policy": dict(plan_form.time_policies())}
    return _rows(_CEREMONY, plan_form.ceremony_values(ceremony), typed, words)


def party_rows(ceremony: queries.CeremonyView, party_key: str, typed: Mapping[str, Any]) -> Rows:
    """As `ceremony_rows`, of a party's form."""
    words = {"locale": _LANGUAGES, "is_host": {"yes": t("trail-yes"), "": t("trail-no")}}
    return _rows(_PARTY, plan_form.party_values(ceremony, party_key), typed, words)


def agreement_rows(
    ceremony: queries.CeremonyView, agreement: agreements.AgreementView, typed: Mapping[str, Any]
) -> Rows:
    """As `ceremony_rows`, of an agreement's form."""
    words = {
        "kind": {kind: t(f"plan-kind-{kind}") for kind in ("investment", "cooperation")},
        "between": {key: name for key, name, _ in plan_form.party_choices(ceremony)},
        "after": {key: name for key, name, _ in plan_form.agreement_choices(ceremony.id, but=agreement.id)},
    }
    return _rows(_AGREEMENT, plan_form.agreement_values(agreement), typed, words)


def _rows(
    labels: Mapping[str, str],
    now: Mapping[str, Any],
    typed: Mapping[str, Any],
    words: Mapping[str, Mapping[str, str]],
) -> Rows:
    rows = []
    for name, value in now.items():
        if _plain(typed.get(name)) != _plain(value):
            base = name.removesuffix("_en")
            label = t(labels[base])
            label = label if base == name else t("ceremony-field-english", field=label)
            rows.append((label, _said(value, words.get(name, {}))))
    return rows


def _plain(value: object) -> object:
    """As far as two values of a form can be told apart by who reads them."""
    return sorted(value) if isinstance(value, list) else "\n".join(str(value or "").split("\r\n")).strip()


def _said(value: object, words: Mapping[str, str]) -> str:
    if isinstance(value, list):
        said = t("list-separator").join(words.get(each, each) for each in value)
    else:
        said = words.get(str(value), str(value))
    return said or t("ceremony-not-given")


def changed_parts(before: str, ceremony: queries.CeremonyView) -> list[str]:
    """What of a plan is not as it was when `before` was shown, as names for people; what was removed is counted."""
    names = {seen.CEREMONY: t("invite-changed-facts")}
    names |= {f"party/{party.key}": i18n.pick(party.organisation) for party in ceremony.parties}
    found = agreements.list_agreements(ceremony.id)
    names |= {f"agreement/{each.key}": t("plan-title-quoted", title=i18n.pick(each.title)) for each in found}
    parts = seen.changed_parts(before, ceremony)
    gone = sum(part not in names for part in parts)
    said = [names[part] for part in parts if part in names]
    return [*said, t("invite-changed-gone", n=gone)] if gone else said


def told_changes(confirmed: str | None, ceremony: queries.CeremonyView) -> list[str] | None:
    """`changed_parts` for a page that asks anew; None where nothing was confirmed yet.

    A page that did not say what it showed (an empty text) hears only that something changed.
    """
    if confirmed is None:
        return None
    return changed_parts(confirmed, ceremony) if confirmed else []
