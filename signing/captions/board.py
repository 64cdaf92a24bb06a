"""What an interpreter's page shows: the cue that is live and the next one, lines made ready, the last lines sent."""

from __future__ import annotations

from typing import Any

from core import clock, i18n, live
from signing.captions import queries, rules, service
from signing.captions.queries import LinkView
from signing.ceremonies import queries as ceremonies
from signing.ceremonies.queries import CeremonyView
from signing.cues import queries as cues
from signing.cues.queries import CueView, SheetView

_SENT = 6


def cue_channel(ceremony_id: str) -> str:
    """The live channel that says only that the cue sheet changed."""
    return f"monitor:{ceremony_id}"


def state(link: LinkView) -> dict[str, Any]:
    """The whole picture; times are instants."""
    seq = live.find_seq(cue_channel(link.ceremony_id))
    heard = live.find_seq(queries.channel(link.ceremony_id))
    ceremony, sheet = ceremonies.get_ceremony(link.ceremony_id), cues.find_sheet(link.ceremony_id)
    standing = rules.standing(queries.list_lines(link.id))
    return {
        "language": {"code": link.language, "name": link.name},
        "title": i18n.pick(ceremony.title),
        "phase": _phase(ceremony, sheet),
        "on_stage": queries.settings(ceremony.id)["stage"] == link.language,
        "live": _cue(ceremony, sheet.live) if sheet else None,
        "next": _cue(ceremony, sheet.standing_by or sheet.next) if sheet else None,
        "prepared": _prepared(sheet.live, link.language) if sheet and sheet.live else [],
        "sent": [
            {
                "n": line.number,
                "id": line.client_id,
                "text": line.text,
                "at": clock.iso(line.said_at),
                "until": clock.iso(line.until),
                "mine": line.link_id == link.id,
            }
            for line in queries.standing(ceremony.id, link.language)[-_SENT:]
        ],
        "last": standing[-1].number if standing else None,
        "seq": seq,
        "captions_seq": heard,
        "server_now": clock.iso(clock.now()),
    }


def _phase(ceremony: CeremonyView, sheet: SheetView | None) -> str:
    """`ended`: nothing is taken any more; `free`: nobody leads; else as the cue sheet stands."""
    if service.is_over(ceremony):
        return "ended"
    return str(sheet.state) if sheet else "free"


def _cue(ceremony: CeremonyView, cue: CueView | None) -> dict[str, str] | None:
    if cue is None:
        return None
    party = next((each for each in ceremony.parties if each.key == cue.party_key), None)
    return {
        "title": i18n.pick(cue.title),
        "place": i18n.pick(party.place) if party else "",
        "speaker": cue.speaker,
        "text": i18n.pick(cue.stage_text),
        "script": "\n\n".join(cue.script.values()),  # an interpreter reads what is said and what it is said in
    }


def _prepared(cue: CueView, language: str) -> list[str]:
    """Lines in the captions' language: what the host is to say, then what the stage says, sentence by sentence."""
    scripts = [cue.script[language]] if language in cue.script else list(cue.script.values())
    return rules.prepared([*scripts, cue.stage_text.get(language, "")], language)
