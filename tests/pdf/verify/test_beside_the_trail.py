"""What stands beside the trail of a kit: personal values that may be deleted, and the SM2 signature over its head."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import pytest
import rfc8785

from pdf.pki.sm2 import Sm2Key, new_sm2_key
from pdf.verify import FileVerdict, Indication, verify_file
from tests.pdf.verify import kits

SALT = "00112233445566778899aabbccddeeff"
PLACE, REASON = "成都", "条款不符"


def line(seq: int, field: str, value: str, salt: str = SALT) -> bytes:
    return rfc8785.dumps({"seq": seq, "field": field, "salt": salt, "value": value}) + b"\n"


def held(value: str, salt: str = SALT) -> dict[str, str]:
    return {"private": hashlib.sha256(rfc8785.dumps({"salt": salt, "value": value})).hexdigest()}


@lru_cache(maxsize=1)
def sm2_key() -> Sm2Key:
    return new_sm2_key()


@lru_cache(maxsize=1)
def _whole() -> tuple[tuple[str, bytes], ...]:
    pdf = kits.agreement()
    sealed = {"agreement": "XM-01", "final_digest": hashlib.sha256(pdf).hexdigest(), "signatures": 3}
    entries = kits.chain(
        [
            ("consent.given", {"place": held(PLACE), "text": "v1"}),
            ("agreement.declined", {"reason": held(REASON)}),
            ("agreement.sealed", sealed),
        ]
    )
    content = kits.files(pdf, entries)
    head = kits.head_of(content)
    content |= {"trail.sm2": sm2_key().sign(head.encode()), "pki/trail-sm2.pem": sm2_key().public.to_pem()}
    return tuple({**content, **kits.manifest(content, head)}.items())


def whole(private: bytes | None = line(1, "data.place", PLACE) + line(2, "data.reason", REASON)) -> kits.Files:
    return dict(_whole()) | ({} if private is None else {"private.jsonl": private})


def signed_anew(content: kits.Files) -> FileVerdict:
    listed = {path: data for path, data in content.items() if not path.startswith(("manifest.", "private."))}
    return kits.judged({**listed, **kits.manifest(listed, kits.head_of(content))})


def test_personal_values_that_fit_and_the_key_of_the_head_are_shown() -> None:
    verdict = kits.judged(whole())
    assert (verdict.verdict, verdict.reasons) == (Indication.TOTAL_PASSED, ())
    assert verdict.trail is not None
    shown = verdict.trail.to_json()
    assert shown["private"] == {"kept": 2, "gone": []}
    assert shown["sm2_key"] == sm2_key().public.fingerprint


@pytest.mark.parametrize(
    ("private", "gone"),
    [
        (None, ["1 data.place", "2 data.reason"]),
        (b"", ["1 data.place", "2 data.reason"]),
        (line(2, "data.reason", REASON), ["1 data.place"]),
    ],
    ids=["the file", "every line", "one line"],
)
def test_what_was_deleted_is_named_and_the_kit_passes(private: bytes | None, gone: list[str]) -> None:
    verdict = kits.judged(whole(private))
    assert (verdict.verdict, verdict.reasons) == (Indication.TOTAL_PASSED, ())
    assert verdict.trail is not None
    assert list(verdict.trail.private_gone) == gone


@pytest.mark.parametrize(
    ("private", "wanted"),
    [
        (line(1, "data.place", "上海"), ("private-changed", 1)),
        (line(1, "data.place", PLACE, salt=SALT[::-1]), ("private-changed", 1)),
        (line(2, "data.place", PLACE), ("private-added", 2)),
        (line(1, "data.text", "v1"), ("private-added", 1)),
        (line(1, "data.place", PLACE) * 2, ("private-added", 1)),
        (line(1, "data.place", PLACE)[:-1], ("private-malformed", 1)),
        (b'{"seq": 1}\n', ("private-malformed", 1)),
        (line(1, "data.place", PLACE).replace(b":", b": "), ("private-malformed", 1)),
        (line(1, "data.place", PLACE).replace(b'"seq":1', b'"seq":true'), ("private-malformed", 1)),
    ],
    ids=["value", "salt", "entry", "place", "twice", "cut", "keys", "not canonical", "number"],
)
def test_a_personal_value_that_does_not_fit_is_named(private: bytes, wanted: tuple[str, object]) -> None:
    verdict = kits.judged(whole(private))
    assert verdict.verdict is Indication.TOTAL_FAILED
    assert kits.reasons(verdict) == [wanted]


def test_an_sm2_signature_over_another_head_fails_even_under_a_good_manifest() -> None:
    assert kits.reasons(signed_anew(whole() | {"trail.sm2": sm2_key().sign(b"0" * 64)})) == [("trail-sm2", None)]
    assert kits.reasons(signed_anew(whole() | {"trail.sm2": b"\x30\x00"})) == [("trail-sm2", None)]
    assert signed_anew(whole()).reasons == ()


def with_another_key() -> kits.Files:
    """As a forger would: the head signed by a key of the forger's own."""
    content, key = whole(), new_sm2_key()
    head = kits.head_of(content)
    return content | {"trail.sm2": key.sign(head.encode()), "pki/trail-sm2.pem": key.public.to_pem()}


def test_the_key_of_a_kit_whose_key_was_exchanged_is_not_shown_as_its_own() -> None:
    verdict = kits.judged(with_another_key())
    assert sorted(kits.reasons(verdict)) == [("file-changed", "pki/trail-sm2.pem"), ("file-changed", "trail.sm2")]
    assert verdict.trail is not None
    assert verdict.trail.sm2_key is None


def test_a_kit_from_an_unknown_platform_shows_the_key_to_be_compared() -> None:
    verdict = verify_file(kits.zipped(whole()), name="kit.zip", anchors=())
    assert verdict.verdict is Indication.INDETERMINATE
    assert verdict.trail is not None
    assert verdict.trail.sm2_key == sm2_key().public.fingerprint


@pytest.mark.parametrize("path", ["trail.sm2", "pki/trail-sm2.pem"])
def test_half_of_an_sm2_signature_fails(path: str) -> None:
    content = whole()
    del content[path]
    assert kits.reasons(signed_anew(content)) == [("trail-sm2", None)]


def test_a_key_that_is_none_fails_by_name() -> None:
    p256 = b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
    assert kits.reasons(signed_anew(whole() | {"pki/trail-sm2.pem": p256})) == [("trail-sm2", None)]
