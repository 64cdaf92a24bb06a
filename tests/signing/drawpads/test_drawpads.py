"""A phone draws for a seat on a computer: once, alone, for a while, and nothing else of the seat. Both databases."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from core import audit, clock, jobs, live, tokens
from core.claims import take
from core.db import db, transaction
from core.errors import Invalid, Refusal, TooMany
from core.jobs import Job
from signing.drawpads import queries, rules, service
from signing.drawpads.models import Drawpad
from signing.drawpads.rules import PadState
from signing.seats.models import SeatProof
from tests.support.ceremony import ADDRESS
from tests.support.quick import Quick, picture

PNG = picture()


def seat_of(world: Quick, party: str = "party_b") -> tuple[str, str]:
    """(seat, proof) of somebody who proved who they are."""
    seat_id = world.people[party].seat_id
    proof = db.session.scalars(select(SeatProof.id).filter_by(seat_id=seat_id)).first()
    db.session.rollback()
    assert proof
    return seat_id, proof


def refused(act: object, *args: object, **named: object) -> str:
    with pytest.raises(Refusal) as no:
        act(*args, **named)  # type: ignore[operator]
    db.session.rollback()
    return no.value.code


def test_a_phone_joins_and_draws_and_the_computer_has_the_drawing(entered: Quick) -> None:
    seat_id, proof = seat_of(entered)
    offered, token = service.offer(seat_id, proof_id=proof)
    assert offered.state is PadState.OFFERED
    pad_id, secret = service.join(token, address=ADDRESS)
    assert service.check_phone(pad_id, secret).state is PadState.JOINED
    service.draw(pad_id, PNG)
    found = queries.get_pad(seat_id, pad_id, proof_id=proof)
    assert (found.state, found.drawing, found.drawings) == (PadState.DRAWN, PNG, 1)
    service.draw(pad_id, PNG)  # the answer was lost, so it is sent again
    assert queries.get_pad(seat_id, pad_id, proof_id=proof).drawings == 1
    joined = [json.loads(line) for line in audit.list_lines(entered.id) if '"device.joined"' in line]
    assert [(each["actor"]["id"], each["subject"]["id"]) for each in joined] == [(seat_id, seat_id)]


def test_a_second_phone_is_refused_by_name(entered: Quick) -> None:
    seat_id, proof = seat_of(entered)
    _, token = service.offer(seat_id, proof_id=proof)
    assert service.find_offered(token)
    pad_id, secret = service.join(token, address=ADDRESS)
    db.session.rollback()
    assert refused(service.join, token, address=ADDRESS) == "drawpad_taken"
    assert refused(service.find_offered, token) == "drawpad_taken"
    assert refused(service.check_phone, pad_id, secret + "x") == "drawpad_needed"
    assert refused(service.check_phone, pad_id, "") == "drawpad_needed"


def test_a_code_runs_out_and_so_does_a_pad(entered: Quick) -> None:
    seat_id, proof = seat_of(entered)
    _, token = service.offer(seat_id, proof_id=proof)
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        with pytest.raises(tokens.LinkExpired):
            service.join(token, address=ADDRESS)
        db.session.rollback()
    pad_id, secret = service.join(token, address=ADDRESS)
    with clock.frozen(clock.now() + timedelta(minutes=21)):
        assert refused(service.check_phone, pad_id, secret) == "drawpad_over"
        assert refused(service.draw, pad_id, PNG) == "drawpad_over"
        assert refused(queries.get_pad, seat_id, pad_id, proof_id=proof) == "drawpad_over"


def test_a_new_code_ends_the_one_before_with_its_phone(entered: Quick) -> None:
    seat_id, proof = seat_of(entered)
    _, first = service.offer(seat_id, proof_id=proof)
    pad_id, secret = service.join(first, address=ADDRESS)
    service.offer(seat_id, proof_id=proof)
    assert refused(service.check_phone, pad_id, secret) == "drawpad_over"


def test_a_code_that_was_replaced_is_over(entered: Quick) -> None:
    seat_id, proof = seat_of(entered)
    _, first = service.offer(seat_id, proof_id=proof)
    service.offer(seat_id, proof_id=proof)
    assert refused(service.join, first, address=ADDRESS) == "drawpad_over"


def test_closing_deletes_the_drawing_and_only_its_own_browser_closes(entered: Quick) -> None:
    seat_id, proof = seat_of(entered)
    _, token = service.offer(seat_id, proof_id=proof)
    pad_id, _ = service.join(token, address=ADDRESS)
    service.draw(pad_id, PNG)
    service.close(seat_id, pad_id, proof_id="prf_other")
    assert refused(queries.get_pad, seat_id, pad_id, proof_id="prf_other") == "drawpad_over"
    assert queries.get_pad(seat_id, pad_id, proof_id=proof).drawing
    service.close(seat_id, pad_id, proof_id=proof)
    service.close(seat_id, pad_id, proof_id=proof)
    assert db.session.scalars(select(Drawpad)).all() == []
    db.session.rollback()
    assert refused(service.draw, pad_id, PNG) == "drawpad_over"


def test_a_proof_that_is_revoked_ends_the_pad(entered: Quick) -> None:
    seat_id, proof = seat_of(entered)
    _, token = service.offer(seat_id, proof_id=proof)
    pad_id, secret = service.join(token, address=ADDRESS)
    with transaction():
        db.session.get_one(SeatProof, proof).revoked_at = clock.now()
    assert refused(service.check_phone, pad_id, secret) == "drawpad_over"


@pytest.mark.parametrize(
    "png", [b"", b"GIF89a", PNG[:20], b"\x00" * 200_000, PNG[:16] + (9999).to_bytes(4) + PNG[20:]], ids=range(5)
)
def test_what_is_no_small_picture_is_not_passed_on(entered: Quick, png: bytes) -> None:
    seat_id, proof = seat_of(entered)
    _, token = service.offer(seat_id, proof_id=proof)
    pad_id, _ = service.join(token, address=ADDRESS)
    with pytest.raises(Invalid):
        service.draw(pad_id, png)
    db.session.rollback()
    assert queries.get_pad(seat_id, pad_id, proof_id=proof).drawing is None


def test_codes_and_drawings_are_bounded(entered: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_OFFERS", 2)
    monkeypatch.setattr(rules, "MOST_DRAWINGS", 2)
    seat_id, proof = seat_of(entered)
    service.offer(seat_id, proof_id=proof)
    _, token = service.offer(seat_id, proof_id=proof)
    with pytest.raises(TooMany):
        service.offer(seat_id, proof_id=proof)
    db.session.rollback()
    pad_id, _ = service.join(token, address=ADDRESS)
    for end in (b"a", b"b"):
        service.draw(pad_id, PNG + end)
    with pytest.raises(TooMany):
        service.draw(pad_id, PNG + b"c")
    db.session.rollback()


def test_what_nobody_fetched_is_deleted(entered: Quick) -> None:
    seat_id, proof = seat_of(entered)
    _, token = service.offer(seat_id, proof_id=proof)
    pad_id, _ = service.join(token, address=ADDRESS)
    service.draw(pad_id, PNG)
    with clock.frozen(clock.now() + timedelta(minutes=30)):
        jobs.ask_periodic()
        [claim] = take(Job, worker="test", only=("drawpads.forget",))
        service.forget_old(claim, {})
        assert db.session.scalars(select(Drawpad)).all() == []
    db.session.rollback()


def test_with_a_pad_that_is_forgotten_its_strokes_leave_the_screens(
    entered: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    lifted: list[tuple[str, str]] = []
    monkeypatch.setattr(service.ink, "lift", lambda *whose: lifted.append(whose))
    pads = {}
    for party in ("party_a", "party_b"):
        seat_id, proof = seat_of(entered, party)
        pad, token = service.offer(seat_id, proof_id=proof, agreement_id=entered.first)
        pads[seat_id] = pad.id
    service.join(token, address=ADDRESS)
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        jobs.ask_periodic()
        [claim] = take(Job, worker="test", only=("drawpads.forget",))
        service.forget_old(claim, {})
    db.session.rollback()
    [kept] = db.session.scalars(select(Drawpad)).all()
    first, second = pads
    assert kept.seat_id == second
    assert lifted == [(first, entered.first)]
    assert live.list_since(queries.channel(pads[first]), 0, limit=9)[-1]["kind"] == "draw.over"
