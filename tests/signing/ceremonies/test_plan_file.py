"""The ceremony file: good ones become a plan, bad ones give all their problems at once, each with path and code."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core import paths
from core.values import Money
from signing.ceremonies.plan_file import CeremonyFile
from tests.signing.ceremonies.plan_changes import Change, drop, in_data, problems_of, put
from tests.support import quick

SHARED = Path("/work/shared/cases/shuangliu-signing.json")


def test_the_shipped_case_becomes_the_plan_that_it_describes() -> None:
    plan = CeremonyFile.loads((paths.examples() / "shuangliu-signing.json").read_bytes())
    assert [party.key for party in plan.parties] == [
        "shuangliu",
        "baobeicang",
        "xianyu",
        "taobao_live",
        "jimi",
        "qidi",
    ]
    assert sum(len(agreement.between) for agreement in plan.agreements) == 10
    assert [agreement.after for agreement in plan.agreements] == [(), *[("park",)] * 4]
    assert plan.agreements[0].money == Money("500000000", "CNY")
    assert plan.starts_at == datetime(2020, 2, 11, 2, 0, tzinfo=UTC)
    assert [party.key for party in plan.parties if party.is_host] == ["shuangliu"]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared cases lie elsewhere")
def test_the_shared_case_reads_like_the_shipped_one() -> None:
    shared = CeremonyFile.loads(SHARED.read_bytes())
    shipped = CeremonyFile.loads((paths.examples() / "shuangliu-signing.json").read_bytes())
    assert [party.key for party in shared.parties] == [party.key for party in shipped.parties]
    assert [(each.key, each.between, each.after) for each in shared.agreements] == [
        (each.key, each.between, each.after) for each in shipped.agreements
    ]
    for here, there in zip(shipped.parties, shared.parties, strict=True):
        for name in ("organisation", "representative_title", "place"):
            assert getattr(here, name)["zh-CN"] == getattr(there, name)["zh-CN"]
    assert [each.title["zh-CN"] for each in shipped.agreements] == [each.title["zh-CN"] for each in shared.agreements]


def test_the_shipped_case_says_everything_in_english_too() -> None:
    plan = CeremonyFile.loads((paths.examples() / "shuangliu-signing.json").read_bytes())
    said = [getattr(each, name) for each in plan.parties for name in ("organisation", "representative_title", "place")]
    for texts in [plan.title, *said, *(each.title for each in plan.agreements)]:
        assert texts["en"].isascii(), texts


PARTY = ("parties", 1)
AGREEMENT = ("agreements", 1)
LONG = "长" * 121
CASES: list[tuple[str, Change, list[tuple[str, str]]]] = [
    ("unknown key on top", put("colour", value=1), [("$.colour", "unknown_key")]),
    ("unknown key of a party", put(*PARTY, "phone", value="1"), [("$.parties[1].phone", "unknown_key")]),
    ("unknown key of an agreement", put(*AGREEMENT, "x", value=1), [("$.agreements[1].x", "unknown_key")]),
    ("missing title", drop("title"), [("$.title", "missing_key")]),
    ("null title", put("title", value=None), [("$.title", "missing_key")]),
    ("null in both languages", put("title", value={"zh-CN": None, "en": None}), [("$.title", "no_language")]),
    ("null parties", put("parties", value=None), [("$.parties", "missing_key")] + [
        (f"$.agreements[{a}].between[{n}]", "unknown_party") for a, n in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1))
    ]),
    ("null key", put(*AGREEMENT, "key", value=None), [("$.agreements[1].key", "missing_key")]),
    ("missing zone of a party", drop(*PARTY, "timezone"), [("$.parties[1].timezone", "missing_key")]),
    ("a language that we do not speak", put("title", value={"fr": "x"}), [
        ("$.title.fr", "unknown_key"), ("$.title", "no_language"),
    ]),
    ("duplicate party", put(*PARTY, "key", value="party_a"), [
        ("$.parties[1].key", "duplicate_key"),
        ("$.agreements[0].between[1]", "unknown_party"),
        ("$.agreements[1].between[1]", "unknown_party"),
    ]),
    ("unknown party", put(*AGREEMENT, "between", 1, value="nobody"), [("$.agreements[1].between[1]", "unknown_party")]),
    ("a party twice in one agreement", put(*AGREEMENT, "between", 1, value="party_a"), [
        ("$.agreements[1].between[1]", "duplicate_key"),
    ]),
    ("only one party", put(*AGREEMENT, "between", value=["party_a"]), [("$.agreements[1].between", "too_few")]),
    ("unknown agreement before", put(*AGREEMENT, "after", value=["x"]), [
        ("$.agreements[1].after[0]", "unknown_agreement"),
    ]),
    ("duplicate agreement", put(*AGREEMENT, "key", value="main"), [
        ("$.agreements[1].key", "duplicate_key"), ("$.agreements[1].after", "cycle"),
    ]),
    ("cycle of two", put("agreements", 0, "after", value=["next_0"]), [("$.agreements[0].after", "cycle")]),
    ("cycle of one", put(*AGREEMENT, "after", value=["next_0"]), [("$.agreements[1].after", "cycle")]),
    ("two hosts", put(*PARTY, "role", value="host"), [("$.parties[1].role", "second_host")]),
    ("one party only", put("parties", value=quick.plan()["parties"][:1]), [
        ("$.parties", "too_few"),
        ("$.agreements[0].between[1]", "unknown_party"),
        ("$.agreements[0].between[2]", "unknown_party"),
        ("$.agreements[1].between[1]", "unknown_party"),
    ]),
    ("no agreement", put("agreements", value=[]), [("$.agreements", "too_few")]),
    ("too long a title", put("title", value=LONG), [("$.title", "text_too_long")]),
    ("too long an organisation", put(*PARTY, "organisation", "en", value="x" * 121), [
        ("$.parties[1].organisation.en", "text_too_long"),
    ]),
    ("a name beyond what certificates hold", put(*PARTY, "representative_name", value="样" * 51), [
        ("$.parties[1].representative_name", "text_too_long"),
    ]),
    ("only spaces", put(*PARTY, "place", value="  　 "), [("$.parties[1].place", "empty_text")]),
    ("a second line in a name", put(*PARTY, "representative_name", value="样例\n乙"), [
        ("$.parties[1].representative_name", "control_character"),
    ]),
    ("a name written backwards", put(*PARTY, "representative_name", value="样例\u202e乙"), [
        ("$.parties[1].representative_name", "control_character"),
    ]),
    ("half a surrogate", put(*PARTY, "representative_name", value="样例\ud800"), [
        ("$.parties[1].representative_name", "control_character"),
    ]),
    *[
        (f"a person named {name!a}", put(*PARTY, "representative_name", value=name), [
            ("$.parties[1].representative_name", "no_letter"),
        ])
        for name in ("\u115f\u1160", "\u3164", "\uffa0", "\u2800", "\u0301", "—", "·")
    ],
    ("an organisation of filler", put(*PARTY, "organisation", "en", value="\u3164"), [
        ("$.parties[1].organisation.en", "no_letter"),
    ]),
    ("an agreement of a dash", put(*AGREEMENT, "title", value="—"), [("$.agreements[1].title", "no_letter")]),
    ("a ceremony of dots", put("title", value="···"), [("$.title", "no_letter")]),
    ("a bell in a note", put("note", value="a\x07b"), [("$.note", "control_character")]),
    ("a key that is no key", put("agreements", 1, "key", value="Next 0"), [("$.agreements[1].key", "bad_key")]),
    ("a key with a line end", put("agreements", 1, "key", value="next_0\n"), [("$.agreements[1].key", "bad_key")]),
    ("a key of 41", put("agreements", 1, "key", value="n" * 41), [("$.agreements[1].key", "bad_key")]),
    ("an unknown kind", put(*AGREEMENT, "kind", value="gift"), [("$.agreements[1].kind", "not_an_option")]),
    ("an unknown language", put(*PARTY, "locale", value="fr"), [("$.parties[1].locale", "not_an_option")]),
    ("an unknown part of day", put("part_of_day", value="night"), [("$.part_of_day", "not_an_option")]),
    ("minutes as a text", put("limit_minutes", value="15"), [("$.limit_minutes", "bad_minutes")]),
    ("minutes as yes", put("limit_minutes", value=True), [("$.limit_minutes", "bad_minutes")]),
    ("demo as a word", put("demo", value="no"), [("$.demo", "not_yes_or_no")]),
    ("no mail address", put(*PARTY, "email", value="nobody@"), [("$.parties[1].email", "bad_email")]),
    ("a mailbox too long", put(*PARTY, "email", value="a" * 65 + "@b.example"), [("$.parties[1].email", "bad_email")]),
    ("too many octets", put(*PARTY, "email", value="用" * 22 + "@b.example"), [("$.parties[1].email", "bad_email")]),
    ("two mail addresses", put(*PARTY, "email", value="a@b.example, c@d.example"), [
        ("$.parties[1].email", "bad_email"),
    ]),
    ("assumed nothing", put(*PARTY, "assumed", value=[None]), [("$.parties[1].assumed[0]", "empty_text")]),
    ("a text where a list belongs", put("agreements", value="park"), [("$.agreements", "not_a_list")]),
    ("a list where an object belongs", put("parties", 1, value=[]), [
        ("$.parties[1]", "not_an_object"),
        ("$.agreements[0].between[1]", "unknown_party"),
        ("$.agreements[1].between[1]", "unknown_party"),
    ]),
    ("a number where a text belongs", put(*PARTY, "place", value=7), [("$.parties[1].place", "not_an_object")]),
    ("a list of lists of keys", put(*AGREEMENT, "between", value=[["party_a"], {"a": 1}]), [
        ("$.agreements[1].between[0]", "unknown_party"), ("$.agreements[1].between[1]", "unknown_party"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_bad_file_gives_its_problems_with_path_and_code(change: Change, expected: list[tuple[str, str]]) -> None:
    assert in_data(change) == expected


@pytest.mark.parametrize("zone", ["Mars/Base", "", "UTC+8", "../../etc/passwd", 8, ["Asia/Shanghai"], {}])
def test_only_zones_of_the_world(zone: object) -> None:
    assert in_data(put("host_timezone", value=zone)) == [("$.host_timezone", "bad_zone")]


@pytest.mark.parametrize(
    "day",
    [
        *(
            "2026-02-30",
            "01.07.2026",
            "20260701",
            "2026-W27-3",
            "2026-7-1",
            "2026-07-01T00:00",
            "",
            20260701,
            0.5,
            True,
        ),
        *("0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31", "２０２６-07-01", ["2026-07-01"]),
    ],
)
def test_only_days_of_our_time(day: object) -> None:
    assert in_data(put("date", value=day)) == [("$.date", "bad_date")]


@pytest.mark.parametrize("clock", ["24:00", "9:30", "09:30:00", "0930", 930, ["09:30"], "09:30\n"])
def test_only_times_of_day(clock: object) -> None:
    assert in_data(put("starts_at", value=clock)) == [("$.starts_at", "bad_time")]


@pytest.mark.parametrize(
    "amount",
    [
        *(
            "1e5",
            "-1",
            "12,3",
            "0",
            "0.00",
            "1.234",
            ".5",
            "5.",
            "+5",
            "0x10",
            "1_000",
            "٣",
            "１２",
            "",
            "NaN",
            "Infinity",
        ),
        *("9" * 16, 1e5, 1.5, float("nan"), float("inf"), True, False, -1, 0, 10**16, ["1"], {"v": 1}),
    ],
)
def test_only_money_is_money(amount: object) -> None:
    found = in_data(put("planned_investment", value={"amount": amount, "currency": "CNY"}))
    assert found == [("$.planned_investment.amount", "not_money")]


@pytest.mark.parametrize(
    ("amount", "kept"),
    [("500000000", "500000000"), (12, "12"), (" 0.01 ", "0.01"), ("9" * 15 + ".99", "9" * 15 + ".99")],
)
def test_money_is_kept_as_it_was_written(amount: object, kept: str) -> None:
    data = quick.plan()
    data["agreements"][0] |= {"kind": "investment", "amount": {"amount": amount, "currency": "USD"}}
    assert CeremonyFile.read(data).agreements[0].money == Money(kept, "USD")


def test_money_without_currency_or_in_one_that_nobody_prints() -> None:
    assert in_data(put("planned_investment", value={"amount": "1"})) == [
        ("$.planned_investment.currency", "missing_key")
    ]
    assert in_data(put("planned_investment", value={"amount": "1", "currency": "XAU"})) == [
        ("$.planned_investment.currency", "not_an_option")
    ]


def test_more_parties_than_a_paper_has_names_for_are_refused_before_printing() -> None:
    assert CeremonyFile.read(quick.plan(parties=10)).agreements[0].between[9] == "party_j"
    data = quick.plan(parties=10)
    data["parties"].append({**data["parties"][1], "key": "party_k"})
    data["agreements"][0]["between"].append("party_k")
    assert problems_of(lambda: CeremonyFile.read(data)) == [("$.agreements[0].between", "too_many")]


def test_all_problems_come_at_once() -> None:
    def spoil(data: dict[str, Any]) -> None:
        for _, change, _ in CASES[:2]:
            change(data)
        data |= {"date": "x", "host_timezone": "y"}
        data["agreements"][1] |= {"after": ["z"], "amount": {"amount": "w", "currency": "CNY"}}

    assert set(in_data(spoil)) == {
        ("$.colour", "unknown_key"),
        ("$.parties[1].phone", "unknown_key"),
        ("$.date", "bad_date"),
        ("$.host_timezone", "bad_zone"),
        ("$.agreements[1].after[0]", "unknown_agreement"),
        ("$.agreements[1].amount.amount", "not_money"),
    }
