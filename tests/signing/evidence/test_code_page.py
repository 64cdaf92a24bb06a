"""The short code of a printed certificate: worked out from the final file, read as typed, answered to anybody."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from core import clock
from core.db import db, transaction
from core.limits import AttemptLimit
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView
from signing.evidence.codes import code_of, digests_of
from tests.support.ceremony import Played
from tests.support.pages import check_page

World = tuple[Flask, Played]
DIGEST = hashlib.sha256(b"final").hexdigest()


def sealed_agreement(world: World) -> AgreementView:
    return agreements.get_agreement(world[1].agreements["park"])


def asked(world: World, path: str, *, language: str = "zh-CN") -> TestResponse:
    return world[0].test_client().get(path, headers={"Accept-Language": language}, follow_redirects=True)


def words(answer: TestResponse) -> str:
    page = check_page(answer)
    return " ".join(page.xpath("string(//main)").split())


def test_a_code_is_the_beginning_of_the_digest() -> None:
    number = int(DIGEST[:13], 16) >> 2  # 50 of 52 bits
    letters = [number >> 5 * place & 31 for place in reversed(range(10))]
    drawn = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[letter] for letter in letters)
    assert code_of(DIGEST) == f"{drawn[:5]}-{drawn[5:]}"


def test_a_code_leads_to_the_digests_that_begin_with_it_and_to_no_others() -> None:
    lowest, highest = digests_of(code_of(DIGEST)) or ("", "")
    assert lowest <= DIGEST <= highest
    assert code_of(lowest) == code_of(highest) == code_of(DIGEST)
    for beyond in (int(lowest, 16) - 1, int(highest, 16) + 1):
        assert code_of(f"{beyond:064x}") != code_of(DIGEST)


@pytest.mark.parametrize("typed", ["1O1OL-0I23Z", "lolo1 0123z", " 10101–0123Z ", "101010123z"])
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert digests_of(typed) == digests_of("10101-0123Z") is not None


@pytest.mark.parametrize(
    "typed", ["", "10101-0123", "10101-0123ZZ", "10101-0123U", "十个字符都不是数字的", "../../etc/pas"]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert digests_of(typed) is None


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_whoever_has_the_code_learns_what_was_issued_and_nobody_s_name(sealed_once: World, language: str) -> None:
    agreement = sealed_agreement(sealed_once)
    assert agreement.head_digest
    said = words(asked(sealed_once, f"/verify/{code_of(agreement.head_digest)}", language=language))
    for wanted in (agreement.number, agreement.head_digest, agreement.certificate_digest or "-", "UTC"):
        assert wanted in said
    assert ("签发过这份协议" if language == "zh-CN" else "was issued here") in said
    assert not [name for name in ("样例甲", "样例乙", "@") if name in said]


def test_a_code_that_is_typed_leads_to_the_same_page(sealed_once: World) -> None:
    agreement = sealed_agreement(sealed_once)
    typed = code_of(agreement.head_digest or "").lower().replace("-", " ")
    answer = asked(sealed_once, f"/verify/code?short_code={typed.replace(' ', '+')}")
    assert (answer.status_code, agreement.number in words(answer)) == (200, True)
    assert asked(sealed_once, "/verify/code?short_code=").request.path == "/verify"


def test_a_text_that_is_not_sealed_has_no_code_yet(sealed_once: World) -> None:
    agreement = sealed_agreement(sealed_once)
    for digest in (agreement.frozen_digest, agreement.certificate_digest, DIGEST):
        assert asked(sealed_once, f"/verify/{code_of(digest or '')}").status_code == 404


@pytest.mark.parametrize("path", ["/verify/00000-00000", "/verify/nonsense", "/verify/code?short_code=10101-0123U"])
def test_a_code_that_leads_nowhere_can_be_corrected(sealed_once: World, path: str) -> None:
    answer = asked(sealed_once, path)
    assert answer.status_code == 404
    assert "逐个字符检查" in words(answer)
    [box] = check_page(answer).xpath("//input[@name='short_code']")
    assert box.get("value") in {"00000-00000", "nonsense", "10101-0123U"}
    assert box.get("aria-invalid") == "true"


def test_the_verify_page_asks_for_a_code_too(sealed_once: World) -> None:
    page = check_page(asked(sealed_once, "/verify"))
    [form] = page.xpath("//form[@action='/verify/code']")
    assert form.xpath(".//input[@name='short_code']")


def test_codes_are_not_tried_one_after_another(sealed_once: World) -> None:
    key = hashlib.sha256(b"verify_code:127.0.0.1").hexdigest()
    with transaction():
        soon = clock.now() + timedelta(minutes=5)
        db.session.add(AttemptLimit(name="verify_code", key_digest=key, window_ends_at=soon, tries=599))
    assert asked(sealed_once, "/verify/00000-00000").status_code == 404
    assert asked(sealed_once, "/verify/00000-00000").status_code == 429
