"""Streams that viewers unpack otherwise than pyHanko: none hides other words, whoever packed it."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from decimal import Decimal

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from pdf.verify import FileVerdict, Indication, packing, verify_pdf
from pdf.verify.objects import Name, Plain, Real
from pdf.verify.packing import ObjectStream, OddlyPacked, Unpacker
from pdf.verify.reading import Effort, read_value
from pdf.verify.verdict import Finding
from tests.pdf import signing_world as w
from tests.pdf.verify import foreign
from tests.pdf.verify.boxes import WIDE, flate, predicting, with_page

FLATE = Name("/FlateDecode")
WORDS = b"words, and some more of them!"
UP: dict[str, Plain] = {"/Predictor": 12, "/Columns": 4}
ROWS = b"\2\1\1\1\1\2\1\0\0\xff"
UNPACKER = Unpacker(PdfFileReader(io.BytesIO(foreign.one_page())), 1_000)


def judged(pdf: bytes) -> FileVerdict:
    return verify_pdf(pdf, name="packed.pdf", anchors=[w.world().root.certificate])


def codes(pdf: bytes) -> set[str]:
    return {reason.code for reason in judged(pdf).reasons}


@pytest.mark.parametrize(
    ("said", "data", "content"),
    [
        ({}, WORDS, WORDS),
        ({"/Filter": FLATE}, zlib.compress(WORDS), WORDS),
        ({"/Filter": [FLATE]}, zlib.compress(WORDS), WORDS),
        ({"/Filter": [FLATE], "/DecodeParms": [None]}, zlib.compress(WORDS), WORDS),
        ({"/Filter": FLATE, "/DecodeParms": UP}, zlib.compress(ROWS), b"\1\1\1\1\2\1\1\0"),
        ({"/Filter": [FLATE], "/DecodeParms": [UP]}, zlib.compress(ROWS), b"\1\1\1\1\2\1\1\0"),
    ],
)
def test_a_stream_in_the_one_form_is_unpacked(said: dict[str, Plain], data: bytes, content: bytes) -> None:
    assert UNPACKER.plainly(said, data) == content


def predicted(rows: bytes = ROWS, **more: Plain) -> tuple[dict[str, Plain], bytes]:
    return {"/Filter": FLATE, "/DecodeParms": {**UP, **{f"/{key}": each for key, each in more.items()}}}, rows


PACKED = zlib.compress(WORDS)
ODD: dict[str, tuple[dict[str, Plain], bytes]] = {
    "a row that stands for itself": predicted(b"\0\1\1\1\1\2\1\0\0\0"),
    "a row of the kind left": predicted(b"\2\1\1\1\1\1\1\0\0\0"),
    "half a row": predicted(ROWS + b"\2\1"),
    "colours": predicted(Colors=3),
    "few bits": predicted(BitsPerComponent=4),
    "no columns": predicted(Columns=0),
    "columns with a point": predicted(Columns=Real(Decimal(4))),
    "another prediction": predicted(Predictor=2),
    "no prediction": predicted(Predictor=1),
    "a word more": predicted(EarlyChange=1),
    "parameters without a filter": ({"/DecodeParms": UP}, ROWS),
    "parameters that are none": ({"/Filter": FLATE, "/DecodeParms": 5}, ROWS),
    "a list of filters, and parameters in place": ({"/Filter": [FLATE], "/DecodeParms": UP}, ROWS),
    "a filter in place, and a list of parameters": ({"/Filter": FLATE, "/DecodeParms": [UP]}, ROWS),
    "parameters for two filters": ({"/Filter": [FLATE], "/DecodeParms": [UP, UP]}, ROWS),
    "two filters": ({"/Filter": [FLATE, FLATE]}, zlib.compress(PACKED)),
    "another filter": ({"/Filter": Name("/ASCIIHexDecode")}, b"41>"),
    "a filter by its short name": ({"/Filter": Name("/Fl")}, WORDS),
}
BROKEN: dict[str, bytes] = {
    "bytes behind it": PACKED + b"\n",
    "another stream behind it": PACKED + PACKED,
    "an end cut off": PACKED[:-1],
    "a wrong sum": PACKED[:-1] + bytes([PACKED[-1] ^ 1]),
    "no stream": WORDS,
    "nothing": b"",
}


@pytest.mark.parametrize("name", ODD)
def test_a_stream_in_any_other_form_is_not_unpacked(name: str) -> None:
    said, content = ODD[name]
    with pytest.raises(OddlyPacked):
        UNPACKER.plainly(said, zlib.compress(content))


@pytest.mark.parametrize("name", BROKEN)
def test_a_stream_that_is_more_or_less_than_one_is_not_unpacked(name: str) -> None:
    with pytest.raises(OddlyPacked):
        UNPACKER.plainly({"/Filter": FLATE}, BROKEN[name])


def test_a_stream_that_needs_a_dictionary_from_elsewhere_is_not_unpacked() -> None:
    packer = zlib.compressobj(zdict=WORDS)
    with pytest.raises(OddlyPacked):
        UNPACKER.plainly({"/Filter": FLATE}, packer.compress(WORDS) + packer.flush())


def test_streams_that_grow_past_all_measure_together_are_refused() -> None:
    unpacker, packed = Unpacker(UNPACKER._reader, 0), zlib.compress(bytes(1024 * 1024))
    unpacker._left = 2 * 1024 * 1024
    for _ in range(2):
        unpacker.plainly({"/Filter": FLATE}, packed)
    with pytest.raises(Finding) as told:
        unpacker.plainly({"/Filter": FLATE}, packed)
    assert told.value.reason.code == "limits"


def test_a_page_in_rows_that_viewers_read_and_pyhanko_does_not_fails_the_file() -> None:
    """No key is needed for it: what hides in the rows is a page with other words."""
    pdf = with_page(predicting(b"<< /Predictor 12 /Columns %d >>" % WIDE), is_evil=True)
    assert judged(pdf).verdict is Indication.TOTAL_FAILED
    assert "read-differently" in codes(pdf)


def test_an_object_stream_by_flate_alone_is_read() -> None:
    assert codes(with_page(flate, is_evil=False)) == {"other-program"}


@pytest.mark.parametrize("parameters", [b"<< >>", b"<< /Predictor 1 >>", b"[null]", b"<< /X 1 >>"])
def test_an_object_stream_behind_a_signature_with_any_parameters_fails_the_file(parameters: bytes) -> None:
    pdf = with_page(predicting(parameters), is_evil=False)
    assert judged(pdf).verdict is Indication.TOTAL_FAILED
    assert codes(pdf) & {"read-differently", "broken-file"}


FIELD = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /F 132 /Rect [0 0 0 0] /P 3 0 R >>"
MEMBERS = {
    1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm 7 0 R >>",
    2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [5 0 R 6 0 R] >>",
    5: FIELD % b"A",
    6: FIELD % b"B",
    7: b"<< /Fields [5 0 R 6 0 R] /SigFlags 3 >>",
}


def stream(entries: bytes, data: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def base(
    container: Callable[[bytes], tuple[bytes, bytes]] = lambda content: (b"", content),
    section: Callable[[bytes], tuple[bytes, bytes]] = lambda content: (b"", content),
) -> bytes:
    """A file of others with packed objects, ready for two signers; how its two streams are packed."""
    places, body = [], b""
    for number, member in MEMBERS.items():
        places.append(b"%d %d " % (number, len(body)))
        body += member + b" "
    header = b"".join(places)
    said, packed = container(header + body)
    written = {
        4: foreign.CONTENT,
        8: stream(b"/Type /ObjStm /N %d /First %d %s" % (len(MEMBERS), len(header), said), packed),
    }
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    rows = {0: (0, 0, 65535), **{number: (2, 8, at) for at, number in enumerate(MEMBERS)}}
    for number, each in written.items():
        rows[number] = (1, len(out), 0)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    rows[9] = (1, len(out), 0)
    table = b"".join(bytes([kind]) + one.to_bytes(4) + two.to_bytes(2) for _, (kind, one, two) in sorted(rows.items()))
    said, packed = section(table)
    entries = b"/Type /XRef /Size 10 /W [1 4 2] /Root 1 0 R /ID [<00> <00>] " + said
    at = len(out)
    return bytes(out + b"9 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(entries, packed), at))


def up(wide: int) -> Callable[[bytes], tuple[bytes, bytes]]:
    """Packed in rows of the kind "up" of this width."""

    def pack(content: bytes) -> tuple[bytes, bytes]:
        content += b" " * (-len(content) % wide)
        lines = [content[at : at + wide] for at in range(0, len(content), wide)]
        above = [bytes(wide), *lines]
        told = (
            b"\2" + bytes((a - b) % 256 for a, b in zip(*each, strict=True)) for each in zip(lines, above, strict=False)
        )
        return b"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns %d >>" % wide, zlib.compress(
            b"".join(told)
        )

    return pack


def by_flate(content: bytes) -> tuple[bytes, bytes]:
    return b"/Filter /FlateDecode", zlib.compress(content)


def with_more(content: bytes) -> tuple[bytes, bytes]:
    return b"/Filter /FlateDecode", zlib.compress(content) + b"\n"


def twice(pdf: bytes, *, strict: bool = True) -> FileVerdict:
    return judged(foreign.signed(foreign.signed(pdf, "A", strict=strict), "B", strict=strict))


@pytest.mark.parametrize("pdf", [base(), base(by_flate, by_flate), base(by_flate, up(7))], ids=["bare", "Flate", "up"])
def test_a_base_that_is_packed_as_programs_do_it_passes(pdf: bytes) -> None:
    assert twice(pdf).verdict is Indication.TOTAL_PASSED


@pytest.mark.parametrize(
    "pdf", [base(up(16)), base(with_more), base(by_flate, with_more), base(by_flate, up(14))],
    ids=["container in rows", "container and more", "section and more", "section in rows of another width"],
)  # fmt: skip
def test_a_base_that_is_packed_otherwise_leaves_doubt_once_something_follows(pdf: bytes) -> None:
    assert judged(foreign.signed(pdf, "A")).verdict is Indication.TOTAL_PASSED
    two = twice(pdf)
    assert (two.verdict, [each.code for each in two.reasons]) == (Indication.INDETERMINATE, ["base-read-differently"])


def test_a_base_written_by_qpdf_with_packed_objects_passes_with_two_signatures() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(foreign.with_fields(foreign.one_page(), "A", "B"))) as document:
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"/Predictor 12" in out.getvalue()
    assert twice(out.getvalue()).verdict is Indication.TOTAL_PASSED


def hybrid(section: Callable[[bytes], tuple[bytes, bytes]]) -> bytes:
    """A file as Microsoft Word writes it: an empty table leads to a stream that says the same as the one before."""
    first = foreign.hand_made({**MEMBERS, 4: foreign.CONTENT})
    places = {number: first.index(b"\n%d 0 obj" % number) + 1 for number in (*MEMBERS, 4)} | {8: len(first)}
    rows = b"".join(b"\1" + places[number].to_bytes(4) + b"\0\0" for number in sorted(places))
    said, packed = section(rows)
    entries = b"/Type /XRef /Size 9 /W [1 4 2] /Index [1 8] /Root 1 0 R /ID [<00> <00>] " + said
    out = first + b"8 0 obj\n%s\nendobj\n" % stream(entries, packed)
    kept = (first.rindex(b"xref\n0 "), len(first), len(out))
    return out + (
        b"xref\n0 0\ntrailer\n<< /Size 9 /Root 1 0 R /ID [<00> <00>] /Prev %d /XRefStm %d >>\nstartxref\n%d\n%%%%EOF\n"
        % kept
    )


def test_a_section_hidden_beside_a_table_is_unpacked_in_the_one_form_too() -> None:
    found = [
        [each.code for each in twice(hybrid(section), strict=False).reasons] for section in (by_flate, up(7), with_more)
    ]
    assert found == [[], [], ["base-read-differently"]]


def packed(header: bytes, body: bytes, count: int) -> ObjectStream:
    entries: dict[str, Plain] = {"/Type": Name("/ObjStm"), "/N": count, "/First": len(header)}
    return ObjectStream(entries, header + body, UNPACKER._reader, Effort())


@pytest.mark.parametrize("header", [b"7 0 8 0 ", b"7 4 8 0 "], ids=["one place", "backwards"])
def test_packed_objects_do_not_share_a_room_that_would_be_read_for_each_of_them(header: bytes) -> None:
    assert packed(b"7 0 8 4 ", b"(x) (y) ", 2).read(1, 8) == (b"y", True)
    with pytest.raises(Finding) as told:
        packed(header, b"(x) (y) ", 2)
    assert told.value.reason.code == "broken-file"


def test_a_packed_object_is_read_once_however_often_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []

    def reading(data: bytes, offset: int, effort: Effort) -> tuple[Plain, int] | None:
        reads.append(offset)
        return read_value(data, offset, effort)

    monkeypatch.setattr(packing, "read_value", reading)
    container = packed(b"7 0 8 4 ", b"(x) (y) ", 2)
    found = [container.read(index, number)[0] for index, number in ((0, 7), (0, 7), (1, 8))]
    assert found == [b"x", b"x", b"y"]
    assert reads == [8, 12]


def test_the_places_of_packed_objects_are_counted_before_they_are_read() -> None:
    assert packed(b"7 0 " + b" " * 100, b"(x)", 1).read(0, 7) == (b"x", True)
    found = []
    for blanks, count in ((200, 1), (0, 100_001)):
        with pytest.raises(Finding) as told:
            packed(b"7 0 " + b" " * blanks, b"(x)", count)
        found.append(told.value.reason.code)
    assert found == ["broken-file", "limits"]
