"""What a demonstration shows is in the reader's language, whoever came first."""

from __future__ import annotations

import json

import pytest

from core import i18n, paths
from core.config import Settings
from core.db import transaction
from signing.ceremonies import queries
from tests.support import apps, quick
from tests.support.pages import get_page, post
from web.demo import service

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.mark.parametrize(("locale", "called"), [("zh-CN", "演示主持人"), ("en", "Demonstration host")])
def test_the_host_is_called_by_the_name_in_the_reader_s_language(settings: Settings, locale: str, called: str) -> None:
    with apps.running(Settings.model_validate({**settings.model_dump(), "demo": True})) as app:
        first, client = app.test_client(), app.test_client()
        first.set_cookie("locale", "en" if locale == "zh-CN" else "zh-CN")
        get_page(first, "/demo")
        client.set_cookie("locale", locale)
        post(client, "/demo/sign-in", {"next": "/ceremonies"})
        for path in ("/ceremonies", "/accounts/", "/account"):
            said = " ".join(get_page(client, path).xpath("//body//*[not(self::script)]/text()"))
            others = {"演示主持人", "Demonstration host"} - {called}
            assert called in said, path
            assert not [other for other in others if other in said], path


def test_its_signers_come_with_organisation_and_place_in_the_reader_s_language(settings: Settings) -> None:
    plan = json.loads((paths.examples() / "shuangliu-signing.json").read_text(encoding="utf-8"))
    with apps.running(Settings.model_validate({**settings.model_dump(), "demo": True})) as app, app.app_context():
        made = quick.draft(plan, service.prepare().organisation_id)
        ceremony = queries.get_ceremony(made.ceremony_id)
        with i18n.use_locale("en"):
            assert {seat.place for seat in service.list_seats(ceremony)} == {
                "Chengdu", "Hangzhou", "United States", "Xiamen"
            }  # fmt: skip
            assert "Alibaba Xianyu" in {seat.organisation for seat in service.list_seats(ceremony)}
        with i18n.use_locale("zh-CN"):
            assert "厦门" in {seat.place for seat in service.list_seats(ceremony)}


def test_a_new_draft_does_not_push_away_the_ceremony_that_is_ready(settings: Settings) -> None:
    plan = json.loads((paths.examples() / "shuangliu-signing.json").read_text(encoding="utf-8"))
    with apps.running(Settings.model_validate({**settings.model_dump(), "demo": True})) as app, app.app_context():
        ready = quick.draft(plan, service.prepare().organisation_id).ceremony_id
        with transaction():
            queries.take_ceremony(ready).state = type(queries.get_ceremony(ready).state)("invited")
        draft = quick.draft(plan | {"title": "后来的草稿"}, service.prepare().organisation_id).ceremony_id
        page = get_page(app.test_client(), "/demo")
    forms = [str(action) for action in page.xpath("//form/@action") if "/demo/stage/" in str(action)]
    assert forms[0].endswith(ready)
    assert draft not in forms[0]
