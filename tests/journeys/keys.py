"""A host who has nothing but a keyboard: Tab to a control, press it; every stop on the way must be seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Page

MOST_STOPS = 250
# The control that has the focus, and whether who looks can see that it has; nothing where no control has it.
STOP = """selector => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const shown = at.matches('input[type=file]') ? at.nextElementSibling ?? at : at;
  const look = getComputedStyle(shown), box = shown.getBoundingClientRect();
  const ring = look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 1;
  const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {
    what: at.outerHTML.slice(0, 160),
    isSeen: ring && inside,
    isThere: at.matches(selector),
    cue: at.closest('[data-cue]')?.dataset.cue ?? '',
    part: at.closest('#lead-card') ? 'lead' : at.closest('[data-cue]') ? 'cues' : 'page',
  };
}"""


@dataclass(frozen=True)
class Stop:
    """Where Tab stopped: the cue of whose row it is part, and the part of the page."""

    cue: str
    part: str


@dataclass
class Keys:
    """The keyboard of a page, and all that could not be seen to have the focus."""

    page: Page
    unseen: list[str] = field(default_factory=list)

    def to(self, selector: str, *, back: bool = False) -> list[Stop]:
        """Tab until the control that this finds has the focus; returns the stops on the way."""
        self.page.wait_for_selector(selector)
        stops: list[Stop] = []
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            found = self.page.evaluate(STOP, selector)
            if found is None:
                continue
            if not found["isSeen"]:
                self.unseen.append(found["what"])
            stops.append(Stop(found["cue"], found["part"]))
            if found["isThere"]:
                return stops
        raise AssertionError(f"{selector} is never reached: {stops[-1]}")

    def press(self, selector: str, key: str = "Enter", *, back: bool = False) -> None:
        self.to(selector, back=back)
        self.page.keyboard.press(key)

    def type_into(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.type(text)

    def at(self) -> str:
        """The id of the control that has the focus."""
        return str(self.page.evaluate("document.activeElement.id"))
