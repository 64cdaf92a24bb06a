"""The bundled fonts cover what Chinese papers use, and what nothing covers is known before it is printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pdf import fonts
from tools import build_fonts


def advance(name: str, char: str) -> float:
    """The width of a character in ems."""
    (face,) = fonts.faces(fonts.file(name))
    return float(face["hmtx"][face.getBestCmap()[ord(char)]][0] / face["head"].unitsPerEm)


@pytest.fixture
def no_installed_fonts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "FALLBACK_FOLDERS", (tmp_path,))


@pytest.mark.usefixtures("no_installed_fonts")
def test_an_agreement_s_usual_text_needs_no_installed_font() -> None:
    text = "双流电商直播产业园项目投资协议（第1版）〇：“伍亿元整”，¥500,000,000.00；—…《》〔2020〕№3 Café ’s ①■\n"
    assert fonts.missing_glyphs(text) == []


@pytest.mark.usefixtures("no_installed_fonts")
def test_a_rare_name_is_reported_where_no_font_covers_it() -> None:
    assert fonts.missing_glyphs("王㛃㛃，李龑") == ["㛃", "龑"]


@pytest.mark.skipif(build_fonts.find("NotoSerifCJK-Regular.ttc") is None, reason="no Noto CJK installed")
def test_a_rare_name_is_drawn_with_the_installed_font() -> None:
    assert fonts.missing_glyphs("李龑") == []


def test_what_no_font_covers_is_named_once_and_in_order() -> None:
    assert fonts.missing_glyphs("a\ue000b😀c\ue000") == ["\ue000", "😀"]


def test_english_quotation_marks_are_narrow_and_chinese_ones_wide() -> None:
    assert advance("YunqianSerif-Regular", "’") == 1.0
    assert advance("YunqianSerifLatin-Regular", "’") < 0.4
    assert advance("YunqianSansLatin-Bold", "’") < 0.4


def test_every_bundled_chinese_face_covers_what_the_coverage_says() -> None:
    runs = json.loads((fonts.folder() / "coverage.json").read_text())
    said = {code for first, last in runs for code in range(first, last + 1)}
    assert len(said) > 6_763
    for face in build_fonts.FACES:
        if not face.latin:
            (font,) = fonts.faces(fonts.file(face.name))
            assert said <= set(font.getBestCmap()), face.name


def test_the_licence_of_the_fonts_lies_beside_them() -> None:
    assert "SIL" in (fonts.folder() / "LICENSE-fonts.txt").read_text()


def test_fonts_never_built_are_asked_for_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "folder", lambda: tmp_path)
    with pytest.raises(fonts.FontsMissing, match="make setup") as caught:
        fonts.configuration()
    assert caught.value.code == "fonts_missing"


@pytest.mark.parametrize(
    ("codes", "runs"), [([], []), ([5], [(5, 5)]), ([3, 1, 2, 2, 9], [(1, 3), (9, 9)]), ([1, 3], [(1, 1), (3, 3)])]
)
def test_code_points_are_written_as_runs(codes: list[int], runs: list[tuple[int, int]]) -> None:
    assert fonts.ranges(codes) == runs


def test_fonts_are_made_again_when_they_are_missing_or_the_recipe_changed(tmp_path: Path) -> None:
    assert build_fonts.outdated(fonts.folder()) == []
    assert build_fonts.outdated(tmp_path) == list(build_fonts.FACES)
    for face in build_fonts.FACES[1:]:
        (tmp_path / f"{face.name}.otf").touch()
    (tmp_path / "made-by.sha256").write_text(build_fonts.recipe())
    assert build_fonts.outdated(tmp_path) == [build_fonts.FACES[0]]
    (tmp_path / "made-by.sha256").write_text("another")
    assert build_fonts.outdated(tmp_path) == list(build_fonts.FACES)


@pytest.mark.skipif(build_fonts.find("NotoSerifCJK-Bold.ttc") is None, reason="no Noto CJK installed")
def test_the_same_source_gives_the_same_subset(tmp_path: Path) -> None:
    face = next(face for face in build_fonts.FACES if face.name == "YunqianSansLatin-Regular")
    build_fonts.build(face, tmp_path)
    assert (tmp_path / f"{face.name}.otf").read_bytes() == fonts.file(face.name).read_bytes()
