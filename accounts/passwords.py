"""Password hashes: argon2id through Flask-Security's password context. Needs the application's context."""

from __future__ import annotations

from functools import cache

from flask_security import hash_password, verify_password

from accounts import rules


def make_hash(password: str) -> str:
    """An argon2id hash with its salt and cost inside. Takes some 50 ms, so it stands outside transactions."""
    return str(hash_password(rules.clean_password(password)))


def matches(password: str, stored: str | None) -> bool:
    """Whether this is the password; without a stored hash the same time passes and the answer is no."""
    good = bool(verify_password(rules.clean_password(password), stored or _nobodys_hash()))
    return good and stored is not None


@cache
def _nobodys_hash() -> str:
    return make_hash("the password of nobody at all")
