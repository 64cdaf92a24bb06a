"""A template that would trip the content policy, a screen reader or another language is caught by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.check_templates import blank_jinja, check

GOOD = """{% extends "layouts/app.html" %}
{% block title %}{{ t("x-title") }} · 云签 Yunqian{% endblock %}
{% block body_class %}seat{% endblock %}
{% block main %}<h1>{{ t("x-title") }}</h1>
<img src="{{ asset("a.png") }}" alt="">
<p {% if wide %}class="wide"{% endif %} title="{{ t("x-hint") }}">{{ name }} · <span lang="en">English</span></p>
<code>audit.record</code><a href="https://example.test">{{ t("x-more") }}</a>
<script nonce="{{ csp_nonce }}">const words = 1;</script>{% endblock %}
"""
BAD = [
    ("handler", '<button onclick="go()">{{ t("x") }}</button>'),
    ("handler", '<button {% if a %}onclick="go()"{% endif %}>{{ t("x") }}</button>'),
    ("handler", '<a href="JavaScript:go()">{{ t("x") }}</a>'),
    ("style", '<p style="color: red">{{ t("x") }}</p>'),
    ("nonce", "<script>go()</script>"),
    ("nonce", "<style>p { color: red }</style>"),
    ("img-alt", '<img src="{{ asset("a.png") }}">'),
    ("foreign", '<img src="https://elsewhere.test/a.png" alt="">'),
    ("foreign", '<script nonce="x" src="//elsewhere.test/a.js"></script>'),
    ("foreign", '<link rel="stylesheet" href="https://elsewhere.test/a.css">'),
    ("noopener", '<a target="_blank" href="/x">{{ t("x") }}</a>'),
    ("untranslated", "<p>Please sign here</p>"),
    ("untranslated", "<p>请在此处签名</p>"),
    ("untranslated", '<button aria-label="Close">×</button>'),
    ("untranslated", "{% block title %}Verify{% endblock %}"),
    ("safe", "<p>{{ text | safe }}</p>"),
]


def put(root: Path, name: str, text: str) -> None:
    path = root / "templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def rules(root: Path) -> list[str]:
    return sorted({finding.rule for finding in check(root)[0]})


def test_a_good_page_has_no_finding(tmp_path: Path) -> None:
    put(tmp_path, "seat/seat.html", GOOD)
    assert check(tmp_path) == ([], 1)


@pytest.mark.parametrize(("rule", "text"), BAD, ids=lambda value: value[:40])
def test_a_planted_fault_is_caught_by_name(tmp_path: Path, rule: str, text: str) -> None:
    put(tmp_path, "seat/seat.html", GOOD + text)
    assert rules(tmp_path) == [rule]


def test_a_page_without_a_layout_is_caught(tmp_path: Path) -> None:
    put(tmp_path, "seat/seat.html", "<h1>{{ t('x') }}</h1>")
    put(tmp_path, "seat/_part.html", "<h2>{{ t('x') }}</h2>")
    put(tmp_path, "components/ui.html", "<h2>{{ t('x') }}</h2>")
    assert [finding.path for finding in check(tmp_path)[0]] == ["templates/seat/seat.html"]


def test_letters_and_papers_may_carry_their_own_style_and_words(tmp_path: Path) -> None:
    put(tmp_path, "emails/letter.html", '<p style="color: red">您好</p>')
    put(tmp_path, "pdf/agreement.html", "<style>p { color: red }</style><p>协议 Agreement</p>")
    assert rules(tmp_path) == []


def test_but_no_handlers_and_nothing_from_elsewhere(tmp_path: Path) -> None:
    put(tmp_path, "emails/letter.html", '<img src="https://elsewhere.test/a.png" alt=""><p onclick="x">您好</p>')
    assert rules(tmp_path) == ["foreign", "handler"]


def test_the_line_is_the_line_of_the_template(tmp_path: Path) -> None:
    put(tmp_path, "seat/seat.html", '{% extends "layouts/app.html" %}\n{#\n many\n lines #}\n\n<img src="x">')
    assert [finding.line for finding in check(tmp_path)[0]] == [6]


def test_blanking_keeps_every_place() -> None:
    source = '<p class="{{ a }}">\n{% if b %}\n{# c\n #}</p>'
    blanked = blank_jinja(source)
    assert len(blanked) == len(source)
    assert blanked.splitlines()[0] == '<p class="xxxxxxx">'
