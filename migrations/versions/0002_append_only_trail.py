"""The audit trail and the log of scans refuse UPDATE, DELETE and TRUNCATE.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Kept as they were when this revision was made; tests/web/test_migrations.py compares with core.audit.TRIGGERS.
STATEMENTS = {
    "sqlite": (
        "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
        "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
        # INSERT OR REPLACE deletes without the delete trigger.
        "CREATE TRIGGER audit_entry_no_replace BEFORE INSERT ON audit_entry "
        "WHEN EXISTS (SELECT 1 FROM audit_entry WHERE chain = NEW.chain AND seq = NEW.seq) "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
        "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()",
        "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()",
    ),
}

# As events.checkin.models.TRIGGERS; tests/events/checkin/test_log.py compares.
OF_SCANS = {
    "sqlite": (
        "CREATE TRIGGER scan_no_update BEFORE UPDATE ON scan "
        "BEGIN SELECT RAISE(ABORT, 'the scan log is append-only'); END",
        "CREATE TRIGGER scan_no_delete BEFORE DELETE ON scan "
        "BEGIN SELECT RAISE(ABORT, 'the scan log is append-only'); END",
        # INSERT OR REPLACE deletes without the delete trigger.
        "CREATE TRIGGER scan_no_replace BEFORE INSERT ON scan "
        "WHEN EXISTS (SELECT 1 FROM scan WHERE id = NEW.id OR nonce = NEW.nonce) "
        "BEGIN SELECT RAISE(ABORT, 'the scan log is append-only'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION scan_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the scan log is append-only'; END $$",
        "CREATE TRIGGER scan_no_change BEFORE UPDATE OR DELETE ON scan FOR EACH ROW EXECUTE FUNCTION scan_refuse()",
        "CREATE TRIGGER scan_no_truncate BEFORE TRUNCATE ON scan FOR EACH STATEMENT EXECUTE FUNCTION scan_refuse()",
    ),
}


def upgrade() -> None:
    for statement in STATEMENTS[op.get_bind().dialect.name]:
        op.execute(statement)
    for statement in OF_SCANS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("the trail stays append-only")
