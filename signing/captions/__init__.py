"""Captions: what interpreters type, line by line, for the stage, observers and seats (docs/decisions/0036)."""
