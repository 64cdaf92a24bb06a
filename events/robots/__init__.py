"""Robots in chat groups, and webhooks, that hear what becomes of a conference's registrations."""
