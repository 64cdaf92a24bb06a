"""The audit trail in words: what an entry says to people, in the current locale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core import clock, i18n
from core.i18n import t
from signing.agreements.queries import AgreementView
from signing.ceremonies.queries import CeremonyView, PartyView
from signing.evidence.rules import Entry
from signing.seats.queries import SeatView

_MAILS = (
    "invitation",
    "seat_code",
    "seat_link",
    "seat_replaced",
    "agreement_sealed",
    "agreement_declined",
    "agreement_declined_host",
    "ceremony_cancelled",
    "ceremony_ended",
    "witness_invitation",
)


@dataclass(frozen=True)
class Names:
    """How records are called: seats, agreements, parties by id, staff accounts by id where they may be named."""

    seats: Mapping[str, SeatView]
    agreements: Mapping[str, AgreementView]
    staff: Mapping[str, str]
    parties: Mapping[str, PartyView] = field(default_factory=dict)

    def party_of(self, seat: SeatView) -> PartyView | None:
        """The party that a seat signs for."""
        return next((party for party in self.parties.values() if party.key == seat.party_key), None)


def action(name: str) -> str:
    """`agreement.signed` in words; raises MissingText for an action that has none."""
    return t(f"trail-action-{name.replace('.', '-')}")


def who(entry: Entry, names: Names) -> str:
    """The person, with the organisation, or what else acted."""
    kind, found = entry.actor.get("kind", ""), entry.actor.get("id", "")
    if kind == "seat" and found in names.seats:
        return _person(names.seats[found].as_at(entry.at), names)
    if kind == "account":
        return names.staff.get(found) or t("trail-staff")
    return t(f"trail-{kind}") if kind in {"guest", "witness"} else t("trail-system")


def subject(entry: Entry, names: Names) -> str:
    """What was acted on; empty where the action says it all."""
    kind, found = entry.subject.get("kind"), entry.subject.get("id", "")
    if kind == "agreement" and found in names.agreements:
        return called(names.agreements[found])
    if entry.action == "agreement.removed":
        return ""  # its note has the title; another agreement has its number now
    if kind == "agreement":  # one that this reader is not told the name of
        return str(entry.data.get("number") or t("trail-another-agreement"))
    if kind == "seat" and found in names.seats and found != entry.actor.get("id"):
        return _person(names.seats[found].as_at(entry.at), names)
    if kind == "party":  # one that was taken out of the plan since is called as the entry has it
        party = names.parties.get(found)
        return i18n.pick(party.organisation) if party else str(entry.data.get("organisation", ""))
    if kind == "cue" and "party" in entry.data:
        ticked = (each for each in names.parties.values() if each.key == entry.data["party"])
        return next((i18n.pick(each.organisation) for each in ticked), "")
    if entry.action == "message.sent":
        return _recipient(entry, names)
    return ""


def called(agreement: AgreementView) -> str:
    """Number and title; the title alone while the plan may still give it another number."""
    title = i18n.pick(agreement.title)
    return title if agreement.is_draft else f"{agreement.number} {title}"


def _person(seat: SeatView, names: Names) -> str:
    """Name, position and organisation, in the reader's language where the plan has it; one without a name by these."""
    party = names.party_of(seat)
    organisation = i18n.pick(party.organisation) if party else seat.organisation
    texts = seat.title_texts or (party.representative_title if party else None)
    title = i18n.pick(texts) if texts else seat.title
    return t("trail-person", name=seat.name, organisation=organisation, title=title).strip(" ·,，")


def _recipient(entry: Entry, names: Names) -> str:
    """To whom a mail went: the person, never the address, which the trail does not hold; empty where not known."""
    if seat := names.seats.get(entry.data.get("seat", "")):
        at = clock.parse_iso(entry.data["as_at"]) if "as_at" in entry.data else entry.at
        return t("trail-to", who=_person(seat.as_at(at), names))
    if account := entry.data.get("account"):
        return t("trail-to", who=names.staff.get(account) or t("trail-staff"))
    return ""


def note(entry: Entry, *, zone: str, gone: str = "trail-private-gone") -> str:
    """The facts of an entry that people ask for, times in `zone`; empty where there are none.

    `gone` names the text that stands for a private value that is not there.
    """
    message_id = f"trail-note-{entry.action.replace('.', '-')}"
    if not i18n.has(message_id):
        return ""
    values: dict[str, object] = {name: _shown(value) for name, value in entry.data.items()}
    values |= {name: t(gone) for name in values if f"data.{name}" in entry.gone}
    if "key_custody" in entry.data:
        values["custody"] = t(f"trail-custody-{entry.data['key_custody']}")
    if entry.action == "agreement.sealed":
        values["lower"] = len(entry.data.get("lower", ()))  # signatures that their issuers' silence keeps at B-T
    if entry.action == "agreement.signed":
        values["mark"] = t(f"trail-mark-{entry.data['mark']}")
        values["time"] = _timestamp(entry.data["timestamped_at"], zone)
    if entry.action == "message.sent":
        kind = entry.data.get("kind")
        values["what"] = t(f"trail-mail-{kind if kind in _MAILS else 'other'}")
    if entry.action.endswith(".changed"):
        values["changes"] = t("trail-change-separator").join(_change(each, zone) for each in entry.data["changed"])
    if entry.action == "work.tried_again":
        values["what"] = _work(str(entry.data.get("kind")))
    return t(message_id, **values)


def _change(change: Mapping[str, Any], zone: str) -> str:
    """`Amount: 5 CNY → 6 CNY`; of what is personal the trail keeps the field alone."""
    field = t(f"trail-field-{change['field']}")
    if "before" not in change:
        return field
    before, after = (_value(change["field"], change[name], zone) for name in ("before", "after"))
    return t("trail-change", field=field, before=before, after=after)


def _field(name: str) -> str:
    """A field of a plan as its form calls it; a plan may name others too."""
    return t(f"ceremony-field-{name}") if i18n.has(f"ceremony-field-{name}") else name


def _value(field: str, value: object, zone: str) -> str:
    if field == "kind":
        return t(f"plan-kind-{value}")
    if field == "starts_at":
        return i18n.format_datetime(clock.parse_iso(str(value)), zone)
    if isinstance(value, bool):
        return t("trail-yes" if value else "trail-no")
    if isinstance(value, dict):
        return i18n.pick(value)
    if isinstance(value, list):
        said = [_field(each) if field == "assumed" else str(each) for each in value]
        return t("list-separator").join(said) or t("trail-none")
    return str(value) if value not in (None, "") else t("trail-none")


def _work(kind: str) -> str:
    if kind in _MAILS:
        return t(f"trail-mail-{kind}")
    message_id = f"trail-work-{kind.replace('.', '-')}"
    return t(message_id if i18n.has(message_id) else "trail-work-other")


def _timestamp(stamped: str | None, zone: str) -> str:
    if stamped is None:
        return t("trail-time-waiting")
    return t("trail-time-stamped", time=i18n.format_datetime(clock.parse_iso(stamped), zone, seconds=True))


def _shown(value: object) -> object:
    """Digests are shortened: the raw line has them whole."""
    return f"{value[:16]}…" if isinstance(value, str) and len(value) == 64 and " " not in value else value


def shown(entry: Entry, names: Names, ceremony: CeremonyView, *, zone: str) -> dict[str, Any]:
    """One entry for a page: in the host's zone, in the reader's `zone` where it is another, and in UTC."""
    place = i18n.pick(ceremony.host.place)
    times = [i18n.format_datetime(entry.at, ceremony.host_timezone, seconds=True) + i18n.aside(place)]
    if zone not in {ceremony.host_timezone, "UTC"}:
        times.append(i18n.format_named(entry.at, zone, seconds=True))
    times.append(f"{i18n.format_datetime(entry.at, 'UTC', seconds=True)} UTC")
    address = t("trail-private-gone") if "actor.address" in entry.gone else entry.actor.get("address", "")
    return {
        "seq": entry.seq,
        "action": action(entry.action),
        "who": who(entry, names),
        "subject": subject(entry, names),
        "note": note(entry, zone=ceremony.host_timezone),
        "times": times,
        "source": t("trail-from", address=address) if address else "",
        "raw": entry.line,
        "digest": entry.digest,
    }
