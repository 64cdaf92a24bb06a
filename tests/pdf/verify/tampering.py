"""What an attacker does to a file of ours: revisions that no signing makes, cuts, and flips."""

from __future__ import annotations

import re

from pdf.sign import syntax
from pdf.sign.revision import Head, Update


def revised(pdf: bytes, changes: dict[int, dict[bytes, bytes]]) -> bytes:
    """The file with a revision that sets entries of dictionaries; an empty value drops the entry."""
    head = Head(pdf)
    update = Update(head)
    for number, entries in changes.items():
        merged = {key: value for key, value in {**head.dictionary(number), **entries}.items() if value}
        update.put(number, syntax.write_dictionary(merged))
    return pdf + bytes(update.close())


def with_objects(pdf: bytes, objects: dict[int, bytes]) -> bytes:
    """The file with a revision that writes whole objects; the table says that numbers up to the highest are in use."""
    update = Update(Head(pdf))
    for _ in range(update.head.size, max(objects) + 1):
        update.new()
    for number, body in objects.items():
        update.put(number, body)
    return pdf + bytes(update.close())


def with_new_page(pdf: bytes) -> bytes:
    """A page appended to the page tree."""
    head = Head(pdf)
    tree = syntax.reference(head.catalog[b"Pages"])
    assert tree is not None
    pages = head.pages()
    update = Update(head)
    page = update.new()
    update.put(page, b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] >>" % tree)
    kids = b"[" + b" ".join(syntax.ref(number) for number in [*pages, page]) + b"]"
    node = {**head.dictionary(tree), b"Kids": kids, b"Count": b"%d" % (len(pages) + 1)}
    update.put(tree, syntax.write_dictionary(node))
    return pdf + bytes(update.close())


def with_annotation(pdf: bytes) -> bytes:
    """A free-text annotation over the first page."""
    head = Head(pdf)
    page = head.pages()[0]
    update = Update(head)
    note = update.new()
    update.put(note, b"<< /Type /Annot /Subtype /FreeText /Rect [0 0 500 800] /Contents (5) /DA (/Helv 12 Tf) /F 4 >>")
    place = syntax.reference(head.dictionary(page)[b"Annots"])
    assert place is not None
    numbers = [*head.array(syntax.ref(place)), note]
    update.put(place, b"[" + b" ".join(syntax.ref(number) for number in numbers) + b"]")
    return pdf + bytes(update.close())


def with_new_field(pdf: bytes, name: str = "Signer-9") -> bytes:
    """A visible signature field that freezing did not make."""
    head = Head(pdf)
    page = head.pages()[0]
    update = Update(head)
    field = update.new()
    widget = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /F 132 /Rect [0 0 500 800] /P %d 0 R >>"
    update.put(field, widget % (name.encode(), page))
    for place, numbers in (
        (syntax.reference(head.dictionary(head.acroform)[b"Fields"]), list(head.fields.values())),
        (syntax.reference(head.dictionary(page)[b"Annots"]), head.array(head.dictionary(page)[b"Annots"])),
    ):
        assert place is not None
        update.put(place, b"[" + b" ".join(syntax.ref(number) for number in [*numbers, field]) + b"]")
    return pdf + bytes(update.close())


def ends(pdf: bytes) -> list[int]:
    """Where each revision ends."""
    return [found.end() for found in re.finditer(rb"startxref\s+\d+\s+%%EOF\r?\n?", pdf)]


def flipped(data: bytes, at: int, bit: int = 0) -> bytes:
    """The same bytes but for one bit."""
    changed = bytearray(data)
    changed[at] ^= 1 << bit
    return bytes(changed)


def gaps(pdf: bytes) -> list[tuple[int, int]]:
    """The part of the file that each signature leaves out, in the order of their ends."""
    found = re.finditer(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", pdf)
    numbers = [(int(match[1]), int(match[2]), int(match[3])) for match in found]
    return [(start, end) for start, end, _ in sorted(numbers, key=lambda each: each[1] + each[2])]
