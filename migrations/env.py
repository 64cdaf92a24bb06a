"""Alembic's entry: runs on the connection that web.migrate hands over, never on one of its own."""

from __future__ import annotations

from alembic import context

from web import migrate

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=migrate.metadata(),
    # SQLite's DDL is transactional under BEGIN IMMEDIATE; Alembic assumes that the driver commits in between.
    transactional_ddl=True,
    render_as_batch=True,
    compare_type=True,
    render_item=migrate.render_item,
    include_object=migrate.include_object,
)
with context.begin_transaction():
    context.run_migrations()
