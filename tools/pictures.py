"""Photographs of pages: each in both languages, on a desktop and on a phone; and what of them goes to the documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image
from playwright.sync_api import Page

from tests.journeys.people import DESKTOP, PHONE, Host, World
from tools.findings import ROOT

OUT = ROOT / "var" / "screenshots"
PICTURES = ROOT / "docs" / "pictures"
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
MACHINES: dict[str, dict[str, Any]] = {"desktop": DESKTOP, "phone": PHONE}
_DESKTOP = 1000  # pixels: what is narrower shows a phone
LARGEST = 300_000  # bytes of a picture in the documents
_FADE = 72  # pixels in which a longer page fades away, so that nobody takes it to end there


@dataclass
class Camera:
    """Takes a page to a path and keeps its picture; one for each language and kind of machine."""

    world: World
    page: Page
    suffix: str

    def take(self, name: str, path: str | None = None, *, ready: str = "h1", whole: bool = True) -> None:
        """`ready` is what must be there before the picture is taken; `path` None photographs the page as it is."""
        if path is not None:
            self.page.goto(self.world.url + path)
        self.page.wait_for_selector(ready)
        self.page.evaluate("document.fonts.ready.then(() => true)")
        OUT.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=OUT / f"{name}-{self.suffix}.png", full_page=whole)


def on_each_machine(world: World, shoot: Callable[[Camera, Host], None]) -> None:
    """Once in each language on a desktop and a phone, as the host."""
    for language, locale in LANGUAGES.items():
        for machine, options in MACHINES.items():
            host = Host(world, **{**options, "locale": locale})
            host.sign_in()
            shoot(Camera(world, host.page, f"{language}-{machine}"), host)
            world.close()


def keep_for_documents(chosen: Mapping[str, tuple[str, int]]) -> None:
    """Name in the documents → (picture of OUT, width): scaled, faded out below, as many colours as the size allows."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, (source, width) in chosen.items():
        image = Image.open(OUT / f"{source}.png").convert("RGB")
        height = round(image.height * width / image.width)
        longest = round(width * (2.2 if width < _DESKTOP else 1.25))
        image = image.resize((width, height), Image.Resampling.LANCZOS)
        image = image if height <= longest else _faded(image.crop((0, 0, width, longest)))
        file = PICTURES / f"{name}.png"
        for colours in (256, 128, 64, 32):
            image.quantize(colours, dither=Image.Dither.NONE).save(file, optimize=True)
            if file.stat().st_size <= LARGEST:
                break


def _faded(image: Image.Image) -> Image.Image:
    """The same, its foot going over into white."""
    veil = Image.linear_gradient("L").resize((image.width, _FADE))
    image.paste("white", (0, image.height - _FADE), veil)
    return image
