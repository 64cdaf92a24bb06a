"""Signatures in PDF files, as revisions that only ever add: freeze, prepare and finish one by one, seal."""

from pdf.cms import sign_attributes, sign_detached
from pdf.sign.archive import archived_until, seal, stamp
from pdf.sign.certify import attest, freeze
from pdf.sign.person import finish, prepare
from pdf.sign.values import PLATFORM_FIELD, RESERVE, TIMESTAMP_FIELD, Appearance, FieldSpec, Prepared, SealSpec

__all__ = [
    "PLATFORM_FIELD",
    "TIMESTAMP_FIELD",
    "Appearance",
    "FieldSpec",
    "Prepared",
    "archived_until",
    "attest",
    "finish",
    "freeze",
    "SealSpec",
    "prepare",
    "seal",
    "sign_attributes",
    "sign_detached",
    "stamp",
]
