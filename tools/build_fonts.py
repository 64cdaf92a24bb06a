"""Make the font subsets that papers are printed with, from the installed Noto CJK fonts (Debian: fonts-noto-cjk).

    python tools/build_fonts.py [--out static/fonts/pdf] [--force]

Chinese faces: the GB 2312 range, Latin and punctuation of the Simplified Chinese face. Latin faces: from the Korean
face of the same design, whose quotation marks and dashes are proportional: a Chinese face draws ’ as wide as a hanzi.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from fontTools import subset
from fontTools.ttLib import TTFont

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pdf import fonts

_LICENCE = Path("/usr/share/doc/fonts-noto-cjk/copyright")
_FEATURES = ["kern", "liga", "ccmp", "mark", "mkmk", "halt", "palt"]
# Outside GB 2312, yet seen in Chinese papers: the zero of dates, signs of units and money.
_ALSO = "〇・■□●○◆—–―′″№‰℃％￥€£¥©®™×÷±≤≥≈→←↑↓⋯…·•‘’“”‚„‹›«»§¶†‡﹏︰"


@dataclass(frozen=True)
class Face:
    """One font to make: from which face of which file, under which name, with which characters."""

    source: str
    face: str
    family: str
    weight: str
    latin: bool = False

    @property
    def name(self) -> str:
        return f"{self.family.replace(' ', '')}-{self.weight}"


FACES = tuple(
    Face(f"Noto{style}CJK-{weight}.ttc", f"Noto {style} CJK {region}", f"Yunqian {style}{suffix}", weight, bool(suffix))
    for style in ("Serif", "Sans")
    for region, suffix in (("SC", ""), ("KR", " Latin"))
    for weight in ("Regular", "Bold")
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=fonts.folder())
    parser.add_argument("--force", action="store_true", help="make again what is there")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    wanted = list(FACES) if options.force else outdated(options.out)
    if lacking := sorted({face.source for face in wanted if find(face.source) is None}):
        print(f"missing: {', '.join(lacking)}. Install the Debian package fonts-noto-cjk.", file=sys.stderr)
        return 1
    with ProcessPoolExecutor(max_workers=2) as pool:
        for name in pool.map(build, wanted, [options.out] * len(wanted)):
            print(f"font {name}", flush=True)
    write_companions(options.out)
    return 0


def outdated(out: Path) -> list[Face]:
    """The fonts to make: those missing, or all where another version of this file made what is there."""
    made_by = out / "made-by.sha256"
    same = made_by.is_file() and made_by.read_text(encoding="ascii") == recipe()
    return [face for face in FACES if not (same and (out / f"{face.name}.otf").is_file())]


def recipe() -> str:
    """The digest of this file: whatever changes here may change every font."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def find(source: str) -> Path | None:
    """The installed file of this name, if there is one."""
    return next((place / source for place in fonts.FALLBACK_FOLDERS if (place / source).is_file()), None)


def build(face: Face, out: Path) -> str:
    """Make one subset; the same source gives the same bytes. Raises LookupError where the source has no such face."""
    path = find(face.source)
    font = next((f for f in fonts.faces(path) if f["name"].getDebugName(1) == face.face), None) if path else None
    if font is None:
        raise LookupError(f"no face {face.face} in {face.source}")
    options = subset.Options(
        layout_features=_FEATURES,
        hinting=False,
        desubroutinize=True,  # one step less for each paper printed: HarfBuzz would do it at every embedding
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        notdef_outline=True,
        recalc_timestamp=False,
        harfbuzz_repacker=False,  # its packing is another one, and is not there on every machine
        drop_tables=["BASE", "VORG", "vhea", "vmtx", "DSIG"],
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=set(latin() if face.latin else chinese()))
    font.recalcTimestamp = False
    subsetter.subset(font)
    rename(font, face)
    font.save(str(out / f"{face.name}.part"))
    (out / f"{face.name}.part").rename(out / f"{face.name}.otf")
    return face.name


def rename(font: TTFont, face: Face) -> None:
    """Give the subset a name of its own, so that it is never taken for the whole font."""
    for record in list(font["name"].names):
        if record.nameID in (1, 2, 3, 4, 6) and record.langID != 0x409:
            font["name"].removeNames(record.nameID, record.platformID, record.platEncID, record.langID)
    for name_id, text in (
        (1, face.family),
        (2, face.weight),
        (3, f"{face.name};subset"),
        (4, f"{face.family} {face.weight}"),
        (6, face.name),
    ):
        font["name"].setName(text, name_id, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [face.name]
    cff.topDictIndex[0].FullName = f"{face.family} {face.weight}"
    cff.topDictIndex[0].FamilyName = face.family


def latin() -> Iterator[int]:
    """Latin with its accents, general punctuation, money, arrows of lists: what English text needs."""
    yield from range(0x20, 0x180)
    yield from range(0x2010, 0x2028)
    yield from range(0x2030, 0x203B)
    yield from (0x2044, 0x20AC, 0x2116, 0x2122, 0x2212, 0x2264, 0x2265)


def chinese() -> Iterator[int]:
    """GB 2312 (6,763 hanzi and its signs), Latin, and the signs that GB 2312 forgot."""
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            yield from map(ord, bytes((high, low)).decode("gb2312", "ignore"))
    yield from range(0x20, 0x180)
    yield from range(0x2460, 0x2474)
    yield from map(ord, _ALSO)


def write_companions(out: Path) -> None:
    """Write what belongs beside the fonts: their common coverage, the fontconfig file, the licence (OFL-1.1)."""
    covered = [set(fonts.faces(out / f"{face.name}.otf")[0].getBestCmap()) for face in FACES if not face.latin]
    common = fonts.ranges(set.intersection(*covered))
    (out / "coverage.json").write_text(json.dumps(common, separators=(",", ":")), encoding="utf-8")
    folders = "".join(f"  <dir>{escape(str(path))}</dir>\n" for path in fonts.FALLBACK_FOLDERS)
    (out / "fonts.conf").write_text(_CONFIGURATION.format(folders=folders), encoding="utf-8")
    if _LICENCE.is_file():
        shutil.copyfile(_LICENCE, out / "LICENSE-fonts.txt")
    (out / "made-by.sha256").write_text(recipe(), encoding="ascii")  # last: an interrupted run is begun again


_CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">.</dir>
{folders}  <cachedir prefix="xdg">fontconfig</cachedir>
  <cachedir>/var/cache/fontconfig</cachedir>
</fontconfig>
"""

if __name__ == "__main__":
    sys.exit(main())
