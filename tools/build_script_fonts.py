"""Make the fonts of names in other scripts: what the bundled Chinese and Latin faces do not have, from Debian's fonts.

    python tools/build_script_fonts.py [--out static/fonts/pdf/scripts]

fonts-noto-cjk: everything else of Noto Sans CJK SC (rare and traditional hanzi, Hangul, Vietnamese) as one family.
fonts-noto-core: the fonts of living scripts, as they are.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import uharfbuzz as hb
from fontTools.ttLib import TTFont

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pdf import fonts, scripts
from tools import build_fonts

FOLDERS = (Path("/usr/share/fonts/truetype/noto"), Path("/usr/local/share/fonts/noto-core"))
_LICENCE = Path("/usr/share/doc/fonts-noto-core/copyright")
_SPACES = {0x20, 0xA0}  # printing takes the space between two words from the font of the word before it
_WEIGHTS = ("Regular", "Bold")
# The living scripts of Unicode (UAX #31 tables 5 and 7) that these fonts have; Han, Hangul, kana and Latin stand above.
LIVING = (
    "Sans Arabic", "Sans Hebrew", "Sans Thai", "Sans Devanagari", "Serif Tibetan", "Sans Mongolian", "Sans Yi",
    "Sans Tai Le", "Sans New Tai Lue", "Sans Lisu", "Sans Miao", "Sans Bengali", "Sans Gujarati", "Sans Gurmukhi",
    "Sans Kannada", "Sans Malayalam", "Sans Oriya", "Sans Sinhala", "Sans Tamil", "Sans Telugu", "Sans Lao",
    "Sans Khmer", "Sans Myanmar", "Sans Armenian", "Sans Georgian", "Sans Ethiopic", "Sans Thaana", "Sans Syriac",
    "Sans Cherokee", "Sans Canadian Aboriginal", "Sans Tifinagh", "Sans NKo", "Sans Adlam", "Sans Vai", "Sans Bamum",
    "Sans Osage", "Sans Javanese", "Sans Balinese", "Sans Sundanese", "Sans Batak", "Sans Buginese", "Sans Rejang",
    "Sans Tagalog", "Sans Hanunoo", "Sans Cham", "Sans Tai Tham", "Sans Tai Viet", "Sans Kayah Li",
    "Sans Hanifi Rohingya", "Sans Meetei Mayek", "Sans Ol Chiki", "Sans Chakma", "Sans Lepcha", "Sans Limbu",
    "Sans Newa", "Sans Saurashtra", "Sans Syloti Nagri", "Sans Wancho", "Sans Warang Citi", "Sans Mandaic",
    "Sans Samaritan", "Sans Coptic",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=fonts.folder() / "scripts")
    out = parser.parse_args().out
    if lacking := sorted(set(missing_packages())):
        print(f"missing: install the Debian packages {', '.join(lacking)}.", file=sys.stderr)
        return 1
    out.mkdir(parents=True, exist_ok=True)
    families = [{"family": scripts.MORE, **_more(out)}]
    families += [_copied(name, out) for name in ("Sans", *LIVING)]
    shutil.copyfile(_LICENCE, out / "LICENSE-fonts.txt")
    written = json.dumps(families, separators=(",", ":"))
    (out / "scripts.json").write_text(written, encoding="utf-8")  # last: an interrupted run is begun again
    print(f"fonts of {len(families)} families for other scripts", flush=True)
    return 0


def missing_packages() -> Iterator[str]:
    """Debian's packages whose fonts are not here."""
    for weight in _WEIGHTS:
        if build_fonts.find(f"NotoSansCJK-{weight}.ttc") is None:
            yield "fonts-noto-cjk"
    for name in LIVING:
        if find(name, "Regular") is None:
            yield "fonts-noto-core"


def find(name: str, weight: str) -> Path | None:
    """The installed file of one of LIVING, if there is one."""
    file = f"Noto{name.replace(' ', '')}-{weight}.ttf"
    return next((folder / file for folder in FOLDERS if (folder / file).is_file()), None)


def _copied(name: str, out: Path) -> dict[str, object]:
    files = {}
    for weight in _WEIGHTS:
        if source := find(name, weight):
            shutil.copyfile(source, out / source.name)
            files[weight.lower()] = source.name
    family = TTFont(out / files["regular"], lazy=True)["name"].getDebugName(1)  # not always the file's name
    return {"family": family, **files, "runs": _runs([out / file for file in files.values()])}


def _more(out: Path) -> dict[str, object]:
    files = {weight.lower(): _rest(weight, out) for weight in _WEIGHTS}
    return {**files, "runs": _runs([out / file for file in files.values()])}


def _rest(weight: str, out: Path) -> str:
    """What the Chinese face has besides the bundled subset; HarfBuzz takes 2 s where fontTools would take minutes."""
    source = build_fonts.find(f"NotoSansCJK-{weight}.ttc")
    if source is None:
        raise LookupError(f"no NotoSansCJK-{weight}.ttc")
    names = [face["name"].getDebugName(1) for face in fonts.faces(source)]
    face = hb.Face(hb.Blob.from_file_path(str(source)), names.index("Noto Sans CJK SC"))
    wanted = hb.SubsetInput()
    wanted.unicode_set.update(set(face.unicodes) - set(build_fonts.chinese()) | _SPACES)
    wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(
        {int.from_bytes(tag.encode()) for tag in ("BASE", "VORG", "vhea", "vmtx", "DSIG")}
    )
    wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
    part = out / f"{scripts.MORE.replace(' ', '')}-{weight}.part"
    part.write_bytes(hb.subset(face, wanted).blob.data)
    font = TTFont(part, lazy=True, recalcTimestamp=False)
    _rename(font, weight)
    file = part.with_suffix(".otf")
    font.save(file)
    part.unlink()
    return file.name


def _rename(font: TTFont, weight: str) -> None:
    family = scripts.MORE
    for record in [each for each in font["name"].names if each.nameID in (16, 17) or each.langID != 0x409]:
        font["name"].removeNames(record.nameID, record.platformID, record.platEncID, record.langID)
    named = {1: family, 2: weight, 3: f"{family} {weight};rest", 4: f"{family} {weight}"}
    for name_id, text in {**named, 6: f"{family.replace(' ', '')}-{weight}"}.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)


def _runs(files: list[Path]) -> list[tuple[int, int]]:
    """What every weight covers."""
    covered = [set(hb.Face(hb.Blob.from_file_path(str(file))).unicodes) for file in files]
    return fonts.ranges(set.intersection(*covered))


if __name__ == "__main__":
    sys.exit(main())
