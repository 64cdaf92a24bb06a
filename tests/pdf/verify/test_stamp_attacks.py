"""Document timestamps under attack: anybody gets a token, so nothing but an unseen, bare field may come with one."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

import pdf.sign as sign
from pdf.sign import archive, person, syntax
from pdf.sign.appearance import put_appearance
from pdf.sign.dictionary import (
    DOCUMENT_TIMESTAMP,
    Placeholder,
    close_with_range,
    fill_contents,
    put_signature,
    range_digest,
)
from pdf.sign.revision import Head, Update
from pdf.sign.values import RESERVE
from pdf.verify import FileVerdict, Indication, verify_pdf
from tests.pdf import seal_world as seals
from tests.pdf import signing_world as w

Entries = dict[bytes, bytes]
LOOK = sign.Appearance(drawing=w.drawn_png(), captions=w.CAPTIONS, font=w.FONT)


def judged(pdf: bytes) -> FileVerdict:
    return verify_pdf(pdf, name="stamps.pdf", anchors=[w.world().root.certificate])


@lru_cache(maxsize=1)
def signed() -> bytes:
    """Signed by everybody."""
    head = w.frozen()
    for slot in (1, 2, 3):
        head = w.signed(head, slot=slot, timestamper=w.world().timestamper)
    return head


@lru_cache(maxsize=1)
def frozen() -> bytes:
    return seals.frozen([seals.Page()], seals.spec(2, edges=False))


def stamped_with(
    monkeypatch: pytest.MonkeyPatch, *, field: Entries | None = None, value: Entries | None = None
) -> bytes:
    """A stranger's document timestamp over a finished file, with more in its field or its dictionary."""
    write, put, head = syntax.write_dictionary, archive.put_signature, signed()

    def with_more(entries: Entries) -> bytes:
        return write({**entries, **(field or {})} if b"Rect" in entries else entries)

    def put_more(update: Update, number: int, *, subfilter: bytes, entries: Entries, reserve: int) -> Placeholder:
        return put(update, number, subfilter=subfilter, entries={**entries, **(value or {})}, reserve=reserve)

    with monkeypatch.context() as patched:
        patched.setattr(syntax, "write_dictionary", with_more)
        patched.setattr(archive, "put_signature", put_more)
        return sign.stamp(head, timestamper=w.world().timestamper)


def test_a_plain_timestamp_over_a_finished_file_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged(stamped_with(monkeypatch)).verdict is Indication.TOTAL_PASSED


FIELDS: dict[str, Entries] = {
    "ink": {b"Subtype": b"/Ink", b"InkList": b"[[140 540 100 540 100 580]]", b"C": b"[1 0 0]", b"F": b"4"},
    "polygon": {b"Subtype": b"/Polygon", b"Vertices": b"[50 450 550 450 550 700]", b"IC": b"[0 0 0]"},
    "line": {b"Subtype": b"/Line", b"L": b"[0 0 500 800]"},
    "kind alone": {b"Subtype": b"/Stamp"},
    "note": {b"Contents": b"(the amount is 1)"},
    "action": {b"A": b"<< /S /Launch /F (a.exe) >>"},
    "actions": {b"AA": b"<< /PO << /S /JavaScript /JS (x) >> >>"},
    "picture": {b"AP": b"<< /N 5 0 R >>"},
    "layer": {b"OC": b"<< /Type /OCG /Name (x) >>"},
    "kids": {b"Kids": b"[5 0 R]"},
    "parent": {b"Parent": b"5 0 R"},
    "size": {b"Rect": b"[0 0 500 800]"},
    "flags": {b"F": b"4"},
    "a person's name": {b"T": b"(Signer-4 \\267 A. Mayor \\267 2026-11-20 \\267 B-LTA)"},
    "a name beside": {b"TU": b"(signed by all)"},
}


@pytest.mark.parametrize("name", FIELDS)
def test_a_timestamps_field_that_holds_anything_else_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = judged(stamped_with(monkeypatch, field=FIELDS[name]))

    assert verdict.verdict is Indication.TOTAL_FAILED
    assert "annotation-changed" in {reason.code for reason in verdict.reasons}


@pytest.mark.parametrize("value", [{b"Name": b"(x)"}, {b"Reference": b"[]"}, {b"V": b"1"}])
def test_a_timestamps_dictionary_that_holds_anything_else_fails(
    value: Entries, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert judged(stamped_with(monkeypatch, value=value)).verdict is Indication.TOTAL_FAILED


def stamped_in(head: bytes, slot: int, *, look: bool, draws_seal: bool) -> bytes:
    """A timestamp in the field of a signer, with what looks like a signature."""
    base = Head(head)
    update, number = Update(base), base.fields[f"Signer-{slot}"]
    widget, signature = base.dictionary(number), update.new()
    placeholder = put_signature(update, signature, subfilter=DOCUMENT_TIMESTAMP, entries={}, reserve=RESERVE)
    changed = {**widget, b"V": syntax.ref(signature)}
    if look:
        form = put_appearance(update, LOOK, person._box(widget))
        changed[b"AP"] = syntax.write_dictionary({b"N": syntax.ref(form)})
    update.put(number, syntax.write_dictionary(changed))
    if draws_seal:
        person._show_seal(update, f"Signer-{slot}")
    increment, byte_range = close_with_range(update, placeholder)
    token = w.world().timestamper.token(range_digest(head, increment, byte_range))
    return head + fill_contents(increment, len(head), byte_range, token)


@pytest.mark.parametrize(("look", "draws_seal"), [(True, True), (True, False), (False, False)])
def test_a_timestamp_in_a_signers_field_fails_by_name(look: bool, draws_seal: bool) -> None:
    head = seals.signed(seals.signed(frozen(), 1, draws_seal=False), 3, draws_seal=False)
    verdict = judged(stamped_in(head, 2, look=look, draws_seal=draws_seal))

    assert verdict.verdict is Indication.TOTAL_FAILED
    found = {(reason.code, reason.params.get("field")) for reason in verdict.reasons}
    assert ("timestamp-in-field", "Signer-2") in found
    assert (("seal-changed", "Signer-2") in found) is draws_seal
    assert "unfinished" in {code for code, _ in found}


@pytest.mark.parametrize("close", [w.sealed, lambda pdf: sign.stamp(pdf, timestamper=w.world().timestamper)])
def test_no_timestamp_makes_an_unfinished_file_finished(close: Callable[[bytes], bytes]) -> None:
    verdict = judged(close(w.signed(w.frozen(), timestamper=w.world().timestamper)))

    assert verdict.verdict is Indication.INDETERMINATE
    assert [(reason.code, reason.params["count"]) for reason in verdict.reasons] == [("unfinished", 2)]


@pytest.mark.parametrize("place", ["Info", "Metadata"])
def test_no_revision_says_anew_what_a_certified_file_is_called(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Update.close

    def close(update: Update) -> bytearray:
        number = update.new()
        if place == "Info":
            update.put(number, b"<< /Title (Another agreement) >>")
            update.head.trailer[b"Info"] = syntax.ref(number)
        else:
            update.put_stream(number, {b"Type": b"/Metadata", b"Subtype": b"/XML"}, b"<x/>")
            catalog = {**update.head.catalog, b"Metadata": syntax.ref(number)}
            update.put(update.head.root, syntax.write_dictionary(catalog))
        return write(update)

    head = signed()
    with monkeypatch.context() as patched:
        patched.setattr(Update, "close", close)
        renamed = sign.stamp(head, timestamper=w.world().timestamper)

    assert {reason.code for reason in judged(renamed).reasons} == {"change-not-allowed"}
