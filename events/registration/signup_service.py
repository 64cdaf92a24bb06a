"""What other features show of registering."""

from __future__ import annotations

from typing import Any

from events.registration import signup_board


def list_places_left(code: str) -> dict[str, list[dict[str, Any]]]:
    """By the key of a venue: which people may still come ({"audience", "words"}); nothing where nobody can register.

    Raises NotFound.
    """
    return signup_board.public_places(signup_board.front(code))
