"""Witnesses: people with a link of their own who look on and confirm that every place has the same record."""
