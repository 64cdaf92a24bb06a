"""Signatures in PDF files, as revisions that only ever add: freeze, prepare and finish one by one, seal."""

from pdf.cms import LONGEST_SIGNATURE, SHORTEST_SIGNATURE, sign_attributes, sign_detached
from pdf.sign.archive import archived_until, carried_certificates, seal, stamp
from pdf.sign.certify import attest, freeze
from pdf.sign.person import finish, prepare
from pdf.sign.sealing import draw_seals
from pdf.sign.values import (
    PLATFORM_FIELD,
    RESERVE,
    TIMESTAMP_FIELD,
    Appearance,
    FieldSigner,
    FieldSpec,
    Prepared,
    SealSpec,
)

__all__ = [
    "LONGEST_SIGNATURE",
    "PLATFORM_FIELD",
    "RESERVE",
    "SHORTEST_SIGNATURE",
    "TIMESTAMP_FIELD",
    "Appearance",
    "FieldSigner",
    "FieldSpec",
    "Prepared",
    "SealSpec",
    "archived_until",
    "attest",
    "carried_certificates",
    "draw_seals",
    "finish",
    "freeze",
    "prepare",
    "seal",
    "sign_attributes",
    "sign_detached",
    "stamp",
]
