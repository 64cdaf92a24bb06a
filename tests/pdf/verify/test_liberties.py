"""Forms that one lexer reads so and the next otherwise, and places where anything could be hung: none passes."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from pdf.sign import syntax
from pdf.sign.revision import Head, Update
from pdf.verify import FileVerdict, Indication, verify_pdf
from tests.pdf import signing_world as w
from tests.pdf.verify import crooked
from tests.pdf.verify.crooked import Crook, CrookedUpdate, StreamUpdate

EXTENSIONS = b"/Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 5 >> >>"


def judged(pdf: bytes) -> FileVerdict:
    return verify_pdf(pdf, name="liberties.pdf", anchors=[w.world().root.certificate])


def told(pdf: bytes) -> set[str]:
    """The codes of a file that fails."""
    verdict = judged(pdf)
    assert verdict.verdict is Indication.TOTAL_FAILED
    return {reason.code for reason in verdict.reasons}


def stamped(change: Callable[[Update], object], update: Update | None = None) -> bytes:
    """The finished file with a stranger's revision that writes whatever `change` puts."""
    update = update or CrookedUpdate(Head(crooked.finished()), Crook())
    change(update)
    return crooked.stamped(update)


def plain_catalog(head: Head) -> bytes:
    """The catalog without its extensions."""
    return syntax.write_dictionary({key: value for key, value in head.catalog.items() if key != b"Extensions"})


def with_catalog(more: bytes, old: bytes = b"", new: bytes = b"") -> bytes:
    """A stranger's revision with the catalog written anew: `more` at its end, `old` replaced."""

    def change(update: Update) -> None:
        catalog = plain_catalog(update.head)
        assert old in catalog
        update.put(update.head.root, catalog.replace(old, new).removesuffix(b">>") + more + b" >>")

    return stamped(change)


def with_words(words: bytes) -> bytes:
    """A stranger's revision that writes the store's register anew, with `words` at its end."""

    def change(update: Update) -> None:
        store = syntax.reference(update.head.catalog[b"DSS"])
        assert store is not None
        number = syntax.reference(update.head.dictionary(store)[b"VRI"])
        assert number is not None
        register = syntax.write_dictionary(update.head.dictionary(number))
        update.put(number, register.removesuffix(b">>") + words + b" >>")

    return stamped(change)


def test_a_store_written_anew_in_our_own_words_does_no_harm() -> None:
    pdf = with_words(b"/A << /TU (a\\)) >> /B << /TU <4141> >>")
    assert judged(pdf).verdict is Indication.TOTAL_PASSED


@pytest.mark.parametrize(
    "words", [b"/A << /TU (a(b)) >>", b"/B << /TU <41 4> >>", b"/C << % note\n >>", b"/D << /TU\t(a) >>"]
)
def test_words_that_all_read_alike_and_that_are_not_ours_leave_doubt(words: bytes) -> None:
    assert [each.code for each in judged(with_words(words)).reasons] == ["other-program"]


@pytest.mark.parametrize("more", [b"/Extensions << /A 1 >>", EXTENSIONS + b" /Version /2.0"])
def test_what_our_writer_never_says_anew_fails_the_file(more: bytes) -> None:
    assert told(with_catalog(more)) == {"change-not-allowed"}


LIBERTIES: dict[str, bytes] = {
    "a comment in a hexadecimal string": b"/Extensions << /A <41%> /Q 1 /B <\n42> >>",
    "a sign in a hexadecimal string": b"/Extensions << /A <4x1> >>",
    "a vertical tab in a hexadecimal string": b"/Extensions << /A <41\v> >>",
    "a dictionary closed by half": b"/Extensions << /A << /B 5 >x >>",
    "a dictionary closed twice by half": b"/Extensions << /A << /B 5 > > >>",
    "a vertical tab between": b"/Extensions <<\v/A 1 >>",
    "words that hold together": b"/Extensions << /A truefalse >>",
    "an entry twice": b"/Extensions << /A 1 /A 2 >>",
    "an entry twice, once in disguise": b"/Extensions << /#20 1 /#20 2 >>",
    "a letter in disguise": b"/Extensions << /#41 1 >>",
    "a sign that hides nothing": b"/Extensions << /A#4 1 >>",
    "a name with the sign of the end": b"/Extensions << /A#00B 1 >>",
    "a name past the buffer": b"/Extensions << /%s 1 >>" % (b"A" * 200),
    "a comment that ends an object": b"/Extensions << % endobj\n /A 1 >>",
    "a comment that begins a trailer": b"/Extensions << % trailer\n /A 1 >>",
    "a comment without end of line": b"/Extensions << %\v/A 1 >>",
    "two points": b"/Extensions << /A 1.2.3 >>",
    "two signs": b"/Extensions << /A --1 >>",
    "a number past the word": b"/Extensions << /A 4294967297 >>",
    "a brace": b"/Extensions << /A {1} >>",
    "a string left open": b"/Extensions << /A (( ) >>",
}


@pytest.mark.parametrize("name", LIBERTIES)
def test_an_object_that_lexers_read_differently_fails_the_file(name: str) -> None:
    assert told(with_catalog(LIBERTIES[name])) & {"read-differently", "broken-file"}


@pytest.mark.parametrize("name", [b"/P#61ges", b"/Pages\v", b"/Pages%obj\n"])
def test_a_name_that_is_written_otherwise_fails_the_file(name: bytes) -> None:
    assert told(with_catalog(EXTENSIONS, b"/Pages", name)) & {"read-differently", "broken-file"}


@pytest.mark.parametrize("gap", [b"\v", b"%x\n", b"     "])
def test_a_reference_that_is_written_otherwise_fails_the_file(gap: bytes) -> None:
    pages = syntax.reference(Head(crooked.finished()).catalog[b"Pages"])
    new = b"%d%s0 R" % (pages, gap)
    assert told(with_catalog(EXTENSIONS, b"%d 0 R" % pages, new)) & {"read-differently", "broken-file"}


@pytest.mark.parametrize("number", [b"0", b"4294967301", b"99999999"])
def test_a_reference_past_all_numbers_fails_the_file(number: bytes) -> None:
    assert told(with_catalog(b"/Extensions << /A [%s 0 R] >>" % number)) & {"read-differently", "broken-file"}


def test_pages_hidden_in_a_string_as_pyhanko_reads_it_fail_the_file() -> None:
    """The words of another page, which every viewer shows."""

    def change(update: Update) -> None:
        pages = crooked.other_pages(update)
        catalog = plain_catalog(update.head).removesuffix(b">>")
        hidden = b"/Extensions << /A <41%%> >> /Pages %d 0 R /B << /C <\n42> >>" % pages
        update.put(update.head.root, catalog + hidden + b" >>")

    assert "read-differently" in told(stamped(change))


@pytest.mark.parametrize("more", [b" /X <41%>", b" /X 1 /X 2", b" /Root#20 1", b" % trailer\n"])
def test_a_trailer_that_lexers_read_differently_fails_the_file(more: bytes) -> None:
    crook = Crook(tail=lambda tail: tail.replace(b"trailer\n<<", b"trailer\n<<" + more))
    assert told(crooked.crooked(crook)) & {"read-differently", "broken-file"}


@pytest.mark.parametrize("more", [b"/X <41%> ", b"/Length 5 ", b"/A << /B 1 >x "])
def test_the_dictionary_of_a_section_that_lexers_read_differently_fails_the_file(more: bytes) -> None:
    class Bent(StreamUpdate):
        def put(self, number: int, body: bytes) -> int:
            return super().put(number, body.replace(b"<< /Type /XRef ", b"<< /Type /XRef " + more))

    pdf = crooked.stamped(Bent(Head(crooked.finished()), lambda _: []))
    assert told(pdf) & {"read-differently", "broken-file", "byte-range-malformed"}


def packed(header: bytes, body: bytes) -> bytes:
    """The catalog in an object stream of this header and body; `%d` and the catalog stand in them."""

    def more(update: Update) -> list[tuple[int, crooked.Entry]]:
        root, container = update.head.root, update.new()
        first, catalog = header % root, syntax.write_dictionary(update.head.catalog)
        values = {b"Type": b"/ObjStm", b"N": b"1", b"First": b"%d" % len(first)}
        update.put_stream(container, values, first + body.replace(b"CATALOG", catalog))
        return [(root, (2, container, 0))]

    return crooked.stamped(StreamUpdate(Head(crooked.finished()), more))


def test_a_packed_object_that_ends_where_the_stream_ends_does_no_harm() -> None:
    reasons = judged(packed(b"%d 0 ", b"CATALOG\n")).reasons
    assert [each.code for each in reasons] == ["other-program"]


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (b"%d 0 ", b"CATALOG /X"), (b"%d 0 ", b"CATALOG endobj"), (b"%d 0\v", b"CATALOG"), (b"%d +0 ", b"CATALOG"),
        (b"%d 0_0 ", b"CATALOG"), (b"%d 3 ", b"7 %\nCATALOG"), (b"%d 0 ", b"%\nCATALOG %x"), (b"%d 0 ", b"\vCATALOG"),
    ],
)  # fmt: skip
def test_a_packed_object_with_anything_beside_it_fails_the_file(header: bytes, body: bytes) -> None:
    assert told(packed(header, body)) & {"read-differently", "broken-file"}


def certificate() -> bytes:
    return w.world().tsa_authority.certificate.public_bytes(Encoding.DER)


def with_stream(entries: dict[bytes, bytes]) -> Callable[[Update], None]:
    """A new certificate in the store whose stream says more."""

    def change(update: Update) -> None:
        head, added, unseen = update.head, update.new(), update.new()
        number = syntax.reference(head.catalog[b"DSS"])
        assert number is not None
        store = head.dictionary(number)
        if any(b"NEW" in value for value in entries.values()):
            update.put(unseen, b"<< /Type /Pages /Count 0 /Kids [] >>")
        update.put_stream(added, {key: value.replace(b"NEW", syntax.ref(unseen)) for key, value in entries.items()},
                          certificate())  # fmt: skip
        kept = [*head.array(store[b"Certs"]), added]
        store[b"Certs"] = b"[" + b" ".join(syntax.ref(each) for each in kept) + b"]"
        update.put(number, syntax.write_dictionary(store))

    return change


@pytest.mark.parametrize(
    "entries",
    [{b"X": b"NEW"}, {b"X": b"1"}, {b"Type": b"NEW"}, {b"DecodeParms": b"<< /X NEW >>"}, {b"F": b"(a.txt)"}],
)
def test_a_stream_of_the_store_that_says_more_than_how_it_is_packed_fails_the_file(entries: dict[bytes, bytes]) -> None:
    assert judged(stamped(with_stream({}))).verdict is Indication.TOTAL_PASSED
    assert told(stamped(with_stream(entries))) & {"change-not-allowed", "broken-file"}


@pytest.mark.parametrize("entry", [{b"Type": b"NEW"}, {b"CRLs": b"<< /X NEW >>"}, {b"OCSPs": b"NEW"}])
def test_a_store_on_which_anything_else_is_hung_fails_the_file(entry: dict[bytes, bytes]) -> None:
    def change(update: Update) -> None:
        unseen = update.new()
        update.put(unseen, b"<< /Type /Pages /Count 0 /Kids [] >>")
        crooked.store(update, {key: value.replace(b"NEW", syntax.ref(unseen)) for key, value in entry.items()}, {})

    assert "change-not-allowed" in told(stamped(change))


class ElsewhereUpdate(CrookedUpdate):
    """A revision whose field is announced on no page, and says itself on which it stands."""

    def put(self, number: int, body: bytes) -> int:
        announced = syntax.reference(self.head.dictionary(self.head.pages()[0])[b"Annots"])
        return 0 if number == announced else super().put(number, body)


def stamped_on(monkeypatch: pytest.MonkeyPatch, page: Callable[[Update], int]) -> bytes:
    """A stranger's timestamp whose field says that it stands on this."""
    write, update = syntax.write_dictionary, ElsewhereUpdate(Head(crooked.finished()), Crook())
    number = page(update)

    def elsewhere(entries: dict[bytes, bytes]) -> bytes:
        return write({**entries, b"P": syntax.ref(number)} if b"Rect" in entries else entries)

    with monkeypatch.context() as patched:
        patched.setattr(syntax, "write_dictionary", elsewhere)
        return crooked.stamped(update)


def test_a_timestamp_that_no_page_announces_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = stamped_on(monkeypatch, lambda update: update.head.pages()[1])
    assert judged(pdf).verdict is Indication.TOTAL_PASSED


def test_a_text_of_the_same_length_that_passes_for_the_page_of_a_timestamp_fails_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def text(update: Update) -> int:
        head, number = update.head, crooked.contents()
        length = int(head.dictionary(number)[b"Length"])
        words = zlib.compress(b"BT /F1 30 Tf 60 760 Td (1 yuan) Tj ET")
        update.put_stream(number, {b"Filter": b"/FlateDecode"}, words.ljust(length))
        assert len(words) <= length
        return number

    assert "change-not-allowed" in told(stamped_on(monkeypatch, text))


@pytest.mark.parametrize("entries", [b"<< /Type /Page >>", b"<< /Type /Pages /Kids [] /Count 0 >>"])
def test_a_timestamp_on_a_page_of_its_own_fails_the_file(monkeypatch: pytest.MonkeyPatch, entries: bytes) -> None:
    def page(update: Update) -> int:
        number = update.new()
        update.put(number, entries)
        return number

    assert "annotation-changed" in told(stamped_on(monkeypatch, page))


def test_a_timestamp_on_what_is_no_page_fails_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "annotation-changed" in told(stamped_on(monkeypatch, lambda update: update.head.acroform))
