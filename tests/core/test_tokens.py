from __future__ import annotations

import base64
import json
import threading
from datetime import timedelta

import jwt
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from core import clock, config, tokens
from core.db import db, transaction
from core.errors import Refusal
from core.tokens import LinkExpired, LinkInvalid, LinkRevoked, LinkToken
from tests.support.core_app import use_settings

HOUR = timedelta(hours=1)


def issue(purpose: str = "seat", subject: str = "sea_1") -> str:
    with transaction():
        return tokens.issue(purpose, subject, expires_in=HOUR)


def test_a_link_is_read_for_what_it_was_issued(context: Flask) -> None:
    link = tokens.read(issue(), "seat")
    assert (link.purpose, link.subject) == ("seat", "sea_1")
    assert timedelta(minutes=59) < link.expires_at - clock.now() <= HOUR


def test_the_database_does_not_hold_the_link(context: Flask) -> None:
    token = issue()
    row = db.session.query(LinkToken).one()
    kept = json.dumps({column.key: str(getattr(row, column.key)) for column in row.__table__.columns})
    assert token not in kept
    assert token.split(".")[2] not in kept


def test_a_link_for_one_purpose_opens_nothing_else(context: Flask) -> None:
    with pytest.raises(LinkInvalid):
        tokens.read(issue("seat"), "stage")


def test_a_link_that_is_over_says_so(context: Flask) -> None:
    token = issue()
    with clock.frozen(clock.now() + HOUR), pytest.raises(LinkExpired):
        tokens.read(token, "seat")


def test_links_taken_back_open_nothing_and_others_still_do(context: Flask) -> None:
    first, second, other = issue(), issue(), issue(subject="sea_2")
    with transaction():
        tokens.revoke_all("seat", "sea_1")
    for token in (first, second):
        with pytest.raises(LinkRevoked):
            tokens.read(token, "seat")
    assert tokens.read(other, "seat").subject == "sea_2"


def test_a_link_from_a_rolled_back_transaction_opens_nothing(context: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        token = tokens.issue("seat", "sea_1", expires_in=HOUR)
        raise ZeroDivisionError
    with pytest.raises(LinkInvalid):
        tokens.read(token, "seat")


def test_a_one_time_link_is_spent_once_by_two_that_come_at_once(app: Flask) -> None:
    with app.app_context():
        link = tokens.read(issue("first", "acc_1"), "first")
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def spend() -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    tokens.spend(link.token_id, "first", "acc_1")
                outcomes.append("spent")
            except LinkRevoked:
                outcomes.append("refused")

    threads = [threading.Thread(target=spend) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "spent"]


def test_a_fleeting_token_needs_no_database(app: Flask) -> None:
    token = tokens.issue_fleeting("live", "stage:1", expires_in=HOUR)
    assert tokens.decode(token, "live").subject == "stage:1"
    with pytest.raises(LinkInvalid), app.app_context():
        tokens.read(token, "live")


def forge(token: str, header: dict[str, str], **changes: object) -> str:
    """The same claims under another header, signed in no way or with an empty key."""
    claims = {**jwt.decode(token, options={"verify_signature": False}), **changes}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)]
    return ".".join([*parts, ""])


def test_a_token_that_chooses_its_own_algorithm_is_refused(context: Flask) -> None:
    token = issue()
    claims = jwt.decode(token, options={"verify_signature": False})
    forged = [
        forge(token, {"alg": "none", "typ": "JWT"}),
        forge(token, {"alg": "None"}),
        forge(token, {"alg": "HS256"}),
        jwt.encode(claims, tokens._key("seat") * 2, algorithm="HS512"),
        jwt.encode(claims, b"x" * 32, algorithm="HS256"),
    ]
    for one in forged:
        with pytest.raises(LinkInvalid):
            tokens.read(one, "seat")


@pytest.mark.parametrize("missing", ["aud", "sub", "jti", "iat", "exp"])
def test_every_claim_is_needed(context: Flask, missing: str) -> None:
    claims = jwt.decode(issue(), options={"verify_signature": False})
    del claims[missing]
    with pytest.raises(LinkInvalid):
        tokens.decode(jwt.encode(claims, tokens._key("seat"), algorithm="HS256"), "seat")


def test_each_changed_character_is_noticed(context: Flask) -> None:
    token = issue()
    for place in range(len(token) - 1):  # the last character holds padding bits
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(LinkInvalid):
            tokens.read(changed, "seat")


def test_another_installation_takes_no_link_of_ours(context: Flask) -> None:
    token = issue()
    config.use(config.settings().model_copy(update={"secret_key": type(config.settings().secret_key)("y" * 40)}))
    config.settings().__dict__.pop("secret", None)
    with pytest.raises(LinkInvalid):
        tokens.read(token, "seat")


@pytest.fixture(scope="module")
def secret_known(tmp_path_factory: pytest.TempPathFactory) -> None:
    use_settings("", tmp_path_factory.mktemp("secret"), secret_key="k" * 40)


@given(text=st.one_of(st.text(max_size=60), st.from_regex(r"[A-Za-z0-9_=-]*\.[A-Za-z0-9_=-]*\.[A-Za-z0-9_=-]*")))
def test_any_other_text_is_refused_and_nothing_else_happens(secret_known: None, text: str) -> None:
    with pytest.raises(Refusal):
        tokens.decode(text, "seat")


def test_a_link_can_be_written_again_from_its_record(context: Flask) -> None:
    token = issue()
    link = tokens.read(token, "seat")
    db.session.remove()
    with clock.frozen(clock.now() + timedelta(seconds=90)):
        assert tokens.write_again(link.token_id, "seat") == token
        with pytest.raises(LinkInvalid):
            tokens.write_again(link.token_id, "stage")
        with pytest.raises(LinkInvalid):
            tokens.write_again("lnk_nothing", "seat")
    with transaction():
        tokens.revoke_all("seat", link.subject)
    with pytest.raises(LinkRevoked):
        tokens.write_again(link.token_id, "seat")


def test_what_holds_for_a_purpose_is_found_by_an_index_however_many_links_there_are(context: Flask) -> None:
    """It is asked once a second, by every worker."""
    for purpose, subject in (("observe-0", "cer_1"), ("observe-30", "cer_2"), ("seat", "sea_1")):
        issue(purpose, subject)
    asked: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, given: object, *_more: object) -> None:
        asked.append((statement, given))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert tokens.list_subjects(["observe-0", "observe-30"]) == ["cer_1", "cer_2"]
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    statement, given = asked[-1]
    db.session.rollback()
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        # Of three rows all are read; what it would do with millions is shown where it may not.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    explain = "EXPLAIN " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, given))  # type: ignore[arg-type]
    db.session.rollback()
    assert "ix_link_token_purpose_expires_at" in plan, plan
