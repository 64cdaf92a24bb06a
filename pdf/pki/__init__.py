"""Certificates: root, issuing CA, signers' leaves, platform, timestamp authority; revocation by lists and OCSP."""

from pdf.pki.authorities import (
    NOWHERE,
    Authority,
    Places,
    Revoked,
    create_root,
    cross_certify,
    issue_ca,
    issue_platform,
    issue_tsa,
    make_crl,
)
from pdf.pki.keys import RemoteKey, new_key
from pdf.pki.names import SPECIMEN_MARK, SubjectName, readable, shortened
from pdf.pki.ocsp import Status, answer_ocsp
from pdf.pki.oids import KeyCustody, custody_of, is_specimen
from pdf.pki.pem import dump_certificates, dump_key, load_certificates, load_key
from pdf.pki.signers import issue_leaf, read_csr

__all__ = [
    "NOWHERE",
    "SPECIMEN_MARK",
    "Authority",
    "KeyCustody",
    "Places",
    "RemoteKey",
    "Revoked",
    "Status",
    "SubjectName",
    "answer_ocsp",
    "create_root",
    "cross_certify",
    "custody_of",
    "dump_certificates",
    "dump_key",
    "is_specimen",
    "issue_ca",
    "issue_leaf",
    "issue_platform",
    "issue_tsa",
    "load_certificates",
    "load_key",
    "make_crl",
    "new_key",
    "read_csr",
    "readable",
    "shortened",
]
