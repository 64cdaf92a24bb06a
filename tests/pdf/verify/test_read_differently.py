"""Revisions that viewers read otherwise than pyHanko: none passes, whoever appended it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

import pdf.sign as sign
from pdf.sign import syntax
from pdf.sign.revision import Head, Update
from pdf.verify import FileVerdict, Indication, verify_pdf
from tests.pdf import signing_world as w
from tests.pdf.verify import crooked
from tests.pdf.verify.crooked import Crook, CrookedUpdate, Entry, StreamUpdate


def judged(pdf: bytes) -> FileVerdict:
    return verify_pdf(pdf, name="crooked.pdf", anchors=[w.world().root.certificate])


def told(pdf: bytes) -> set[str]:
    """The codes of a file that fails."""
    verdict = judged(pdf)
    assert verdict.verdict is Indication.TOTAL_FAILED
    return {reason.code for reason in verdict.reasons}


def assert_unusual_only(pdf: bytes) -> None:
    """Nothing in it is read in two ways; that another program wrote it is all that there is to say."""
    assert [(each.code, each.indication) for each in judged(pdf).reasons] == [
        ("other-program", Indication.INDETERMINATE)
    ]


def by_stream(more: Callable[[Update], list[tuple[int, Entry]]] = lambda _: [], before: bytes = b"") -> bytes:
    return crooked.stamped(StreamUpdate(Head(crooked.finished()), more, before))


def test_the_same_revision_without_a_trick_passes() -> None:
    assert judged(crooked.crooked(Crook())).verdict is Indication.TOTAL_PASSED


def test_the_same_with_a_cross_reference_stream_is_unusual_only() -> None:
    assert_unusual_only(by_stream())


def in_table(entry: bytes, *, last: bool = False) -> Callable[[Update, bytes], bytes]:
    """An entry more, before or behind the others."""
    return lambda _, table: table + entry if last else table.replace(b"xref\n", b"xref\n" + entry, 1)


def freeing(generation: int) -> bytes:
    return b"%d 1\n0000000000 %05d f \n" % (crooked.contents(), generation)


@pytest.mark.parametrize("generation", [1, 2, 7, 65535])
def test_an_object_that_is_freed_in_a_table_fails_the_file(generation: int) -> None:
    codes = told(crooked.crooked(Crook(table=in_table(freeing(generation)))))
    assert "read-differently" in codes
    freed = judged(crooked.crooked(Crook(table=in_table(freeing(generation)))))
    assert not freed.revisions[-1].allowed
    assert all(each.allowed for each in freed.revisions[:-1])


@pytest.mark.parametrize("entry", [(0, 0, 1), (0, 0, 7), (3, 0, 0), (5, 7, 9)])
@pytest.mark.parametrize("beside", ["", "with other words"])
def test_an_object_that_is_freed_in_a_stream_fails_the_file(entry: Entry, beside: str) -> None:
    pdf = by_stream(lambda _: [(crooked.contents(), entry)], crooked.orphan() if beside else b"")
    assert told(pdf) & {"read-differently", "broken-file"}


def test_a_last_signer_whose_own_program_frees_a_text_fails_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    head, write = crooked.frozen(), Update._table
    for slot in (1, 2):
        head = w.signed(head, slot=slot, timestamper=w.world().timestamper)
    with monkeypatch.context() as patched:
        patched.setattr(Update, "_table", lambda update: in_table(freeing(7))(update, write(update)))
        head = w.signed(head, slot=3, timestamper=w.world().timestamper)
    assert told(w.sealed(head)) == {"read-differently"}


@pytest.mark.parametrize("generation", [0, 1, 65535])
@pytest.mark.parametrize("last", [False, True], ids=["first", "last"])
def test_a_number_that_stands_twice_in_one_table_fails_the_file(generation: int, last: bool) -> None:
    class Twice(CrookedUpdate):
        other = 0

    def before(update: Update) -> bytes:
        assert isinstance(update, Twice)
        good, evil = crooked.catalogs(update)
        update.other = update.put_twice(update.head.root, evil, good)
        return b""

    def table(update: Update, written: bytes) -> bytes:
        assert isinstance(update, Twice)
        entry = b"%d 1\n%010d %05d n \n" % (update.head.root, update.other, generation)
        return in_table(entry, last=last)(update, written)

    assert "broken-file" in told(crooked.stamped(Twice(Head(crooked.finished()), Crook(before, table))))


def without(entry: bytes) -> Callable[[bytes], bytes]:
    return lambda tail: re.sub(rb"/%s (\d+ 0 R|\d+) " % entry, b"", tail)


def replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """The end of the file with something in another form; only where it stands there."""

    def tail(closed: bytes) -> bytes:
        assert re.search(old, closed)
        return re.sub(old, new, closed, count=1)

    return tail


TAILS: dict[str, Callable[[bytes], bytes]] = {
    "startxref and a vertical tab": replaced(rb"startxref\n", b"startxref\v"),
    "startxref and a form feed": replaced(rb"startxref\n", b"startxref\f"),
    "startxref and many zeros": replaced(rb"startxref\n", b"startxref\n" + b"0" * 30),
    "startxref and many lines": replaced(rb"startxref\n", b"startxref" + b"\n" * 20),
    "no root": without(b"Root"),
    "no size": without(b"Size"),
    "a huge size": replaced(rb"/Size \d+", b"/Size 99999999"),
    "a size with a point": replaced(rb"/Size (\d+)", rb"/Size \1.0"),
    "a size one too large": lambda tail: re.sub(rb"(?<=/Size )\d+", lambda size: b"%d" % (int(size[0]) + 1), tail),
    "blanks before the table": replaced(rb"xref\n", b"   \nxref\n"),
    "an entry that ends in two blanks": replaced(rb" n \n", b" n  "),
    "two blanks in a subsection's head": replaced(rb"\n(\d+) (\d+)\n", rb"\n\1  \2\n"),
    "a comment behind the trailer's word": replaced(rb"trailer\n", b"trailer\n%x\n"),
    "the entries of a stream": replaced(rb"trailer\n<<", b"trailer\n<< /Type /XRef"),
    "two places of a section": replaced(rb"startxref\n", b"startxref\n17\n%%EOF\nstartxref\n"),
    "an object 0": replaced(rb"xref\n", b"xref\n0 1\n0000000015 00000 n \n"),
    "another previous section": replaced(rb"/Prev (\d+)", rb"/Prev \1.0"),
}


@pytest.mark.parametrize("name", TAILS)
@pytest.mark.parametrize("beside", ["", "with other words"])
def test_a_section_in_a_form_that_viewers_read_differently_fails_the_file(name: str, beside: str) -> None:
    crook = Crook(before=lambda _: crooked.orphan() if beside else b"", tail=TAILS[name])
    assert told(crooked.crooked(crook)) & {"read-differently", "broken-file", "byte-range-malformed"}


GAPS: dict[str, Callable[[], bytes]] = {
    "an object": crooked.orphan,
    "an object in a comment": lambda: b"%" + crooked.orphan(),
    "a trailer": lambda: b"trailer\n<< /Root 1 0 R >>\n",
    "a trailer in a comment": lambda: b"% trailer << /Root 1 0 R >>\n",
    "a vertical tab": lambda: b"\v\n",
    "an end of file": lambda: b"%%EOF\n",
    "a place of a section": lambda: b"startxref\n9\n%%EOF\n",
    "a word": lambda: b"x\n",
}


@pytest.mark.parametrize("name", GAPS)
def test_bytes_that_belong_to_no_object_fail_the_file(name: str) -> None:
    assert told(crooked.crooked(Crook(before=lambda _: GAPS[name]()))) == {"read-differently"}


def test_white_space_and_the_name_of_a_program_between_objects_do_no_harm() -> None:
    pdf = crooked.crooked(Crook(before=lambda _: b"\0\t\r\n%A-Program 8.0.2 (AGPL)\n"))
    assert_unusual_only(pdf)


def test_a_table_that_names_the_head_of_the_free_list_as_many_programs_do_does_no_harm() -> None:
    pdf = crooked.crooked(Crook(table=in_table(b"0 1\n0000000000 65535 f\r\n")))
    assert_unusual_only(pdf)


def certificate_with(words: bytes) -> bytes:
    der = w.world().tsa_authority.certificate.public_bytes(Encoding.DER)
    return der + words


STORES: dict[str, Callable[[Update], object]] = {
    "an entry that no store has": crooked.other_pages,
    "a stream that is no certificate": lambda update: crooked.store(update, {}, {b"Certs": b"\n" + crooked.orphan()}),
    "a stream that is no list": lambda update: crooked.store(update, {}, {b"CRLs": b"nothing"}),
    "a stream that is no answer": lambda update: crooked.store(update, {}, {b"OCSPs": b"nothing"}),
    "a certificate with more behind it": lambda update: crooked.store(
        update, {}, {b"Certs": certificate_with(crooked.orphan())}
    ),
    "a page in a list": lambda update: crooked.store(
        update, {b"OCSPs": b"[%s]" % syntax.ref(update.head.pages()[0])}, {}
    ),
}


@pytest.mark.parametrize("name", STORES)
def test_a_store_that_holds_anything_else_fails_the_file(name: str) -> None:
    def before(update: Update) -> bytes:
        STORES[name](update)
        return b""

    assert told(crooked.crooked(Crook(before=before))) & {"change-not-allowed", "broken-file"}


def test_a_good_store_that_grows_does_no_harm() -> None:
    def before(update: Update) -> bytes:
        crooked.store(update, {}, {b"Certs": certificate_with(b"")})
        return b""

    assert judged(crooked.crooked(Crook(before=before))).verdict is Indication.TOTAL_PASSED


def packed(update: Update, members: list[tuple[int, bytes]]) -> int:
    """An object stream of these members; its number."""
    places = [sum(len(body) + 1 for _, body in members[:at]) for at in range(len(members))]
    header = b"".join(b"%d %d " % (number, place) for (number, _), place in zip(members, places, strict=True))
    container, count = update.new(), b"%d" % len(members)
    update.put_stream(
        container,
        {b"Type": b"/ObjStm", b"N": count, b"First": b"%d" % len(header)},
        header + b" ".join(body for _, body in members),
    )
    return container


def test_an_object_stream_whose_members_are_all_listed_does_no_harm() -> None:
    def more(update: Update) -> list[tuple[int, Entry]]:
        root = update.head.root
        return [(root, (2, packed(update, [(root, syntax.write_dictionary(update.head.catalog))]), 0))]

    assert_unusual_only(by_stream(more))


@pytest.mark.parametrize("order", ["evil last", "evil first", "evil unlisted"])
def test_an_object_stream_with_a_member_that_is_not_listed_fails_the_file(order: str) -> None:
    def more(update: Update) -> list[tuple[int, Entry]]:
        root = update.head.root
        good, evil = crooked.catalogs(update)
        other = (crooked.contents(), b"5") if order == "evil unlisted" else (root, evil)
        members = [(root, good), other]
        if order == "evil first":
            members.reverse()
        place = [body for _, body in members].index(good)
        return [(root, (2, packed(update, members), place))]

    assert told(by_stream(more)) & {"broken-file", "read-differently"}


def test_what_looks_like_an_object_inside_a_string_fails_the_file() -> None:
    here = w.world()
    found = []
    for reason in ("for 12 objects", "for 12 0 obj"):
        head = crooked.frozen()
        for slot in (1, 2):
            head = w.signed(head, slot=slot, timestamper=here.timestamper)
        who = here.signer()
        waiting = sign.prepare(
            head, field="Signer-3", leaf=who.leaf, at=w.NOW, appearance=None, name="林晓云", reason=reason
        )
        raw = sign.sign_attributes(who.key, waiting.attributes)
        signed = sign.finish(
            head, waiting, signature=raw, leaf=who.leaf, chain=here.ca.path, timestamper=here.timestamper
        )
        found.append(judged(w.sealed(signed)).verdict)
    assert found == [Indication.TOTAL_PASSED, Indication.TOTAL_FAILED]
