"""What a revision may change once a signature stands: stricter than DocMDP, linear in the file (docs/decisions/0003).

A changed object must be one of the few that signing changes, and may differ from what it was in the few entries that
signing writes. A new object must be new in truth: nothing that stood before may have pointed to its number. So a new
object is reached only through entries that were checked, and needs no check of its own.
"""

from __future__ import annotations

import re
from decimal import Decimal

from pdf.verify.appearances import is_framed
from pdf.verify.document import Document
from pdf.verify.increments import Increment, Sides
from pdf.verify.index import TRAILER, Index
from pdf.verify.layout import check_layout
from pdf.verify.limits import within
from pdf.verify.objects import Name, Plain, Ref, Stream, as_dict, as_list, refs_in
from pdf.verify.room import is_much, share_of_page
from pdf.verify.seals import Seals
from pdf.verify.stamps import is_bare_field, is_bare_timestamp, is_named_by_us, is_unseen, is_widget
from pdf.verify.stores import is_store
from pdf.verify.verdict import Finding, Reason, Sub, failed, unsure

# Read anew for each revision that adds to it; three or four are needed for a signature.
_MOST_OF_A_STORE, _MOST_OF_ALL_STORES = 3_000, 300_000
_ACTIVE = {"/A", "/AA", "/AP", "/OC"}
_VERSION = re.compile(r"/[12]\.[0-9]")


class IncrementCheck:
    """One increment against the rules; `reasons` is empty when every change is one that signing makes."""

    def __init__(self, document: Document, index: Index, increment: Increment, seals: Seals | None = None) -> None:
        self.document = document
        self.seals = seals or Seals()
        self.index = index
        self.increment = increment
        self.reasons: list[Reason] = []
        self._sides = Sides(document, increment)
        self._allowed: set[Ref] = set()
        self._rewritten: set[Ref] = set()  # streams
        self._drawn = Decimal(0)  # by this signature, in parts of a page

    def run(self) -> list[Reason]:
        """Reasons, each with the number of the object concerned; also adds the increment to the index."""
        changed, misplaced = self._sides.layout()
        self.reasons.extend(failed("objects-outside") for _ in range(misplaced))
        self.reasons.extend(check_layout(self.document, self.increment, self.index))
        old_numbers = {ref for ref in changed if self.document.is_defined(ref, self.increment.before)}
        for ref in changed - old_numbers:
            if ref.generation or ref.number in self.index.referrers:
                self._refuse(ref)
        self._catalog()
        self._signed_field()
        if self.increment.field is not None and not self.increment.is_timestamp:
            self._allowed |= self.seals.shown_by(self.increment.name, self._sides.old, self._sides.new)
        for ref in old_numbers:
            if self._sides.old(ref) != self._sides.new(ref) and not self._may_change(ref):
                self._refuse(ref)
        for ref in changed - old_numbers - self._sides.reached(changed, old_numbers):
            self._refuse(ref)
        for ref in changed:
            self.index.add(TRAILER if ref in self.document.section_refs else ref, self._sides.new(ref))
        return self.reasons

    def _may_change(self, ref: Ref) -> bool:
        """Entries were compared: the bytes of a stream were not, so metadata alone may have or get any."""
        streams = isinstance(self._sides.old(ref), Stream) or isinstance(self._sides.new(ref), Stream)
        return ref in self._allowed and (not streams or ref in self._rewritten)

    def _refuse(self, ref: Ref) -> None:
        owner = self.seals.owner.get(ref)
        if owner is not None:
            self.reasons.append(failed("seal-changed", field=owner, object=ref.number))
            return
        code = {"/Page": "page-changed", "/Pages": "page-changed", "/Annot": "annotation-changed"}.get(self._kind(ref))
        self.reasons.append(failed(code or "change-not-allowed", field=self.increment.name, object=ref.number))

    def _kind(self, ref: Ref) -> str:
        kind = as_dict(self._sides.new(ref)).get("/Type")
        return kind.text if isinstance(kind, Name) else ""

    def _catalog(self) -> None:
        before, after = (self.document.trailer(at) for at in (self.increment.before, self.increment.after))
        root = before.get("/Root")
        if not isinstance(root, Ref) or after.get("/Root") != root:
            raise Finding(failed("change-not-allowed", field=self.increment.name, object=0))
        self._trailer(before, after)
        old, new = as_dict(self._sides.old(root)), as_dict(self._sides.new(root))
        same = {
            "/DSS": lambda: self._security_store(root, old.get("/DSS"), new.get("/DSS")),
            "/AcroForm": lambda: self._form(root, old.get("/AcroForm"), new.get("/AcroForm")),
            "/Metadata": lambda: self._metadata(root, old.get("/Metadata"), new.get("/Metadata")),
            "/Version": lambda: isinstance(v := new.get("/Version"), Name) and bool(_VERSION.fullmatch(v.text)),
            "/Extensions": lambda: isinstance(e := new.get("/Extensions"), dict) and not any(refs_in(e)),
        }
        if self.increment.ours:  # our writer never changes them
            same = {key: check for key, check in same.items() if key not in ("/Version", "/Extensions")}
        allowed = [
            same[key]() if key in same else old.get(key) == new.get(key) for key in sorted(old.keys() | new.keys())
        ]
        self._allowed.add(root)
        if not all(allowed):
            self._refuse(root)

    def _trailer(self, before: dict[str, Plain], after: dict[str, Plain]) -> None:
        info = after.get("/Info")
        quiet = all(before.get(key) == after.get(key) for key in (before.keys() | after.keys()) - {"/ID", "/Info"})
        if not quiet or not _is_known_file(before.get("/ID"), after.get("/ID")):
            self._refuse(TRAILER)
        if info != before.get("/Info") and (self.increment.ours or not self._sides.is_new(info)):
            self._refuse(TRAILER)
        if isinstance(info, Ref) and not self.increment.ours:
            # Producer and dates: strings that no page shows.
            flat = all(isinstance(entry, bytes | Name) for entry in as_dict(self._sides.new(info)).values())
            if self.index.points_only_from(info, {TRAILER}) and flat:
                self._allowed.add(info)

    def _metadata(self, root: Ref, old: Plain, new: Plain) -> bool:
        """XMP may be rewritten where the catalog alone points to it."""
        if old == new and (not isinstance(new, Ref) or self._sides.old(new) == self._sides.new(new)):
            return True
        value = self._sides.after(new)
        if (
            self.increment.ours
            or not isinstance(new, Ref)
            or not isinstance(value, Stream)
            or value.entries.get("/Type") != Name("/Metadata")
        ):
            return False
        self._allowed.add(new)
        self._rewritten.add(new)
        return self.index.points_only_from(new, {root})

    def _security_store(self, root: Ref, old: Plain, new: Plain) -> bool:
        """The store grows and loses nothing, and no container that it overwrites is used by anything else."""
        written = self.document.changed_between(self.increment.before, self.increment.after)
        before = self._reach(old, self.increment.before) if self.index.store is None else self.index.store
        if old == new and before.isdisjoint(written):
            self.index.store = before
            return isinstance(self._sides.after(new), dict)
        after = self.index.store = self._reach(new, self.increment.after)
        kept = {ref for ref in before if isinstance(self._sides.old(ref), Stream)}
        if not kept <= after or not isinstance(self._sides.after(new), dict):
            return False
        if (after & written or old != new) and not is_store(self._sides, new):
            return False
        for ref in after - {ref for ref in after if self._sides.is_new(ref)}:
            if self._sides.old(ref) == self._sides.new(ref):
                if ref not in before:
                    return False
            elif isinstance(self._sides.old(ref), Stream) or not self.index.points_only_from(ref, before | {root}):
                return False
            self._allowed.add(ref)
        return True

    def _reach(self, value: Plain, revision: int) -> frozenset[Ref]:
        reached: set[Ref] = set()
        stack = list(refs_in(value))
        while stack:
            ref = stack.pop()
            if ref not in reached:
                reached.add(ref)
                within("store-objects", len(reached), _MOST_OF_A_STORE)
                self.index.walked += 1
                within("store-visits", self.index.walked, _MOST_OF_ALL_STORES)
                stack.extend(refs_in(self.document.value(ref, revision)))
        return frozenset(reached)

    def _form(self, root: Ref, old: Plain, new: Plain) -> bool:
        if isinstance(old, Ref) != isinstance(new, Ref) or (isinstance(old, Ref) and old != new):
            return False
        was, now = as_dict(self._sides.before(old)), as_dict(self._sides.after(new))
        if isinstance(new, Ref):
            self._allowed.add(new)
        others = (was.keys() | now.keys()) - {"/Fields", "/SigFlags"}
        if any(was.get(key) != now.get(key) for key in others) or now.get("/SigFlags", 3) not in (1, 3):
            return False
        return self._grown(was.get("/Fields"), now.get("/Fields"), new if isinstance(new, Ref) else root)

    def _grown(self, old: Plain, new: Plain, holder: Ref) -> bool:
        """An array may gain the one new field of this increment at its end; an array of its own has one holder."""
        if old == new and (not isinstance(new, Ref) or self._sides.old(new) == self._sides.new(new)):
            return True
        if isinstance(new, Ref) and self._sides.old(new) != self._sides.new(new):
            if not self.index.points_only_from(new, {holder}):
                return False
            self._allowed.add(new)
        if isinstance(old, Ref) and isinstance(new, Ref) and old != new:
            return False
        if isinstance(new, Ref) and not isinstance(old, Ref) and not self._sides.is_new(new):
            return False
        if not isinstance(self._sides.before([] if old is None else old), list):
            return False
        if new is not None and not isinstance(self._sides.after(new), list):
            return False
        was, now = as_list(self._sides.before(old)), as_list(self._sides.after(new))
        added = now[len(was) :]
        return now[: len(was)] == was and (
            not added or (added == [self.increment.field] and self._sides.is_new(added[0]))
        )

    def _signed_field(self) -> None:
        ref = self.increment.field
        if ref is None:
            return
        if self._sides.is_new(ref):
            self._new_field(ref)
            return
        if self.increment.is_timestamp and self.increment.certified:
            # Anybody gets a timestamp: it fills nothing that was certified for a person to sign.
            self._allowed.add(ref)
            self.reasons.append(
                failed("timestamp-in-field", Sub.SIG_CONSTRAINTS_FAILURE, field=self.increment.name, object=ref.number)
            )
            return
        old, new = as_dict(self._sides.old(ref)), as_dict(self._sides.new(ref))
        same = all(old.get(key) == new.get(key) for key in (old.keys() | new.keys()) - {"/V", "/AP"})
        own = self.increment.value in (ref, new.get("/V")) and (
            self.increment.value == ref or self._sides.is_new(new["/V"])
        )
        # Signatures of our own making say what they say in place.
        flat = not self.increment.ours or not any(refs_in(self._sides.after(new.get("/V"))))
        if same and "/V" not in old and own and flat and self._appearance(ref, old, new):
            self._allowed.add(ref)
        for kid in as_list(old.get("/Kids")):
            if isinstance(kid, Ref):
                self._widget(kid, ref)

    def _widget(self, ref: Ref, field: Ref) -> None:
        old, new = as_dict(self._sides.old(ref)), as_dict(self._sides.new(ref))
        if old.get("/Subtype") != Name("/Widget") or old.get("/Parent") != field:
            return
        same = all(old.get(key) == new.get(key) for key in (old.keys() | new.keys()) - {"/AP"})
        if same and self._appearance(ref, old, new):
            self._allowed.add(ref)

    def _appearance(self, ref: Ref, old: dict[str, Plain], new: dict[str, Plain]) -> bool:
        """The picture of the signature is new, or as it was; it is never an object that stood for something else."""
        look = new.get("/AP")
        if look == old.get("/AP"):
            return True
        if self.increment.is_timestamp or not is_framed(self._sides, old, look):
            return False
        before, self._drawn = self._drawn, self._drawn + self._room(ref, look)
        if is_much(self._drawn) and not is_much(before):
            name = self.increment.name
            self.reasons.append(unsure("picture-large", Sub.SIG_CONSTRAINTS_FAILURE, field=name))
        return True

    def _room(self, ref: Ref, look: Plain) -> Decimal:
        """The part of a page that a new picture takes; none in our files, where its room was certified."""
        shown = as_dict(self._sides.after(look)).get("/N")
        if self.increment.ours or not isinstance(shown, Ref):
            return Decimal(0)
        drawn = self.document.decoded(shown, self.increment.after).strip(b"\0\t\n\f\r ")
        return share_of_page(self.document, self.index, ref, self.increment.before) if drawn else Decimal(0)

    def _new_field(self, ref: Ref) -> None:
        """A field made by its own signing: unseen for a document timestamp, else a thing that we do not vouch for."""
        entries = as_dict(self._sides.new(ref))
        if not is_widget(entries) or (self.increment.certified and not self._is_bare(entries)):
            self._refuse(ref)
        elif not is_unseen(self._sides.after(entries.get("/Rect"))) or _ACTIVE & entries.keys():
            self.reasons.append(unsure("field-added", Sub.SIG_CONSTRAINTS_FAILURE, field=self.increment.name))
        page = entries.get("/P")
        if page is None and not self.increment.certified:
            return
        old, new = (as_dict(side(page)) if isinstance(page, Ref) else {} for side in (self._sides.old, self._sides.new))
        if not isinstance(page, Ref) or old.get("/Type") != Name("/Page"):
            self._refuse(ref)
            return
        same = all(old.get(key) == new.get(key) for key in (old.keys() | new.keys()) - {"/Annots"})
        if same and self._grown(old.get("/Annots"), new.get("/Annots"), page):
            self._allowed.add(page)

    def _is_bare(self, entries: dict[str, Plain]) -> bool:
        value = self.increment.value
        return (
            self.increment.is_timestamp
            and is_bare_field(entries, value)
            and (not self.increment.ours or is_named_by_us(entries))
            and value is not None
            and self._sides.is_new(value)
            and is_bare_timestamp(as_dict(self._sides.new(value)))
        )


def _is_known_file(old: Plain, new: Plain) -> bool:
    """Whether an identifier stays as it was, or changes in its second half alone (ISO 32000-2 §14.4)."""
    if old == new:
        return True
    was, now = as_list(old), as_list(new)
    return len(now) == 2 and all(isinstance(each, bytes) for each in now) and (old is None or was[:1] == now[:1])
