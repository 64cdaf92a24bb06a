"""Files that came with a form: kept for good with one that went through, and within bounds, for some hours, with one
that did not, so that they need not be chosen again. A stranger's forms must not fill the disk."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from core import config, limits
from core.errors import Problem, TooMany
from events.registration import answer_files
from events.registration.answer_files import NewFile
from events.registration.answer_rules import path

MOST_OF_A_NETWORK = 10  # files an hour whose form did not go through
_WINDOW = timedelta(hours=1)


def keep(conference_id: str, new: Collection[NewFile], answers: Mapping[str, Any]) -> None:
    """Keep those of these files that are answers: their form is complete, and is sent on next."""
    for each in new:
        if answers.get(each.question_key) == each.as_answer():
            answer_files.keep(conference_id, each)


def hold(conference_id: str, new: Collection[NewFile], *, network: str) -> frozenset[str]:
    """Keep files of a form that something else is wrong with, within the bounds; the keys of questions whose file must
    be chosen again."""
    lost = set()
    for each in new:
        if _is_within(network, each.bytes):
            answer_files.keep(conference_id, each)
        else:
            lost.add(each.question_key)
    return frozenset(lost)


def let_go(new: Collection[NewFile], *, network: str) -> frozenset[str]:
    """As `hold`, of files that `keep` took, whose form was refused after all."""
    gone = [each for each in new if not _is_within(network, 0)]
    if gone:
        answer_files.forget_unclaimed([each.id for each in gone])
    return frozenset(each.question_key for each in gone)


def _is_within(network: str, more: int) -> bool:
    """Whether nobody's files may become so many bytes more; counts one file of this network."""
    if answer_files.unclaimed_bytes() + more > config.settings().max_unclaimed_bytes:
        return False
    try:
        limits.hit("kept_files", network, limit=MOST_OF_A_NETWORK, per=_WINDOW)
    except TooMany:
        return False
    return True


def again(lost: Collection[str]) -> Sequence[Problem]:
    """What is said beside the questions whose file is not here any more."""
    return [Problem(path(key), "file_again") for key in sorted(lost)]
