"""Conferences held in several cities at once: conferences, registration, checkin (docs/architecture.md)."""
