"""The completion certificate says what was signed and how that was known, and never more than is true."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import jinja2
import pikepdf
import pytest
import segno

from pdf.intake import look, rebuild
from pdf.preview import page_images
from pdf.render import RenderWorker, render
from signing.evidence import summary
from signing.evidence.codes import code_of
from signing.evidence.paper import CompletionPaper, DrawnSeal, Proof, SignatureLine, TimestampSource, completion_html
from signing.papers import Bilingual, fill
from tests.support.outside import ACCESSIBLE, ARCHIVE, unmet

SIGNED = datetime(2020, 2, 11, 2, 5, 33, 123_000, tzinfo=UTC)
FINAL = hashlib.sha256(b"final").hexdigest()
LINE = SignatureLine(
    field="signer-1",
    name="示例签署人",
    organisation=Bilingual("阿里巴巴闲鱼", "Alibaba Xianyu"),
    title=Bilingual("业务负责人", "Head of business"),
    acting_as="authorised",
    identified_by=(Proof("email_code", SIGNED - timedelta(hours=1)), Proof("spoken_code", SIGNED)),
    place="美国",
    timezone="America/Los_Angeles",
    signed_at=SIGNED,
    mark="drawn",
    custody="client",
    level="B-T",
    certificate="c" * 64,
    names="示例签署人",
    issuer="示例签发 CA",
    seal=DrawnSeal("5" * 64, edges=True),
)
PAPER = CompletionPaper(
    agreement_number="YQ-2020-SL-002",
    agreement_version=1,
    agreement_title=Bilingual("战略合作协议（闲鱼）", "Strategic Cooperation Agreement"),
    ceremony_title=Bilingual("双流电商直播产业园项目云签约", "Shuangliu: remote signing"),
    page_count=6,
    uploaded_digest="b" * 64,
    frozen_digest="e" * 64,
    final_digest=FINAL,
    record_code="12345678",
    signatures=(
        LINE,
        replace(LINE, name="另一位", mark="typed", custody="server", timezone="Asia/Kathmandu", seal=None),
    ),
    completed_at=datetime(2020, 2, 11, 2, 15, tzinfo=UTC),
    trail_head="d" * 64,
    trail_length=187,
    anchors_fingerprint="a" * 32 + "b" * 32,
    timestamps=TimestampSource("Yunqian built-in TSA", third_party=False),
    verify_url=f"http://127.0.0.1:8600/verify/{code_of(FINAL)}",
    code=code_of(FINAL),
    demo=True,
)


NAME = "01-YQ.json"


@cache
def text_of(paper: CompletionPaper) -> str:
    printed = render(completion_html(paper, data_name=NAME))
    assert printed.warnings == ()
    return "".join("".join(image.text.split()) for image in page_images(printed.pdf))


def test_no_word_stands_on_it_that_nobody_sees() -> None:
    printed = render(completion_html(PAPER, data_name=NAME))
    assert look(rebuild(printed.pdf), pages=printed.page_count)


def test_everything_needed_to_check_stands_on_it() -> None:
    text = text_of(PAPER)
    for wanted in (
        "YQ-2020-SL-002",
        "1234 5678",
        *(char * 64 for char in "bcde"),
        FINAL,
        "AA:" * 16,  # the first of two lines
        ":".join(["BB"] * 16),
        "entry 187",
        PAPER.code,
        NAME,
        PAPER.verify_url,
        "PAdES B-T",
        "演示样本 · 无法律效力",
    ):
        assert "".join(wanted.split()) in text, wanted


def pages_of(paper: CompletionPaper) -> list[str]:
    printed = render(completion_html(paper, data_name=NAME))
    return ["".join(image.text.split()) for image in page_images(printed.pdf)]


@pytest.mark.parametrize(
    ("signers", "on_each_page"),
    [(1, [0, 1]), (3, [0, 3]), (4, [0, 2, 2]), (10, [0, 3, 3, 2, 2])],
)
def test_the_first_page_sums_up_and_the_signatures_are_spread_evenly_over_the_others(
    signers: int, on_each_page: list[int]
) -> None:
    pages = pages_of(replace(PAPER, signatures=(LINE,) * signers))
    assert [page.count("单位·签署身份") for page in pages] == on_each_page
    assert [page.count("证书载明") for page in pages] == on_each_page
    assert pages[0].count("示例签署人") == signers
    assert "证据Evidence" in pages[0]
    assert "任何人可用公开工具" in pages[0]
    assert [f"以上共{signers}个签名，证书至此结束" in page for page in pages] == [False] * (len(pages) - 1) + [True]


def test_no_signer_is_torn_over_two_pages_whatever_the_length_of_names() -> None:
    pages = pages_of(replace(PAPER, signatures=(LONG,) * 4))
    begun = [page.count("单位·签署身份") for page in pages]
    assert sum(begun) == 4
    assert [page.count("证书载明") for page in pages] == begun


def test_times_stand_in_the_signer_s_zone_and_in_utc() -> None:
    text = text_of(PAPER)
    assert "2020年2月10日18:05:33（UTC-08:00）" in text
    assert "10February2020,18:05:33(UTC-08:00)" in text
    assert "2020年2月11日07:50:33（UTC+05:45）" in text
    assert text.count("(UTC-08:00)·2020-02-1102:05:33.123UTC") == 1


def test_how_each_signature_was_made_is_said() -> None:
    text = text_of(PAPER)
    for words in ("手写签名；", "drawnbyhand;", "键入姓名；", "typedname;"):
        assert text.count(words) == 1


def test_who_held_the_key_is_said_of_each_signature() -> None:
    text = text_of(PAPER)
    assert text.count("服务器从未持有") == 1
    assert text.count("由服务器为本次签署一次性生成") == 1
    external = text_of(replace(PAPER, signatures=(replace(LINE, custody="external"),)))
    assert "为签署人自有证书的密钥" in external


def test_who_signed_for_whom_in_which_capacity_is_said_and_how_each_was_identified() -> None:
    text = text_of(PAPER)
    assert (text.count("阿里巴巴闲鱼"), text.count("授权代表（业务负责人）")) == (2, 2)
    assert text.count("AlibabaXianyu,authorisedrepresentative(Headofbusiness)") == 2
    assert (text.count("电子邮件一次性验证码"), text.count("视频中口述验证码")) == (2, 2)
    assert text.count("one-timecodebye-mail·2020-02-1101:05:33.123UTC") == 2
    assert text.count("codespokenonvideo·2020-02-1102:05:33.123UTC") == 2
    legal = text_of(replace(PAPER, signatures=(replace(LINE, acting_as="legal"),)))
    assert "法定代表人（业务负责人）" in legal


def test_a_specimen_seal_is_named_where_it_was_drawn_and_never_called_an_official_one() -> None:
    text = text_of(PAPER)
    assert text.count("示意印模（非公章）签名处和每页骑缝") == 1
    assert text.count("Specimenseal,notofficial") == 1
    assert text.count("5" * 64) == 1
    assert [line["specimen_seal"] for line in summary.summary(PAPER)["signatures"]] == [
        {"sha256": "5" * 64, "edges": True},
        None,
    ]


def test_whom_a_certificate_names_and_who_issued_it_is_said_and_whether_its_issuer_could_be_asked() -> None:
    text = text_of(PAPER)
    assert text.count("证书载明“示例签署人”，由“示例签发CA”签发") == 2
    assert text.count("names“示例签署人”,issuedby“示例签发CA”") == 2
    assert "吊销" not in text
    unsure = text_of(replace(PAPER, signatures=(replace(LINE, is_revocation_known=False),)))
    assert "；未能查明是否已被吊销" in unsure
    assert "couldnotbelearned" in unsure


def test_a_paper_that_was_not_brought_along_has_no_digest_of_an_upload() -> None:
    assert "上传文件摘要" not in text_of(replace(PAPER, uploaded_digest=None))


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
    drawn = segno.make_qr(PAPER.verify_url, error="m").svg_inline(
        border=0, dark="#1f1c1a", omitsize=True, title=f"二维码：{PAPER.verify_url}"
    )
    assert drawn in completion_html(PAPER, data_name=NAME)


def test_equal_values_give_equal_bytes() -> None:
    html = completion_html(PAPER, data_name=NAME)
    assert RenderWorker(idle_seconds=0.1).render(html).pdf == render(html).pdf


@pytest.mark.parametrize(
    "change",
    [{"custody": "cloud"}, {"identified_by": (Proof("guess", SIGNED),)}, {"mark": "stamped"}, {"acting_as": "friend"}],
)
def test_a_word_that_the_certificate_does_not_know_is_no_blank_on_it(change: dict[str, object]) -> None:
    with pytest.raises(jinja2.UndefinedError):
        completion_html(replace(PAPER, signatures=(replace(LINE, **change),)), data_name=NAME)  # type: ignore[arg-type]


def test_a_value_that_nobody_gave_is_no_blank_on_a_paper() -> None:
    with pytest.raises(jinja2.UndefinedError):
        fill("completion_certificate.html", made_at="")


LONG = replace(
    LINE,
    name="阿卜杜拉赫曼·阿卜杜热合曼·艾合买提江 Abdurahman Wolfeschlegelsteinhausenbergerdorff-Ahmatjan",
    organisation=Bilingual("样例" * 30, "Sample Investment Promotion and Digital Economy Development Centre " * 2),
    place="样例省样例市样例区样例街道样例大厦 3 层会议室（线上）" * 2,
    custody="external",
)


@pytest.mark.parametrize(
    "paper",
    [PAPER, replace(PAPER, signatures=(LONG, LINE) * 5), replace(PAPER, signatures=(LONG,), demo=False)],
    ids=["two", "ten", "one"],
)
def test_it_is_fit_for_archives_and_for_people_who_listen(paper: CompletionPaper) -> None:
    printed = render(completion_html(paper, data_name=NAME), enclosed=[summary.enclosed(paper, name=NAME)])
    assert (unmet(printed.pdf, ARCHIVE), unmet(printed.pdf, ACCESSIBLE)) == ([], [])


def test_its_facts_lie_inside_as_data_for_programs() -> None:
    printed = render(completion_html(PAPER, data_name=NAME), enclosed=[summary.enclosed(PAPER, name=NAME)])
    with pikepdf.open(io.BytesIO(printed.pdf)) as opened:
        said = json.loads(opened.attachments[NAME].get_file().read_bytes())
    assert said["completion_certificate"] == 1
    assert said["agreement"]["sha256"] == {"uploaded": "b" * 64, "frozen": "e" * 64, "final": FINAL}
    assert said["agreement"]["completed_at"] == "2020-02-11T02:15:00.000Z"
    assert said["trail"] == {"head": "d" * 64, "entries": 187}
    assert said["verify"] == {"url": PAPER.verify_url, "code": PAPER.code}
    first, second = said["signatures"]
    assert first == {
        "field": "signer-1",
        "signer": "示例签署人",
        "organisation": {"zh-CN": "阿里巴巴闲鱼", "en": "Alibaba Xianyu"},
        "title": {"zh-CN": "业务负责人", "en": "Head of business"},
        "capacity": "authorised",
        "identified_by": [
            {"method": "email_code", "at": "2020-02-11T01:05:33.123Z"},
            {"method": "spoken_code", "at": "2020-02-11T02:05:33.123Z"},
        ],
        "declared_place": "美国",
        "time_zone": "America/Los_Angeles",
        "signed_at": "2020-02-11T02:05:33.123Z",
        "mark": "drawn",
        "key_custody": "client",
        "level": "B-T",
        "certificate": {
            "sha256": "c" * 64,
            "names": "示例签署人",
            "issuer": "示例签发 CA",
            "revocation_known": True,
        },
        "specimen_seal": {"sha256": "5" * 64, "edges": True},
    }
    assert (second["key_custody"], second["time_zone"]) == ("server", "Asia/Kathmandu")
