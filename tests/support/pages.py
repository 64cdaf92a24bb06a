"""Opening a page as a browser would, and the things that every page must have."""

from __future__ import annotations

import re
from collections import Counter

import lxml.etree
import tinyhtml5
from flask.testing import FlaskClient
from lxml.etree import _Element as Element
from werkzeug.test import TestResponse

# A message id shown instead of its text, as kebab-case with at least two hyphens or one of our rooms' prefixes.
_MESSAGE_ID = re.compile(
    r"(?<![\w/.@-])(?:common|accounts|errors|error|problem|stage|seat|host|ceremony|agreement)-[a-z][a-z0-9_-]+(?![\w@.])"
)
_CSRF_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')
_HANDLER = re.compile(r"on[a-z]+")
_NEEDS_NO_LABEL = {"hidden", "submit", "button", "image", "reset"}


def get_page(client: FlaskClient, path: str, status: int = 200, **options: object) -> Element:
    """Open a page, check what every page must have, and return its `<html>` element."""
    response = client.get(path, **options)
    assert response.status_code == status, f"{path}: {response.status_code}, expected {status}\n{response.text[:2000]}"
    return check_page(response)


def check_page(response: TestResponse) -> Element:
    """Assert what every page must have; returns the `<html>` element."""
    assert response.mimetype == "text/html", response.mimetype
    html = parse(response.text)
    problems = list_problems(html, response.headers.get("Content-Security-Policy", ""))
    assert not problems, f"{response.request.path}:\n" + "\n".join(problems)
    return html


def parse(text: str) -> Element:
    """The page as a browser's parser reads it; elements have plain names."""
    return _as_lxml(tinyhtml5.parse(text))


def _as_lxml(source: object) -> Element:
    """tinyhtml5 builds xml.etree elements; lxml has the XPath that tests want."""
    element = lxml.etree.Element(_plain(source.tag), {_plain(k): v for k, v in source.attrib.items()})  # type: ignore[attr-defined]
    element.text = source.text  # type: ignore[attr-defined]
    for child in source:  # type: ignore[attr-defined]
        if isinstance(child.tag, str):
            made = _as_lxml(child)
            made.tail = child.tail
            element.append(made)
        elif child.tail:
            _append_text(element, child.tail)
    return element


def _append_text(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _plain(name: object) -> str:
    return str(name).rpartition("}")[2]


def list_problems(html: Element, policy: str) -> list[str]:
    """What is wrong with a page, in words; empty when nothing is."""
    problems = [*_head_problems(html), *_label_problems(html), *_script_problems(html, policy)]
    headings = html.xpath("count(//h1)")
    if headings != 1:
        problems.append(f"{headings:.0f} h1 elements")
    ids = Counter(html.xpath("//@id"))
    problems += [f"id {name!r} is there {times} times" for name, times in ids.items() if times > 1]
    problems += [
        f"{attribute} names {name!r}, which is not there"
        for attribute in ("aria-describedby", "aria-labelledby", "aria-controls")
        for value in html.xpath(f"//@{attribute}")
        for name in str(value).split()
        if name not in ids
    ]
    problems += [f"{element.get('src')} has no alt" for element in html.xpath("//img[not(@alt)]")]
    words = " ".join(html.xpath("//body//text()[not(ancestor::script) and not(ancestor::style)]"))
    problems += [f"text missing: {found}" for found in _MESSAGE_ID.findall(words)]
    return problems


def _head_problems(html: Element) -> list[str]:
    problems = []
    if html.get("lang") not in {"zh-CN", "en"}:
        problems.append(f"lang is {html.get('lang')!r}")
    titles = [str(text).strip() for text in html.xpath("/html/head/title/text()")]
    if len(titles) != 1 or not titles[0]:
        problems.append(f"titles: {titles}")
    return problems


def _label_problems(html: Element) -> list[str]:
    problems = []
    for field in html.xpath("//input | //select | //textarea"):
        if (field.get("type") or "text") in _NEEDS_NO_LABEL:
            continue
        label = html.xpath("//label[@for=$id]", id=field.get("id") or "") if field.get("id") else []
        named = field.get("aria-label") or field.get("aria-labelledby") or field.xpath("ancestor::label")
        if not named and not any("".join(part.itertext()).strip() for part in label):
            problems.append(f"{field.tag} {field.get('name')!r} has no label")
    for button in html.xpath("//button | //a"):
        if not ("".join(button.itertext()).strip() or button.get("aria-label") or button.get("aria-labelledby")):
            problems.append(f"{button.tag} {dict(button.attrib)} has no words")
    for form in html.xpath("//form[translate(@method, 'POST', 'post')='post']"):
        if not form.xpath(".//input[@name='csrf_token' and string-length(@value) > 20]"):
            problems.append(f"form to {form.get('action')!r} has no csrf_token")
    return problems


def _script_problems(html: Element, policy: str) -> list[str]:
    nonces = set(re.findall(r"'nonce-([^']+)'", policy))
    problems = [] if len(nonces) == 1 else [f"the policy has {len(nonces)} nonces"]
    for element in html.xpath("//script | //style | //link[@rel='stylesheet']"):
        if element.get("nonce") not in nonces:
            problems.append(f"{element.tag} {element.get('src') or element.get('href') or ''} has not the nonce")
    for element in html.xpath("//*[@style]"):
        problems.append(f"{element.tag} has a style attribute")
    for element in html.iter():
        problems += [f"{element.tag} has {name}" for name in element.attrib if _HANDLER.fullmatch(str(name))]
    for address in html.xpath("//@src | //@action | //link/@href"):
        if re.match(r"(?i)([a-z]+:)?//", str(address)):
            problems.append(f"comes from or goes elsewhere: {address}")
    problems += [f"runs a script: {address}" for address in html.xpath("//@href[starts-with(., 'javascript:')]")]
    return problems


def csrf_token(client: FlaskClient, path: str = "/login") -> str:
    """The token of this client's session, read from a page."""
    # Not by `parse`: that takes longer than the page itself, and every form that a test sends asks for a token.
    found = _CSRF_TOKEN.search(client.get(path, follow_redirects=True).text)
    assert found, f"{path} has no token"
    return found[1]


def post(client: FlaskClient, path: str, data: dict[str, object] | None = None, **options: object) -> TestResponse:
    """Send a form as a page of ours would, with this session's token."""
    fields = {"csrf_token": csrf_token(client), **(data or {})}
    response: TestResponse = client.post(path, data=fields, **options)
    return response
