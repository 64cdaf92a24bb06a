"""Reads of a ceremony's look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.db import db
from signing.screens import rules
from signing.screens.models import CeremonyLook
from signing.screens.rules import Theme, Tones, tones

LEAST_CONTRAST = rules.LEAST_CONTRAST


@dataclass(frozen=True)
class Look:
    """How the screens of a ceremony look; `colour` is empty for the product's own."""

    seq: int = 0
    colour: str = ""
    theme: Theme = Theme.DARK
    emblem_digest: str | None = None

    def tones(self, theme: Theme) -> Tones | None:
        """The colours for one theme; None for the product's own."""
        return tones(self.colour, theme) if self.colour else None

    def theme_for(self, asked: str | None) -> Theme:
        """The theme that a reader asked for, else the ceremony's."""
        return Theme(asked) if asked in tuple(Theme) else self.theme

    @property
    def corrected(self) -> dict[str, str]:
        """By theme, the colour that is shown where the organiser's own could not be read."""
        made = {str(theme): self.tones(theme) for theme in Theme}
        return {theme: each.accent for theme, each in made.items() if each and each.corrected}

    @property
    def style(self) -> str:
        """A style sheet that gives both themes their colours; of what was typed it holds six hex digits."""
        rules = []
        for theme in Theme:
            made = self.tones(theme)
            if made:
                rules.append(
                    f".stage-{theme}{{{''.join(f'--st-{name}:{value};' for name, value in made.values.items())}}}"
                )
        return "".join(rules)

    @property
    def emblem_url(self) -> str | None:
        return f"/emblems/{self.emblem_digest}.png" if self.emblem_digest else None


def get_look(ceremony_id: str) -> Look:
    """The look of a ceremony, its own or the product's."""
    row = db.session.get(CeremonyLook, ceremony_id)
    if row is None:
        return Look()
    return Look(row.seq, row.colour, row.theme, row.emblem_digest)


def public_look(ceremony_id: str) -> dict[str, Any]:
    """What the stage's state says of it."""
    look = get_look(ceremony_id)
    return {"seq": look.seq, "emblem_url": look.emblem_url}


def is_emblem(digest: str) -> bool:
    """Whether some ceremony shows this picture now."""
    return db.session.scalar(select(CeremonyLook.seq).filter_by(emblem_digest=digest).limit(1)) is not None
