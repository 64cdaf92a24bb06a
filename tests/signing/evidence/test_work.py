"""Certificates and kits as the background work makes them, on both databases."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select

from core import audit, claims, clock, config, i18n, outbox, storage, tokens
from core.db import db, transaction
from core.errors import Conflict, NotFound
from core.jobs import Job
from core.outbox import OutboxMessage
from pdf.verify import Indication, verify_file
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView
from signing.ceremonies import queries as ceremonies
from signing.ceremonies.rules import CeremonyState
from signing.evidence import forgetting, making, rules, service, work
from signing.evidence.models import KitContent
from signing.seats.service import LINK
from signing.trust import service as trust
from tests.support import core_app
from tests.support.ceremony import Played, do_jobs
from tests.support.forks import ForkedProcesses
from web.jobs import do_job

World = tuple[Flask, Played]


def _entries(ceremony_id: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in audit.list_lines(ceremony_id)]


def test_every_file_of_a_finished_ceremony_passes_with_our_anchors_and_proves_nothing_without(sealed: World) -> None:
    _, played = sealed
    ceremony = ceremonies.get_ceremony(played.ceremony_id)
    found = agreements.list_agreements(played.ceremony_id)
    digests = [ceremony.kit_digest]
    for agreement in found:
        digests += [agreement.head_digest, agreement.certificate_digest, agreement.kit_digest]
    files = [storage.read(digest or "") for digest in digests]
    anchors = trust.trust().anchors
    with_anchors = [verify_file(data, name="file", anchors=anchors) for data in files]
    without = {verify_file(data, name="file", anchors=()).verdict for data in files}
    assert [(verdict.verdict, verdict.reasons) for verdict in with_anchors] == [(Indication.TOTAL_PASSED, ())] * 7
    assert without == {Indication.INDETERMINATE}


def test_a_ceremony_is_complete_when_its_kit_is_kept_and_the_trail_says_so(sealed: World) -> None:
    _, played = sealed
    ceremony = ceremonies.get_ceremony(played.ceremony_id)
    assert ceremony.state is CeremonyState.COMPLETED
    actions = [entry["action"] for entry in _entries(played.ceremony_id)]
    assert actions.count("evidence.made") == 2
    assert actions.count("ceremony.completed") == 1
    made = [entry["data"] for entry in _entries(played.ceremony_id) if entry["action"] == "evidence.made"]
    kept = [agreements.get_agreement(each) for each in played.agreements.values()]
    assert [(each["certificate"], each["kit"]) for each in made] == [  # type: ignore[index]
        (agreement.certificate_digest, agreement.kit_digest) for agreement in kept
    ]


def test_each_signer_is_written_to_once_for_each_agreement_with_a_link_that_opens(sealed: World) -> None:
    app, played = sealed
    rows = db.session.scalars(select(OutboxMessage).filter_by(kind=service.MAIL)).all()
    wanted = sorted(
        (agreement.id, signer.seat_id)
        for agreement in agreements.list_agreements(played.ceremony_id)
        for signer in agreement.signers
    )
    assert sorted((row.payload["agreement"], row.payload["seat"]) for row in rows) == wanted
    row = rows[0]
    with i18n.use_locale(row.locale):
        mail = outbox.render(row.kind, row.payload)
    link = f"/s/{tokens.write_again(row.payload['link'], LINK)}"
    assert link in mail.text
    assert link in mail.html
    answer = app.test_client().get(link)
    assert answer.headers["Location"] == f"/seat/{row.payload['seat']}"


def _mail_of(agreement: AgreementView, seat_id: str) -> outbox.Mail:
    rows = db.session.scalars(select(OutboxMessage).filter_by(kind=service.MAIL)).all()
    wanted = {"agreement": agreement.id, "seat": seat_id}.items()
    payload = next(row.payload for row in rows if wanted <= row.payload.items())
    with i18n.use_locale("en"):
        return outbox.render(service.MAIL, payload)


def test_the_mail_carries_the_agreement_its_certificate_and_its_kit(sealed: World) -> None:
    _, played = sealed
    agreement = agreements.list_agreements(played.ceremony_id)[0]
    mail = _mail_of(agreement, agreement.signers[0].seat_id)
    number = agreement.number
    assert [file.name for file in mail.attachments] == [
        f"{number}.pdf",
        f"{number}-certificate.pdf",
        f"{number}-kit.zip",
    ]
    digests = [hashlib.sha256(file.content).hexdigest() for file in mail.attachments]
    assert digests == [agreement.head_digest, agreement.certificate_digest, agreement.kit_digest]
    assert "evidence kit are attached" in mail.text


@pytest.mark.parametrize(
    ("fitting", "words"),
    [
        (2, "evidence kit is too large for a mail"),
        (1, "The completion certificate and the evidence kit are too large"),
        (0, "All of them can be downloaded"),
    ],
)
def test_files_that_do_not_fit_into_a_mail_stay_behind_and_the_mail_says_so(
    sealed: World, monkeypatch: pytest.MonkeyPatch, fitting: int, words: str
) -> None:
    _, played = sealed
    agreement = agreements.list_agreements(played.ceremony_id)[0]
    whole = _mail_of(agreement, agreement.signers[0].seat_id)
    room = 100_000 + sum(int(len(file.content) * 1.37) for file in whole.attachments[:fitting])
    small = config.settings().model_copy(update={"max_mail_bytes": room})
    monkeypatch.setattr(config, "settings", lambda: small)
    mail = _mail_of(agreement, agreement.signers[0].seat_id)
    assert mail.attachments == whole.attachments[:fitting]
    assert words in mail.text


def _claim(kind: str) -> claims.Claim:
    return next(
        claim for claim in claims.take(Job, worker="test", limit=10) if db.session.get_one(Job, claim.id).kind == kind
    )


def test_work_that_was_killed_before_its_transaction_is_done_again_and_kept_once(
    signed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, played = signed
    do_job(_claim("agreement.seal"))
    died = _claim(service.MAKE)
    made_for = db.session.get_one(Job, died.id).payload["agreement"]

    class Killed(BaseException):
        pass

    def die(**_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(service, "keep_for_agreement", lambda *_args, **_values: die())
        with pytest.raises(Killed):
            do_job(died)
    db.session.remove()
    assert agreements.get_agreement(made_for).kit_digest is None
    with clock.frozen(clock.now() + claims.LEASE * 2):
        again = _claim(service.MAKE)
        do_job(again)
        kept = agreements.get_agreement(made_for).kit_digest
        with pytest.raises(claims.ClaimLost):  # the first one was only asleep
            do_job(died)
    db.session.remove()
    assert kept is not None
    assert agreements.get_agreement(made_for).kit_digest == kept
    made = [entry for entry in _entries(played.ceremony_id) if entry["action"] == "evidence.made"]
    assert len(made) == 1
    assert len(db.session.scalars(select(OutboxMessage).filter_by(kind=service.MAIL)).all()) == 2


def test_the_kit_of_the_whole_ceremony_is_asked_for_by_the_last_agreement_only(signed: World) -> None:
    _, played = signed
    asked = []
    while found := claims.take(Job, worker="test", limit=1):
        do_job(found[0])
        db.session.remove()
        proved = sum(each.is_proved for each in agreements.list_agreements(played.ceremony_id))
        asked.append((proved, len(db.session.scalars(select(Job).filter_by(kind=service.MAKE_WHOLE)).all())))
        db.session.remove()
    assert {kits for proved, kits in asked if proved < 2} == {0}
    assert asked[-1] == (2, 1)
    do_jobs()
    first = ceremonies.get_ceremony(played.ceremony_id).kit_digest
    with transaction():
        db.session.execute(Job.__table__.update().where(Job.kind == service.MAKE_WHOLE).values(done_at=None))  # type: ignore[attr-defined]
    do_jobs()
    assert ceremonies.get_ceremony(played.ceremony_id).kit_digest == first


def test_a_certificate_names_the_trail_that_its_kit_holds(sealed: World) -> None:
    _, played = sealed
    from signing.evidence import queries

    material = queries.read_material(played.ceremony_id)
    paper = making.completion_paper(material, material.agreements[0])
    assert paper.trail_head == material.trail.head
    assert [line.custody for line in paper.signatures] == ["client", "client"]
    assert paper.anchors_fingerprint == trust.trust().fingerprint
    assert paper.timestamps.third_party is False


def test_a_kit_that_is_made_again_is_the_same_to_the_byte(sealed: World) -> None:
    _, played = sealed
    ceremony = ceremonies.get_ceremony(played.ceremony_id)
    found = agreements.list_agreements(played.ceremony_id)
    db.session.rollback()
    made = {each.id: each.kit_digest for each in found} | {ceremony.id: ceremony.kit_digest}
    with clock.frozen(clock.now() + timedelta(days=3)):
        again = {
            kit_of: hashlib.sha256(making.packed(work.fixed_files(kit_of, ceremony.id, pytest.fail))).hexdigest()
            for kit_of in made
        }
    assert again == made


def test_two_processes_that_make_a_kit_at_once_give_the_same_bytes(
    sealed: World, tmp_path: Path, processes: ForkedProcesses
) -> None:
    _, played = sealed
    with transaction():
        db.session.execute(delete(KitContent).filter_by(kit=played.ceremony_id))
    environment = core_app.environment(config.settings())
    words = (tmp_path, played.ceremony_id)
    started = [processes.fork("tests.signing.evidence.at_once", *words, env=environment) for _ in range(2)]
    for process in started:
        process.wait_ready(lambda process=process: "made" in process.output(), 60)
    (tmp_path / "go").touch()
    assert [process.wait(60) for process in started] == [0, 0], [process.output() for process in started]
    said = [dict(line.split() for line in process.output().splitlines() if " " in line) for process in started]
    assert said[0]["made"] != said[1]["made"]  # each had signed a manifest of its own
    assert said[0]["packed"] == said[1]["packed"]


def test_what_is_forgotten_leaves_trail_and_kits_which_still_pass(sealed: World) -> None:
    _, played = sealed
    ceremony_id = played.ceremony_id
    someone = next(iter(played.people.values())).seat_id
    before = {each.id: each.kit_digest for each in agreements.list_agreements(ceremony_id)}
    whole = ceremonies.get_ceremony(ceremony_id).kit_digest
    mine = rules.entries_of(audit.list_lines(ceremony_id), someone)
    others = [(row.seq, row.field) for row in audit.list_private(ceremony_id) if row.seq not in mine]
    db.session.rollback()
    deleted = forgetting.forget(ceremony_id, seat=someone, by=audit.SYSTEM)
    db.session.remove()
    do_jobs()
    assert deleted > 3
    assert [(row.seq, row.field) for row in audit.list_private(ceremony_id)] == others
    now = {each.id: each.kit_digest for each in agreements.list_agreements(ceremony_id)}
    touched = {each.id for each in agreements.list_for_seat(someone)}
    assert {each for each in now if now[each] != before[each]} == touched
    for old in (whole, *(before[each] for each in touched)):
        with pytest.raises(NotFound):
            storage.read(old or "")
    kit_digest = ceremonies.get_ceremony(ceremony_id).kit_digest or ""
    verdict = verify_file(storage.read(kit_digest), name="kit.zip", anchors=trust.trust().anchors)
    assert (verdict.verdict, verdict.reasons) == (Indication.TOTAL_PASSED, ())
    assert verdict.trail is not None
    assert len(verdict.trail.private_gone) == deleted
    assert verdict.trail.private_kept == len([seq for seq, _ in others if seq <= verdict.trail.entries])
    assert _entries(ceremony_id)[-1]["data"] == {"values": deleted}


def test_nothing_is_forgotten_while_the_kit_of_the_ceremony_is_due(
    signed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, played = signed
    real, refused = work.ceremony_files, []

    def forget_meanwhile(ceremony_id: str) -> work.Made:
        made = real(ceremony_id)
        with pytest.raises(Conflict) as caught:
            forgetting.forget(ceremony_id, by=audit.SYSTEM)
        refused.append(caught.value.code)
        return made

    monkeypatch.setattr(work, "ceremony_files", forget_meanwhile)
    do_jobs()
    assert refused == ["evidence_not_ready"]
    assert audit.list_private(played.ceremony_id) != []


@pytest.mark.parametrize("all_of_them", [True, False])
def test_values_that_were_deleted_while_a_kit_was_printed_are_not_in_it(sealed: World, all_of_them: bool) -> None:
    _, played = sealed
    ceremony_id = played.ceremony_id
    with transaction():
        db.session.execute(delete(KitContent).filter_by(kit=ceremony_id))
    files, trail = work.ceremony_files(ceremony_id)
    with transaction():
        audit.delete_private(ceremony_id, None if all_of_them else [audit.list_private(ceremony_id)[0].seq])
    left = {(row.seq, row.field) for row in audit.list_private(ceremony_id)}
    db.session.rollback()
    storage.remove(hashlib.sha256(files["private.jsonl"]).hexdigest())  # as the first kit left it
    fixed = service.fix_content(ceremony_id, files, trail=trail, chain=ceremony_id)
    lines = storage.read(fixed["private.jsonl"]).splitlines() if "private.jsonl" in fixed else []
    assert {(value["seq"], value["field"]) for value in map(json.loads, lines)} <= left
    assert ("private.jsonl" in fixed) is not all_of_them
    with pytest.raises(NotFound):  # nor anywhere beside it
        storage.read(hashlib.sha256(files["private.jsonl"]).hexdigest())
    verdict = verify_file(making.packed(fixed), name="kit.zip", anchors=trust.trust().anchors)
    assert (verdict.verdict, verdict.reasons) == (Indication.TOTAL_PASSED, ())
