"""The product with one fault, to show that the drill sees it: it says "signed" a moment before that is kept.

`python -m tests.journeys.unsafe_server serve --port …`
"""

from __future__ import annotations

import threading

from flask import Flask, current_app

from core import clock
from signing.agreements import queries, signing
from signing.agreements.preparing import Signed
from signing.agreements.signing import Made
from web.cli import main

LATE_SECONDS = 0.15
_append = signing._append


def acknowledge_first(seat_id: str, signing_id: str, agreement_id: str, made: Made, *, address: str) -> Signed:
    """What `_append` does, only later."""
    revision = queries.get_agreement(agreement_id).head_revision + 1
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def keep() -> None:
        with app.app_context():
            _append(seat_id, signing_id, agreement_id, made, address=address)

    threading.Timer(LATE_SECONDS, keep).start()
    return Signed(revision=revision, signed_at=clock.now(), digest=made.digest, level="B-T", key_custody="client")


if __name__ == "__main__":
    signing._append = acknowledge_first
    main()
