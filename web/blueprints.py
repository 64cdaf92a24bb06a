"""What the application is put together from. A feature adds its line here, and nothing elsewhere in web/."""

from __future__ import annotations

from accounts.access import Role
from web.navigation import Entry

# "module:name of the blueprint".
BLUEPRINTS = (
    "web.pages:bp",
    "accounts.views:bp",
    "accounts.staff_views:bp",
    "signing.seats.views:bp",
    "signing.seats.api:bp",
    "signing.seats.certificates_api:bp",
    "signing.seats.certificates_views:bp",
    "signing.agreements.api:bp",
    "signing.ceremonies.views:bp",
    "signing.ceremonies.import_views:bp",
    "signing.ceremonies.plan_views:bp",
    "signing.ceremonies.frozen_views:bp",
    "signing.ceremonies.preview_views:bp",
    "signing.ceremonies.invite_views:bp",
    "signing.ceremonies.discard_views:bp",
    "signing.ceremonies.api:bp",
    "signing.ceremonies.plan_api:bp",
    "signing.ceremonies.stage_views:bp",
    "signing.ceremonies.link_views:bp",
    "signing.ceremonies.trouble_views:bp",
    "signing.ceremonies.trouble_api:bp",
    "signing.uploads.views:bp",
    "signing.uploads.api:bp",
    "signing.seals.views:bp",
    "signing.seals.api:bp",
    "signing.evidence.views:bp",
    "signing.evidence.verify_views:bp",
    "signing.evidence.code_views:bp",
    "events.conferences.import_views:bp",
    "events.conferences.views:bp",
    "events.conferences.part_views:bp",
    "events.conferences.team_views:bp",
    "events.conferences.public_views:bp",
    "events.conferences.api:bp",
    "events.registration.views:bp",
    "events.registration.people_views:bp",
    "events.registration.group_views:bp",
    "events.registration.api:bp",
    "events.checkin.views:bp",
    "events.checkin.door_views:bp",
    "events.checkin.clerk_views:bp",
    "events.checkin.api:bp",
    "events.registration.question_views:bp",
    "events.registration.invitation_views:bp",
    "events.registration.signup_views:bp",
    "events.registration.self_views:bp",
)

# Only where YUNQIAN_DEMO is set.
DEMO_BLUEPRINTS = ("web.demo.views:bp",)

# Modules that must be imported for what they register: tables, mails, jobs.
REGISTERED = (
    "core.audit",
    "core.jobs",
    "core.limits",
    "core.live",
    "core.outbox",
    "core.tokens",
    "accounts.models",
    "accounts.mails",
    "signing.agreements.models",
    "signing.agreements.stamping",
    "signing.agreements.work",
    "signing.ceremonies.models",
    "signing.ceremonies.ending_mails",
    "signing.ceremonies.mails",
    "signing.ceremonies.troubles",
    "signing.ceremonies.work",
    "signing.evidence.mails",
    "signing.evidence.models",
    "signing.evidence.forgetting",
    "signing.evidence.renewal",
    "signing.evidence.work",
    "signing.uploads.models",
    "signing.seals.models",
    "signing.seats.models",
    "signing.seats.mails",
    "events.conferences.models",
    "events.registration.models",
    "events.registration.jobs",
    "events.registration.mails",
    "events.badges.models",
    "events.checkin.models",
    "events.checkin.counters",
    "events.registration.question_models",
    "events.registration.invitation_models",
    "events.registration.invitation_mails",
    "events.registration.answer_files",
    "events.registration.privacy_service",
)

# Staff navigation, in order; the first that an account may open is its start page.
NAVIGATION = (
    Entry(
        "ceremonies.list_ceremonies",
        "ceremonies-title",
        frozenset({Role.HOST, Role.ADMINISTRATOR, Role.AUDITOR}),
    ),
    Entry(
        "conferences.list_conferences",
        "conferences-title",
        frozenset({Role.ORGANISER, Role.ADMINISTRATOR, Role.AUDITOR}),
    ),
    Entry("clerk.list_own", "checkin-title", frozenset({Role.CLERK})),
    Entry("staff.list_accounts", "accounts-nav-staff", frozenset({Role.ADMINISTRATOR})),
    Entry("accounts.show_own", "accounts-nav-own"),
)
