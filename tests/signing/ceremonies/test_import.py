"""The page of the ceremony file: problems in words, the template to begin with, every key explained."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml.etree import _Element as Element

from core import config, i18n
from core.errors import Invalid
from pdf import render
from signing.ceremonies import plan_words
from signing.ceremonies.plan_file import CeremonyFile
from signing.ceremonies.plan_keys import OBJECTS
from tests.support import quick
from tests.support.pages import check_page, get_page, post
from tests.support.quick import Quick, QuickWorld, host


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("draft", "sqlite", data_dir, inside=False) as made:
        yield made


def upload(client: FlaskClient, content: bytes) -> Any:
    data = {"file": (io.BytesIO(content), "plan.json")}
    return post(client, "/ceremonies/import", data, content_type="multipart/form-data")


def words(nodes: list[Element]) -> list[str]:
    return [" ".join("".join(node.itertext()).split()) for node in nodes]


@pytest.mark.parametrize(
    ("locale", "place"), [("zh-CN", "第 3 个签约方 · 城市"), ("en", "Party 3 · Place")], ids=["zh-CN", "en"]
)
def test_a_problem_says_first_where_it_is_and_keeps_path_and_code_folded_away(
    world: Quick, locale: str, place: str
) -> None:
    data = quick.plan()
    data["parties"][2]["place"] = " "
    answer = upload(host(world, locale=locale), json.dumps(data).encode())
    assert answer.status_code == 422
    page = check_page(answer)
    [item] = page.xpath("//section[@role='alert']/ol/li")
    assert words(item.xpath("./*"))[0] == place
    assert "$" not in "".join(item.itertext())
    assert words(page.xpath("//section[@role='alert']//details//li")) == ["$.parties[2].placeempty_text"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("$", "The whole file"),
        ("$.date", "Date"),
        ("$.parties[2]", "Party 3"),
        ("$.parties[0].organisation.en", "Party 1 · Organisation · in English"),
        ("$.agreements[1].between[1]", "Agreement 2 · Between · entry 2"),
        ("$.agreements[0].amount.currency", "Agreement 1 · Amount · Currency"),
        ("$.planned_investment.amount", "Planned investment · Amount"),
        ("$.parties[1].assumed[0]", "Party 2 · Assumed · entry 1"),
        ("$.parties[1].phone", "Party 2 · “phone”"),
        ("$.a b", "“a b”"),
        ("$.<b>", "“<b>”"),
        ("$.", "The whole file"),
    ],
)  # fmt: skip
def test_a_path_is_said_in_words(path: str, said: str) -> None:
    with i18n.use_locale("en"):
        assert plan_words.place(path) == said


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_every_key_that_the_reader_knows_is_explained_on_the_page(world: Quick, locale: str) -> None:
    page = get_page(host(world, locale=locale), "/ceremonies/import")
    shown = [words(fold.xpath(".//dt/code")) for fold in page.xpath("//*[@id='keys']//details")]
    assert shown == [list(keys) for keys in OBJECTS.values()]
    said = words(page.xpath("//*[@id='keys']//dl/div"))
    assert all(len(each) > 20 for each in said)
    limits = [str(key.limit) for keys in OBJECTS.values() for key in keys.values() if key.kind == "texts"]
    assert all(any(limit in each for each in said) for limit in limits)


@pytest.mark.parametrize("owner", OBJECTS)
def test_the_limits_that_are_told_are_those_that_are_kept(owner: str) -> None:
    for name, key in OBJECTS[owner].items():
        if not key.limit or key.kind == "email":
            continue
        for length, refused in ((key.limit, False), (key.limit + 1, True)):
            data = quick.plan()
            data["cues"] = [{"kind": "speech", "title": "致辞", "minutes": 1}]
            holders = {"party": data["parties"][1], "agreement": data["agreements"][1], "cue": data["cues"][0]}
            holder = {"ceremony": data, **holders}[owner]
            holder[name] = ["样" * length] if key.kind == "words" else "样" * length
            assert bool(_codes(data)) is refused, (owner, name, length)


def _codes(data: dict[str, Any]) -> list[str]:
    try:
        CeremonyFile.read(data)
    except Invalid as invalid:
        return [each.code for each in invalid.problems]
    return []


def test_the_example_is_a_template_that_can_be_sent_back(world: Quick) -> None:
    client = host(world)
    [link] = get_page(client, "/ceremonies/import").xpath("//a[@download]/@href")
    given = client.get(link)
    assert given.mimetype == "application/json"
    assert "attachment" in given.headers["Content-Disposition"]
    assert upload(client, given.data).status_code == 303


def test_a_file_saved_as_gbk_is_told_what_to_do(world: Quick) -> None:
    answer = upload(host(world), json.dumps(quick.plan(), ensure_ascii=False).encode("gbk"))
    assert "编码选 UTF-8" in check_page(answer).xpath("string(//section[@role='alert'])")


@pytest.mark.parametrize(("prints", "starts"), [(True, 1), (False, 0)])
def test_the_printing_process_loads_while_the_host_looks_at_the_plan(
    world: Quick, monkeypatch: pytest.MonkeyPatch, *, prints: bool, starts: int
) -> None:
    begun: list[bool] = []
    monkeypatch.setattr(render, "start", lambda: begun.append(True))
    config.use(config.settings().model_copy(update={"run_jobs": prints}))
    assert post(host(world), "/ceremonies/import", {"example": "yes"}).status_code == 303
    assert len(begun) == starts
