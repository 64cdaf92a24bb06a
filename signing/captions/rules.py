"""What a line of captions may be, how long it stands, and what a cue's words offer of lines: pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import Conflict, Invalid, Problem

# The languages that captions can be in, each as those who read it call it.
LANGUAGES = {
    "zh-CN": "中文",
    "en": "English",
    "ja": "日本語",
    "ko": "한국어",
    "fr": "Français",
    "de": "Deutsch",
    "es": "Español",
    "pt": "Português",
    "it": "Italiano",
    "ru": "Русский",
    "ar": "العربية",
    "vi": "Tiếng Việt",
    "th": "ไทย",
    "id": "Bahasa Indonesia",
    "ms": "Bahasa Melayu",
    "kk": "Қазақ тілі",
}
MAX_LINKS = 8
MOST_BYTES = 4_096
LONGEST = 180  # units: a wide character (Chinese, Japanese, Korean) is two, any other one; two rows of the stage
LATE = timedelta(minutes=2)
_AHEAD = timedelta(minutes=1)
KEPT = 400  # lines of one link: what its rate lets through while observers may still see it, ten minutes later
FORGET = timedelta(hours=24)
AFTER_THE_END = timedelta(hours=1)
SHOWN = 2
_LEAST_SECONDS, _MOST_SECONDS, _SECONDS_PER_UNIT = 6.0, 24.0, 0.1
MOST_PREPARED = 24
_SENTENCES = re.compile(r"(?<=[。！？!?])|(?<=\.)\s+(?=[A-Z“\"])|\n")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True)
class Spoken:
    """What an interpreter sends. `client_id` is the page's own name for it; `replaces` the number of the line that it
    corrects, which it withdraws where `text` is empty."""

    client_id: str
    text: str
    typed_at: datetime
    replaces: int | None = None


@dataclass(frozen=True)
class Line:
    """A line that was taken."""

    number: int
    link_id: str
    client_id: str
    text: str
    said_at: datetime
    replaces: int | None

    @property
    def until(self) -> datetime:
        """From when on it is no longer shown: nobody may take an old line for what is being said."""
        return self.said_at + timedelta(
            seconds=min(_MOST_SECONDS, _LEAST_SECONDS + _SECONDS_PER_UNIT * units(self.text))
        )


def units(text: str) -> int:
    """How much room a text takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def clean(text: str) -> str:
    """The text in one line, without what cannot be seen: controls, marks of direction, characters without width."""
    spaced = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", text))
    seen = "".join(char for char in spaced if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    return " ".join(seen.split())


def check_length(text: str) -> None:
    """Raises Invalid `caption_too_long`."""
    if units(text) > LONGEST:
        raise Invalid([Problem("$.text", "caption_too_long", {"wide": LONGEST // 2, "narrow": LONGEST})])


def check_time(spoken: Spoken, *, now: datetime) -> None:
    """A line that was typed long ago is no longer what is being said. Raises Conflict `caption_late`."""
    if not -_AHEAD <= now - spoken.typed_at <= LATE:
        raise Conflict("caption_late")


def standing(lines: Iterable[Line]) -> list[Line]:
    """Of lines in their order, those that were neither corrected nor withdrawn."""
    told = list(lines)
    replaced = {line.replaces for line in told}
    return [line for line in told if line.number not in replaced and line.text]


def check_last(own: Sequence[Line], spoken: Spoken) -> None:
    """Only the newest of one's own lines can be corrected. Raises Conflict `caption_not_last`."""
    own = standing(own)
    if not own or own[-1].number != spoken.replaces:
        raise Conflict("caption_not_last")


def prepared(texts: Sequence[str], language: str) -> list[str]:
    """The sentences of a cue's words that are in the captions' language, each short enough for a line."""
    if language not in {"zh-CN", "en"}:
        return []
    found: dict[str, None] = {}
    for text in texts:
        for sentence in _SENTENCES.split(text):
            for part in _parts(clean(sentence)):
                if bool(_HAN.search(part)) is (language == "zh-CN") and any(char.isalnum() for char in part):
                    found.setdefault(part)
    return list(found)[:MOST_PREPARED]


def _parts(sentence: str) -> list[str]:
    """A sentence in pieces that fit, parted behind commas, else between words, else where it is full."""
    if units(sentence) <= LONGEST:
        return [sentence] if sentence else []
    fits = next(length for length in range(1, len(sentence)) if units(sentence[: length + 1]) > LONGEST)
    cut = max((sentence.rfind(mark, 0, fits) for mark in "，、,："), default=-1) + 1
    cut = cut or sentence.rfind(" ", 0, fits) + 1 or fits
    return [sentence[:cut].strip(), *_parts(sentence[cut:].strip())]
