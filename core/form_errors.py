"""What is wrong with a form, by field, in the reader's language."""

from __future__ import annotations

from core.errors import Invalid
from core.i18n import t


def by_field(invalid: Invalid) -> dict[str, list[str]]:
    """The sentences of a form's problems by the name of the field; those of a list stand at the list."""
    errors: dict[str, list[str]] = {}
    for each in invalid.problems:
        name = each.path.removeprefix("$.").partition("[")[0]
        errors.setdefault(name, []).append(t(each.message_id, **each.params))
    return errors
