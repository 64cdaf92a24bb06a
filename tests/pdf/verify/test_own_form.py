"""What another program wrote into a file of ours: never a pass, however harmless it is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from pdf.sign import syntax
from pdf.sign.revision import Head, Update
from pdf.verify import FileVerdict, Indication, verify_pdf
from tests.pdf import signing_world as w
from tests.pdf.verify import crooked
from tests.pdf.verify.crooked import Crook, CrookedUpdate, StreamUpdate


def judged(pdf: bytes) -> FileVerdict:
    return verify_pdf(pdf, name="own.pdf", anchors=[w.world().root.certificate])


def stamped(update: Callable[[Head], Update]) -> FileVerdict:
    """The finished file with one more timestamp in a revision of this making."""
    return judged(crooked.stamped(update(Head(crooked.finished()))))


def crook(**done: Callable[..., bytes]) -> Callable[[Head], Update]:
    return lambda head: CrookedUpdate(head, Crook(**done))


def replaced(old: bytes, new: bytes) -> Callable[[Head], Update]:
    """Our own revision with its table and what follows it written a little otherwise."""

    def tail(closed: bytes) -> bytes:
        assert old in closed
        return closed.replace(old, new, 1)

    return crook(tail=tail)


class Spaced(Update):
    """Objects that end otherwise than ours; the table tells their places truly."""

    def __init__(self, head: Head, old: bytes, new: bytes) -> None:
        super().__init__(head)
        self.words = old, new

    def put(self, number: int, body: bytes) -> int:
        begun = len(self._out)
        place = super().put(number, body)
        self._out[begun:] = bytes(self._out[begun:]).replace(*self.words, 1)
        return place


def test_a_further_revision_of_our_own_passes() -> None:
    assert stamped(Update).verdict is Indication.TOTAL_PASSED


OTHERS: dict[str, Callable[[Head], Update]] = {
    "a cross-reference stream": lambda head: StreamUpdate(head, lambda _: []),
    "a comment": crook(before=lambda _: b"% by another program\n"),
    "white space behind the objects": crook(before=lambda _: b"\n"),
    "a table with another line end": replaced(b"xref\n", b"xref\r\n"),
    "an entry with another end": replaced(b" n \n", b" n\r\n"),
    "the head of the list of free objects": crook(
        table=lambda _, table: table.replace(b"xref\n", b"xref\n0 1\n0000000000 65535 f \n")
    ),
    "runs that could be one": crook(
        table=lambda _, table: re.sub(
            rb"\n(\d+) 2\n([^\n]+\n)", lambda m: b"\n%s 1\n%s%d 1\n" % (m[1], m[2], int(m[1]) + 1), table, count=1
        )
    ),
    "a trailer with other blanks": replaced(b"trailer\n<< ", b"trailer\n<<  "),
    "a trailer in another order": crook(tail=lambda closed: re.sub(rb"(/Size \d+) (/Prev \d+)", rb"\2 \1", closed)),
    "blanks before an object's end": lambda head: Spaced(head, b"\nendobj\n", b"\n\nendobj\n"),
    "blanks behind an object": lambda head: Spaced(head, b"\nendobj\n", b"\nendobj\n\n"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_another_program_laid_out_leaves_doubt(name: str) -> None:
    verdict = stamped(OTHERS[name])
    assert verdict.verdict is Indication.INDETERMINATE
    assert [reason.code for reason in verdict.reasons] == ["other-program"]


def respelt(update: Callable[[bytes], bytes]) -> Callable[[Head], Update]:
    """A revision of our own that writes the first page once more, in other words."""

    def written(head: Head) -> Update:
        made, page = Update(head), head.pages()[0]
        made.put(page, update(syntax.write_dictionary(head.dictionary(page))))
        return made

    return written


def adding(entry: bytes) -> Callable[[Head], Update]:
    return respelt(lambda page: page.removesuffix(b">>") + entry + b" >>")


# Each was equal to what stood before in the eyes of the verifier, and another page in those of a viewer.
RESPELT: dict[str, Callable[[Head], Update]] = {
    "an octet that is white to pdfium": adding(b"/Contents\xff5\xff0\xffR null"),
    "the other octet that is": adding(b"/Rotate\x8090 null"),
    "an entry that is null": adding(b"/CropBox null"),
    "two blanks": respelt(lambda page: page.replace(b" /", b"  /", 1)),
    "a name in disguise": respelt(lambda page: page.replace(b"/Type /Page", b"/Type /P#2dage", 1)),
    "a string with line ends": adding(b"/X (\r\n)"),
    "a comment": respelt(lambda page: page.replace(b" /", b" %x\n/", 1)),
}


@pytest.mark.parametrize("name", RESPELT)
def test_a_page_said_in_other_words_is_no_pass(name: str) -> None:
    assert stamped(RESPELT[name]).verdict is not Indication.TOTAL_PASSED


def test_a_page_said_again_in_the_same_words_changes_nothing() -> None:
    again = stamped(respelt(lambda page: page))
    assert [reason.code for reason in again.reasons] in ([], ["other-program"])
