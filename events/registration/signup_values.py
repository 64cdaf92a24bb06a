"""Files and texts of a form together: what came with it, and what it named from an earlier try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from core.errors import Invalid, Problem
from events.registration import answer_files
from events.registration.answer_rules import Typed
from events.registration.question_rules import Question, QuestionKind

__all__ = ["Typed", "Upload", "with_files"]


class Upload(Protocol):
    """An uploaded file as the request has it."""

    filename: str | None

    def read(self) -> bytes:
        """The whole content."""
        ...


def with_files(
    conference_id: str,
    questions: Sequence[Question],
    texts: Mapping[str, Sequence[str]],
    *,
    uploads: Mapping[str, Any],
    kept: Mapping[str, str],
    before: Mapping[str, Any] | None = None,
) -> tuple[Typed, list[Problem]]:
    """Texts with the files that answer questions: a new one (`q_<key>` of `uploads`), else one that the form sent
    before (`kept_<key>`), else that of `before`, the answers that there are. And what is wrong with new ones."""
    files: dict[str, Mapping[str, Any]] = {}
    problems: list[Problem] = []
    for question in questions:
        if question.kind is not QuestionKind.FILE:
            continue
        key = question.key
        earlier = answer_files.find_kept(conference_id, key, kept.get(f"kept_{key}", ""))
        if earlier is not None:
            files[key] = earlier.as_answer()
        elif before and key in before:
            files[key] = before[key]
        upload: Upload | None = uploads.get(f"q_{key}")
        if upload is None or not upload.filename:
            continue
        try:
            made = answer_files.keep(conference_id, key, name=upload.filename, content=upload.read())
            files[key] = made.as_answer()
        except Invalid as invalid:
            problems += invalid.problems
    return Typed(texts, files), problems
