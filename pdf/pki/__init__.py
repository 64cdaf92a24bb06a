"""Certificates: root, issuing CA, signers' leaves, platform, timestamp authority, and revocation lists."""

from pdf.pki.authorities import Authority, Revoked, create_root, issue_ca, issue_platform, issue_tsa, make_crl
from pdf.pki.names import SubjectName
from pdf.pki.oids import KeyCustody, custody_of, is_specimen
from pdf.pki.pem import dump_certificates, dump_key, load_certificates, load_key
from pdf.pki.signers import issue_leaf, read_csr

__all__ = [
    "Authority",
    "KeyCustody",
    "Revoked",
    "SubjectName",
    "create_root",
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
    "read_csr",
]
