"""The verify page on how a file came about, and on what it looked like when it was signed."""

from __future__ import annotations

import base64
import io
from dataclasses import replace

import pytest
from flask import Flask

from core import i18n, storage
from pdf.verify import FileVerdict, RevisionKind, TimeSource
from signing.agreements import queries as agreements
from signing.evidence import verdicts
from tests.pdf.verify import tampering
from tests.signing.evidence.test_pages import upload, words_of
from tests.support.ceremony import Played
from tests.support.pages import check_page, csrf_token

World = tuple[Flask, Played]
CHANGES = [
    "fields-added", "validation-data", "metadata", "form-filled", "seal-drawn", "pages-added", "pages-changed",
    "annotations-added", "annotations-changed", "contents-changed", "others",
]  # fmt: skip


@pytest.fixture
def final(sealed_once: World) -> bytes:
    _, played = sealed_once
    return storage.read(agreements.get_agreement(played.agreements["park"]).head_digest or "")


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_kind_of_revision_and_change_has_its_words(locale: str) -> None:
    wanted = [*(f"verify-revision-{kind}" for kind in RevisionKind), *(f"verify-change-{each}" for each in CHANGES)]
    with i18n.use_locale(locale):
        assert [each for each in wanted if not i18n.has(each)] == []


def test_the_result_tells_how_the_file_came_about(sealed_once: World, final: bytes) -> None:
    page = upload(sealed_once[0], final, "final.pdf")
    titles = page.xpath("//ol[@class='timeline']/li/p[1]/strong/text()")  # type: ignore[attr-defined]
    assert titles[0] == "正文，尚无签名"
    assert "由 样例甲 签署" in titles
    assert titles[-1].endswith("的文件时间戳")
    said = words_of(page)
    assert "供日后核验：证书" in said
    assert "签名之后不允许" not in said
    assert not page.xpath("//img[starts-with(@src,'data:')]")  # type: ignore[attr-defined]


def test_a_changed_file_shows_what_was_signed_beside_what_is_there_now(sealed_once: World, final: bytes) -> None:
    page = upload(sealed_once[0], tampering.with_new_page(final), "longer.pdf", language="en")
    said = words_of(page)
    assert "One page added" in said
    assert "not allowed after a signature" in said
    assert "This page is not there." in said
    [picture] = page.xpath("//figure/img/@src")  # type: ignore[attr-defined]
    assert base64.b64decode(picture.partition(",")[2]).startswith(b"\x89PNG")


def test_a_time_that_only_a_later_document_timestamp_proves_is_no_time_of_signing(
    sealed_once: World, final: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from signing.evidence import verify_views

    judge = verify_views.verify_in_child

    def late(*given: object, **more: object) -> FileVerdict:
        verdict = judge(*given, **more)  # type: ignore[arg-type]
        changed = [replace(each, signed_at_source=TimeSource.DOCUMENT) for each in verdict.signatures]
        return replace(verdict, signatures=tuple(changed))

    monkeypatch.setattr(verify_views, "verify_in_child", late)
    page = upload(sealed_once[0], final, "late.pdf")
    said = [" ".join(each.itertext()).split() for each in page.xpath("//section[contains(@class,'signature-card')]")]  # type: ignore[attr-defined]
    assert all("签署时间" not in words for words in said)
    assert sum("签名不晚于" in words for words in said) == 3  # the platform's and two people's
    assert sum("加盖时间" in words for words in said) == len(said) - 3


def test_who_asks_sees_what_each_signer_signed(sealed_once: World, final: bytes) -> None:
    client = sealed_once[0].test_client()
    fields = {"file": (io.BytesIO(final), "f.pdf"), "pictures": "yes", "csrf_token": csrf_token(client, "/verify")}
    page = check_page(client.post("/verify", data=fields))
    headings = page.xpath("//section[@class='beside']/h3/text()")
    assert len(headings) == 2
    assert all("样例" in each for each in headings)
    # The first signer saw the page without the second signature.
    assert page.xpath("//section[@class='beside'][1]//img")


def test_pages_that_were_not_compared_are_spoken_of(
    sealed_once: World, final: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pdf.verify import Difference
    from signing.evidence import verify_views

    monkeypatch.setattr(verify_views, "draw_differences", lambda *_: [Difference(1, (), 0, 7)])
    said = words_of(upload(sealed_once[0], tampering.with_new_page(final), "longer.pdf"))
    assert "有 7 页未作对照" in said
    assert "各页看上去没有任何不同" not in said.replace("已对照的各页", "")


def test_a_file_that_cannot_be_drawn_still_has_its_verdict(
    sealed_once: World, final: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pdf.errors import PdfError
    from signing.evidence import verify_views

    def broken(*_: object) -> None:
        raise PdfError("no", code="page_broken")

    monkeypatch.setattr(verify_views, "draw_differences", broken)
    page = upload(sealed_once[0], tampering.with_new_page(final), "longer.pdf")
    assert page.xpath("string(//h1)") == "核验不通过"  # type: ignore[attr-defined]
    assert "无法画出页面" in words_of(page)


def test_a_revision_in_one_line_is_what_the_command_prints(final: bytes) -> None:
    from pdf.verify import verify_file

    verdict = verify_file(tampering.with_annotation(final), name="x", anchors=())
    with i18n.use_locale("en"):
        said = [verdicts.revision_line(each) for each in verdict.revisions]
    assert said[0] == "The text, before any signature"
    assert said[-1] == "Changed without a signature · One annotation added · not allowed after a signature"
