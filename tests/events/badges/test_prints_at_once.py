"""Two desks that print one person's badge at the same moment give it two numbers, on both databases."""

from __future__ import annotations

import threading

from flask import Flask

from core.db import db
from events.badges import prints, queries
from events.badges.rules import BadgeLayout
from events.conferences.queries import ConferenceView
from events.registration import service as registration
from tests.support.conference import ORGANISER, someone

DESKS = 4


def test_no_two_prints_have_one_number(app: Flask, conference: ConferenceView) -> None:
    one = registration.register(conference.id, someone(conference), by=ORGANISER).id
    db.session.remove()
    gate, failed = threading.Barrier(DESKS), []

    def desk(number: int) -> None:
        gate.wait()
        with app.app_context():
            try:
                prints.ask(conference.id, [one], layout=BadgeLayout.LABEL_62, by=ORGANISER, reason=f"desk {number}")
            except Exception as error:  # noqa: BLE001 - told by the test itself
                failed.append(error)

    desks = [threading.Thread(target=desk, args=(number,)) for number in range(DESKS)]
    for each in desks:
        each.start()
    for each in desks:
        each.join()
    assert failed == []
    assert [each.number for each in queries.list_prints(one)] == list(range(1, DESKS + 1))
