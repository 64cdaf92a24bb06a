"""The fonts that papers are printed with: bundled subsets first, installed Noto CJK for rare characters, nothing else.

The subsets come from tools/build_fonts.py. Printing sees exactly these files through a fontconfig file of our own, so
that the fonts which happen to lie on a machine change neither the look nor the bytes of an agreement.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont

from pdf.errors import PdfError

FALLBACK_FOLDERS = (
    Path("/usr/share/fonts/opentype/noto"),  # Debian, Ubuntu: fonts-noto-cjk, fonts-noto-cjk-extra
    Path("/usr/share/fonts/noto-cjk"),  # Arch, Alpine
    Path("/usr/share/fonts/google-noto-serif-cjk-fonts"),  # Fedora
    Path("/usr/share/fonts/google-noto-sans-cjk-fonts"),
    Path("/usr/local/share/fonts/noto-cjk"),  # what an operator puts there by hand
)
_FALLBACK_FACES = ("Noto Serif CJK SC", "Noto Sans CJK SC")
_ROOT = Path(__file__).resolve().parents[1]
# A line break or tab is space, and a zero-width joiner is no picture: neither needs a glyph.
_WITHOUT_GLYPH = frozenset("\t\n\r\u200b\u200c\u200d\u2060\ufeff")


class FontsMissing(PdfError):
    """The subsets were never built here: `make setup` builds them."""

    code = "fonts_missing"


def folder() -> Path:
    """Where the subsets, their coverage and fonts.conf lie: inside the wheel, or in the checkout."""
    installed = _ROOT / "web" / "_data" / "static" / "fonts" / "pdf"
    return installed if installed.is_dir() else _ROOT / "static" / "fonts" / "pdf"


def configuration() -> Path:
    """The fontconfig file for the process that prints. Raises FontsMissing."""
    return _built("fonts.conf")


def file(name: str) -> Path:
    """One bundled font, say `YunqianSerif-Regular`. Raises FontsMissing."""
    return _built(f"{name}.otf")


def missing_glyphs(text: str) -> list[str]:
    """The characters, in order and once each, that no bundled or installed font can draw. Raises FontsMissing."""
    unsure = not_bundled(text)
    if not unsure:
        return []
    installed = _installed(FALLBACK_FOLDERS)
    return [char for char in unsure if ord(char) not in installed]


def not_bundled(text: str) -> list[str]:
    """The characters, in order and once each, that the bundled Chinese faces do not have. Raises FontsMissing."""
    return [char for char in dict.fromkeys(text) if char not in _WITHOUT_GLYPH and ord(char) not in _bundled()]


def face_for(text: str) -> tuple[Path, int]:
    """A font file, and which of its faces, for text that is drawn as a picture in one font: the bundled serif of the
    papers, or for rare characters the first installed face that has them all, serif before sans. Raises FontsMissing.
    """
    wanted = {ord(char) for char in text if char not in _WITHOUT_GLYPH}
    if not wanted <= _bundled():
        for path, number, covered in _installed_faces(FALLBACK_FOLDERS):
            if wanted <= covered:
                return path, number
    return file("YunqianSerif-Regular"), 0


def ranges(codes: Iterable[int]) -> list[tuple[int, int]]:
    """Code points as sorted (first, last) runs."""
    runs: list[tuple[int, int]] = []
    for code in sorted(set(codes)):
        if runs and runs[-1][1] == code - 1:
            runs[-1] = (runs[-1][0], code)
        else:
            runs.append((code, code))
    return runs


def _built(name: str) -> Path:
    path = folder() / name
    if not path.is_file():
        raise FontsMissing(f"{path} is missing: run `make setup`")
    return path


@cache
def _bundled() -> frozenset[int]:
    """What every bundled Chinese face covers, as build_fonts wrote it down."""
    runs = json.loads(_built("coverage.json").read_text(encoding="utf-8"))
    return frozenset(code for first, last in runs for code in range(first, last + 1))


def _installed(folders: tuple[Path, ...]) -> frozenset[int]:
    return frozenset().union(*(covered for _, _, covered in _installed_faces(folders)))


@cache
def _installed_faces(folders: tuple[Path, ...]) -> tuple[tuple[Path, int, frozenset[int]], ...]:
    """The installed Simplified Chinese faces and what each covers; read once, at the first rare character (0.2 s)."""
    return tuple(
        (path, number, frozenset(face.getBestCmap()))
        for path in sorted(
            (path for place in folders for path in place.glob("Noto*CJK*-Regular.*")),
            key=lambda path: ("Serif" not in path.name, path),
        )
        for number, face in enumerate(faces(path))
        if face["name"].getDebugName(1) in _FALLBACK_FACES
    )


def faces(path: Path) -> list[TTFont]:
    """The faces of a font file, one or (TTC) several, read lazily."""
    if path.suffix.lower() in (".ttc", ".otc"):
        return list(TTCollection(str(path), lazy=True).fonts)
    return [TTFont(str(path), lazy=True)]
