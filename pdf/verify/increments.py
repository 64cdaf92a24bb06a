"""What a revision changed: its place in the file, and every object before and after it."""

from __future__ import annotations

from dataclasses import dataclass

from pdf.verify.document import Document
from pdf.verify.objects import Plain, Ref, refs_in


@dataclass(frozen=True)
class Increment:
    """The revisions after `before` up to `after`, bytes `start` to `end`, made by signing `field` (None: by nobody).

    `ours`: the platform certified the file, and neither it nor any signer writes what is said about it anew.
    """

    before: int
    after: int
    start: int
    end: int
    field: Ref | None
    value: Ref | None
    is_timestamp: bool
    certified: bool
    name: str
    ours: bool = False


class Sides:
    """The document on both sides of an increment: as that found it and as it left it."""

    def __init__(self, document: Document, increment: Increment) -> None:
        self.document = document
        self.increment = increment

    def layout(self) -> tuple[set[Ref], int]:
        """The refs changed here, and how many things lie outside the increment, are freed, or have a hybrid table."""
        changed, misplaced = set[Ref](), 0
        inc = self.increment
        for section in self.document.sections[inc.before + 1 : inc.after + 1]:
            in_use = [ref for ref in section.freed if self.document.is_defined(ref, inc.before)]
            if section.hybrid or in_use or not inc.start <= section.start < inc.end:
                misplaced += 1
            changed |= section.changed
        for ref in changed:
            at = self.document.changed_at_or_before(ref, inc.after)
            if ref in self.document.sections[at].packed:
                continue
            start, stop, _ = self.document.span(ref, inc.after)
            if not inc.start <= start < stop <= inc.end:
                misplaced += 1
        return changed, misplaced

    def reached(self, changed: set[Ref], old_numbers: set[Ref]) -> set[Ref]:
        """New objects that a changed one leads to, and the revision's own containers: signing writes no others."""
        sections = self.document.sections[self.increment.before + 1 : self.increment.after + 1]
        reached = {section.stream_ref for section in sections if section.stream_ref}
        reached |= {Ref(container) for section in sections for container, _ in section.packed.values()}
        stack = [*old_numbers, *refs_in(self.document.trailer(self.increment.after))]
        seen: set[Ref] = set()
        while stack:
            ref = stack.pop()
            if ref not in seen and ref in changed:
                seen.add(ref)
                stack.extend(refs_in(self.new(ref)))
        return reached | seen

    def old(self, ref: Ref) -> Plain:
        """The object before; None where there was none."""
        return self.document.value(ref, self.increment.before)

    def new(self, ref: Ref) -> Plain:
        """The object after."""
        return self.document.value(ref, self.increment.after)

    def before(self, value: Plain) -> Plain:
        """What a value or the reference in its place meant before."""
        return self.document.resolve(value, self.increment.before)

    def after(self, value: Plain) -> Plain:
        """What it means after."""
        return self.document.resolve(value, self.increment.after)

    def is_new(self, value: Plain) -> bool:
        """Whether it refers to a number that nothing had before."""
        return isinstance(value, Ref) and not self.document.is_defined(value, self.increment.before)
