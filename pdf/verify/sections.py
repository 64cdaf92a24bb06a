"""The cross-reference sections of a file, oldest first: read by ourselves, and held against what pyHanko read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import (
    ObjStreamRef,
    XRefSectionData,
    XRefSectionMetaInfo,
    XRefSectionType,
)

from pdf.verify.limits import VerifyLimits, within
from pdf.verify.objects import Data, Plain, Ref, Stream, as_dict, as_list
from pdf.verify.packing import OddlyPacked, Unpacker, columns
from pdf.verify.reading import read_object, read_value
from pdf.verify.verdict import Finding, failed
from pdf.verify.xref import Entries, Misspelt, read_rows, read_table


@dataclass(frozen=True)
class Section:
    """One cross-reference section: where it lies, where it says that objects lie, and what it frees.

    `end` lies behind its trailer's dictionary, or behind a stream's object; `trailer` is its own, nothing inherited.
    `misspelt`: why it was not read by ourselves ("" where it was), so that only pyHanko's word stands for it.
    """

    start: int
    declared_start: int
    hybrid: bool
    stream_ref: Ref | None
    offsets: dict[Ref, int]
    packed: dict[Ref, tuple[int, int]]
    freed: frozenset[Ref]
    free_numbers: frozenset[int] = frozenset()
    size: int = 0
    end: int = 0
    trailer: Mapping[str, Plain] = field(default_factory=dict)
    misspelt: str = ""

    @property
    def changed(self) -> set[Ref]:
        return self.offsets.keys() | self.packed.keys()


History: TypeAlias = dict[Ref, list[tuple[int, int | ObjStreamRef | None]]]


def history(sections: list[Section]) -> History:
    """Where each revision that names an object says that it stands (None: that it is free), oldest first."""
    found: History = {}
    for at, section in enumerate(sections):
        named: dict[Ref, int | ObjStreamRef | None] = dict.fromkeys(section.freed)
        named |= section.offsets
        named |= {ref: ObjStreamRef(*packed) for ref, packed in section.packed.items()}
        for ref, marker in named.items():
            found.setdefault(ref, []).append((at, marker))
    return found


def read_sections(reader: PdfFileReader, unpacker: Unpacker, data: Data, limits: VerifyLimits) -> list[Section]:
    """Every section, oldest first. Raises Finding for one that says two things, or another thing to pyHanko."""
    xrefs = reader.xrefs
    within("revisions", xrefs.total_revisions, limits.revisions)
    sections = []
    objects = 0
    for at in range(xrefs.total_revisions):
        meta, found = xrefs.get_xref_container_info(at), xrefs.get_xref_data(at)
        objects += len(found.standard_xrefs) + len(found.xrefs_in_objstm) + len(found.freed)
        within("objects", objects, limits.objects)
        sections.append(_section(unpacker, data, limits, meta, found))
    return sections


def _section(
    unpacker: Unpacker, data: Data, limits: VerifyLimits, meta: XRefSectionMetaInfo, found: XRefSectionData
) -> Section:
    offsets, packed = _entries(found)
    freed = frozenset(Ref(number, gen - 1) for number, gen in found.freed.items() if gen > 0)
    if found.hybrid is not None:
        # ISO 32000-2 §7.5.8.4: the hidden section counts where the visible one says nothing.
        hidden_offsets, hidden_packed = _entries(found.hybrid.xref_data)
        taken = freed | offsets.keys() | packed.keys()
        offsets |= {ref: place for ref, place in hidden_offsets.items() if ref not in taken}
        packed |= {ref: place for ref, place in hidden_packed.items() if ref not in taken}
    stream = meta.stream_ref
    is_stream = meta.xref_section_type is XRefSectionType.STREAM
    # pyHanko notes where a table's first subsection begins: behind `xref` and one more octet.
    start = meta.start_location if is_stream else meta.start_location - len(b"xref\n")
    try:
        trailer, end = (_read_stream if is_stream else _read_table)(unpacker, data, start, limits, found)
        if found.hybrid is not None:
            _read_stream(unpacker, data, found.hybrid.meta_info.start_location, limits, found.hybrid.xref_data)
        misspelt = ""
    except Misspelt as told:
        trailer, end, misspelt = {}, 0, str(told)
    return Section(
        start=start,
        declared_start=meta.declared_startxref,
        hybrid=meta.xref_section_type is XRefSectionType.HYBRID_MAIN,
        stream_ref=None if stream is None else Ref(stream.idnum, stream.generation),
        offsets=offsets,
        packed=packed,
        freed=freed,
        free_numbers=frozenset(found.freed),
        size=meta.size,
        end=end,
        trailer=trailer,
        misspelt=misspelt,
    )


def _entries(found: XRefSectionData) -> tuple[dict[Ref, int], dict[Ref, tuple[int, int]]]:
    """What a section says: objects by offset, and objects by container and place in it."""
    offsets = {Ref(number, gen): offset for number, (gen, offset) in found.standard_xrefs.items()}
    packed = {Ref(number): (entry.obj_stream_id, entry.ix_in_stream) for number, entry in found.xrefs_in_objstm.items()}
    return offsets, packed


def _read_table(
    _unpacker: Unpacker, data: Data, at: int, limits: VerifyLimits, found: XRefSectionData
) -> tuple[dict[str, Plain], int]:
    """The trailer behind a table, and where its dictionary ends."""
    entries, at = read_table(data, at, limits.objects)
    _compare(entries, found)
    read = read_value(data, at)
    if read is None or not isinstance(read[0], dict):
        raise Misspelt("a trailer that programs read differently")
    entries.check(read[0].get("/Size"))
    return read[0], read[1]


def _read_stream(
    unpacker: Unpacker, data: Data, at: int, limits: VerifyLimits, found: XRefSectionData
) -> tuple[dict[str, Plain], int]:
    """The dictionary of a cross-reference stream, and where its object ends."""
    read = read_object(data, at)
    if read is None or not isinstance(read.value, Stream):
        raise Misspelt("a cross-reference stream that programs read differently")
    trailer = read.value.entries
    entries = read_rows(trailer, _rows(unpacker, trailer, bytes(data[read.begin : read.stop])), limits.objects)
    _compare(entries, found)
    entries.check(trailer.get("/Size"))
    return trailer, read.end


def _rows(unpacker: Unpacker, entries: Mapping[str, Plain], data: bytes) -> bytes:
    """The bytes of a cross-reference stream; where they are predicted, row by row as they are read."""
    said = entries.get("/DecodeParms")
    predicted = as_dict(said) or as_dict(next(iter(as_list(said)), None))
    try:
        if predicted and columns(predicted) != sum(
            each for each in as_list(entries.get("/W")) if isinstance(each, int)
        ):
            raise OddlyPacked
        return unpacker.plainly(entries, data)
    except OddlyPacked as odd:
        raise Misspelt("a cross-reference stream that is packed in an unusual way") from odd


def _compare(ours: Entries, theirs: XRefSectionData) -> None:
    packed = {number: (each.obj_stream_id, each.ix_in_stream) for number, each in theirs.xrefs_in_objstm.items()}
    if 0 in ours.used or 0 in ours.packed:
        raise Misspelt("an object with the number 0")
    ours.freed.pop(0, None)  # the head of the list of free objects (ISO 32000-2 §7.5.4)
    if (ours.used, ours.packed, ours.freed) != (theirs.standard_xrefs, packed, theirs.freed):
        raise Finding(failed("broken-file", detail="a cross-reference section that can be read in two ways"))
