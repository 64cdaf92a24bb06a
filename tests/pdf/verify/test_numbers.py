"""Numbers of objects and sections that viewers take for another's, or that make them build a table of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pdf.sign import syntax
from pdf.sign.revision import Head, Update
from pdf.verify import FileVerdict, Indication, verify_pdf
from pdf.verify.changes import _is_known_file
from pdf.verify.objects import Plain
from pdf.verify.xref import Entries, Misspelt, read_rows, read_table
from tests.pdf import signing_world as w
from tests.pdf.verify import crooked, foreign
from tests.pdf.verify.crooked import Crook, NumberedUpdate
from tests.pdf.verify.test_foreign_files import world_signed
from tests.pdf.verify.test_liberties import stamped_on, with_catalog


def judged(pdf: bytes) -> FileVerdict:
    return verify_pdf(pdf, name="numbers.pdf", anchors=[w.world().root.certificate])


def told(pdf: bytes) -> set[str]:
    """What is said about a file that fails."""
    verdict = judged(pdf)
    assert verdict.verdict is Indication.TOTAL_FAILED
    return {str(reason.params.get("detail", reason.code)) for reason in verdict.reasons}


BORNE = "a cross-reference stream with the number of another object"


def numbered(number: int, *, is_listed: bool) -> bytes:
    return crooked.stamped(NumberedUpdate(Head(crooked.finished()), number, is_listed=is_listed))


@pytest.mark.parametrize("is_listed", [False, True], ids=["unlisted", "listed"])
def test_a_section_with_the_number_of_a_text_fails_the_file(is_listed: bool) -> None:
    assert BORNE in told(numbered(crooked.contents(), is_listed=is_listed))


def test_a_section_with_a_number_that_nothing_bore_is_unusual_only() -> None:
    verdict = judged(numbered(Head(crooked.finished()).size + 50, is_listed=False))
    assert [each.code for each in verdict.reasons] == ["other-program"]


def test_a_section_with_a_number_that_something_already_refers_to_leaves_no_pass() -> None:
    """A page that names a text which is not there yet, and the section in its place."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm 7 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents [4 0 R 40 0 R] /Annots 6 0 R >>",
        4: foreign.CONTENT,
        5: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (A) /F 132 /Rect [0 0 0 0] /P 3 0 R >>",
        6: b"[5 0 R]",
        7: b"<< /Fields 8 0 R /SigFlags 3 >>",
        8: b"[5 0 R]",
    }
    base = world_signed(foreign.hand_made(objects), "A")
    for number in (41, 42):  # nothing refers to these
        found = judged(crooked.stamped(NumberedUpdate(Head(base), number, is_listed=True)))
        assert found.verdict is Indication.TOTAL_PASSED
    assert BORNE in told(crooked.stamped(NumberedUpdate(Head(base), 40, is_listed=False)))


@pytest.mark.parametrize(("first", "fits"), [(0, True), (3, True), (9, False), (0x4254202F46312033, False)])
def test_a_free_number_leads_to_one_that_there_is(first: int, fits: bool) -> None:
    entries = Entries()
    entries.begin(5, 1)
    entries.add(5, 0, first, 1)
    if fits:
        entries.check(9)
        return
    with pytest.raises(Misspelt):
        entries.check(9)


def table(*runs: tuple[int, int]) -> bytes:
    rows = {count: b"".join(b"0000000015 00000 n \n" for _ in range(count)) for _, count in runs}
    return b"xref\n" + b"".join(b"%d %d\n%s" % (first, count, rows[count]) for first, count in runs) + b"trailer\n<<"


@pytest.mark.parametrize("runs", [[(0, 0)], [(1, 2)], [(1, 2), (3, 1)], [(1, 1), (7, 2)]])
def test_runs_in_their_order_are_of_the_one_form(runs: list[tuple[int, int]]) -> None:
    entries, _ = read_table(table(*runs), 0, 100)
    entries.check(9)


@pytest.mark.parametrize(
    "runs", [[(0, 0), (1, 1)], [(1, 1), (0, 0)], [(1, 1), (5, 0)], [(9999999, 0)], [(5, 1), (1, 2)], [(1, 9)], [(9, 1)]]
)
def test_runs_that_are_empty_or_out_of_order_or_past_the_size_are_told(runs: list[tuple[int, int]]) -> None:
    entries, _ = read_table(table(*runs), 0, 100)
    with pytest.raises(Misspelt):
        entries.check(9)
    index: list[Plain] = [number for run in runs for number in run]
    rows = b"".join(b"\1\0\7\0" for _, count in runs for _ in range(count))
    with pytest.raises(Misspelt):
        read_rows({"/W": [1, 2, 1], "/Index": index}, rows, 100).check(9)


@pytest.mark.parametrize("empty", [b"9999999 0\n", b"9999999999 0\n", b"4194304 0\n", b"0 0\n"])
@pytest.mark.parametrize("last", [False, True], ids=["first", "last"])
def test_an_empty_run_for_which_viewers_build_a_table_of_their_own_fails_the_file(empty: bytes, last: bool) -> None:
    def bent(_: Update, written: bytes) -> bytes:
        return written + empty if last else written.replace(b"xref\n", b"xref\n" + empty, 1)

    pdf = crooked.crooked(Crook(table=bent))
    assert {"runs of a cross-reference section that are empty or out of order", "broken-file"} & told(pdf)


HIDDEN: dict[str, bytes] = {
    "far apart": b"12%s0%sobj" % (b" " * 70, b" " * 300),
    "very far apart": b"12 0%sobj" % (b" " * 5_000),
    "parted by a comment": b"12 % a comment\n0 obj",
    "parted by two comments": b"12 %% a\n0 %%%s\nobj" % (b"x" * 3_000),
    "parted by a vertical tab": b"12\v0\vobj",
    "held together": b"12 0obj",
    "on lines": b"12\n0\n\nobj",
}
HARMLESS = [b"12 objects", b"0 obj", b"x 0 obj", b"12, 0 obj", b"an\nobj", b"%s\nobj" % (b"x" * 400)]


@pytest.mark.parametrize("name", HIDDEN)
def test_what_a_program_that_mends_takes_for_an_object_fails_the_file(name: str) -> None:
    assert "something that looks like an object inside another" in told(
        with_catalog(b"/Extensions << /A (%s) >>" % HIDDEN[name])
    )


@pytest.mark.parametrize("words", HARMLESS)
def test_words_that_only_sound_like_an_object_do_no_harm(words: bytes) -> None:
    found = told(with_catalog(b"/Extensions << /A (%s) >>" % words))
    assert "something that looks like an object inside another" not in found
    assert "change-not-allowed" in found


@pytest.mark.parametrize("announced", [b"5", b"(x)", b"<< >>", b"TEXT", b"[TEXT]"])
def test_a_page_without_annotations_that_gets_anything_but_a_new_list_fails_the_file(
    monkeypatch: pytest.MonkeyPatch, announced: bytes
) -> None:
    def page(update: Update) -> int:
        number = update.head.pages()[1]
        entries = update.head.dictionary(number)
        assert b"Annots" not in entries
        entries[b"Annots"] = announced.replace(b"TEXT", syntax.ref(crooked.contents()))
        update.put(number, syntax.write_dictionary(entries))
        return number

    assert "page-changed" in told(stamped_on(monkeypatch, page))


ID: list[Plain] = [b"1", b"2"]


@pytest.mark.parametrize(
    ("old", "new", "is_known"),
    [
        (ID, ID, True), (ID, [b"1", b"3"], True), (None, ID, True), (None, None, True), ([b"1"], [b"1"], True),
        (ID, [b"2", b"2"], False), (ID, None, False), (ID, [b"1"], False), (None, [b"1"], False), (None, 5, False),
        (None, [1, 2], False), (None, [b"1", b"2", b"3"], False), (ID, [b"1", 5], False),
    ],
)  # fmt: skip
def test_an_identifier_is_two_strings_of_which_the_first_stays(old: Plain, new: Plain, is_known: bool) -> None:
    assert _is_known_file(old, new) is is_known


def from_the_front(length: Callable[[bytes], bytes]) -> FileVerdict:
    """A file of others, made for reading page by page, that says how long it is; signed twice."""
    field = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /F 132 /Rect [0 0 0 0] /P 3 0 R >>"

    def made(said: bytes) -> bytes:
        objects = {
            8: b"<< /Linearized 1 /L %s /H [1 1] /O 3 /E 500 /N 1 /T 900 >>" % said,
            1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm 7 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
            4: foreign.CONTENT,
            5: field % b"A",
            6: field % b"B",
            7: b"<< /Fields [5 0 R 6 0 R] /SigFlags 3 >>",
        }
        return world_signed(world_signed(foreign.hand_made(objects), "A"), "B")

    said = length(made(length(made(b"00000"))))
    return judged(made(said))


def test_a_file_that_viewers_read_from_the_front_leaves_doubt_once_something_follows() -> None:
    exactly = from_the_front(lambda pdf: b"%d" % len(pdf))
    assert [each.code for each in exactly.reasons] == ["base-read-differently"]


def test_a_file_that_was_made_for_reading_page_by_page_and_is_longer_now_passes() -> None:
    assert from_the_front(lambda pdf: b"%d" % (len(pdf) // 2)).verdict is Indication.TOTAL_PASSED
