"""Build hook: the folders that are not code go into the wheel as web/_data, where core.paths looks for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("templates", "static", "locales", "migrations", "examples")


class DataFolders(BuildHookInterface[Any]):
    """Asks for built pages, so that whoever installs the wheel needs no Node."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":  # read from the work tree instead
            return
        root = Path(self.root)
        missing = [name for name in FOLDERS if not (root / name).is_dir()]
        if missing:
            raise RuntimeError(f"Not there yet: {', '.join(missing)}. Run `make setup` first.")
        if self.target_name == "wheel":
            build_data["force_include"] |= {str(root / name): f"web/_data/{name}" for name in FOLDERS}
