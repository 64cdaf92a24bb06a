"""What is done to an evidence kit: its files, its trail line by line, the ZIP around it."""

from __future__ import annotations

import io
import json
import random
import zipfile
import zlib
from collections.abc import Callable

from tools.fuzz.mutations import MUTATIONS

Files = dict[str, bytes]


def change_file(chance: random.Random, files: Files) -> Files:
    path = chance.choice(sorted(files))
    mutation = chance.choice(MUTATIONS[:5])
    return {**files, path: mutation(chance, files[path], [files[path]])}


def change_pdf(chance: random.Random, files: Files) -> Files:
    path = chance.choice([path for path in sorted(files) if path.startswith("agreements/")])
    return {**files, path: chance.choice(MUTATIONS)(chance, files[path], [files[path]])}


def drop_file(chance: random.Random, files: Files) -> Files:
    path = chance.choice(sorted(files))
    return {each: data for each, data in files.items() if each != path}


def add_file(chance: random.Random, files: Files) -> Files:
    path = chance.choice(
        ("extra", "../up", "/abs", "a\\b", "trail.jsonl ", "TRAIL.JSONL", "agreements/02.pdf", "pki/x")
    )
    return {**files, path: files[chance.choice(sorted(files))]}


def rename_file(chance: random.Random, files: Files) -> Files:
    path = chance.choice(sorted(files))
    return {(each + "x" if each == path else each): data for each, data in files.items()}


def exchange_files(chance: random.Random, files: Files) -> Files:
    one, other = chance.sample(sorted(files), 2)
    return {**files, one: files[other], other: files[one]}


def change_trail(chance: random.Random, files: Files) -> Files:
    lines = files["trail.jsonl"].splitlines(keepends=True)
    at = chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[chance.randrange(len(lines))])
        case 2:
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            entry = json.loads(lines[at])
            entry["data"] = {"changed": chance.random()}
            lines[at] = json.dumps(entry, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        case _:
            lines[at] = lines[at].replace(b":", b": ", 1)
    return {**files, "trail.jsonl": b"".join(lines)}


def change_manifest(chance: random.Random, files: Files) -> Files:
    value = json.loads(files["manifest.json"])
    listed = chance.choice(value["files"])
    listed[chance.choice(("path", "sha256"))] = chance.choice(value["files"])["sha256"]
    return {**files, "manifest.json": json.dumps(value, ensure_ascii=False).encode()}


KIT_MUTATIONS: tuple[Callable[[random.Random, Files], Files], ...] = (
    change_file, change_pdf, drop_file, add_file, rename_file, exchange_files, change_trail, change_trail,
    change_manifest,
)  # fmt: skip


def zipped(files: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unzipped(data: bytes) -> Files | None:
    """What a common program would unpack; None if it could not."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {each.filename: archive.read(each) for each in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return None


def mutant(chance: random.Random, files: Files) -> bytes:
    """One kit changed inside, or in the bytes of its ZIP."""
    if chance.random() < 0.3:
        data = zipped(files)
        return chance.choice(MUTATIONS[:5])(chance, data, [data])
    for _ in range(chance.choice((1, 1, 2))):
        try:
            files = chance.choice(KIT_MUTATIONS)(chance, files)
        except (IndexError, ValueError, KeyError):  # the one before left nothing that this one changes
            break
    return zipped(files)
