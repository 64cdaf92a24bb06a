"""The printed text for who holds the ceremony: the bytes and pages that signers have, while they sign."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.rules import Role
from core import i18n, storage
from signing.agreements import queries as agreements
from tests.signing.ceremonies.test_plan_pages import staff, words
from tests.support import quick
from tests.support.pages import check_page, get_page
from tests.support.quick import Quick, QuickWorld


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("entered", "sqlite", data_dir, inside=False) as made:
        yield made


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_a_host_and_an_auditor_read_what_is_being_signed(world: Quick, locale: str) -> None:
    with world.app.app_context():
        quick.finish(world.people["party_a"], quick.prepared(world.people["party_a"], world.first))
        agreement = agreements.get_agreement(world.first)
        frozen = storage.read(agreement.frozen_digest or "")
    for role in (Role.HOST, Role.AUDITOR):
        client = staff(world, role, locale)
        [lead] = [
            href
            for href in get_page(client, f"/ceremonies/{world.id}").xpath("//a/@href")
            if href.endswith(f"/agreements/{world.first}/text")
        ]

        page = get_page(client, lead)

        code, digest = agreement.record_code, agreement.frozen_digest
        assert f"{code[:4]} {code[4:]}" in words(page)
        assert str(digest) in words(page)
        pictures = page.xpath("//main//img/@src")
        assert [client.get(each).data for each in pictures] == [quick.picture()] * quick.PAGES
        assert client.get(f"{lead}/unsigned.pdf").data == frozen


def test_what_is_not_printed_yet_is_not_shown(quick_world: QuickWorld, data_dir: Path) -> None:
    with quick_world.at("draft", "sqlite", data_dir, inside=False) as draft:
        client, path = staff(draft), f"/ceremonies/{draft.id}/agreements/{draft.first}/text"
        assert not [each for each in get_page(client, f"/ceremonies/{draft.id}").xpath("//a/@href") if each == path]
        refused = client.get(path)
        assert refused.status_code == 409
        check_page(refused)
