"""The verifier's reasons as people read them: whose signature it is, and no word of a programming language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.i18n import use_locale
from pdf.pki import KeyCustody
from pdf.verify import Anchor, Covers, FileVerdict, Indication, RevisionKind, RevisionVerdict, SignatureVerdict, Sub
from pdf.verify.verdict import failed, unsure
from signing.evidence.verdicts import describe, sentences, shown

SIGNATURE = SignatureVerdict(
    field="sign_baobeicang",
    signer="样例乙",
    organisation="样例公司",
    signed_at=None,
    level=None,
    timestamp_authority=None,
    key_custody=None,
    covers=Covers.UNCLEAR,
    verdict=Indication.TOTAL_FAILED,
    sub_indication=None,
)


def said(code: str, locale: str, **params: str | int) -> str:
    verdict = FileVerdict("a.pdf", (failed(code, **params),), (SIGNATURE,))  # type: ignore[arg-type]
    with use_locale(locale):
        (sentence,) = sentences(verdict)
    return sentence


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("zh-CN", "样例乙（样例公司）的签名所覆盖的内容在签署后被更改。"),
        ("en", "What the signature of 样例乙 (样例公司) covers was changed after signing."),
    ],
)
def test_a_reason_names_the_person_and_not_the_field(locale: str, sentence: str) -> None:
    assert said("hash-mismatch", locale, field="sign_baobeicang") == sentence


def test_a_signature_without_a_readable_name_is_called_by_its_field() -> None:
    assert said("cms-malformed", "en", field="sign_x") == "The signature value of field sign_x is not well formed."


def test_a_file_of_a_kit_is_told_apart_by_its_path() -> None:
    assert "样例乙" not in said("hash-mismatch", "en", field="sign_baobeicang", path="agreements/02.pdf")


@pytest.mark.parametrize(
    ("locale", "what", "sentence"),
    [
        ("zh-CN", "memory", "文件超出了核验的上限：核验所需内存过多，或其内部嵌套过深。"),
        ("zh-CN", "trail-entries", "文件超出了核验的上限：审计轨迹超过 100,000 条。"),
        ("en", "time", "The file asks for more than the verifier takes on: judging it takes too long."),
    ],
)
def test_a_limit_is_a_sentence(locale: str, what: str, sentence: str) -> None:
    assert said("limits", locale, what=what, limit=100_000) == sentence


@pytest.mark.parametrize("dot", "·∙•⋅・")
def test_a_name_plays_no_several_parts_of_a_line(dot: str) -> None:
    assert shown(f"Signer-4 {dot} 张三 {dot}2026") == "Signer-4 - 张三 2026"
    assert shown(f"买买提{dot}艾力") == f"买买提{dot}艾力"


@pytest.mark.parametrize("code", ["broken-file", "kit-broken"])
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_what_the_parser_says_is_no_sentence_for_people(code: str, locale: str) -> None:
    assert "Unknown marker" not in said(code, locale, detail="Unknown marker b'o'")


def not_ours(_authority: str) -> bool:
    return False


def judged(sub: Sub | None) -> str:
    signature = replace(SIGNATURE, covers=Covers.REVISION, sub_indication=sub)
    verdict = FileVerdict("a.pdf", (failed("hash-mismatch", field=SIGNATURE.field),), (signature,))
    with use_locale("en"):
        return describe(verdict, is_own_clock=not_ours).signatures[0].covers


def test_what_was_changed_or_never_signed_is_not_said_to_be_covered() -> None:
    assert judged(Sub.REVOKED) == "the whole version of its time"
    assert "changed since" in judged(Sub.HASH_FAILURE)
    assert "does not hold" in judged(Sub.SIG_CRYPTO_FAILURE)


def test_a_file_without_any_signature_has_no_story_of_one() -> None:
    version = RevisionVerdict(1, 100, RevisionKind.TEXT, None, None, None, (), True)
    bare = FileVerdict("a.pdf", (unsure("unsigned", Sub.SIGNED_DATA_NOT_FOUND),), (), revisions=(version,))
    with use_locale("en"):
        assert describe(bare, is_own_clock=not_ours).revisions == ()
        signed = replace(bare, signatures=(SIGNATURE,))
        assert len(describe(signed, is_own_clock=not_ours).revisions) == 1


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("欧阳·示例", "欧阳·示例"),
        ("Signer-4 · A. Mayor · 2026-11-20 · B-LTA", "Signer-4 - A. Mayor - 2026-11-20 - B-LTA"),
        ("\u202ea\nb\u200b", "a b"),
        ("x" * 200_000, "x" * 160 + "…"),
        ("a" + " " * 400, "a…"),
    ],
)
def test_a_name_from_a_file_is_one_part_of_a_line_and_ends_in_time(name: str, told: str) -> None:
    assert shown(name) == told
    verdict = FileVerdict(
        "a.pdf", (unsure("unsealed", Sub.SIG_CONSTRAINTS_FAILURE),), (replace(SIGNATURE, signer=name),)
    )
    assert told in [each.who for each in describe(verdict, is_own_clock=lambda _: False).signatures]


@pytest.mark.parametrize(
    ("custody", "kind"), [(KeyCustody.SERVER, "platform"), (KeyCustody.EXTERNAL, "person"), (None, "person")]
)
def test_who_certifies_a_file_of_ones_own_is_no_platform(custody: KeyCustody | None, kind: str) -> None:
    anchor = Anchor("A Root", "CN=A Root", "0" * 64)
    certified = replace(SIGNATURE, certification=True, key_custody=custody, anchor=anchor)
    words = describe(FileVerdict("a.pdf", (), (certified,)), is_own_clock=lambda _: False)
    assert [each.kind for each in words.signatures] == [kind]
