"""The text of a badge's code: what is made is read, and what is anything else is refused by its name."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core import ids
from core.errors import Refusal
from events.badges import qr
from events.badges.qr import BadgePrint

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))
KEYS = {name: bytes.fromhex(raw) for name, raw in VECTORS["keys"].items()}
KEY = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)  # the first key of the vectors
KEY_ID = hashlib.sha256(KEY.public_key().public_bytes_raw()).hexdigest()[:16]


def check(text: str) -> BadgePrint:
    return qr.check(text, keys=KEYS, conference_id=VECTORS["conference"])


@pytest.mark.parametrize("vector", VECTORS["good"], ids=lambda vector: vector["number"])
def test_a_badge_of_the_vectors_is_read(vector: dict[str, Any]) -> None:
    found = check(vector["text"])
    assert found == BadgePrint(VECTORS["conference"], vector["registration"], vector["number"])


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["what"])
def test_anything_else_is_refused_by_its_name(vector: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refusal:
        check(vector["text"])
    assert refusal.value.code == vector["code"]


def test_what_is_made_now_is_the_text_of_the_vectors() -> None:
    first = VECTORS["good"][0]
    badge = BadgePrint(VECTORS["conference"], first["registration"], first["number"])
    assert qr.make(badge, key_id=KEY_ID, sign=KEY.sign) == first["text"]


def test_ids_come_back_as_they_were() -> None:
    for _ in range(50):
        badge = BadgePrint(ids.new("cnf"), ids.new("reg"), 7)
        text = qr.make(badge, key_id=KEY_ID, sign=KEY.sign)
        assert qr.check(text, keys=KEYS, conference_id=badge.conference_id) == badge


def test_no_character_can_be_another() -> None:
    text = VECTORS["good"][0]["text"]
    for place in range(4, len(text)):
        with pytest.raises(Refusal):
            check(text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :])


@pytest.mark.parametrize(
    "badge",
    [
        BadgePrint("cnf_short", ids.new("reg"), 1),
        BadgePrint(ids.new("reg"), ids.new("reg"), 1),
        BadgePrint(ids.new("cnf"), "reg_8zzzzzzzzzzzzzzzzzzzzzzzzz", 1),
        BadgePrint(ids.new("cnf"), ids.new("reg"), 0),
        BadgePrint(ids.new("cnf"), ids.new("reg"), 65536),
    ],
    ids=["too short", "another kind", "more than 128 bits", "no print", "too many prints"],
)
def test_what_does_not_fit_is_not_made(badge: BadgePrint) -> None:
    with pytest.raises(ValueError, match=r"no id|print number"):
        qr.make(badge, key_id=KEY_ID, sign=KEY.sign)
