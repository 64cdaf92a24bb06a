"""Names of the built scripts and styles, as templates ask for them: ``asset('js/stage.js')``."""

import json
from collections.abc import Callable
from pathlib import Path


class AssetsMissing(RuntimeError):
    """The pages' scripts and styles were not built, or one that a template names is not among them."""


def asset_urls(folder: Path, prefix: str = "/static/") -> Callable[[str], str]:
    """The Jinja global ``asset``: a source name ('css/app.css') in, the URL of its built file out.

    Reads ``folder/manifest.json`` (written by tools/build_assets.mjs) again whenever it has changed.
    The function raises AssetsMissing when there is no build, or no such file in it.
    """
    kept: tuple[int, dict[str, str]] | None = None

    def asset(name: str) -> str:
        nonlocal kept
        path = folder / "manifest.json"
        try:
            changed = path.stat().st_mtime_ns
            if kept is None or kept[0] != changed:
                kept = (changed, json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError as missing:
            raise AssetsMissing(f"{path} is not there: run `npm ci && npm run build`") from missing
        try:
            return prefix + kept[1][name]
        except KeyError:
            raise AssetsMissing(f"{name} is not in {path}: run `npm run build`") from None

    return asset
