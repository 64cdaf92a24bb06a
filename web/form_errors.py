"""What is wrong with the fields of the page that is being made, gathered as they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FieldError:
    """A field by the id that takes the focus, its label, and its sentences."""

    id: str
    label: str
    sentences: tuple[str, ...]


@dataclass
class FormErrors:
    """One page's; templates know it as `form_errors` (components/forms.html fills it, the layouts print it)."""

    found: list[FieldError] = field(default_factory=list)

    def add(self, id: str, label: str, sentences: Sequence[str] | None) -> str:
        """Remember what is wrong with a field; gives the empty text, so that a template can say it in passing."""
        if sentences:
            self.found.append(FieldError(id, label, tuple(sentences)))
        return ""
