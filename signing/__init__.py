"""Agreements, ceremonies, seals and evidence."""
