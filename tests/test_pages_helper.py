"""`get_page` finds what it promises to find: each mistake, planted in a good page, is named."""

from __future__ import annotations

import pytest

from tests.support.pages import list_problems, parse

POLICY = "default-src 'none'; script-src 'nonce-abc'; style-src 'nonce-abc'"
GOOD = """<!doctype html><html lang="en"><head><title>Sign in</title>
<link rel="stylesheet" href="/static/app.css" nonce="abc"></head><body><h1>Sign in</h1>
<form method="post" action="/login"><input type="hidden" name="csrf_token" value="a-token-of-some-length">
<label for="email">Address</label><input id="email" name="email" aria-describedby="hint"><p id="hint">yours</p>
<button>Go</button></form><a href="/verify">Check</a><script src="/static/a.js" nonce="abc"></script></body></html>"""


def test_a_good_page_has_no_problems() -> None:
    assert list_problems(parse(GOOD), POLICY) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('lang="en"', "", "lang is None"),
        ('lang="en"', 'lang="fr"', "lang is 'fr'"),
        ("<title>Sign in</title>", "", "titles: []"),
        ("<title>Sign in", "<title> ", "titles"),
        ("<h1>Sign in</h1>", "", "0 h1"),
        ("<h1>", "<h1>x</h1><h1>", "2 h1"),
        ('<label for="email">Address</label>', "", "'email' has no label"),
        ("Address</label>", "</label>", "'email' has no label"),
        ('id="hint"', 'id="email"', "'email' is there 2 times"),
        ('id="hint"', 'id="other"', "aria-describedby names 'hint'"),
        ('.css" nonce="abc"', '.css"', "link /static/app.css has not the nonce"),
        ('.js" nonce="abc"', '.js" nonce="abd"', "script /static/a.js has not the nonce"),
        ("<h1>", '<h1 style="color:red">', "style attribute"),
        ("<button>", '<button onclick="go()">', "button has onclick"),
        ("<button>Go", "<button>", "has no words"),
        ('name="csrf_token"', 'name="other"', "has no csrf_token"),
        ('src="/static', 'src="https://elsewhere.test/static', "comes from or goes elsewhere"),
        ('action="/login"', 'action="//elsewhere.test/login"', "comes from or goes elsewhere"),
        ('href="/verify"', 'href="javascript:go()"', "runs a script"),
        (">Check<", "><img src='/x.png'><", "has no alt"),
        (">Check<", ">accounts-sign-in<", "text missing: accounts-sign-in"),
    ],
)
def test_a_planted_mistake_is_named(right: str, wrong: str, said: str) -> None:
    assert right in GOOD

    problems = list_problems(parse(GOOD.replace(right, wrong, 1)), POLICY)

    assert any(said in problem for problem in problems), problems
