"""The settings and folders that the read-me files name are those that there are; decisions are numbered through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core import config
from core.config import Settings

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.zh-CN.md")
_ROW = re.compile(r"(?m)^\| `(YUNQIAN_[A-Z0-9_]+)` \| (?:`([^`]*)`|空|empty) \|")


def stated(name: str) -> dict[str, str]:
    """Settings and their defaults as the table of a read-me has them; an empty default is an empty text."""
    return dict(_ROW.findall((ROOT / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", READMES)
def test_the_table_has_every_setting_and_no_other(name: str) -> None:
    known = {config.PREFIX + field.upper() for field in Settings.model_fields}
    assert stated(name).keys() == known


@pytest.mark.parametrize("name", READMES)
def test_the_table_has_the_defaults_that_a_start_without_settings_has(name: str) -> None:
    given = {setting.removeprefix(config.PREFIX).lower(): default for setting, default in stated(name).items()}
    read = Settings.model_validate({field: text for field, text in given.items() if text})
    expected = Settings(data_dir=Path("var"))  # made absolute where it is given
    differing = {field: text for field, text in given.items() if getattr(read, field) != getattr(expected, field)}
    assert differing == {}
    unsaid = {field for field, text in given.items() if not text}
    assert {field: getattr(expected, field) for field in unsaid if _says_something(getattr(expected, field))} == {}


def _says_something(value: object) -> bool:
    text = value.get_secret_value() if hasattr(value, "get_secret_value") else value
    return text not in ("", (), None)


@pytest.mark.parametrize("name", READMES)
def test_the_tree_names_folders_that_are_there(name: str) -> None:
    tree = next(block for block in (ROOT / name).read_text(encoding="utf-8").split("```") if "\ncore/ " in block)
    named = re.findall(r"(?m)^([a-z]+)/|^[a-z]+/  ([a-z]+)/", tree)
    folders = {part for pair in named for part in pair if part}
    assert "core" in folders
    assert {folder for folder in folders if not (ROOT / folder).is_dir()} == set()


def test_the_tree_leaves_no_room_out() -> None:
    tree = (ROOT / "README.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert {room for room in rooms if f"{room}/" not in tree} == set()


def test_decisions_are_numbered_without_a_gap_and_the_list_of_them_has_each_in_its_place() -> None:
    folder = ROOT / "docs" / "decisions"
    files = sorted(path.name for path in folder.glob("[0-9]*.md"))
    numbers = [f"{number:04}" for number in range(1, len(files) + 1)]
    assert [name[:4] for name in files] == numbers
    assert [(folder / name).read_text(encoding="utf-8")[:7] for name in files] == [f"# {each} " for each in numbers]
    listed = re.findall(r"(?m)^\| (\d{4}) \| \[.+\]\((.+)\) \|$", (folder / "README.md").read_text(encoding="utf-8"))
    assert listed == [*zip(numbers, files, strict=True)]
