"""Mails that look alike: a greeting, some paragraphs, facts in a table, one button; as text and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core import i18n, paths
from core.outbox import Attachment, Mail


@dataclass(frozen=True)
class Button:
    """The one thing that the reader is asked to do."""

    text: str
    url: str


@dataclass(frozen=True)
class Item:
    """One thing of a list: what it is, what is to be known of it, and the page where it is found."""

    title: str
    note: str
    url: str = ""


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(paths.templates() / "emails"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def compose(
    subject: str,
    paragraphs: Sequence[str],
    *,
    facts: Sequence[tuple[str, str]] = (),
    items: Sequence[Item] = (),
    button: Button | None = None,
    big: str = "",
    also: Item | None = None,
    after: Sequence[str] = (),
    demo: bool | str = False,
    attachments: tuple[Attachment, ...] = (),
    picture: tuple[str, Attachment] | None = None,
) -> Mail:
    """A mail in the current locale; `items` are listed one below the other; `big` is a code shown large, `picture`
    (what it is, the file) one below it; below the button stand `also`, one more thing to do, and the paragraphs
    `after`. `demo` marks it; the mark `rehearsal` begins its subject, too."""
    mark = i18n.t("common-demo-mark") if demo else ""
    if demo == "rehearsal":
        mark, subject = i18n.t("mail-rehearsal-first"), i18n.t("mail-rehearsal-subject", subject=subject)
    html = (
        _environment()
        .get_template("letter.html")
        .render(
            subject=subject,
            paragraphs=paragraphs,
            facts=facts,
            items=items,
            button=button,
            big=big,
            picture=picture[0] if picture else "",
            also=also,
            after=after,
            mark=mark,
            locale=i18n.current(),
            sender=i18n.t("mail-sender"),
        )
    )
    blocks = [
        mark,
        *paragraphs,
        "\n".join(i18n.t("mail-fact", label=label, value=value) for label, value in facts),
        *(_told(each) for each in items),
        big,
    ]
    blocks += [
        i18n.t("mail-fact", label=button.text, value="\n" + button.url) if button else "",
        _told(also) if also else "",
        *after,
        "— " + i18n.t("mail-sender"),
    ]
    return Mail(
        subject,
        "\n\n".join(block for block in blocks if block) + "\n",
        html,
        attachments,
        picture[1] if picture else None,
    )


def _told(item: Item) -> str:
    return "\n".join(filter(None, (item.title, item.note, item.url)))
