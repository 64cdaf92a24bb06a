"""Plans are kept as templates without people, begun with again, and whole ceremonies are copied to another day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from core import i18n
from signing.agreements import queries as agreements
from signing.ceremonies import obstacles, plan_writing, queries, templates
from signing.cues import queries as cues
from signing.cues import service as cue_service
from signing.cues.suggesting import suggest
from tests.support.ceremony import HOST
from tests.support.pages import check_page, get_page, post
from tests.support.quick import Quick, QuickWorld, host

WHEN = {"date": "2026-09-01", "time": "14:30"}


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as made:
        with made.app.app_context():
            cue_service.make_sheet(made.id, by=HOST)
            plan = cues.get_sheet(made.id).cues[0].plan
            told = cue_service.cue_plan(
                kind="welcome",
                title=plan.title,
                seconds=60,
                agreements=(),
                party_key="party_a",
                speaker="演示区长",
                script={"zh-CN": "请样例甲先生和演示区长致辞"},
                stage_text={"zh-CN": "欢迎样例乙"},
            )
            cue_service.change_cue(made.id, cues.get_sheet(made.id).cues[0].id, told, looked_at=0, by=HOST)
        yield made


@pytest.fixture
def client(world: Quick) -> FlaskClient:
    return host(world)


def saved(world: Quick, client: FlaskClient) -> templates.TemplateView:
    assert post(client, f"/ceremonies/{world.id}/template", {"title": "双周签约"}).status_code == 303
    with world.app.app_context():
        return templates.list_templates(world.played.organisation_id)[0]


def begun(client: FlaskClient, template_id: str, key: str = "begun_1") -> str:
    answer = post(client, f"/ceremonies/templates/{template_id}/begin", {**WHEN, "key": key})
    assert answer.status_code == 303, answer.text[:2000]
    return str(answer.location.rsplit("/", 1)[1])


def test_a_template_has_the_plan_and_nobodys_name_address_or_day(world: Quick, client: FlaskClient) -> None:
    made = begun(client, saved(world, client).id)
    with world.app.app_context():
        plan = plan_writing.to_data(plan_writing.whole_plan(queries.get_ceremony(made)))
    assert (plan["date"], plan["starts_at"]) == ("2026-09-01", "14:30")
    assert [each["key"] for each in plan["agreements"]] == ["main", "next_0"]
    said = str(plan)
    for secret in ("样例甲", "样例乙", "演示区长", "signers.example"):
        assert secret not in said.replace("样例甲公司", "").replace("样例乙公司", ""), secret
    assert plan["cues"][0]["script"] == {"zh-CN": "请＿＿先生和＿＿致辞"}


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_each_ready_made_template_becomes_a_draft_and_twice_with_one_key_one(world: Quick, locale: str) -> None:
    client = host(world, locale=locale)
    page = get_page(client, "/ceremonies/templates")
    assert len(page.xpath("//main//form[contains(@action, '/begin')]")) == len(templates.BUILT_IN)
    for name in templates.BUILT_IN:
        first = begun(client, name, f"key_{name.replace('-', '_')}")
        assert begun(client, name, f"key_{name.replace('-', '_')}") == first
        get_page(client, f"/ceremonies/{first}")
        with world.app.app_context():
            ceremony = queries.get_ceremony(first)
            told = [cue.plan for cue in cues.get_sheet(first).cues]
            assert told == suggest(agreements.list_agreements(first), ceremony.host.key), "the page promises it"


def test_a_name_of_ones_own_beside_the_templates_english_is_told(world: Quick, client: FlaskClient) -> None:
    made = begun(client, "framework")
    address = f"/ceremonies/{made}/parties/partner_2"
    form = {
        "organisation": "演示伦敦科技有限公司",
        "organisation_en": "Second partner",
        "representative_title": "法定代表人",
        "representative_title_en": "Legal representative",
        "place": "伦敦",
        "place_en": "Los Angeles",
        "timezone": "Europe/London",
        "locale": "en",
        "representative_name": "演示人丁",
        "email": "ding@signers.example",
    }

    def told() -> set[tuple[str, str]]:
        with world.app.app_context():
            left = [each for each in obstacles.list_warnings(made) if each.code == "template_left"]
            return {
                (each.path.rpartition(".")[2], str(each.params["text"])) for each in left if ".partner_2." in each.path
            }

    def save(form: dict[str, str]) -> None:
        seen = get_page(client, address).xpath("string(//input[@name='seen']/@value)")
        assert post(client, address, form | {"seen": str(seen)}).status_code == 303

    assert told() == {("organisation", "合作单位二")}
    save(form)
    assert told() == {("organisation", "Second partner"), ("place", "Los Angeles")}
    get_page(client, f"/ceremonies/{made}")
    save(form | {"organisation_en": "Demo London Technology Ltd", "place_en": ""})
    assert told() == set()


def test_a_wrong_day_is_told_at_its_field(world: Quick) -> None:
    refused = post(
        host(world, locale="en"), "/ceremonies/templates/batch/begin", {"date": "soon", "time": "", "key": "a"}
    )
    assert refused.status_code == 422
    assert check_page(refused).xpath("//*[@id='date-error']")


def test_templates_belong_to_their_organisation_and_are_removed_by_it(world: Quick, client: FlaskClient) -> None:
    own = saved(world, client)
    other = host(world, locale="en", elsewhere=True)
    assert own.title not in other.get("/ceremonies/templates").text
    assert post(other, f"/ceremonies/templates/{own.id}/begin", {**WHEN, "key": "a"}).status_code == 404
    assert post(other, f"/ceremonies/templates/{own.id}/remove").status_code == 404
    assert post(client, f"/ceremonies/templates/{own.id}/remove").status_code == 303
    assert own.title not in client.get("/ceremonies/templates").text


def test_a_whole_ceremony_is_copied_with_its_people_and_cues_and_nothing_that_was_signed(
    world: Quick, client: FlaskClient
) -> None:
    get_page(client, f"/ceremonies/{world.id}/again")
    answer = post(client, f"/ceremonies/{world.id}/again", {**WHEN, "key": "again_1"})
    assert answer.status_code == 303
    made = answer.location.rsplit("/", 1)[1]
    with world.app.app_context():
        before, after = (
            plan_writing.to_data(plan_writing.whole_plan(queries.get_ceremony(each))) for each in (world.id, made)
        )
        assert {**before, "date": "", "starts_at": ""} == {**after, "date": "", "starts_at": ""}
        assert {str(each.state) for each in agreements.list_agreements(made)} == {"draft"}
        assert str(cues.get_sheet(made).state) == "planned"
