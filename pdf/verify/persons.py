"""Who signed which field of a certified file: the one whom it was made for, and a person, not a clock.

A platform that freezes a file writes into each field for whom it is (`/YUNQ_Signer`), and certifies that: names, and
an identifier that the platform's certificates for this one signer carry, so that namesakes whom it certified in another
ceremony are told apart. Certificates of other authorities have names alone. A field without the entry was made by
older versions; in such a file no two fields may be signed with one key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pdf.pki.holding import holder, named
from pdf.pki.oids import KeyCustody, custody_of, states_policy_of_ours
from pdf.verify.certificates import read_x509
from pdf.verify.chains import identifier_of, organisation_name
from pdf.verify.document import Document
from pdf.verify.fields import SignatureField, text
from pdf.verify.objects import Ref, as_dict, as_list
from pdf.verify.signatures import Judged
from pdf.verify.verdict import Sub, failed

_KEY = "/YUNQ_Signer"
OUR_CUSTODIES = (KeyCustody.CLIENT, KeyCustody.SERVER)


@dataclass(frozen=True)
class Expected:
    """For whom a field was made; the first organisation is the one that the platform's certificates name.

    `identifier` None: a file by an older version, which knows names alone.
    """

    name: str
    organisations: tuple[str, ...]
    identifier: str | None = None

    @property
    def shown(self) -> str:
        return " · ".join(part for part in (*self.organisations[:1], self.name) if part)


def stated_custody(each: Judged) -> KeyCustody | None:
    """What a person's or the platform's certificate states of its key, below whatever anchor; None for a clock's."""
    if each.signed.is_timestamp or each.parsed is None:
        return None
    return custody_of(read_x509(each.parsed.certificate.dump()))


def expected_signer(document: Document, ref: Ref, revision: int) -> Expected | None:
    """What a field says as of the certified revision; a binding without a name fits nobody."""
    entries = as_dict(document.value(ref, revision))
    if _KEY not in entries:
        return None
    values = as_dict(document.resolve(entries[_KEY], revision))
    organisations = as_list(document.resolve(values.get("/Organisations"), revision))
    return Expected(
        text(document.resolve(values.get("/Name"), revision)),
        tuple(map(text, organisations)),
        text(document.resolve(values["/Identifier"], revision)) if "/Identifier" in values else None,
    )


def check_signers(document: Document, judged: Sequence[Judged], certified_at: int, *, ours: bool) -> None:
    """Add a reason to each signature by somebody else than its field was made for (`other-signer`, `same-key`).

    `certified_at` is the revision of the certification, which is the first of `judged`.
    """
    keys: dict[bytes, str] = {}
    for each in judged[1:]:
        ref = each.signed.field.ref
        if each.signed.is_timestamp or each.parsed is None or not document.is_defined(ref, certified_at):
            continue
        expected = expected_signer(document, ref, certified_at)
        if expected is not None:
            _check_name(each, expected)
        elif ours:
            key = bytes(each.parsed.certificate.public_key.dump())
            before = keys.setdefault(key, each.name)
            if before != each.name:
                each.reasons.append(
                    failed("same-key", Sub.SIG_CONSTRAINTS_FAILURE, field=each.name, other=before, object=ref.number)
                )


def _check_name(each: Judged, expected: Expected) -> None:
    # A certificate that leads to no anchor leaves the file in doubt already, whomever it names.
    if each.parsed is None or each.chain is None or _is_named(each, expected):
        return
    stated = identifier_of(each.parsed.certificate)
    # Namesakes would read alike: then what keeps them apart is shown, as other programs show it in the subject.
    alike = each.signer_name == expected.name
    each.reasons.append(
        failed(
            "other-signer",
            Sub.SIG_CONSTRAINTS_FAILURE,
            field=each.name,
            expected=_marked(expected.shown, expected.identifier if alike else None),
            signer=_marked(each.signer_name or "?", stated if alike else None),
            object=each.signed.field.ref.number,
        )
    )


def _marked(shown: str, identifier: str | None) -> str:
    return f"{shown} [{identifier}]" if identifier else shown


def _is_named(each: Judged, expected: Expected) -> bool:
    """Our own certificates name person and organisation to the letter; others as it is taken at signing."""
    if each.parsed is None or not expected.name:
        return False
    certificate = read_x509(each.parsed.certificate.dump())
    # Whatever its custody comes out as: below a root that the verifier cannot join to this one, ours is "external".
    ours = each.custody in OUR_CUSTODIES or states_policy_of_ours(certificate)
    if ours and expected.identifier is not None and identifier_of(each.parsed.certificate) != expected.identifier:
        return False
    if each.custody in OUR_CUSTODIES:
        organisation = organisation_name(each.parsed.certificate) or ""
        return each.signer_name == expected.name and organisation == "".join(expected.organisations[:1])
    return holder(named(certificate), name=expected.name, organisations=expected.organisations) is not None


def unfilled(
    document: Document, found: Sequence[SignatureField], judged: Sequence[Judged], certified_at: int
) -> list[str]:
    """The fields made before the certification that hold no person's signature."""
    by_persons = {each.signed.field.ref for each in judged if not each.signed.is_timestamp}
    made = [field for field in found if field.value is None or document.is_defined(field.ref, certified_at)]
    return [field.name for field in made if field.ref not in by_persons]
