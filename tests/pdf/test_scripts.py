"""Names in any living script are measured as they are drawn, in the right direction, in fonts that have them."""

from __future__ import annotations

import pytest

from pdf import measuring, scripts

NAMES = {
    "Arabic": "محمد عبد الرحمن نموذج",
    "Uyghur": "ئابدۇقادىر ئۈلگە",
    "Hebrew": "דוד בן־גוריון לדוגמה",
    "Thai": "กัญญารัตน์ ตัวอย่าง",
    "Devanagari": "कृष्णमूर्ति उदाहरण",
    "Tibetan": "ཀརྨ་དཔེར་བརྗོད",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ",
    "Yi": "ꆈꌠ",
    "Korean": "사무엘 샘플",
    "Japanese": "さんぷる花子",
    "Cyrillic": "Анна Образцова",
    "Kazakh": "Ғалымжан Үлгі",
    "Greek": "Αλέξανδρος Δείγμα",
    "Vietnamese": "Nguyễn Thị Mẫu Phương",
    "Polish": "Łucja Śląska-Źdźbło",
    "Tamil": "தமிழ்ச்செல்வன்",
    "Khmer": "សុខា គំរូ",
    "Myanmar": "နမူနာ",
    "Ethiopic": "ተስፋዬ ምሳሌ",
    "Armenian": "Օրինակ",
    "Georgian": "მაგალითი",
    "rare hanzi": "李龑㛃 王䶮",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_in_any_living_script_has_its_fonts(name: str) -> None:
    assert scripts.missing_glyphs(name) == []


def test_what_no_font_draws_is_named_once() -> None:
    assert scripts.missing_glyphs("م\ue000😀م\ue000") == ["\ue000", "😀"]


@pytest.mark.parametrize(
    ("text", "rtl"), [("محمد", True), ("דוד", True), ("2 דוד", True), ("Anna دود", False), ("12", False)]
)
def test_a_text_runs_as_its_first_letter_does(text: str, rtl: bool) -> None:
    assert scripts.is_rtl(text) is rtl


def test_joined_letters_are_not_as_wide_as_each_by_itself() -> None:
    apart = sum(measuring.width(char, bold=True) for char in "محمد")
    assert abs(measuring.width("محمد", bold=True) - apart) > 0.05


def test_marks_take_no_room() -> None:
    assert measuring.width("ที่") == measuring.width("ท")
    plain = scripts.width("N", scripts.LETTERS, bold=False, shaped=True)
    assert measuring.width("N\u0308") == plain


def test_a_torn_word_keeps_letters_and_their_marks_together() -> None:
    fitted = measuring.fit("ตัวอย่างที่ยาวมากจริงๆนะครับผม", wide=30, high=200, sizes=(10,), leading=1.2)
    assert "".join(fitted.lines) == "ตัวอย่างที่ยาวมากจริงๆนะครับผม"
    assert len(fitted.lines) > 3
    for line in fitted.lines:
        assert scripts.may_part("ก" + line, 1), line
        assert not "\u0e40" <= line[-1] <= "\u0e44", line


def test_scripts_with_high_letters_have_more_room_between_lines() -> None:
    plain = measuring.fit("样例", wide=100, high=100, sizes=(10,), leading=1.16)
    thai = measuring.fit("ตัวอย่าง", wide=100, high=100, sizes=(10,), leading=1.16)
    assert plain.leading == pytest.approx(1.16)
    assert thai.leading > 1.3
    assert thai.above > plain.above


def test_chinese_and_latin_names_ask_for_no_further_font() -> None:
    assert [scripts.wanted_by(text) for text in ("样例甲", "Anna O’Sample", "系数α")] == [(), (), ()]
    assert scripts.wanted_by("샘플") == (scripts.MORE,)
    assert scripts.wanted_by("Анна 샘플") == (scripts.LETTERS, scripts.MORE)


@pytest.mark.parametrize("text", ["ab\u202ecd\u202c", "\u2066abcd\u2069", "a\u200ebcd", "abcd\ufe0f", "abc\U000e0100d"])
def test_what_turns_or_varies_letters_is_not_set_and_no_missing_character(text: str) -> None:
    assert measuring.fit(text, wide=200, high=50, sizes=(20,), leading=1.2).lines == ("abcd",)
    assert scripts.missing_glyphs(text) == []


def test_a_decomposed_name_is_set_as_the_composed_one() -> None:
    composed, apart = (
        measuring.fit(text, wide=200, high=50, sizes=(20, 10), leading=1.16) for text in ("Jose\u0301", "Jos\u00e9")
    )
    assert composed == apart
