"""What goes into signing and comes out of it between two requests."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pdf.errors import HeadMismatch

PLATFORM_FIELD: Final = "Yunqian-Platform"
TIMESTAMP_FIELD: Final = "Yunqian-Timestamp"
RESERVE: Final = 12_288  # octets for one CMS: four certificates, a third party's token with its chain, some room

SEAL_GROUP: Final = "-seal"  # what the name of a signature field's seal group ends in
SIGNER_KEY: Final = "/YUNQ_Signer"  # where a field says for whom it is (ISO 32000-2 annex E: a prefix of our own)
SEAL_SHOWN: Final = "/Used"  # the state in which the marks of a seal are seen
# Nothing to see, and below the page: what lies on it would have to be announced (ISO 14289-1 §7.18.1).
UNSEEN: Final = (0, -1, 0, -1)

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class FieldSigner:
    """For whom alone a field is: the name in the certificate, and the organisation.

    The first of `organisations` is the one that the platform's certificates name; a certificate that the signer brings
    may name any of them instead of the person. `identifier` is the one in the subject of the platform's certificates
    for this signer, which keeps namesakes apart.
    """

    name: str
    organisations: tuple[str, ...] = ()
    identifier: str = ""

    @property
    def shown(self) -> str:
        """One line for people."""
        return " · ".join(part for part in (*self.organisations[:1], self.name) if part)


@dataclass(frozen=True)
class FieldSpec:
    """One signature field: `name` of A–Z a–z 0–9 - _ (at most 64), `page` counted from 0, `box` in points.

    `box` is left, bottom, right, top from the page's lower left corner. With a `signer` the file itself says whose
    signature it must be, and verification holds it to that.
    """

    name: str
    page: int
    box: Box
    signer: FieldSigner | None = None


@dataclass(frozen=True)
class Appearance:
    """What a reader sees in the box: a drawn PNG or typed text above a thin line, `captions` small below it.

    `font` is a TrueType, OpenType or collection file (face `font_index`) for typed text and captions.
    """

    drawing: bytes | None = None
    typed: str = ""
    captions: tuple[str, ...] = ()
    font: Path | None = None
    font_index: int = 0


@dataclass(frozen=True)
class SealSpec:
    """An organisation's specimen seal that the signer of `field` may let be drawn: over the signature, on the edges.

    `picture` is a square PNG with transparency (pdf.specimen); `label` the words that stand beside each mark in the
    face `font_index` of `font`; `row` of `rows` keeps the edge marks of several parties apart, from the top.
    """

    field: str
    picture: bytes
    label: str
    font: Path
    font_index: int = 0
    edges: bool = False
    row: int = 0
    rows: int = 1


@dataclass(frozen=True)
class Prepared:
    """A revision that waits for its signature: the increment only, never the file before it.

    `byte_range` is (0, a, b, c) in the whole file; `digest` the SHA-256 in hex of those bytes; `attributes` the DER
    SET OF that the signer signs.
    """

    field: str
    increment: bytes
    base_length: int
    byte_range: tuple[int, int, int, int]
    digest: str
    attributes: bytes

    def to_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {
            "field": self.field,
            "increment": base64.b64encode(self.increment).decode(),
            "base_length": self.base_length,
            "byte_range": list(self.byte_range),
            "digest": self.digest,
            "attributes": base64.b64encode(self.attributes).decode(),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> Prepared:
        """The inverse of `to_dict`; raises HeadMismatch for values that it never gave."""
        try:
            zero, first, second, length = (int(each) for each in values["byte_range"])  # type: ignore[attr-defined]
            return cls(
                field=str(values["field"]),
                increment=base64.b64decode(str(values["increment"]), validate=True),
                base_length=int(str(values["base_length"])),
                byte_range=(zero, first, second, length),
                digest=str(values["digest"]),
                attributes=base64.b64decode(str(values["attributes"]), validate=True),
            )
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise HeadMismatch("these are not the values of a prepared revision") from error
