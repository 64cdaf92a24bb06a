"""Somebody declines while a cue calls the agreement: who leads reads it at once, on the cue page and on the monitor."""

from __future__ import annotations

import pytest

from core import i18n, live
from core.db import db
from signing.agreements import service as agreement_service
from signing.ceremonies import queries as ceremonies
from signing.cues import board, leading, monitor, queries, service
from signing.cues.rules import Act, CueKind, Verb
from tests.support.ceremony import ADDRESS, HOST
from tests.support.quick import Quick


def lead_to_signing(world: Quick) -> None:
    service.make_sheet(world.id, by=HOST)
    service.propose_words(world.id, looked_at=0, by=HOST)
    cue = next(each for each in queries.get_sheet(world.id).cues if each.kind is CueKind.SIGNING)
    for verb, cue_id in ((Verb.STAND_BY, cue.id), (Verb.GO, "")):
        seq = queries.get_sheet(world.id).seq
        db.session.rollback()
        leading.lead(world.id, Act(verb, seq, cue_id, anyway=True), by=HOST)
        db.session.remove()


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_who_leads_reads_who_declined_and_does_not_ask_for_that_signature(entered: Quick, locale: str) -> None:
    lead_to_signing(entered)
    ceremony = ceremonies.get_ceremony(entered.id)
    before, seq = monitor.state(entered.id)["live"]["script"], live.find_seq(monitor.channel(entered.id))
    db.session.rollback()
    agreement_service.decline(entered.people["party_b"].seat_id, entered.first, reason="附件有误", address=ADDRESS)
    db.session.remove()
    with i18n.use_locale(locale):
        page = board.page(ceremony, queries.get_sheet(entered.id))
        script = monitor.state(entered.id)["live"]["script"]
        who = i18n.pick(ceremony.party("party_b").organisation)
    (called,) = page["live"]["agreements"]
    assert who in called["ended"]
    assert page["live"]["unsigned"] == 0
    assert called["ended"] in script.split("\n\n")[0]
    assert "附件有误" not in script, "others read the monitor, too"
    assert called["ended"] not in before
    assert live.find_seq(monitor.channel(entered.id)) > seq, "the monitor hears of it"
