"""The printed agreement says what was agreed, on every page what it is, and has a place for each signature."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdf.fonts import missing_glyphs
from pdf.intake import look, rebuild
from pdf.preview import page_images
from pdf.render import Rendered, RenderWorker, render
from signing.agreements.paper import (
    AgreementPaper,
    Attached,
    PaperKind,
    PaperParty,
    PaperSigner,
    agreement_html,
    signature_page_html,
    texts,
    three_phases,
)
from signing.papers import Bilingual, unbroken, without_han
from tests.support.outside import ACCESSIBLE, ARCHIVE, unmet

SUM = Decimal("500000000")
HOST = PaperParty(
    "shuangliu",
    Bilingual("成都市双流区人民政府", "People’s Government of Shuangliu District, Chengdu"),
    Bilingual("区长", "District Mayor"),
    Bilingual("法定代表人", "Legal representative"),
    Bilingual("成都", "Chengdu"),
)
INVESTOR = PaperParty(
    "baobeicang",
    Bilingual("杭州宝贝仓数字技术有限公司"),
    Bilingual("董事长", "Chairman"),
    Bilingual("法定代表人", "Legal representative"),
    Bilingual("杭州", "Hangzhou"),
)


def signer(key: str, party: PaperParty) -> PaperSigner:
    return PaperSigner(key, f"示例签署人 {key}", party.capacity, party.organisation, party.key, party.place)


INVESTMENT = AgreementPaper(
    number="YQ-2020-SL-001",
    version=1,
    kind=PaperKind.INVESTMENT,
    title=Bilingual("电商直播产业园项目投资协议", "Investment Agreement for the Livestream Park"),
    project=Bilingual("双流电商直播产业园项目", "Shuangliu E-commerce Livestream Park"),
    site=Bilingual("成都市双流区", "Shuangliu District, Chengdu"),
    date=date(2020, 2, 11),
    made_at=datetime(2020, 2, 11, 1, 30, tzinfo=UTC),
    parties=(HOST, INVESTOR),
    signers=(signer("seat-a", HOST), signer("seat-b", INVESTOR)),
    amount=SUM,
    schedule=three_phases(SUM),
    verify_url="http://127.0.0.1:8600/verify",
    demo=True,
)
COOPERATION = replace(
    INVESTMENT,
    kind=PaperKind.COOPERATION,
    title=Bilingual("战略合作协议（闲鱼）", "Strategic Cooperation"),
    amount=None,
    schedule=(),
)


@cache
def printed_once(paper: AgreementPaper) -> Rendered:
    return render(agreement_html(paper))


@cache
def pages(paper: AgreementPaper) -> list[str]:
    """The text of each page without the spaces and line ends that the layout put in."""
    return ["".join(image.text.split()) for image in page_images(printed_once(paper).pdf)]


@pytest.mark.parametrize("paper", [INVESTMENT, COOPERATION], ids=["investment", "cooperation"])
def test_every_page_says_which_agreement_and_which_page_it_is(paper: AgreementPaper) -> None:
    printed = printed_once(paper)
    assert printed.warnings == ()
    assert 5 <= printed.page_count <= 8
    for number, text in enumerate(pages(paper), start=1):
        assert "演示样本·无法律效力" in text
        assert f"第{number}页·共{printed.page_count}页Page{number}of{printed.page_count}" in text
        assert "YQ-2020-SL-001·第1版" in text


@pytest.mark.parametrize("paper", [INVESTMENT, COOPERATION], ids=["investment", "cooperation"])
def test_it_is_fit_for_archives_and_for_people_who_listen(paper: AgreementPaper) -> None:
    pdf = printed_once(paper).pdf
    assert (unmet(pdf, ARCHIVE), unmet(pdf, ACCESSIBLE)) == ([], [])


def test_no_word_stands_on_it_that_nobody_sees() -> None:
    """What we ask of papers that others bring is true of ours."""
    printed = printed_once(INVESTMENT)
    assert look(rebuild(printed.pdf), pages=printed.page_count)


def test_the_page_behind_a_paper_of_the_host_s_own_says_what_it_follows() -> None:
    printed = render(signature_page_html(COOPERATION, Attached("a" * 64, "b" * 64, 12)))
    assert printed.warnings == ()
    assert {"sign-seat-a", "sign-seat-b"} <= set(printed.anchors)
    assert unmet(printed.pdf, ACCESSIBLE) == []
    (page,) = look(rebuild(printed.pdf), pages=1)
    text = "".join(page.text.split())
    assert "附于前面12页正文之后" in text
    assert "Itfollowsthe12pagesoftextinfrontofit" in text
    assert "b" * 64 in text
    assert "a" * 64 not in text
    assert "签署页1/1Signaturepage1of1" in text


def test_a_real_agreement_bears_no_demonstration_mark() -> None:
    assert "演示" not in "".join(pages(replace(INVESTMENT, demo=False)))


def test_the_investment_stands_in_figures_and_capitals() -> None:
    text = "".join(pages(INVESTMENT))
    assert "人民币500,000,000.00元（大写：人民币伍亿元整）" in text
    assert "RMB500,000,000.00" in text
    assert "壹亿元整" in text
    assert "贰亿伍仟万元整" in text


def test_articles_are_numbered_in_chinese() -> None:
    text = "".join(pages(INVESTMENT))
    assert all(f"第{number}条" in text for number in ["一", "二", "五", "十", "十一"])
    assert "第五条投资进度" in text, "other articles refer to it by number"


def test_a_cooperation_agreement_names_no_sum_and_no_annex() -> None:
    text = "".join(pages(COOPERATION))
    assert "战略合作协议（闲鱼）" in text
    assert not any(word in text for word in ("计划投资额", "大写", "附件一"))


def test_a_signer_s_name_title_and_place_stand_beside_the_box() -> None:
    last = pages(INVESTMENT)[-1]
    for word in ("示例签署人seat-a", "示例签署人seat-b", "法定代表人", "成都", "杭州宝贝仓数字技术有限公司"):
        assert word in last


def test_each_of_ten_signers_and_a_witness_gets_a_box_of_its_own() -> None:
    signers = tuple(signer(f"seat{n}", (HOST, INVESTOR)[n % 2]) for n in range(10))
    witness = PaperSigner("notary", "见证人", Bilingual("见证人", "Witness"), Bilingual("公证处"), None)
    printed = render(agreement_html(replace(INVESTMENT, signers=(*signers, witness))))
    boxes = {name: anchor for name, anchor in printed.anchors.items() if name.startswith("sign-")}
    assert set(boxes) == {"sign-notary", *(f"sign-seat{n}" for n in range(10))}
    for anchor in boxes.values():
        left, bottom, right, top = anchor.box
        assert 50 < left < right < 595 - 50
        assert 50 < bottom < top < 842 - 50
        assert right - left > 180
        assert top - bottom > 75
    for one, other in combinations(boxes.values(), 2):
        apart = one.box[1] >= other.box[3] or other.box[1] >= one.box[3]
        assert one.page != other.page or apart


def test_equal_values_give_equal_bytes() -> None:
    assert (
        RenderWorker(idle_seconds=0.1).render(agreement_html(replace(INVESTMENT))).pdf == printed_once(INVESTMENT).pdf
    )


def test_markup_in_a_value_is_text_and_opens_nothing() -> None:
    hostile = Bilingual("<img src='file:///etc/passwd'><b>协议</b>{{ 7*7 }}", "</style><script>x</script>")
    text = pages(replace(COOPERATION, title=hostile))[0]
    assert "<imgsrc='file:///etc/passwd'><b>协议</b>{{7*7}}" in text
    assert "</style><script>x</script>" in text


def test_without_a_schedule_the_agreement_refers_to_a_supplement() -> None:
    text = "".join(pages(replace(INVESTMENT, schedule=())))
    assert "附件一" not in text
    assert "书面补充协议" in text


@pytest.mark.parametrize(
    "contradiction",
    [
        {"amount": None, "schedule": ()},
        {"amount": Decimal(0), "schedule": ()},
        {"schedule": three_phases(SUM - 1)},
        {"parties": (HOST,)},
        {"parties": (HOST, HOST)},
        {"signers": (replace(INVESTMENT.signers[0], party="nobody"),)},
    ],
)
def test_a_paper_that_contradicts_itself_is_refused(contradiction: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"paper|signer|amount"):
        replace(INVESTMENT, **contradiction)  # type: ignore[arg-type]


@given(st.integers(1, 10**17))
def test_three_phases_add_up_to_the_cent(cents: int) -> None:
    amount = Decimal(cents).scaleb(-2)
    phases = three_phases(amount)
    assert sum(phase.amount for phase in phases) == amount
    assert all(phase.amount >= 0 for phase in phases)


def test_a_name_that_cannot_be_drawn_is_found_before_it_is_printed() -> None:
    assert not any(missing_glyphs(text) for text in texts(INVESTMENT).values())
    odd = replace(INVESTMENT.signers[0], name="王\ue000")
    found = {what: missing_glyphs(text) for what, text in texts(replace(INVESTMENT, signers=(odd,))).items()}
    assert {what: chars for what, chars in found.items() if chars} == {"signer seat-a": ["\ue000"]}


def test_the_text_for_screen_readers_is_in_the_order_of_reading() -> None:
    text = "\n".join(image.text for image in page_images(printed_once(INVESTMENT).pdf))
    numbers = re.findall(r"^(\d+\.\d+|第.+?条) ", text, re.MULTILINE)
    clauses = [number for number in numbers if number[0].isdigit()]
    assert clauses == sorted(clauses, key=lambda number: [int(part) for part in number.split(".")])
    articles = [numbers[index + 1] for index, number in enumerate(numbers[:-1]) if number.startswith("第")]
    assert articles[:3] == ["1.1", "2.1", "3.1"]
    assert re.search(r"^2\.2 计划投资额为人民币", text, re.MULTILINE)
    assert "演 示" not in text


def test_a_word_with_a_hyphen_inside_stays_in_one_line_unless_it_is_long() -> None:
    assert unbroken("<Qidi> E-commerce Co., Ltd.") == '&lt;Qidi&gt; <span class="figures">E-commerce</span> Co., Ltd.'
    assert unbroken(long := "Rindfleischetikettierung-Überwachung") == long


def test_a_foreign_name_is_set_in_latin_letters_and_a_chinese_one_is_not() -> None:
    assert without_han("Siobhán O’Neil")
    assert not any(without_han(name) for name in ("样例·甲", "𠮷示例"))
