"""Whom a certificate names, and whether that is somebody: one rule for who may sign here and for who signed a file."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier


class Holder(StrEnum):
    """Whom a certificate that a signer brought names."""

    PERSON = "person"
    ORGANISATION = "organisation"


@dataclass(frozen=True)
class Named:
    """Whom a certificate names, part by part."""

    common_names: tuple[str, ...]
    given_name: str
    surname: str
    organisations: tuple[str, ...]

    @property
    def shown(self) -> str:
        """One line for people."""
        whole = " ".join(part for part in (self.given_name, self.surname) if part)
        return next(iter((*self.common_names, *([whole] if whole else []), *self.organisations)), "")


def named(certificate: x509.Certificate) -> Named:
    """Whom the subject names."""

    def of(kind: ObjectIdentifier) -> tuple[str, ...]:
        return tuple(str(each.value) for each in certificate.subject.get_attributes_for_oid(kind))

    return Named(
        common_names=of(NameOID.COMMON_NAME),
        given_name=" ".join(of(NameOID.GIVEN_NAME)),
        surname=" ".join(of(NameOID.SURNAME)),
        organisations=of(NameOID.ORGANIZATION_NAME),
    )


def holder(found: Named, *, name: str, organisations: Iterable[str]) -> Holder | None:
    """Whether a certificate names the signer, or the party that the signer signs for; None: somebody else.

    Authorities write numbers beside the name into a common name ("041@NAME@1"): the name alone is enough then, and in
    nothing else that has parts, least of all in the address of a mailbox. The order of words in a name does not matter.
    Some authorities name an organisation in its own attribute alone.
    """
    whole = [f"{found.surname} {found.given_name}"] if found.surname and found.given_name else []
    parts = [part for each in found.common_names or found.organisations for part in (each, *_parts(each))]
    wanted = _words(name)
    # What holds no letter names nobody, however much two of them are alike.
    if wanted and any(_words(part) == wanted for part in (*parts, *whole)):
        return Holder.PERSON
    if {_letters(part) for part in parts} & {_letters(each) for each in organisations} - {""}:
        return Holder.ORGANISATION
    return None


def _parts(name: str) -> list[str]:
    """The name among numbers of the authority, of a person or of an organisation; none where something else is said."""
    for sign in "|,;_":
        name = name.replace(sign, "@")
    said = [part.strip() for part in name.split("@")]
    names = [part for part in said if not _is_number(part)]
    return names if len(names) == 1 < len(said) else []


def _is_number(part: str) -> bool:
    """Nothing, digits, or a code of an identity card or an organisation (GB 32100: 18 digits and letters)."""
    digits = sum(char.isdigit() for char in part)
    return not part or (part.isascii() and part.isalnum() and 2 * digits > len(part))


def _words(name: str) -> Counter[str]:
    """The words of a name in no order; a name without blanks is one word."""
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in _folded(name))
    words = kept.split()
    # Chinese names are written with and without a blank between family and given name.
    return Counter(words) if "".join(words).isascii() else Counter(["".join(words)])


def _letters(name: str) -> str:
    return "".join(char for char in _folded(name) if unicodedata.category(char)[0] in "LMN")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
