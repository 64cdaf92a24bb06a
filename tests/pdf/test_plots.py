"""Plots: what is drawn is as long as its value, nothing typed becomes markup, and everything is said in words."""

from __future__ import annotations

from lxml import etree

from pdf import plots
from pdf.plots import Bar, Column

NS = {"s": "http://www.w3.org/2000/svg"}


def drawn(svg: str) -> etree._Element:
    return etree.fromstring(svg)


def lengths(svg: str, fill: str = plots.SHADES[0], side: str = "width") -> list[float]:
    return [float(each) for each in drawn(svg).xpath(f"//s:rect[@fill='{fill}']/@{side}", namespaces=NS)]


def test_bars_are_as_long_as_their_values_and_none_is_drawn_for_nothing() -> None:
    svg = plots.bars([Bar("a", 4, "4"), Bar("b", 2, "2"), Bar("c", 0, "0")], name="p", title="T", words="a 4, b 2, c 0")
    assert lengths(svg) == [530, 265]


def test_bars_of_a_whole_are_as_long_as_their_share_of_it() -> None:
    svg = plots.bars([Bar("a", 3, "3"), Bar("b", 3, "3")], name="p", title="T", words="a 3, b 3", of=6)
    assert lengths(svg) == [265.0, 265.0]


def test_what_people_typed_is_text_and_the_words_stand_beside_the_drawing() -> None:
    svg = plots.bars([Bar('<script>"&', 1, "1")], name="p", title="<b>", words="one & all")
    root = drawn(svg)
    assert root.xpath("//s:text/text()", namespaces=NS) == ['<script>"&', "1"]
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "p-title p-words")
    assert root.xpath("//s:desc/text()", namespaces=NS) == ["one & all"]
    assert "style=" not in svg


def test_columns_stand_on_each_other_and_the_scale_is_round() -> None:
    svg = plots.columns([Column("09:00", (30, 10)), Column("", (0, 5))], ["A", "B"], name="p", title="T", words="w")
    assert (lengths(svg, side="height"), lengths(svg, plots.SHADES[1], "height")[:2]) == ([165.0, 12.0], [55.0, 27.5])
    assert [each for each in drawn(svg).xpath("//s:text/text()", namespaces=NS) if each.isdigit()] == ["0", "20", "40"]


def test_one_column_alone_is_no_wider_than_a_tenth_of_the_drawing() -> None:
    svg = plots.columns([Column("09:00", (7,))], ["A"], name="p", title="T", words="w")
    assert lengths(svg) == [56.0]


def test_no_value_at_all_is_still_a_drawing() -> None:
    assert lengths(plots.bars([], name="p", title="T", words="w")) == []
    assert drawn(plots.columns([], [], name="p", title="T", words="w")).get("role") == "img"


def test_a_long_label_is_broken_and_never_wider_than_the_drawing() -> None:
    svg = plots.bars([Bar("对接会" * 40, 1, "1")], name="p", title="T", words="w")
    assert len(drawn(svg).xpath("//s:text", namespaces=NS)) > 2
