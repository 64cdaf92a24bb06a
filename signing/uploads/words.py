"""What is said of a file that is being taken in, and of one that was refused, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from core import i18n
from core.errors import Invalid, Refusal
from core.i18n import t
from core.jobs import JobTrouble
from signing.uploads.queries import ArrivalView

_QUARTER = 25  # percent: so often screen readers are told


@dataclass(frozen=True)
class Arriving:
    """Sentences for a page: `now` says what is being done, `spoken` the same and how much is done, seldom enough to be
    read aloud; `page` of `pages` (0: not known yet); `trouble` where it keeps failing."""

    name: str
    kilobytes: int
    now: str
    spoken: str
    page: int
    pages: int
    percent: int
    trouble: str


def of_arrival(arrival: ArrivalView, trouble: JobTrouble | None) -> Arriving:
    """What a host sees while a file is being taken in."""
    now = t(f"upload-step-{arrival.step}")
    done = arrival.percent // _QUARTER * _QUARTER
    return Arriving(
        name=arrival.name,
        kilobytes=max(1, round(arrival.bytes / 1000)),
        now=now,
        spoken=t("upload-spoken", now=now, percent=done) if done else now,
        page=arrival.page,
        pages=arrival.pages,
        percent=arrival.percent,
        trouble=_trouble(trouble) if trouble else "",
    )


def _trouble(trouble: JobTrouble) -> str:
    why_id = f"trouble-why-{trouble.reason}"
    why = t(why_id) if trouble.reason and i18n.has(why_id) else t("trouble-why-unknown")
    return t("upload-trouble" if trouble.next_at else "upload-given-up", why=why, tries=trouble.tries)


def of_refusal(refusal: Refusal | None) -> dict[str, str] | None:
    """`what` is wrong with a file, and what to do `next`."""
    if refusal is None:
        return None
    if isinstance(refusal, Invalid):
        return {"what": " ".join(t(each.message_id, **each.params) for each in refusal.problems), "next": ""}
    return {"what": t(refusal.message_id, **refusal.params), "next": t(refusal.next_id, **refusal.params)}
