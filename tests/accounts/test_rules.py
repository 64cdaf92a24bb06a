"""What an address and a password must be, and where a form may lead on to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import rules
from accounts.rules import Account, LastAdministrator, NewAccount, Role
from accounts.urls import safe_next
from core.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "clean"),
    [(" Host@Example.CN ", "host@example.cn"), ("ｈｏｓｔ＠example.cn", "host@example.cn"), ("a+b@c.d", "a+b@c.d")],
)
def test_an_address_has_one_written_form(typed: str, clean: str) -> None:
    assert rules.clean_email(typed) == clean
    assert rules.is_email(clean)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "host",
        "@example.cn",
        "host@",
        "a b@c.cn",
        "a@b@c.cn",
        "a@b..cn",
        "a@-b.cn",
        "a\n@b.cn",
        "a@b.cn\nBcc: x@y.cn",
        f"{'a' * 65}@b.cn",
        f"a@{'b' * 260}.cn",
        "<a@b.cn>",
        "a,b@c.cn",
    ],
)
def test_what_cannot_be_an_address_is_none(text: str) -> None:
    assert not rules.is_email(text)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elevenchars", "password_too_short"),
        ("x" * 201, "too_long"),
        ("ababababababab", "password_too_plain"),
        ("my name is zhang.wei", "password_too_plain"),
        ("Password1234", "password_too_plain"),
        ("P@ssw0rd2026!", "password_too_plain"),
        ("Admin@123456", "password_too_plain"),
        ("qwertyuiop[]", "password_too_plain"),
        ("1qaz2wsx3edc", "password_too_plain"),
        ("098765432100", "password_too_plain"),
        ("passwordpassword", "password_too_plain"),
        ("woaini5201314", "password_too_plain"),
        ("yunqian888888", "password_too_plain"),
        ("abcdefghijkl", "password_too_plain"),
    ],
)
def test_a_weak_password_is_refused_by_name(password: str, code: str) -> None:
    assert [problem.code for problem in rules.password_problems(password, email="zhang.wei@example.cn")] == [code]


@pytest.mark.parametrize(
    "password",
    [
        "seven grey herons",
        "Xk7-pq2-Rv9-mt4",
        "correct horse battery",
        "my password is a heron",
        "七只灰鹭飞过大坝今天下雨了",
        "seven grey " + "herons! " * 23,
    ],
)
def test_a_long_password_of_any_letters_is_good(password: str) -> None:
    assert rules.password_problems(password, email="zhang.wei@example.cn") == []


def test_the_same_password_from_another_keyboard_is_the_same() -> None:
    assert rules.clean_password("ｇrey e\u0301") == rules.clean_password("grey é")


def account(*roles: Role, active: bool = True) -> Account:
    return Account("acc_1", "org_1", "a@b.cn", "甲", frozenset(roles), "zh-CN", "Asia/Shanghai", active=active)


@pytest.mark.parametrize(
    "others", [[], [account(Role.HOST)], [account(Role.ADMINISTRATOR, active=False)]], ids=["none", "host", "inactive"]
)
def test_somebody_must_be_left_who_can_administer(others: list[Account]) -> None:
    with pytest.raises(LastAdministrator):
        rules.check_still_administered(others)


def test_one_active_administrator_is_enough() -> None:
    rules.check_still_administered([account(Role.HOST), account(Role.ADMINISTRATOR, Role.CLERK)])


def test_a_new_account_lists_all_its_problems() -> None:
    with pytest.raises(Invalid) as refused:
        NewAccount.checked(email="nowhere", name="\x07", roles=frozenset({Role.HOST}), locale="en")

    assert [(p.path, p.code) for p in refused.value.problems] == [
        ("$.name", "not_printable"),
        ("$.email", "not_an_email"),
    ]


@pytest.mark.parametrize("name", ["—", "\u3164", "\u0301", "\u115f\u1160 ·"])
def test_a_name_that_shows_no_letter_is_none(name: str) -> None:
    assert [(p.path, p.code) for p in rules.name_problems("name", name)] == [("$.name", "no_letter")]


@pytest.mark.parametrize("name", ["林", "O'Neil", "محمد", "5", "홍길동", "नमस्ते"])
def test_a_name_in_any_script_is_one(name: str) -> None:
    assert rules.name_problems("name", name) == []


@pytest.mark.parametrize("path", ["/", "/account", "/login?next=/account", "/seat/x#top", "/a//b"])
def test_a_page_of_ours_may_be_led_on_to(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "path",
    ["", "account", "//x.cn", "/\\x.cn", "\\/x.cn", "https://x.cn", "javascript:x", "/a\r\nSet-Cookie: x", "/\t/x.cn"],
)
def test_nothing_else_may_be_led_on_to(path: str) -> None:
    assert safe_next(path) == "/"


@given(st.text(alphabet="/\\.:@?#ab\t\n%", max_size=12))
def test_a_next_page_never_names_a_host(path: str) -> None:
    found = safe_next(path)

    assert found.startswith("/")
    assert found[1:2] not in {"/", "\\"}
    assert "\\" not in found
    assert found.isprintable()
