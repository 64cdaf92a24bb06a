"""The team makes companies, one by one or from pasted lines, and puts people into them; by form and by link."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.errors import Conflict, Invalid
from events.conferences.queries import ConferenceView
from events.registration import company_forms, company_service, queries, service
from events.registration.company_rules import CompanyFacts
from events.registration.rules import RegistrationState
from tests.events.registration.test_registering import GUEST
from tests.events.registration.test_team_pages import app, conference, enter, lead, send
from tests.support import conference as sample
from tests.support.conference import ORGANISER
from tests.support.pages import csrf_token

__all__ = ["app", "conference", "lead"]


def companies(app: Flask, conference: ConferenceView) -> dict[str, str]:
    """Ids by Chinese name."""
    with app.app_context():
        return {each.name["zh-CN"]: each.id for each in queries.list_companies(conference.id)}


def make(app: Flask, conference: ConferenceView, *names: str) -> list[str]:
    facts = [CompanyFacts({"zh-CN": name}, {}, {}) for name in names]
    with app.app_context():
        return company_service.add(conference.id, facts, key="".join(names), by=ORGANISER)


def test_a_company_is_made_by_its_form_and_whoever_names_it_is_put_there(
    app: Flask, lead: FlaskClient, conference: ConferenceView
) -> None:
    page = f"/conferences/{conference.id}/companies"
    facts = {"name": "演示云帆", "name_en": "Demo Yunfan", "city": "成都", "industry": "智能制造", "key": "a"}
    assert send(lead, page, **facts) == send(lead, page, **facts) == 303
    [(name, company_id)] = companies(app, conference).items()
    assert name == "演示云帆"
    with app.app_context():
        assert queries.find_company_id(conference.id, "demo yunfan") == company_id
    assert send(lead, page, **{**facts, "key": "b", "name": "另一家"}) == 409, "called alike in English"
    assert send(lead, page, key="c", name="!!!") == 422
    assert "演示云帆" in lead.get(page).text
    assert "智能制造" in lead.get(f"{page}/{company_id}").text


def test_several_are_made_from_pasted_lines_or_none(app: Flask, lead: FlaskClient, conference: ConferenceView) -> None:
    page = f"/conferences/{conference.id}/companies"
    wrong = lead.post(page, data={"csrf_token": csrf_token(lead), "key": "a", "several": "甲,成都\n\n!!,重庆\n甲"})
    assert wrong.status_code == 422
    assert "第 3 行看不懂" in wrong.text
    assert "第 4 行与第 1 行的名称相同" in wrong.text
    assert companies(app, conference) == {}
    pasted = "甲公司\t成都\t物流\n乙公司，重庆，金融\n丙公司"
    assert send(lead, page, key="a", several=pasted) == 303
    assert set(companies(app, conference)) == {"甲公司", "乙公司", "丙公司"}


def test_lines_that_are_too_many_or_too_long_are_said_to_be_so() -> None:
    for text, code in (
        ("\n".join(f"公司{n}" for n in range(501)), "too_many_companies_at_once"),
        ("x" * 121, "company_line_long"),
        ("a,b,c,d", "company_line_bad"),
        (" \n ", "empty_text"),
    ):
        with pytest.raises(Invalid) as refused:
            company_forms.read_several(text)
        assert [each.code for each in refused.value.problems] == [code]
    [found] = company_forms.read_several("甲, 乙\t成都\t物流")
    assert found == CompanyFacts({"zh-CN": "甲, 乙"}, {"zh-CN": "成都"}, {"zh-CN": "物流"})


def test_the_team_adds_a_person_of_a_company_at_once(app: Flask, lead: FlaskClient, conference: ConferenceView) -> None:
    [company_id] = make(app, conference, "演示云帆")
    page = f"/conferences/{conference.id}/companies/{company_id}"
    person = {"name": "样例甲", "email": "a@example.com", "venue": "chengdu", "audience": "guest", "key": "k"}
    assert send(lead, f"{page}/people", **{**person, "email": "nothing"}) == 422
    assert send(lead, f"{page}/people", **person) == send(lead, f"{page}/people", **person) == 303
    with app.app_context():
        [made] = queries.list_registrations(conference.id)
    assert (made.company, made.state, made.prove_by) == ("演示云帆", RegistrationState.CONFIRMED, None)
    assert "样例甲" in lead.get(page).text
    assert send(lead, f"{page}/people", **{**person, "key": "l", "name": "样例乙"}) == 409
    assert send(lead, f"{page}/remove") == 409, "it has people"


def test_who_registered_is_put_into_a_company_and_out_of_it(
    app: Flask, lead: FlaskClient, conference: ConferenceView
) -> None:
    [company_id] = make(app, conference, "演示云帆")
    person = enter(app, conference, 1, company_name="别家")
    path = f"/conferences/{conference.id}/companies/of/{person}"
    assert send(lead, path, company=company_id) == 303
    with app.app_context():
        assert queries.get_registration(person).company == "演示云帆"
    assert send(lead, path, company="com_nothing") == 404
    assert send(lead, path, company="") == 303
    with app.app_context():
        assert queries.get_registration(person).company_id is None


def test_places_are_held_for_a_company_and_its_people_stand_there(
    app: Flask, lead: FlaskClient, conference: ConferenceView
) -> None:
    [company_id] = make(app, conference, "演示云帆")
    page = f"/conferences/{conference.id}/groups"
    assert 'value="演示云帆"' in lead.get(f"{page}?company={company_id}").text
    until = f"{conference.starts_on.isoformat()}T08:00"
    hold = {"name": "代表团", "venue": "chengdu", "audience": "company", "size": "3", "until": until, "key": "h"}
    assert send(lead, page, **hold, company="com_nothing") == 404
    assert send(lead, page, **hold, company=company_id) == 303
    shown = lead.get(f"/conferences/{conference.id}/companies/{company_id}").text
    assert "代表团" in shown
    assert "0 / 3" in shown


def test_a_name_is_changed_and_an_empty_company_removed(app: Flask, conference: ConferenceView) -> None:
    first, second = make(app, conference, "甲", "乙")
    with app.app_context():
        with pytest.raises(Conflict) as refused:
            company_service.change(first, CompanyFacts({"zh-CN": "乙"}, {}, {}), conference_id=conference.id, by=GUEST)
        assert refused.value.code == "company_exists"
        for _ in range(2):
            named = CompanyFacts({"zh-CN": "甲", "en": "First"}, {"zh-CN": "成都"}, {})
            company_service.change(first, named, conference_id=conference.id, by=GUEST)
        company_service.remove(second, conference_id=conference.id, by=GUEST)
        [left] = queries.list_companies(conference.id)
        made = service.register(conference.id, sample.someone(conference, 1, company_id=first), by=GUEST)
        assert (left.name["en"], queries.get_registration(made.id).company) == ("First", "甲")
