"""One person's signature in two steps: prepare what is to be signed, finish with what came back."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509

from pdf import cms
from pdf.errors import FieldProblem, HeadMismatch
from pdf.sign import syntax
from pdf.sign.appearance import put_appearance
from pdf.sign.cades import signed_and_stamped
from pdf.sign.dictionary import PADES, close_with_range, described, fill_contents, put_signature, range_digest
from pdf.sign.revision import Head, Update
from pdf.sign.values import RESERVE, SEAL_GROUP, SEAL_SHOWN, Appearance, Box, Prepared
from pdf.tsa.protocol import Timestamper


def prepare(
    head: bytes,
    *,
    field: str,
    leaf: x509.Certificate,
    at: datetime,
    appearance: Appearance | None,
    name: str,
    reason: str = "",
    location: str = "",
    draws_seal: bool = False,
    reserve: int = RESERVE,
) -> Prepared:
    """The next revision of `head` with an empty signature in `field`, and the attributes for the signer to sign.

    Same input, same bytes. `appearance` None leaves the box empty; `draws_seal` shows every mark of the seal that the
    field was frozen with. Raises FieldProblem (`field_missing`, `field_taken`, `seal_missing`), AppearanceRefused,
    StructureUnsupported.
    """
    base = Head(head)
    widget_number = base.fields.get(field)
    if widget_number is None:
        raise FieldProblem(f"there is no field {field}", code="field_missing", field=field)
    widget = base.dictionary(widget_number)
    if widget.get(b"FT") != b"/Sig" or b"V" in widget:
        raise FieldProblem(f"{field} is signed already", code="field_taken", field=field)
    update = Update(base)
    signature = update.new()
    entries = described(at, name=name, reason=reason, location=location)
    placeholder = put_signature(update, signature, subfilter=PADES, entries=entries, reserve=reserve)
    changed = {**widget, b"V": syntax.ref(signature)}
    if appearance is not None:
        covered = _covered(base, field, _box(widget)) if draws_seal else 0.0
        form = put_appearance(update, appearance, _box(widget), covered=covered)
        changed[b"AP"] = syntax.write_dictionary({b"N": syntax.ref(form)})
    update.put(widget_number, syntax.write_dictionary(changed))
    if draws_seal:
        _show_seal(update, field)
    increment, byte_range = close_with_range(update, placeholder)
    digest = range_digest(head, increment, byte_range)
    attributes = cms.signed_attributes(digest, leaf)
    return Prepared(field, increment, len(head), byte_range, digest.hex(), attributes)


def _show_seal(update: Update, field: str) -> None:
    """Tick every mark; its picture and place were certified, and stay as they are."""
    shown = SEAL_SHOWN.encode()
    for number in _marks(update.head, field):
        update.put(number, syntax.write_dictionary({**update.head.dictionary(number), b"V": shown, b"AS": shown}))


def _marks(head: Head, field: str) -> list[int]:
    """The marks of the field's seal, the one over the signature first; raises FieldProblem `seal_missing`."""
    group = head.fields.get(field + SEAL_GROUP)
    if group is None:
        raise FieldProblem(f"{field} was frozen without a seal", code="seal_missing", field=field)
    return head.array(head.dictionary(group)[b"Kids"])


def _covered(head: Head, field: str, box: Box) -> float:
    """How far the seal over the signature reaches into its box from the left."""
    return _box(head.dictionary(_marks(head, field)[0]))[2] - box[0]


def finish(
    head: bytes,
    prepared: Prepared,
    *,
    signature: bytes,
    leaf: x509.Certificate,
    chain: Sequence[x509.Certificate],
    timestamper: Timestamper | None,
) -> bytes:
    """The whole file with the signature in it; with a timestamper level B-T, without one B-B.

    `signature` is what WebCrypto gives (raw r and s, or RSA PKCS#1 v1.5), verified against `leaf` before anything else
    is made of it; `chain` are the certificates above the leaf. Raises HeadMismatch (another head, or other
    certificate, than prepared for), SignatureMismatch, PlaceholderTooSmall, TimestampUnavailable.
    """
    _check_prepared(head, prepared, leaf)
    checked = cms.checked_signature(signature, prepared.attributes, leaf)
    signed = signed_and_stamped(prepared.attributes, checked, leaf, chain=chain, timestamper=timestamper)
    return head + fill_contents(prepared.increment, len(head), prepared.byte_range, signed)


def _check_prepared(head: bytes, prepared: Prepared, leaf: x509.Certificate) -> None:
    zero, start, end, rest = prepared.byte_range
    whole = len(head) + len(prepared.increment)
    if len(head) != prepared.base_length or zero or not len(head) <= start < end <= whole or end + rest != whole:
        raise HeadMismatch
    digest = range_digest(head, prepared.increment, prepared.byte_range)
    expected = cms.signed_attributes(digest, leaf)
    if digest.hex() != prepared.digest or not hmac.compare_digest(expected, prepared.attributes):
        raise HeadMismatch


def _box(widget: syntax.Dictionary) -> Box:
    numbers = widget.get(b"Rect", b"").strip(b"[] \n").split()
    try:
        left, bottom, right, top = (float(each) for each in numbers)
    except ValueError as error:
        raise FieldProblem("the field has no box", code="field_box") from error
    return left, bottom, right, top
