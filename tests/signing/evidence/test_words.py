"""Every act that is recorded has its words, in both languages."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.i18n import LOCALES, use_locale
from pdf.verify.messages import TEMPLATES
from signing.ceremonies import queries as ceremonies
from signing.evidence import words
from signing.evidence.rules import Entry
from signing.seats import queries as seats
from tests.support.quick import QuickWorld

ROOT = Path(__file__).resolve().parents[3]


def recorded_actions() -> set[str]:
    """The second argument of every `audit.record(…)` that can end up on a ceremony's chain."""
    files = [*(ROOT / "signing").rglob("*.py"), ROOT / "web" / "mail.py"]
    return {action for file in files for action in _actions(ast.parse(file.read_bytes()))}


def _actions(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        # Where a function passes its own `action` on, those who call it name it.
        named = [each.value for each in node.keywords if each.arg == "action" and isinstance(each.value, ast.Constant)]
        if ast.unparse(node.func) == "audit.record" and ast.unparse(node.args[1]) != "action":
            named = [node.args[1]]
        # A choice between two actions stands as `a if … else b`.
        found = [each.value for value in named for each in ast.walk(value) if isinstance(each, ast.Constant)]
        assert found or not named, f"cannot tell the action of {ast.unparse(node)[:200]}"
        yield from (value for value in found if isinstance(value, str) and "." in value)


def test_the_search_finds_what_is_recorded() -> None:
    assert {"agreement.signed", "identity.refused", "seat.opened", "message.sent"} <= recorded_actions()
    assert len(recorded_actions()) >= 25


@pytest.mark.parametrize("locale", LOCALES)
def test_every_recorded_action_has_its_words(locale: str) -> None:
    with use_locale(locale):
        worded = {action: words.action(action) for action in sorted(recorded_actions())}
    assert len(set(worded.values())) == len(worded), "two actions have the same words"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_reason_of_the_verifier_has_its_words(locale: str) -> None:
    from core import i18n

    missing = [code for code in TEMPLATES if not i18n.has(f"verify-reason-{code}", locale)]
    assert not missing


def test_an_entry_without_further_facts_has_no_note() -> None:
    entry = Entry.read(
        '{"action":"seat.opened","actor":{"kind":"system"},"at":"2026-07-01T02:03:04.567Z","ceremony":"c","data":{},'
        '"digest":"00","prev":"00","seq":1,"subject":{"id":"s","kind":"seat"}}'
    )
    assert words.note(entry, zone="UTC") == ""
    assert entry.at.isoformat() == "2026-07-01T02:03:04.567000+00:00"


def agreement_entry(**data: object) -> Entry:
    line = {
        "action": "agreement.frozen",
        "actor": {"kind": "account", "id": "acc_1"},
        "at": "2026-07-01T02:03:04.567Z",
        "ceremony": "c",
        "data": data,
        "digest": "00",
        "prev": "00",
        "seq": 1,
        "subject": {"id": "agr_other", "kind": "agreement"},
    }
    return Entry.read(json.dumps(line))


def test_an_agreement_that_a_kit_does_not_hold_is_still_called_by_something() -> None:
    names = words.Names({}, {}, {"acc_1": "样例主持人"})
    with use_locale("zh-CN"):
        assert words.subject(agreement_entry(number="YQ-1-02"), names) == "YQ-1-02"
        assert words.subject(agreement_entry(), names) == "本场仪式的另一份协议"
        assert words.who(agreement_entry(), names) == "样例主持人"


def entry_of(action: str, subject: dict[str, str], **data: object) -> Entry:
    line = json.loads(agreement_entry(**data).line) | {"action": action, "subject": subject}
    return Entry.read(json.dumps(line))


@pytest.mark.parametrize(
    ("locale", "party", "person"),
    [
        ("zh-CN", "样例乙公司", "样例乙 · 样例乙公司 · 董事长"),
        ("en", "Sample 1 Ltd", "样例乙 · Chair · Sample 1 Ltd"),
    ],
)
def test_whom_an_act_concerned_is_called_by_name_and_position(
    quick_world: QuickWorld, data_dir: Path, locale: str, party: str, person: str
) -> None:
    with quick_world.at("draft", "sqlite", data_dir) as made, use_locale(locale):
        ceremony = ceremonies.get_ceremony(made.id)
        people = {seat.id: seat for seat in seats.list_seats(made.id)}
        [seat] = [each for each in people.values() if each.party_key == "party_b"]
        names = words.Names(people, {}, {"acc_1": "样例主持人"}, {each.id: each for each in ceremony.parties})
        changed = {"kind": "party", "id": ceremony.party("party_b").id}
        assert words.subject(entry_of("party.changed", changed), names) == party
        gone = entry_of("party.removed", {"kind": "party", "id": "pty_gone"}, organisation="样例癸公司")
        assert words.subject(gone, names) == "样例癸公司"
        assert words.subject(entry_of("seat.invited_again", {"kind": "seat", "id": seat.id}), names) == person
        mail = {"kind": "message", "id": "msg_1"}
        to = {"zh-CN": "发给 ", "en": "To "}[locale]
        sent = entry_of("message.sent", mail, kind="invitation", seat=seat.id)
        assert words.subject(sent, names) == to + person
        assert seat.email not in words.subject(sent, names)
        told = entry_of("message.sent", mail, kind="ceremony_ended", account="acc_1")
        assert words.subject(told, names) == f"{to}样例主持人"
        assert words.subject(entry_of("message.sent", mail, kind="invitation"), names) == ""


@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_of_work_that_is_tried_again_has_its_words(locale: str) -> None:
    catalogue = (ROOT / "locales" / locale / "troubles.ftl").read_text(encoding="utf-8")
    kinds = re.findall(r"^trouble-job-([a-z_-]+) =", catalogue, re.MULTILINE)
    assert len(kinds) > 5
    with use_locale(locale):
        tried = [
            entry_of("work.tried_again", {"kind": "job", "id": "job_1"}, kind=kind) for kind in (*kinds, "invitation")
        ]
        said = [words.note(entry, zone="UTC") for entry in tried]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    ("stamped", "said"), [("2026-07-01T02:03:04.567Z", "时间戳 2026年7月1日 10:03:04"), (None, "等待时间戳")]
)
def test_a_signature_s_entry_says_how_it_was_made_and_when(stamped: str | None, said: str) -> None:
    data = {"revision": 1, "mark": "typed", "level": "B-T", "key_custody": "client", "timestamped_at": stamped}
    line = agreement_entry(**data).line.replace("agreement.frozen", "agreement.signed")
    with use_locale("zh-CN"):
        note = words.note(Entry.read(line), zone="Asia/Shanghai")
    assert "键入姓名" in note
    assert said in note


@pytest.mark.parametrize("locale", LOCALES)
def test_a_change_is_said_field_by_field_and_names_no_person(locale: str) -> None:
    data = {
        "changed": [
            {"field": "title", "before": {"zh-CN": "样例一", "en": "One"}, "after": {"zh-CN": "样例二", "en": "Two"}},
            {"field": "starts_at", "before": "2026-07-01T02:00:00.000Z", "after": "2026-07-01T03:30:00.000Z"},
            {"field": "kind", "before": "cooperation", "after": "investment"},
            {"field": "amount", "before": None, "after": "5 CNY"},
            {"field": "after", "before": [], "after": ["样例一", "样例三"]},
            {"field": "is_host", "before": False, "after": True},
            {"field": "assumed", "before": ["place", "样例"], "after": []},
            {"field": "email"},
        ]
    }
    line = {
        "action": "agreement.changed",
        "actor": {"kind": "system"},
        "at": "2026-07-01T02:03:04.567Z",
        "ceremony": "c",
        "data": data,
        "digest": "00",
        "prev": "00",
        "seq": 1,
        "subject": {"id": "a", "kind": "agreement"},
    }
    with use_locale(locale):
        said = words.note(Entry.read(json.dumps(line)), zone="Asia/Shanghai")
    expected = {
        "zh-CN": "名称：样例一 → 样例二；开始时间：2026年7月1日 10:00 → 2026年7月1日 11:30；条款：合作协议 → 投资协议；"
        "金额：无 → 5 CNY；开启次序：无 → 样例一、样例三；主持方：否 → 是；代为填写的内容：地点、样例 → 无；邮箱",
        "en": "Name: One → Two · Beginning: 1 July 2026, 10:00 → 1 July 2026, 11:30 · "
        "Clauses: Cooperation agreement → Investment agreement · Amount: none → 5 CNY · "
        "Opens after: none → 样例一, 样例三 · Hosts: no → yes · Assumed: Place, 样例 → none · Mail address",
    }
    assert said == expected[locale]
