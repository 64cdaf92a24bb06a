"""Use cases of registrations, as other features and the pages call them; each is one transaction."""

from __future__ import annotations

from events.registration.registering import register
from events.registration.values import Changes, Registered, Registering, clean_code, clean_email

__all__ = [
    "Changes",
    "Registered",
    "Registering",
    "clean_code",
    "clean_email",
    "register",
]
