"""A kit is its listed files and nothing else, whatever program opens it and as whatever."""

from __future__ import annotations

import dataclasses
import io
import struct
import zipfile
import zlib

import pypdfium2
import pytest

from pdf import der
from pdf.verify import Indication
from tests.pdf.verify import kits

PARK = kits.AGREEMENT


@dataclasses.dataclass(frozen=True)
class Entry:
    """One file of a ZIP with whatever its two headers say (APPNOTE.TXT 4.3.7, 4.3.12)."""

    name: str
    data: bytes
    local_name: str = ""
    local_size: int | None = None
    local_method: int | None = None
    local_extra: bytes = b""
    extra: bytes = b""
    comment: bytes = b""
    behind: bytes = b""
    flags: int = 0
    attributes: int = 0

    def packed(self) -> bytes:
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        return (b"" if self.name.endswith("/") else packer.compress(self.data) + packer.flush()) + self.behind

    def method(self) -> int:
        return zipfile.ZIP_STORED if self.name.endswith("/") else zipfile.ZIP_DEFLATED

    def local(self) -> bytes:
        name = (self.local_name or self.name).encode()
        size = len(self.data) if self.local_size is None else self.local_size
        method = self.method() if self.local_method is None else self.local_method
        return (
            b"PK\x03\x04"
            + struct.pack("<HHHHH", 20, self.flags, method, 0, 0x21)
            + struct.pack("<IIIHH", zlib.crc32(self.data), len(self.packed()), size, len(name), len(self.local_extra))
            + name
            + self.local_extra
            + self.packed()
        )

    def listed(self, at: int) -> bytes:
        name = self.name.encode()
        return (
            b"PK\x01\x02"
            + struct.pack("<HHHHHH", 20, 20, self.flags, self.method(), 0, 0x21)
            + struct.pack("<III", zlib.crc32(self.data), len(self.packed()), len(self.data))
            + struct.pack("<HHHHHII", len(name), len(self.extra), len(self.comment), 0, 0, self.attributes, at)
            + name
            + self.extra
            + self.comment
        )


def field(tag: int, value: bytes) -> bytes:
    return struct.pack("<HH", tag, len(value)) + value


def packed(*added: Entry, change: dict[str, object] | None = None, end: bytes = b"") -> bytes:
    """A good kit, its agreement's headers changed, with entries added and bytes between directory and end."""
    entries = [Entry(path, data) for path, data in kits.good().items()]
    entries = [dataclasses.replace(each, **(change or {})) if each.name == PARK else each for each in entries]  # type: ignore[arg-type]
    out, directory = b"", b""
    for each in [*entries, *added]:
        directory += each.listed(len(out))
        out += each.local()
    count = len(entries) + len(added)
    return (
        out
        + directory
        + end
        + b"PK\x05\x06"
        + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory) + len(end), len(out), 0)
    )


def test_a_kit_packed_by_hand_with_times_owners_and_folders_passes() -> None:
    times, owners = field(0x5455, b"\x03" + bytes(8)), field(0x7875, b"\x01\x04" + bytes(4) + b"\x04" + bytes(4))
    plain = packed(
        Entry("pki/", b"", attributes=0o040755 << 16 | 0x10),
        change={
            "attributes": 0o100644 << 16 | 0x20,
            "local_extra": times + owners,
            "extra": times[:2] + b"\x05\x00" + bytes(5),
        },
    )
    verdict = kits.judged(plain)
    assert (verdict.reasons, verdict.verdict) == ((), Indication.TOTAL_PASSED)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"local_extra": field(0x9999, bytes(60_000))}, id="room in the header"),
        pytest.param({"extra": field(0x9999, bytes(60_000))}, id="room in the directory"),
        pytest.param({"extra": field(0x7875, bytes(11)) * 2}, id="owners twice"),
        pytest.param({"extra": b"\x55\x54"}, id="half a field"),
        pytest.param({"comment": b"other words"}, id="a comment"),
        pytest.param({"behind": b"other words" * 1000}, id="much behind the compressed bytes"),
        pytest.param({"behind": b"other words"}, id="little behind the compressed bytes"),
        pytest.param({"local_name": "agreements/99-park.pdf"}, id="another name in the header"),
        pytest.param({"local_name": PARK.upper()}, id="the name in capitals in the header"),
        pytest.param({"local_size": 3}, id="another size in the header"),
        pytest.param({"local_method": zipfile.ZIP_STORED}, id="another method in the header"),
        pytest.param({"flags": 0x2000}, id="a mark for hidden headers"),
        pytest.param({"attributes": 0o120777 << 16}, id="a symbolic link"),
        pytest.param({"attributes": 0o020666 << 16}, id="a device"),
        pytest.param({"attributes": 0o040755 << 16}, id="a folder by its mode"),
        pytest.param({"attributes": 0x10}, id="a folder by its attribute"),
        pytest.param({"attributes": 0x400}, id="a link by its attribute"),
        pytest.param(
            {"extra": field(0x7075, b"\x01" + struct.pack("<I", zlib.crc32(PARK.encode())) + b"agreements/02.pdf")},
            id="a second name in the directory",
        ),
        pytest.param(
            {
                "local_extra": field(
                    0x7075, b"\x01" + struct.pack("<I", zlib.crc32(PARK.encode())) + b"agreements/02.pdf"
                )
            },
            id="a second name in the header",
        ),
    ],
)
def test_a_kit_with_room_for_something_else_is_broken(change: dict[str, object]) -> None:
    assert [reason.code for reason in kits.judged(packed(change=change)).reasons] == ["kit-broken"]


def test_a_folder_with_something_in_it_is_broken() -> None:
    for folder in (Entry("pki/", b"", behind=b"other words"), Entry("pki/", b"other words")):
        assert [reason.code for reason in kits.judged(packed(folder)).reasons] == ["kit-broken"]


@pytest.mark.parametrize("path", ["folder/", "PKI/", f"{PARK}/x/", f"{PARK}/x", f"{PARK.upper()}/x"])
def test_a_folder_that_no_file_needs_is_broken(path: str) -> None:
    assert [reason.code for reason in kits.judged(packed(Entry(path, b""))).reasons] == ["kit-broken"]


def test_a_link_among_the_folders_is_broken() -> None:
    link = Entry("pki/", b"", attributes=0o120777 << 16)
    assert [reason.code for reason in kits.judged(packed(link)).reasons] == ["kit-broken"]


def test_something_between_the_directory_and_its_end_is_broken() -> None:
    assert kits.judged(packed()).verdict is Indication.TOTAL_PASSED
    assert [reason.code for reason in kits.judged(packed(end=b"other words")).reasons] == ["kit-broken"]


def test_a_kit_that_opens_as_a_pdf_with_other_words_is_broken() -> None:
    paper = pypdfium2.PdfDocument.new()
    paper.new_page(200, 100)
    file = io.BytesIO()
    paper.save(file)
    kit = packed(Entry("a", b"", local_extra=field(0x9999, file.getvalue())))
    assert [reason.code for reason in kits.judged(kit).reasons] == ["kit-broken"]


def test_a_kit_whose_first_file_programs_open_as_a_pdf_is_broken() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in {PARK: b"", **kits.good()}.items():
            archive.writestr(path, data)
    assert len(pypdfium2.PdfDocument(out.getvalue())) > 0, "no program would read it as a PDF"
    assert kits.reasons(kits.judged(out.getvalue())) == [("kit-broken", "it reads as a PDF, too")]


@pytest.mark.parametrize("path", ["manifest.p7s", "manifest.tst"])
@pytest.mark.parametrize(("count", "size"), [(101, 300), (2, 5 * 1024 * 1024)])
def test_no_signature_brings_more_certificates_than_are_read(path: str, count: int, size: int) -> None:
    """Nothing signs that set: a kit of 300 kB took 48 s before."""
    content = dict(kits.good())
    content[path] = with_certificates(content[path], der.sequence(der.octet_string(bytes(size))) * count)
    verdict = kits.judged(content)

    assert verdict.verdict is Indication.TOTAL_FAILED
    assert "limits" in {reason.code for reason in verdict.reasons}


def with_certificates(cms: bytes, more: bytes) -> bytes:
    """A CMS with more in its set of certificates."""
    kind, content = der.read_one(cms).children()
    parts = next(iter(content.children())).children()
    grown = [der.tlv(part.tag, more + part.content) if part.tag == 0xA0 else part.raw for part in parts]
    return der.sequence(kind.raw, der.explicit(0, der.sequence(*grown)))
