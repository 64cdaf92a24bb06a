"""Conferences: the room is marked out in docs/architecture.md."""
