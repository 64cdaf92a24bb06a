"""What goes wrong in the background is seen by the host, who can do something about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import select

from core import audit, claims, clock, config, i18n, jobs, live, outbox, tokens
from core.claims import Claim, Claimable
from core.db import db, transaction
from core.errors import Conflict, Forbidden, NotFound
from core.jobs import Job
from core.outbox import OutboxMessage
from core.tokens import LinkRevoked
from signing.ceremonies import inviting, queries, troubles
from signing.ceremonies import service as ceremonies
from signing.ceremonies.troubles import Trouble
from signing.seats import proving
from signing.seats import queries as seats
from signing.seats import service as seat_service
from tests.support.ceremony import ADDRESS, HOST, link_token, mailed_code
from tests.support.quick import Quick, QuickWorld
from tests.support.smtp import MailServer
from tests.support.trail import with_private
from web import blueprints, mail
from web.lanes import reason_of

NEW = "right@signers.example"


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    """Invited, and no mail sent yet."""
    with quick_world.at("invited", "sqlite", data_dir) as made:
        yield made


@pytest.fixture
def printing(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    """The papers are asked for and not printed yet."""
    with quick_world.at("draft", "sqlite", data_dir) as made:
        inviting.print_and_invite(made.id, by=HOST)
        yield made


def seat_of(world: Quick, party: str = "party_a") -> str:
    return world.people[party].seat_id


def found(world: Quick) -> list[Trouble]:
    db.session.rollback()
    return troubles.list_troubles(queries.get_ceremony(world.id))


def give_up(model: type[Claimable], *, kind: str, reason: str, seat_id: str = "", times: int = 1) -> str:
    """Let a worker fail at one row of this kind, for good or (`times` > 1) so often; returns its id."""
    row_id = next(row.id for row in db.session.scalars(select(model).filter_by(kind=kind).order_by(model.id))
                  if seat_id in ("", row.payload.get("seat")))  # type: ignore[attr-defined]  # fmt: skip
    for _ in range(times):
        with transaction():
            row = db.session.get_one(model, row_id, populate_existing=True)
            row.attempts += 1
            claim = Claim(model, row_id, row.attempts, chain=row.chain, good_until=row.good_until)
        claims.give_back(claim, error="Failure: test", reason=reason, retry=times > 1)
    return row_id


def deliver(world: Quick, server: MailServer) -> None:
    """Send what is due, as a worker does it."""
    config.use(config.settings().model_copy(update={"smtp_url": server.url}))
    for claim in claims.take(OutboxMessage, worker="test", limit=50):
        try:
            mail.deliver(claim)
        except claims.Failure as failure:
            claims.give_back(
                claim, error=str(failure), reason=reason_of(failure), retry=isinstance(failure, mail.TryLater)
            )
        db.session.remove()


def actions(world: Quick) -> list[str]:
    return [json.loads(line)["action"] for line in audit.list_lines(world.id)]


def test_a_healthy_ceremony_has_no_troubles(world: Quick, smtp: MailServer) -> None:
    deliver(world, smtp)
    assert len(smtp.mails) == 3
    assert found(world) == []


def test_a_wrong_address_is_told_with_whose_it_is_and_corrected_in_one_step(world: Quick, smtp: MailServer) -> None:
    smtp.refuse_recipient("party-a@signers.example")
    deliver(world, smtp)
    [trouble] = found(world)
    assert (trouble.kind, trouble.reason, trouble.given_up) == ("invitation", "address_unknown", True)
    assert trouble.what == "邀请函：样例甲（party-a@signers.example）"
    assert "没有这个邮箱" in trouble.why
    assert trouble.seat_id == seat_of(world)

    token = troubles.correct_address(world.id, seat_of(world), email=NEW, by=HOST)
    assert found(world) == []
    deliver(world, smtp)
    [arrived] = smtp.wait_for(to=NEW)
    assert token in arrived.text
    assert seat_service.open_link(token)[0] == seat_of(world)


def test_a_corrected_address_ends_all_that_went_to_the_old_one(world: Quick) -> None:
    old = link_token(seat_of(world))
    proving.send_code(seat_of(world), address=ADDRESS)
    code = mailed_code(seat_of(world))
    troubles.correct_address(world.id, seat_of(world), email=NEW, by=HOST)

    with pytest.raises(LinkRevoked):
        tokens.read(old, seat_service.LINK)
    with pytest.raises(Forbidden, match="code_none"):
        proving.check_code(seat_of(world), code, address=ADDRESS)
    db.session.rollback()
    seat = seats.get_seat(seat_of(world))
    assert (seat.email, seat.opened_at) == (NEW, None)
    waiting = db.session.scalars(select(OutboxMessage).where(OutboxMessage.done_at.is_(None))).all()
    mine = [(row.kind, row.recipient) for row in waiting if row.payload["seat"] == seat.id]
    assert mine == [("invitation", NEW)]


def test_the_trail_says_that_an_address_was_corrected_and_not_which_it_is(world: Quick) -> None:
    troubles.correct_address(world.id, seat_of(world), email=NEW, by=HOST)
    entries = with_private(world.id)
    assert [entry["action"] for entry in entries[-2:]] == ["seat.address_corrected", "seat.invited_again"]
    assert entries[-2]["data"] == {"before": "p***@signers.example", "after": "r***@signers.example"}
    assert entries[-2]["actor"]["id"] == HOST.id
    assert NEW not in json.dumps(entries)


def test_an_address_that_was_proved_stays(quick_world: QuickWorld, data_dir: Path) -> None:
    with quick_world.at("entered", "sqlite", data_dir) as entered:
        before = entered.people["party_a"].seat_id, link_token(entered.people["party_a"].seat_id)
        with pytest.raises(Conflict, match="address_proved"):
            troubles.correct_address(entered.id, before[0], email=NEW, by=HOST)
        assert seats.get_seat(before[0]).email == "party-a@signers.example"
        assert tokens.read(before[1], seat_service.LINK).subject == before[0]
        give_up(OutboxMessage, kind="invitation", reason="address_unknown", seat_id=before[0])
        [trouble] = found(entered)
        assert trouble.seat_id == ""


def test_only_signers_who_were_invited_have_an_address_to_correct(printing: Quick) -> None:
    with pytest.raises(Conflict, match="ceremony_printing"):
        troubles.correct_address(printing.id, seat_of(printing), email=NEW, by=HOST)


def test_a_seat_of_another_ceremony_is_not_there(world: Quick) -> None:
    with pytest.raises(NotFound, match="seat_not_found"):
        troubles.correct_address(world.id, "sea_nobody", email=NEW, by=HOST)


def test_a_mail_that_was_given_up_is_sent_when_the_host_tries_again(world: Quick, smtp: MailServer) -> None:
    trouble_id = give_up(OutboxMessage, kind="invitation", reason="server_refused", seat_id=seat_of(world))
    deliver(world, smtp)
    assert len(smtp.mails) == 2
    troubles.try_again(world.id, trouble_id, by=HOST)
    assert found(world) == []
    entry = json.loads(list(audit.list_lines(world.id))[-1])
    assert (entry["action"], entry["subject"]["id"], entry["data"]) == (
        "work.tried_again",
        trouble_id,
        {"kind": "invitation"},
    )
    deliver(world, smtp)
    assert link_of(smtp.wait_for(to="party-a@signers.example")[0].text) == link_of_row(world)


def link_of(text: str) -> str:
    return next(word for word in text.split() if "/s/" in word).rpartition("/")[2]


def link_of_row(world: Quick) -> str:
    newest = tokens.find_newest(seat_service.LINK, seat_of(world))
    assert newest is not None
    return newest


def test_a_paper_that_could_not_be_printed_is_named_and_printed_again(printing: Quick) -> None:
    trouble_id = give_up(Job, kind="agreement.print", reason="")
    [trouble] = found(printing)
    assert trouble.what == "打印《样例主协议》"
    assert trouble.why == "出现了不应有的故障。"
    assert trouble_id in trouble.do
    assert trouble.can_try
    troubles.try_again(printing.id, trouble_id, by=HOST)
    assert found(printing) == []
    assert db.session.get_one(Job, trouble_id, populate_existing=True).dead_at is None


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_what_still_fails_says_when_it_is_tried_next_in_the_host_s_time(printing: Quick, locale: str) -> None:
    start = clock.parse_iso("2099-07-01T02:00:00.000Z")
    with clock.frozen(start), transaction():
        jobs.add("agreement.seal", "x", chain=printing.id, agreement=printing.first)
    with clock.frozen(start):
        row_id = give_up(Job, kind="agreement.seal", reason="timestamp_unavailable", times=3)
    due_at = db.session.get_one(Job, row_id, populate_existing=True).due_at
    with clock.frozen(due_at - timedelta(seconds=1)), i18n.use_locale(locale):
        [trouble] = found(printing)
        assert not trouble.given_up
        assert i18n.format_time(due_at, "Asia/Shanghai", seconds=True) in trouble.when
        assert i18n.t("trouble-why-timestamp_unavailable") == trouble.why
    with clock.frozen(due_at), i18n.use_locale(locale):
        assert found(printing)[0].when == i18n.t("trouble-trying-now", tries=3)


def test_what_was_settled_meanwhile_is_not_tried_again(world: Quick) -> None:
    trouble_id = give_up(OutboxMessage, kind="invitation", reason="server_refused", seat_id=seat_of(world))
    entries = audit.find_head(world.id)
    for ceremony_id, row_id in ((world.id, "msg_nothing"), ("cer_other", trouble_id)):
        with pytest.raises((Conflict, NotFound)):
            troubles.try_again(ceremony_id, row_id, by=HOST)
    troubles.try_again(world.id, trouble_id, by=HOST)
    with pytest.raises(Conflict, match="trouble_over"):
        troubles.try_again(world.id, trouble_id, by=HOST)
    assert audit.find_head(world.id)[0] == entries[0] + 1


def test_a_code_that_came_too_late_is_asked_for_anew_by_the_signer(world: Quick) -> None:
    proving.send_code(seat_of(world), address=ADDRESS)
    give_up(OutboxMessage, kind="seat_code", reason="server_away")
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        [trouble] = found(world)
        assert (trouble.can_try, trouble.do) == (False, i18n.t("trouble-do-code", id=trouble.id))
        proving.send_code(seat_of(world), address=ADDRESS)
        assert found(world) == []


def test_the_host_s_page_hears_when_trouble_begins_and_ends(world: Quick) -> None:
    def heard(act: Callable[[], object]) -> int:
        before = live.find_seq(f"ceremony:{world.id}")
        act()
        return live.find_seq(f"ceremony:{world.id}") - before

    ids: list[str] = []
    assert heard(lambda: ids.append(give_up(OutboxMessage, kind="invitation", reason="server_refused"))) == 1
    assert heard(lambda: troubles.try_again(world.id, ids[0], by=HOST)) == 1


def test_papers_of_a_ceremony_that_was_called_off_are_nobody_s_trouble(printing: Quick) -> None:
    give_up(Job, kind="agreement.print", reason="")
    ceremonies.cancel(printing.id, reason="改期", by=HOST)
    assert found(printing) == []


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_every_reason_that_a_mail_can_fail_for_has_words(locale: str) -> None:
    source = Path(mail.__file__).read_text(encoding="utf-8")
    reasons = {part.split('"')[0] for part in source.split('reason="')[1:]} | {
        word for word in source.split('"') if word.startswith(("address_", "mailbox_", "mail_too", "server_"))
    }
    assert len(reasons) >= 9
    assert not [reason for reason in reasons if not i18n.has(f"trouble-why-{reason}", locale)]


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_every_job_and_mail_of_a_ceremony_has_words(locale: str) -> None:
    for module in blueprints.REGISTERED:
        import_module(module)
    kinds = [kind for kind in jobs._handlers if kind.startswith(("agreement.", "ceremony.", "evidence."))]
    kinds = [kind for kind in kinds if kind not in jobs._periods]  # the installation's own
    mails = [kind for kind in outbox._renderers if kind not in {"account_invitation"} and not kind.startswith("test")]
    assert len(kinds) >= 5
    assert not [kind for kind in kinds if not i18n.has(f"trouble-job-{kind.replace('.', '-')}", locale)]
    assert not [kind for kind in mails if not i18n.has(f"trail-mail-{kind}", locale)]
