"""A PDF judged as a whole: every signature, and every byte and object between and after them (signing.md 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from cryptography import x509

from pdf.pki.anchors import Anchors
from pdf.pki.oids import KeyCustody
from pdf.verify import fields as form
from pdf.verify.chains import Material
from pdf.verify.changes import IncrementCheck
from pdf.verify.document import Document
from pdf.verify.fields import SignatureField, SignedField
from pdf.verify.increments import Increment
from pdf.verify.index import Index, read_base
from pdf.verify.limits import VerifyLimits, within
from pdf.verify.moments import check_moments
from pdf.verify.objects import Data, Ref, as_dict, as_list
from pdf.verify.persons import OUR_CUSTODIES, check_signers, stated_custody, unfilled
from pdf.verify.revisions import list_revisions
from pdf.verify.seals import Seals, read_seals
from pdf.verify.signatures import Judged, judge
from pdf.verify.verdict import (
    Covers,
    Finding,
    Reason,
    RevisionVerdict,
    SignatureVerdict,
    Sub,
    failed,
    unsure,
)


@dataclass(frozen=True)
class Placed:
    """A signed field and the revision that it ends."""

    signed: SignedField
    revision: int


class WholeFile:
    """One run over one file; what it finds gathers in `reasons` and `signatures`, also when it must stop early."""

    def __init__(
        self, data: Data, anchors: Anchors | Sequence[x509.Certificate], at: datetime, limits: VerifyLimits
    ) -> None:
        self.data = data
        self.at = at
        self.limits = limits
        self.material = Material(anchors)
        self.reasons: list[Reason] = []
        self.signatures: list[SignatureVerdict] = []
        self._document: Document | None = None
        self._fields: list[Ref] = []
        self._judged: list[Judged] = []

    def revisions(self, reasons: Sequence[Reason]) -> tuple[RevisionVerdict, ...]:
        """What there is to tell of each revision; nothing where the file is too broken to be told apart."""
        if self._document is None:
            return ()
        try:
            return list_revisions(self._document, self._judged, self._fields, reasons)
        except Exception:  # noqa: BLE001 - the edge: the verdict stands already, and does not hang on this
            return ()

    def run(self) -> None:
        document = self._document = Document(self.data, self.limits)
        found = form.signature_fields(document, document.last)
        self._fields = [field.ref for field in found]
        within("signatures", len(found), self.limits.signatures)
        signed = self._readable(document, [field for field in found if field.value is not None])
        if not signed:
            self._unsigned(document)
            return
        has_store = self._read_store(document)
        judged = self._judged = judge(self.data, signed, self.material, self.at, has_store=has_store)
        self.signatures = [each.verdict(Covers.UNCLEAR) for each in judged]
        try:
            placed = self._place(document, signed)
            certified = self._certification(document, placed) is not None
            if certified:
                check_signers(document, judged, placed[0].revision, ours=self._is_platforms(certified))
            if self._is_platforms(certified):
                check_moments(judged)
        finally:
            self.reasons.extend(reason for each in judged for reason in each.reasons)
        self.signatures = [each.verdict(self._covers(each.signed)) for each in judged]
        self.reasons.extend(form.orphans(self.data, signed, document))
        self._changes(document, placed, certified=certified)
        self._ours(found, placed[0].revision, certified=certified)

    def _readable(self, document: Document, found: Sequence[SignatureField]) -> list[SignedField]:
        """Signed fields of sound form in the order of their revisions; the others leave their reasons."""
        self._not_shared(found)
        readable = []
        for field in found:
            try:
                readable.append(form.read_signed(document, field))
            except Finding as finding:
                self.reasons.append(finding.reason)
        return sorted(readable, key=lambda signed: signed.range.end)

    def _not_shared(self, found: Sequence[SignatureField]) -> None:
        holders: set[Ref | None] = set()
        for field in found:
            if field.holder in holders:
                raise Finding(failed("signature-shared", field=field.name))
            holders.add(field.holder)

    def _unsigned(self, document: Document) -> None:
        root = as_dict(document.resolve(document.trailer(document.last).get("/Root"), document.last))
        if "/DocMDP" in as_dict(document.resolve(root.get("/Perms"), document.last)):
            self.reasons.append(failed("certification-missing"))
        self.reasons.extend(form.orphans(self.data, [], document))
        if not self.reasons:
            self.reasons.append(unsure("unsigned", Sub.SIGNED_DATA_NOT_FOUND))

    def _place(self, document: Document, signed: Sequence[SignedField]) -> list[Placed]:
        """Each signature ends a revision of its own, and its gap lies in that revision. Raises Finding."""
        placed: list[Placed] = []
        for each in signed:
            revision = document.revision_ending(each.range.end)
            if revision is None:
                raise Finding(failed("byte-range-malformed", field=each.field.name))
            before = placed[-1] if placed else None
            if before and (revision <= before.revision or each.range.gap_start < before.signed.range.end):
                raise Finding(failed("byte-range-malformed", field=each.field.name))
            placed.append(Placed(each, revision))
        return placed

    def _covers(self, signed: SignedField) -> Covers:
        return Covers.FILE if signed.range.end == len(self.data) else Covers.REVISION

    def _certification(self, document: Document, placed: Sequence[Placed]) -> int | None:
        """The DocMDP permission of the first signature; a certification anywhere else is a fault."""
        root = as_dict(document.resolve(document.trailer(document.last).get("/Root"), document.last))
        permissions = as_dict(document.resolve(root.get("/Perms"), document.last))
        named = permissions.get("/DocMDP")
        first = placed[0].signed
        if any(each.signed.permission is not None for each in placed[1:]) or set(permissions) - {"/DocMDP"}:
            self.reasons.append(failed("certification-misplaced"))
        if named is not None and (named != first.field.holder or first.permission is None):
            self.reasons.append(failed("certification-missing"))
        return first.permission if named is not None else None

    def _changes(self, document: Document, placed: Sequence[Placed], *, certified: bool) -> None:
        first = placed[0]
        index = read_base(document, first.revision, first.signed.range.end)
        if not index.is_plain and document.last > first.revision:
            self.reasons.append(unsure("base-read-differently", Sub.SIG_CONSTRAINTS_FAILURE))
        seals = read_seals(document, first.revision) if certified else None
        for before, after in pairwise(placed):
            self._check_locks(placed, after)
            value = after.signed.field.holder
            increment = Increment(
                before.revision, after.revision, before.signed.range.end, after.signed.range.end,
                after.signed.field.ref, value, after.signed.is_timestamp, certified, after.signed.field.name,
                self._is_platforms(certified),
            )  # fmt: skip
            self.reasons.extend(IncrementCheck(document, index, increment, seals).run())
        self._tail(document, index, placed[-1], seals, certified=certified)

    def _is_platforms(self, certified: bool) -> bool:
        """Whether a platform of this kind certified the file: only its key is the server's, and certifies.

        Its certificate says so, not the anchor that it leads to: whoever bends the path must not bend the rules.
        """
        return certified and stated_custody(self._judged[0]) is KeyCustody.SERVER

    def _check_locks(self, placed: Sequence[Placed], after: Placed) -> None:
        """FieldMDP: a signature may have locked the field that a later one fills."""
        name = after.signed.field.name
        earlier = [each for each in placed if each.revision < after.revision]
        p_one = earlier[0].signed.permission == 1
        if not after.signed.is_timestamp and (
            p_one or any(lock.holds(name) for each in earlier for lock in each.signed.locks)
        ):
            self.reasons.append(failed("change-not-allowed", field=name, object=after.signed.field.ref.number))

    def _tail(self, document: Document, index: Index, last: Placed, seals: Seals | None, *, certified: bool) -> None:
        """Nothing may stand behind the last signature; validation data alone is doubt, all else is failure."""
        end = last.signed.range.end
        if end == len(self.data):
            return
        name = last.signed.field.name
        reasons = [failed("not-whole-file", field=name, bytes=len(self.data) - end)]
        if document.revision_ending(len(self.data)) == document.last > last.revision:
            tail = Increment(
                last.revision, document.last, end, len(self.data), None, None, False, certified, name,
                self._is_platforms(certified),
            )  # fmt: skip
            found = IncrementCheck(document, index, tail, seals).run()
            changed = [reason for reason in found if reason.code != "change-not-allowed"]
            if not found and any(section.changed for section in document.sections[last.revision + 1 :]):
                reasons = [unsure("end-not-covered", Sub.SIG_CONSTRAINTS_FAILURE, field=name)]
            else:
                reasons.extend(changed)
        self.reasons.extend(reasons)

    def _ours(self, found: Sequence[SignatureField], first: int, *, certified: bool) -> None:
        """Files with keys certified by us begin with the platform's certification and end complete.

        Whose anchor a key leads to decides on the beginning alone: another platform's file ends complete as well.
        """
        document, judged = self._document, self._judged
        ours = any(each.custody in OUR_CUSTODIES for each in judged)
        if document is None or not (ours or any(stated_custody(each) in OUR_CUSTODIES for each in judged)):
            return
        if ours and (not certified or (judged[0].chain and judged[0].custody is not KeyCustody.SERVER)):
            self.reasons.append(failed("not-certified"))
        # A timestamp closes nothing: anybody gets one over a file that was cut back.
        if empty := unfilled(document, found, judged, first):
            self.reasons.append(unsure("unfinished", Sub.SIG_CONSTRAINTS_FAILURE, count=len(empty)))
        elif self._is_platforms(certified) and _is_unsealed(judged):
            self.reasons.append(unsure("unsealed", Sub.SIG_CONSTRAINTS_FAILURE))

    def _read_store(self, document: Document) -> bool:
        """Take certificates, revocation lists and OCSP responses from the DSS as material."""
        revision = document.last
        root = as_dict(document.resolve(document.trailer(revision).get("/Root"), revision))
        store = as_dict(document.resolve(root.get("/DSS"), revision))
        taken = 0
        statements = self.material.statements
        for key, take in (
            ("/Certs", self.material.add_certificate_der),
            ("/CRLs", statements.add_list),
            ("/OCSPs", statements.add_response),
        ):
            for ref in as_list(document.resolve(store.get(key), revision)):
                if isinstance(ref, Ref):
                    data = document.decoded(ref, revision)
                    taken += len(data)
                    within("validation-data", taken, self.limits.validation_bytes)
                    take(data)
        return bool(store)


def _is_unsealed(judged: Sequence[Judged]) -> bool:
    """Whether persons signed, and no document timestamp closes what they signed.

    Anybody's closes it as well as the platform's: at this point all signatures are there, and it covers them.
    """
    by_persons = [each for each in judged if not each.signed.is_timestamp and each.signed.permission is None]
    return bool(by_persons) and not judged[-1].signed.is_timestamp
