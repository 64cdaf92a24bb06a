"""The mail that carries a personal invitation."""

from __future__ import annotations

from typing import Any

from core import config, i18n
from core.i18n import t
from core.jobs import Hopeless
from core.letters import Button, compose
from core.outbox import Mail, renders
from events.registration import invitation_queries as queries
from events.registration import invitation_service as service
from events.registration import signup_board
from events.registration.invitation_rules import InvitationState


@renders(service.MAIL, many=True)
def invitation(payload: dict[str, Any]) -> Mail:
    """Who is invited to what, and the link by which they register. Raises Hopeless where it is no longer open."""
    person = queries.get_invitation(payload["invitation"])
    if person.state is not InvitationState.SENT or not person.email:
        raise Hopeless("the invitation has been answered or deleted", reason="too_late")
    found = signup_board.front_of(person.conference_id)
    if signup_board.why_closed(found):
        raise Hopeless("registration is closed", reason="too_late")
    link = f"{config.settings().base_url}/c/{found.published.code}/invited/{service.write_link(person.id)}"
    purpose = i18n.pick(found.published.snapshot["conference"]["purpose"])
    return compose(
        t("invitation-mail-subject", title=found.title),
        [
            t("mail-greeting", name=person.name),
            t("invitation-mail-words", title=found.title),
            *([purpose] if purpose else []),
        ],
        facts=[(t("invitation-mail-when"), found.when), (t("invitation-mail-where"), found.where)],
        button=Button(t("invitation-mail-button"), link),
        after=[t("invitation-mail-personal")],
        demo=found.published.is_demo,
    )
