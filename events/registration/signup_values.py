"""Files and texts of a form together: what came with it, and what it named from an earlier try."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.errors import Invalid, Problem
from events.registration import answer_files, sent_files
from events.registration.answer_files import NewFile
from events.registration.answer_rules import Typed
from events.registration.question_rules import Question, QuestionKind

__all__ = ["Sent", "Typed", "Upload", "with_files"]


class Upload(Protocol):
    """An uploaded file as the request has it."""

    filename: str | None

    def read(self) -> bytes:
        """The whole content."""
        ...


@dataclass(frozen=True)
class Sent:
    """What a form brought: texts, and files as answers; what is wrong with files; and the new ones, not kept yet."""

    typed: Typed
    problems: tuple[Problem, ...]
    new: tuple[NewFile, ...]

    def without(self, lost: Collection[str]) -> Typed:
        """What is shown again where the files of these questions are not here any more."""
        return Typed(self.typed.texts, {key: file for key, file in self.typed.files.items() if key not in lost})


def with_files(
    conference_id: str,
    questions: Sequence[Question],
    texts: Mapping[str, Sequence[str]],
    *,
    uploads: Mapping[str, Any],
    kept: Mapping[str, str],
    before: Mapping[str, Any] | None = None,
) -> Sent:
    """Texts with the files that answer questions: a new one (`q_<key>` of `uploads`), else one that the form sent
    before (`kept_<key>`), else that of `before`, the answers that there are."""
    files: dict[str, Mapping[str, Any]] = {}
    problems: list[Problem] = []
    new: list[NewFile] = []
    for question in questions:
        if question.kind is not QuestionKind.FILE:
            continue
        key = question.key
        upload: Upload | None = uploads.get(f"q_{key}")
        is_new = upload is not None and bool(upload.filename)
        token = kept.get(f"kept_{key}", "")
        earlier = answer_files.find_kept(conference_id, key, token)
        if earlier is not None:
            files[key] = earlier.as_answer()
        elif before and key in before:
            files[key] = before[key]
        elif token and not is_new:
            problems += sent_files.again([key])  # it was shown as here already, and was removed since
        if upload is None or not is_new:
            continue
        try:
            made = answer_files.look_at(key, name=upload.filename, content=upload.read())
        except Invalid as invalid:
            problems += invalid.problems
            continue
        new.append(made)
        files[key] = made.as_answer()
    return Sent(Typed(texts, files), tuple(problems), tuple(new))
