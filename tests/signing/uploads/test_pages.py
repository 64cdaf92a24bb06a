"""The page and the JSON of an agreement's own paper, as the host and strangers see them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml.etree import _Element as Element
from sqlalchemy import update

from core import clock, i18n
from core.db import db, transaction
from core.jobs import Job
from signing.ceremonies import inviting
from signing.uploads.models import PaperArrival
from tests.pdf.foreign import drawn, words
from tests.pdf.test_intake_fonts import ARIAL, lettered
from tests.support import ceremony
from tests.support.ceremony import HOST
from tests.support.pages import check_page, csrf_token, get_page
from tests.support.quick import Quick, QuickWorld, host

PAPER = drawn(words("Clause one"), words("Clause two"), size=(595, 842))
HIDDEN = drawn("q Q", words("secretly", colour="1 g"))
HOSTILE = "<img src=x onerror=alert(2)>{{7*7}}.pdf"


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("draft", "sqlite", data_dir, inside=False) as made:
        yield made


def path(world: Quick, *, api: bool = False) -> str:
    return f"{'/api' if api else ''}/ceremonies/{world.id}/agreements/{world.first}/paper"


def send(client: FlaskClient, address: str, data: bytes = PAPER, name: str = "terms.pdf") -> Element | str:
    """What comes of the form: the page with what is wrong, or where one is sent on to."""
    token = csrf_token(client, address)
    answer = client.post(address, data={"csrf_token": token, "file": (io.BytesIO(data), name)})
    if answer.status_code != 303:
        return check_page(answer)
    with client.application.app_context():
        ceremony.do_jobs()
    page = get_page(client, str(answer.location))
    return page if page.xpath("//*[@id='problem']") else str(answer.location)


def do_jobs(world: Quick) -> None:
    with world.app.app_context():
        ceremony.do_jobs()


def text_of(page: Element | str) -> str:
    assert not isinstance(page, str), page
    return " ".join(" ".join(page.xpath("//main//text()")).split())


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_a_paper_is_uploaded_looked_at_replaced_and_set_aside(world: Quick, locale: str) -> None:
    client, address = host(world, locale=locale), path(world)
    (link,) = get_page(client, address.removesuffix("/paper")).xpath(f"//a[@href='{address}']")
    assert link.text
    assert not get_page(client, address).xpath("//img")
    assert send(client, address) == address
    page = get_page(client, address)
    pictures = page.xpath("//main//img")
    signatures = address.removesuffix("/paper") + "/preview/pages/{}.png"
    own = [f"{address}/pages/{number}.png" for number in (1, 2)]
    assert [picture.get("src") for picture in pictures] == [*own, signatures.format(3)]
    assert all(picture.get("alt") and picture.get("width") for picture in pictures)
    assert "terms.pdf" in text_of(page)
    assert "terms.pdf" in text_of(get_page(client, address.removesuffix("/paper")))
    assert send(client, address, drawn(words("One page"))) == address
    assert get_page(client, address).xpath("//main//img/@src") == [own[0], signatures.format(2)]
    token = csrf_token(client, address)
    assert client.post(f"{address}/remove", data={"csrf_token": token}).status_code == 303
    assert not get_page(client, address).xpath("//img")


def test_a_picture_is_asked_for_again_and_sent_when_it_changed(world: Quick) -> None:
    client, address = host(world), path(world)
    send(client, address)
    first = client.get(f"{address}/pages/1.png")
    assert (first.status_code, first.mimetype) == (200, "image/png")
    assert "no-cache" in first.headers["Cache-Control"]
    kept = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"{address}/pages/1.png", headers=kept).status_code == 304
    send(client, address, drawn(words("New")))
    assert client.get(f"{address}/pages/1.png", headers=kept).status_code == 200
    assert client.get(f"{address}/pages/2.png").status_code == 404


@pytest.mark.parametrize("locale", i18n.LOCALES)
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", {"zh-CN": "请选择", "en": "hoose"}),
        (b"MZ", {"zh-CN": "不是 PDF", "en": "This is no PDF"}),
        (HIDDEN, {"zh-CN": "第 2 页有看不见的文字", "en": "Page 2 holds text"}),
        (lettered(ARIAL), {"zh-CN": "没有嵌入文件：ArialMT", "en": "a font that is not in the file: ArialMT"}),
    ],
    ids=["none", "no-pdf", "hidden", "font-missing"],
)
def test_why_a_file_is_not_taken_is_said_on_the_page(
    world: Quick, locale: str, data: bytes, said: dict[str, str]
) -> None:
    client, address = host(world, locale=locale), path(world)
    page = send(client, address, data)
    assert said[locale] in text_of(page)
    assert not isinstance(page, str)
    assert page.xpath("//*[@role='alert']")
    assert page.xpath("//input[@type='file']")


def test_a_hostile_name_stays_a_name(world: Quick) -> None:
    client, address = host(world), path(world)
    send(client, address, name="../../etc/\u202efdp.exe" + HOSTILE)
    page = get_page(client, address)
    assert HOSTILE in text_of(page)
    assert "etc/" not in text_of(page)
    assert not page.xpath("//img[@src='x']")


def test_once_printed_the_page_only_shows(world: Quick) -> None:
    client, address = host(world), path(world)
    send(client, address)
    with world.app.app_context():
        inviting.print_and_invite(world.id, by=HOST)
    page = get_page(client, address)
    assert len(page.xpath("//main//img")) == 2
    assert not page.xpath("//main//form")
    token = csrf_token(client, f"/ceremonies/{world.id}")
    answer = client.post(address, data={"csrf_token": token, "file": (io.BytesIO(PAPER), "late.pdf")})
    assert answer.status_code == 409


def test_without_libreoffice_the_page_asks_for_no_word_file(world: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    client, address = host(world, locale="en"), path(world)
    (chooser,) = get_page(client, address).xpath("//input[@type='file']")
    assert ".docx" not in chooser.get("accept")
    page = send(client, address, b"PK\x03\x04" + bytes(40), "terms.docx")
    assert "LibreOffice is not installed" in text_of(page)


def test_a_file_longer_than_allowed_is_not_read(world: Quick) -> None:
    most = world.app.config["MAX_UPLOAD_BYTES"]
    client, address = host(world), path(world)
    token = csrf_token(client, address)
    long = io.BytesIO(b"%PDF-" + bytes(most))
    assert client.post(address, data={"csrf_token": token, "file": (long, "a.pdf")}).status_code == 413


def test_programs_upload_ask_and_set_aside(world: Quick) -> None:
    client, address = host(world, locale="en"), path(world, api=True)
    headers = {"X-CSRF-Token": csrf_token(client, path(world))}
    assert client.get(address).get_json()["error"]["code"] == "upload_not_found"
    made = client.post(f"{address}?name=terms.pdf", data=PAPER, headers=headers)
    assert made.status_code == 202
    told = made.get_json()
    assert told == client.get(address).get_json()
    assert (told["state"], told["arrival"]["name"], told["arrival"]["step"]) == ("arriving", "terms.pdf", "waiting")
    assert (told["arrival"]["bytes"], told["arrival"]["error"]) == (len(PAPER), None)
    do_jobs(world)
    told = client.get(address).get_json()
    assert (told["state"], told["arrival"]) == ("taken", None)
    assert (told["name"], told["kind"], len(told["pages"])) == ("terms.pdf", "pdf", 2)
    assert told["original"]["bytes"] == len(PAPER)
    assert client.get(told["pages"][0]["image"]).mimetype == "image/png"
    refused = client.post(address, data=b"MZ", headers=headers)
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (422, "not_a_pdf")
    assert refused.get_json()["error"]["next"]
    client.post(f"{address}?name=hidden.pdf", data=HIDDEN, headers=headers)
    do_jobs(world)
    told = client.get(address).get_json()
    assert (told["state"], told["name"], told["arrival"]["name"]) == ("refused", "terms.pdf", "hidden.pdf")
    assert told["arrival"]["error"]["code"] == "pdf_hidden"
    assert "secretly" in told["arrival"]["error"]["message"]
    assert client.post(f"{address}/withdraw", headers=headers).status_code == 204
    assert client.get(address).get_json()["state"] == "taken"
    assert client.post(f"{address}/remove", headers=headers).status_code == 204
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_while_a_paper_is_taken_in_its_page_says_how_far_it_is_and_listens(world: Quick, locale: str) -> None:
    client, address = host(world, locale=locale), path(world)
    client.post(address, data={"csrf_token": csrf_token(client, address), "file": (io.BytesIO(PAPER), "long.pdf")})
    page = get_page(client, address)
    assert page.xpath("//body/@data-live-url")[0].startswith("/live/")
    assert page.xpath("//*[@data-live-region='spoken'][@role='status']/text()") == [
        {"zh-CN": "等待开始处理", "en": "Waiting for the work to begin"}[locale]
    ]
    assert not page.xpath("//input[@type='file']")
    with world.app.app_context(), transaction():
        db.session.execute(update(PaperArrival).values(step="picturing", page=151, pages=300))
    page = get_page(client, address)
    (shown,) = page.xpath("//*[@data-live-region='arriving']")
    assert {"zh-CN": "第 151 页，共 300 页", "en": "Page 151 of 300"}[locale] in " ".join(shown.itertext())
    assert 50 < int(shown.xpath(".//progress/@value")[0]) < 80
    assert "50" in page.xpath("//*[@data-live-region='spoken']/text()")[0]
    plan = get_page(client, address.removesuffix("/paper"))
    assert {"zh-CN": "正在处理上传的“long.pdf”", "en": "“long.pdf” is being taken in"}[locale] in text_of(plan)
    assert "long.pdf" in " ".join(get_page(client, f"/ceremonies/{world.id}").xpath("//*[@data-missing]//text()"))
    token = csrf_token(client, address)
    assert client.post(f"{address}/withdraw", data={"csrf_token": token}).status_code == 303
    assert get_page(client, address).xpath("//input[@type='file']")


def test_what_keeps_failing_is_said_with_what_can_be_done(world: Quick) -> None:
    client, address = host(world, locale="en"), path(world)
    client.post(address, data={"csrf_token": csrf_token(client, address), "file": (io.BytesIO(PAPER), "long.pdf")})
    for tries, words_of_it in ((3, "tried again by itself"), (200, "is not tried again")):
        with world.app.app_context(), transaction():
            ended = clock.now() if tries == 200 else None
            db.session.execute(update(Job).values(attempts=tries, reason="disk_full", last_error="x", dead_at=ended))
        (said,) = get_page(client, address).xpath("//*[@id='trouble']")
        assert words_of_it in text_of_element(said)
        assert "disk" in text_of_element(said)


def text_of_element(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_another_organisation_sees_nothing(world: Quick) -> None:
    send(host(world), path(world))
    stranger = host(world, locale="en", elsewhere=True)
    for address in (path(world), f"{path(world)}/pages/1.png", path(world, api=True)):
        assert stranger.get(address).status_code == 404


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_a_scan_that_lost_its_unseen_words_says_on_which_pages_and_why(world: Quick, locale: str) -> None:
    client, address = host(world, locale=locale), path(world)
    scan = drawn(words("Scan"), words("Scan") + words("claimed", y=90, mode=3), "q Q", words("more", mode=3))
    assert send(client, address, scan) == address
    page = get_page(client, address)
    (notice,) = page.xpath("//*[@id='silenced']")
    said = " ".join("".join(notice.itertext()).split())
    assert {"zh-CN": "第 2, 4 页", "en": "Pages: 2, 4"}[locale] in said
    assert {"zh-CN": "读屏软件", "en": "Screen readers"}[locale] in said
    pages = client.get(path(world, api=True)).get_json()["pages"]
    assert [each["silenced"] for each in pages] == [False, True, False, True]
    send(client, address)
    assert not get_page(client, address).xpath("//*[@id='silenced']")


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_that_pages_became_pictures_is_said_where_they_are_shown_and_where_their_text_is(
    world: Quick, locale: str
) -> None:
    client, address = host(world, locale=locale), path(world)
    send(client, address, drawn(words("Clause one"), "q 0.5 g 50 50 90 90 re f Q"))
    (said,) = get_page(client, address).xpath("//*[@id='pictures']/text()")
    assert {"zh-CN": "图像", "en": "everybody sees the same"}[locale] in said
    preview = get_page(client, address.removesuffix("/paper") + "/preview")
    with world.app.app_context():
        inviting.print_and_invite(world.id, by=HOST)
        ceremony.do_jobs()
    frozen = get_page(client, address.removesuffix("/paper") + "/text")
    for page in (preview, frozen):
        (one,), (two,), (own,) = (page.xpath(f"//details/h3[{n}]/following-sibling::p[1]/text()") for n in (1, 2, 3))
        by_machine = {"zh-CN": "并非从图像识别", "en": "not read from the picture"}[locale]
        assert by_machine in one
        assert {"zh-CN": "没有读到文字", "en": "no text was found"}[locale] in two
        assert by_machine not in own
        assert "Clause one" in " ".join(page.xpath("//details//p/text()"))
