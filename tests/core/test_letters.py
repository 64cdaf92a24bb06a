"""Mails that look alike: what stands in their plain text, in the language of the reader."""

from __future__ import annotations

import pytest

from core.i18n import use_locale
from core.letters import Button, compose


@pytest.mark.parametrize(
    ("locale", "fact", "mark"),
    [("zh-CN", "仪式：样例", "演示样本 · 无法律效力"), ("en", "仪式: 样例", "Specimen · no legal effect")],
)
def test_facts_are_written_with_the_colon_of_the_language_below_the_mark(locale: str, fact: str, mark: str) -> None:
    with use_locale(locale):
        mail = compose("s", ["p"], facts=[("仪式", "样例")], button=Button("b", "http://a.example"), demo=True)
    assert fact in mail.text.splitlines()
    assert mail.text.startswith(mark)
    assert mark in mail.html
    assert "http://a.example" in mail.text.splitlines()


def test_no_mark_stands_on_a_real_mail() -> None:
    with use_locale("en"):
        assert "Specimen" not in compose("s", ["p"]).text
