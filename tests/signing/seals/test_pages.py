"""The page and the JSON of specimen seals, as the host, the signer and strangers see them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from core import i18n, storage
from core.db import db
from signing.agreements import preparing
from signing.agreements.rules import DrawnOrTyped
from signing.ceremonies import inviting
from signing.seals import queries, service
from signing.seals.rules import SealUse
from signing.seats import queries as seats
from tests.pdf.seal_world import encoded, mark, specimen
from tests.support import ceremony, quick
from tests.support.ceremony import HOST
from tests.support.pages import check_page, csrf_token, get_page
from tests.support.quick import Quick, QuickWorld, host

PICTURE = encoded(mark(300))


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("draft", "sqlite", data_dir, inside=False) as made:
        yield made


def page(world: Quick) -> str:
    return f"/ceremonies/{world.id}/seals"


def words_of(client: FlaskClient, address: str) -> str:
    return " ".join(" ".join(get_page(client, address).xpath("//main//text()")).split())


def looked_at(client: FlaskClient, address: str, form: str) -> str:
    """What the form that is sent to an address ending so says that it was made from."""
    [digest] = get_page(client, address).xpath(f"//form[contains(@action, '{form}')][1]//input[@name='seen']/@value")
    return str(digest)


def test_a_host_uploads_looks_approves_and_says_where_it_goes(world: Quick) -> None:
    client = host(world)
    token = csrf_token(client, page(world))
    here = f"{page(world)}/parties/party_a"

    seen = looked_at(client, page(world), "/parties/party_a")
    client.post(here, data={"csrf_token": token, "seen": seen, "file": (io.BytesIO(PICTURE), "seal.png")})
    waiting = words_of(client, page(world))
    (digest,) = get_page(client, page(world)).xpath("//input[@name='sha256']/@value")
    client.post(f"{here}/approve", data={"csrf_token": token, "sha256": digest, "allowed": "yes"})
    approved = words_of(client, page(world))
    use = f"use-{world.first}-party_a"
    shown = looked_at(client, page(world), "/uses")
    client.post(f"{page(world)}/uses", data={"csrf_token": token, "seen": shown, use: "edges"})

    assert "待批准使用" in waiting
    assert "已批准使用" in approved
    (chosen,) = get_page(client, page(world)).xpath(f"//select[@name='{use}']/option[@selected]/@value")
    assert chosen == "edges"
    picture = client.get(f"{here}/picture.png")
    assert (picture.mimetype, picture.headers["Cache-Control"]) == ("image/png", "private, no-cache")


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_a_seal_that_will_not_be_drawn_is_told_before_everything_is_fixed(world: Quick, locale: str) -> None:
    with world.app.app_context():
        for key in ("party_a", "party_b", "party_c"):
            service.keep_seal(world.id, key, specimen_digest(), original=PICTURE, by=HOST)
        service.approve_seal(world.id, "party_a", specimen_digest(), by=HOST)
        service.choose_use(world.id, world.first, "party_c", SealUse.EDGES, by=HOST)
        service.remove_seal(world.id, "party_c", by=HOST)
    client = host(world, locale=locale)
    plan, question = (get_page(client, f"/ceremonies/{world.id}{part}") for part in ("", "/invite"))

    for found in (plan, question):
        leads = found.xpath("//*[@data-warnings]//a/@href")
        assert leads == [f"{page(world)}#party-party_b", f"{page(world)}#party-party_c"]
        waiting, missing = (" ".join(item.itertext()) for item in found.xpath("//*[@data-warnings]//li[.//a]"))
        with i18n.use_locale(locale):
            main, after = (i18n.t("plan-title-quoted", title=title) for title in ("样例主协议", "样例后续协议0"))
            other, third = (
                i18n.pick({"zh-CN": f"样例{sign}公司", "en": f"Sample {number} Ltd"})
                for number, sign in ((1, "乙"), (2, "丙"))
            )
            both = main + i18n.t("list-separator") + after
            assert i18n.t("problem-seal_not_approved", who=other, titles=both) in waiting
            assert i18n.t("problem-seal_missing", who=third, titles=main) in missing
    [drawn, *others] = question.xpath("//*[@data-seals]/li")
    with i18n.use_locale(locale):
        party = i18n.pick({"zh-CN": "样例甲公司", "en": "Sample 0 Ltd"})
        said = party + i18n.aside(i18n.t("invite-seal-signature"))
    assert [each.xpath("string(span[2])") for each in (drawn, *others)] == [said, said]


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_the_last_question_says_that_no_seal_is_printed(world: Quick, locale: str) -> None:
    said = words_of(host(world, locale=locale), f"/ceremonies/{world.id}/invite")
    with i18n.use_locale(locale):
        assert i18n.t("invite-what-no-seals") in said


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_who_saves_the_table_second_sees_what_stands_there_and_may_save_again(world: Quick, locale: str) -> None:
    with world.app.app_context():
        for key in ("party_a", "party_b"):
            service.keep_seal(world.id, key, specimen_digest(), original=PICTURE, by=HOST)
    client = host(world, locale=locale)
    token, shown = csrf_token(client, page(world)), looked_at(client, page(world), "/uses")
    theirs, mine = f"use-{world.first}-party_a", f"use-{world.first}-party_b"
    to_both = {"csrf_token": token, "seen": shown, theirs: "signature", mine: "signature"}
    assert client.post(f"{page(world)}/uses", data={**to_both, theirs: "edges"}).status_code == 303

    refused = client.post(f"{page(world)}/uses", data={**to_both, mine: "none"})

    found = check_page(refused)
    form = {name: found.xpath(f"//select[@name='{name}']/option[@selected]/@value") for name in (theirs, mine)}
    with i18n.use_locale(locale):
        kept = [f"样例主协议 · {i18n.t(use)}" for use in ("seal-use-edges", "seal-use-signature")]
    assert found.xpath("//*[@id='changed']//dd/text()") == kept
    assert (refused.status_code, form) == (409, {theirs: ["signature"], mine: ["none"]})
    [anew] = found.xpath("//form[contains(@action, '/uses')]//input[@name='seen']/@value")
    saved = client.post(f"{page(world)}/uses", data={**to_both, mine: "none", "seen": anew})
    assert saved.status_code == 303


def test_a_picture_is_not_replaced_or_removed_by_who_has_not_seen_it(world: Quick) -> None:
    client = host(world)
    token, here = csrf_token(client, page(world)), f"{page(world)}/parties/party_a"
    shown = looked_at(client, page(world), "/parties/party_a")
    with world.app.app_context():
        kept = service.keep_seal(world.id, "party_a", specimen_digest(), original=b"their picture", by=HOST)

    late = client.post(here, data={"csrf_token": token, "seen": shown, "file": (io.BytesIO(PICTURE), "seal.png")})
    removed = client.post(f"{here}/remove", data={"csrf_token": token, "seen": shown})

    for answer in (late, removed):
        assert answer.status_code == 409
        assert check_page(answer).xpath("//*[@id='party-party_a']//*[@id='problem']")
    with world.app.app_context():
        assert queries.find_seal(kept.party_id) == kept


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_every_place_that_shows_a_seal_says_what_it_is(world: Quick, locale: str) -> None:
    with world.app.app_context():
        service.keep_seal(world.id, "party_b", specimen_digest(), original=PICTURE, by=HOST)

    main = get_page(host(world, locale=locale), page(world))

    label = {"zh-CN": "示意印模 · 非公章", "en": "Specimen seal, not an official seal"}[locale]
    captions = ["".join(each.itertext()).strip() for each in main.xpath("//figure[.//img]/figcaption")]
    assert captions == [label]


def specimen_digest() -> str:
    return storage.put(specimen())


def test_a_picture_that_is_no_seal_and_a_missing_tick_lead_back_with_a_sentence(world: Quick) -> None:
    client = host(world, locale="en")
    token = csrf_token(client, page(world))
    here = f"{page(world)}/parties/party_a"

    refused = client.post(here, data={"csrf_token": token, "file": (io.BytesIO(b"<svg/>"), "seal.svg")})
    empty = client.post(here, data={"csrf_token": token})
    unticked = client.post(f"{here}/approve", data={"csrf_token": token, "sha256": "0" * 64})

    for answer, said in ((refused, "neither a PNG nor a JPEG"), (empty, "choose the file"), (unticked, "has allowed")):
        assert answer.status_code == 422
        found = check_page(answer)
        assert said in " ".join(found.xpath("//*[@id='problem']//text()"))


def test_programs_do_the_same_by_json(world: Quick) -> None:
    client = host(world)
    base = f"/api/ceremonies/{world.id}/seals"
    headers = {"X-CSRF-Token": csrf_token(client, page(world))}

    made = client.post(f"{base}/parties/party_a", data=PICTURE, headers=headers)
    digest = made.json["seal"]["sha256"] if made.json else ""
    approved = client.post(f"{base}/parties/party_a/approve", json={"sha256": digest}, headers=headers)
    wish = {"agreement": world.first, "party": "party_a", "use": "none"}
    chosen = client.post(f"{base}/uses", json=wish, headers=headers)
    odd = client.post(f"{base}/uses", json={**wish, "use": ["none"]}, headers=headers)

    assert made.status_code == 201
    assert made.json
    assert made.json["seal"]["kind"] == "specimen"
    assert approved.json
    assert approved.json["seal"]["approved_at"]
    assert chosen.json
    assert chosen.json["agreements"][0]["uses"]["party_a"] == "none"
    assert odd.status_code == 422
    stale = {"seen": "0" * 64}
    for late in (
        client.post(f"{base}/uses", json={**wish, "use": "edges", **stale}, headers=headers),
        client.post(f"{base}/parties/party_a?seen={stale['seen']}", data=PICTURE[:-1] + b"x", headers=headers),
        client.post(f"{base}/parties/party_a/remove", json=stale, headers=headers),
    ):
        assert late.get_json()["error"]["code"] == "plan_changed"
    fresh = client.get(base).get_json()
    right = client.post(f"{base}/uses", json={**wish, "use": "edges", "seen": fresh["seen"]}, headers=headers)
    assert right.status_code == 200
    gone = client.post(f"{base}/parties/party_a/remove", json={"seen": fresh["seals"][0]["seen"]}, headers=headers)
    assert gone.status_code == 204
    assert client.post(f"{base}/parties/party_b/remove", headers=headers).status_code == 404
    assert client.post(f"{base}/demo", headers=headers).status_code == 409


def test_hosts_of_other_organisations_see_nothing(world: Quick) -> None:
    with world.app.app_context():
        service.keep_seal(world.id, "party_a", specimen_digest(), original=PICTURE, by=HOST)
    stranger = host(world, elsewhere=True)

    for address in (page(world), f"/api{page(world)}", f"{page(world)}/parties/party_a/picture.png"):
        assert stranger.get(address).status_code == 404


def test_when_the_papers_are_printed_the_page_changes_nothing(quick_world: QuickWorld, data_dir: Path) -> None:
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as world:
        client = host(world, locale="en")
        main = get_page(client, page(world))

        assert main.xpath("//main//form") == []
        assert "fixed with the text" in " ".join(main.xpath("//main//text()"))


def test_afterwards_the_page_says_which_seals_were_drawn_and_when(world: Quick) -> None:
    with world.app.app_context():
        for key in ("party_a", "party_b"):
            digest = service.keep_seal(world.id, key, specimen_digest(), original=PICTURE, by=HOST).digest
            service.approve_seal(world.id, key, digest, by=HOST)
        inviting.print_and_invite(world.id, by=HOST)
        with quick.small_papers():
            ceremony.do_jobs()
        person = world.people["party_a"]
        ceremony.enter(person)
        quick.read_all(person, world.first)
        look = DrawnOrTyped(None, seats.get_seat(person.seat_id).name, seal=True)
        prepared = quick.prepare(person, world.first, appearance=look)
        assert isinstance(prepared, preparing.Preparation)
        quick.finish(person, prepared)
        db.session.remove()

    words = words_of(host(world, locale="en"), page(world))

    assert words.count("Drawn ") == 1
    assert words.count("Not drawn") == 3


def test_who_never_chose_gets_the_mark_over_the_signature(world: Quick) -> None:
    with world.app.app_context():
        assert queries.find_use(world.first, "pty_nobody") is SealUse.SIGNATURE
