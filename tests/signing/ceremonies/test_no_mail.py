"""An installation that cannot send mail says so before it prints, not after."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from accounts.rules import Role
from core import audit, config
from core.db import db
from core.errors import Conflict
from core.jobs import Job
from signing.ceremonies import inviting, queries
from tests.support import apps
from tests.support.ceremony import HOST
from tests.support.pages import csrf_token, get_page, post
from tests.support.quick import Quick, QuickWorld
from web import asgi


def forget_server(**more: object) -> None:
    config.use(config.settings().model_copy(update={"smtp_url": "", **more}))


@pytest.fixture
def drafted(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("draft", "sqlite", data_dir, inside=False) as made:
        yield made


def test_nothing_is_printed_where_nobody_could_be_invited(drafted: Quick) -> None:
    forget_server()
    with drafted.app.app_context():
        entries = audit.find_head(drafted.id)
        with pytest.raises(Conflict, match="mail_not_set_up"):
            inviting.print_and_invite(drafted.id, by=HOST)
        assert queries.get_ceremony(drafted.id).state == "draft"
        assert audit.find_head(drafted.id) == entries
        assert db.session.scalars(select(Job)).all() == []


@pytest.mark.parametrize("change", [{"smtp_url": "smtp://mail.example.test"}, {"demo": True}])
def test_a_mail_server_or_a_demonstration_is_enough(drafted: Quick, change: dict[str, object]) -> None:
    forget_server(**change)
    with drafted.app.app_context():
        inviting.print_and_invite(drafted.id, by=HOST)
        assert queries.get_ceremony(drafted.id).state == "printing"


def test_the_plan_s_page_and_json_say_it_beforehand(drafted: Quick) -> None:
    account = apps.add_account(drafted.app, Role.HOST, organisation_id=drafted.played.organisation_id)
    client = apps.sign_in(drafted.app, account)
    path = f"/ceremonies/{drafted.id}"
    assert not get_page(client, path).xpath("//*[@id='no-mail']")
    forget_server()
    page = get_page(client, path)
    assert "YUNQIAN_SMTP_URL" in " ".join(page.xpath("//*[@id='no-mail']//text()"))
    assert not page.xpath(f"//a[@href='{path}/invite']")
    assert not get_page(client, f"{path}/invite").xpath(f"//form[@action='{path}/invite']")
    assert [each["code"] for each in client.get(f"/api{path}").get_json()["obstacles"]] == ["mail_not_set_up"]
    assert post(client, f"{path}/invite").status_code == 409
    answer = client.post(f"/api{path}/invite", headers={"X-CSRFToken": csrf_token(client)})
    assert answer.get_json()["error"]["code"] == "mail_not_set_up"


@pytest.mark.parametrize(("change", "warned"), [({}, True), ({"demo": True}, False)])
def test_a_server_that_starts_without_mail_says_so(
    drafted: Quick,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, object],
    warned: bool,
) -> None:
    forget_server(run_jobs=False, log_level="INFO", **change)
    monkeypatch.setattr(asgi.Server, "run", lambda _server: None)
    monkeypatch.setattr(asgi.migrate, "upgrade", lambda _settings: None)
    asgi.serve(config.settings(), "127.0.0.1", 0, announce=str)
    logged = capsys.readouterr().err
    assert ("mail.not_set_up" in logged) is warned
    assert ("YUNQIAN_SMTP_URL" in logged) is warned
