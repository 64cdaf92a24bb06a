"""The completion certificate says what was signed and how that was known, and never more than is true."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import jinja2
import pytest
import segno

from pdf.intake import look, rebuild
from pdf.preview import page_images
from pdf.render import RenderWorker, render
from signing.evidence.paper import CompletionPaper, SignatureLine, TimestampSource, completion_html
from signing.papers import Bilingual, fill

LINE = SignatureLine(
    name="示例签署人",
    organisation=Bilingual("阿里巴巴闲鱼", "Alibaba Xianyu"),
    capacity=Bilingual("授权代表", "Authorised representative"),
    identified_by=("email_code", "spoken_code"),
    place="美国",
    timezone="America/Los_Angeles",
    signed_at=datetime(2020, 2, 11, 2, 5, 33, 123_000, tzinfo=UTC),
    mark="drawn",
    custody="client",
    level="B-T",
    certificate="c" * 64,
)
PAPER = CompletionPaper(
    agreement_number="YQ-2020-SL-002",
    agreement_version=1,
    agreement_title=Bilingual("战略合作协议（闲鱼）", "Strategic Cooperation Agreement"),
    ceremony_title=Bilingual("双流电商直播产业园项目云签约", "Shuangliu: remote signing"),
    page_count=6,
    final_digest="f" * 64,
    frozen_digest="e" * 64,
    record_code="12345678",
    signatures=(LINE, replace(LINE, name="另一位", mark="typed", custody="server", timezone="Asia/Kathmandu")),
    completed_at=datetime(2020, 2, 11, 2, 15, tzinfo=UTC),
    trail_head="d" * 64,
    trail_length=187,
    anchors_fingerprint="a" * 32 + "b" * 32,
    timestamps=TimestampSource("Yunqian built-in TSA", third_party=False),
    verify_url="http://127.0.0.1:8600/verify?code=K7M2-Q9RT",
    short_code="K7M2-Q9RT",
    demo=True,
)


@cache
def text_of(paper: CompletionPaper) -> str:
    printed = render(completion_html(paper))
    assert printed.warnings == ()
    return "".join("".join(image.text.split()) for image in page_images(printed.pdf))


def test_no_word_stands_on_it_that_nobody_sees() -> None:
    printed = render(completion_html(PAPER))
    assert look(rebuild(printed.pdf), pages=printed.page_count)


def test_everything_needed_to_check_stands_on_it() -> None:
    text = text_of(PAPER)
    for wanted in (
        "YQ-2020-SL-002",
        "1234 5678",
        *(char * 64 for char in "cdef"),
        "AA:" * 16,  # the first of two lines
        ":".join(["BB"] * 16),
        "entry 187",
        "K7M2-Q9RT",
        PAPER.verify_url,
        "PAdES B-T",
        "演示样本 · 无法律效力",
    ):
        assert "".join(wanted.split()) in text, wanted


def test_times_stand_in_the_signer_s_zone_and_in_utc() -> None:
    text = text_of(PAPER)
    assert "2020年2月10日18:05:33（UTC-08:00）" in text
    assert "10February2020,18:05:33(UTC-08:00)" in text
    assert "2020年2月11日07:50:33（UTC+05:45）" in text
    assert text.count("2020-02-1102:05:33.123UTC") == 2


def test_how_each_signature_was_made_is_said() -> None:
    text = text_of(PAPER)
    for line in ("签名样式手写签名Signaturemadeasdrawnbyhand", "签名样式键入姓名Signaturemadeastypedname"):
        assert text.count(line) == 1


def test_who_held_the_key_is_said_of_each_signature() -> None:
    text = text_of(PAPER)
    assert text.count("服务器从未持有") == 1
    assert text.count("服务器为本次签署生成的一次性密钥") == 1


def test_time_of_our_own_is_never_called_a_third_party_s() -> None:
    own = text_of(PAPER)
    assert "未经第三方授时" in own
    assert "notathirdparty’stime" in own
    foreign = text_of(replace(PAPER, timestamps=TimestampSource("国家授时中心 NTSC", third_party=True)))
    assert "未经第三方授时" not in foreign
    assert "notathirdparty" not in foreign.casefold()


def test_a_real_certificate_bears_no_demonstration_mark() -> None:
    assert "演示" not in text_of(replace(PAPER, demo=False))


def test_the_code_to_scan_holds_the_verification_address() -> None:
    drawn = segno.make_qr(PAPER.verify_url, error="m").svg_inline(border=0, dark="#1f1c1a", omitsize=True)
    assert drawn in completion_html(PAPER)


def test_equal_values_give_equal_bytes() -> None:
    html = completion_html(PAPER)
    assert RenderWorker(idle_seconds=0.1).render(html).pdf == render(html).pdf


@pytest.mark.parametrize("change", [{"custody": "cloud"}, {"identified_by": ("guess",)}, {"mark": "stamped"}])
def test_a_word_that_the_certificate_does_not_know_is_no_blank_on_it(change: dict[str, object]) -> None:
    with pytest.raises(jinja2.UndefinedError):
        completion_html(replace(PAPER, signatures=(replace(LINE, **change),)))  # type: ignore[arg-type]


def test_a_value_that_nobody_gave_is_no_blank_on_a_paper() -> None:
    with pytest.raises(jinja2.UndefinedError):
        fill("completion_certificate.html", made_at="")
