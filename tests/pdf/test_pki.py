"""Certificates say what they are: whose, for what, under whose custody, and whether for show only."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from pdf import pki
from pdf.errors import PkiError
from pdf.pki.oids import ARC, DOCUMENT_SIGNING, SPECIMEN_POLICY, policies_of
from pdf.verify.chains import organisation_name
from tests.pdf import signing_world as w

SPAN: dict[str, datetime] = {"not_before": w.NOW - timedelta(hours=1), "not_after": w.NOW + timedelta(days=30)}
NAME = pki.SubjectName("林晓云", "示例产业发展有限公司", "授权代表")


def specimen_ca() -> pki.Authority:
    root = pki.create_root(pki.SubjectName("Show root"), **SPAN, specimen=True)
    return pki.issue_ca(root, pki.SubjectName("Show CA"), **SPAN)


def leaf(custody: pki.KeyCustody = pki.KeyCustody.CLIENT) -> x509.Certificate:
    return w.world().signer(custody=custody).leaf


def openssl(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)


def refused(code: str) -> pytest.RaisesExc[PkiError]:
    return pytest.RaisesExc(PkiError, check=lambda error: error.code == code)


@pytest.mark.parametrize("custody", list(pki.KeyCustody))
def test_a_leaf_states_its_custody_in_a_policy(custody: pki.KeyCustody) -> None:
    certificate = leaf(custody)

    assert pki.custody_of(certificate) is custody
    assert not pki.is_specimen(certificate)
    place = {"client": 1, "server": 2, "external": 3}[custody]
    assert {policy.dotted_string for policy in policies_of(certificate)} == {f"{ARC}.1.{place}"}


def test_a_leaf_signs_documents_and_commits_and_does_nothing_else() -> None:
    extensions = leaf().extensions

    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.content_commitment
    assert not usage.value.key_cert_sign
    assert not usage.value.key_agreement
    purposes = list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    assert purposes == [DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_names_are_utf8_and_in_full() -> None:
    certificate = asn1_x509.Certificate.load(leaf().public_bytes(Encoding.DER), strict=True)

    native = certificate.subject.native
    assert native["common_name"] == "林晓云"
    assert native["organization_name"] == "示例产业发展有限公司"
    assert native["title"] == "授权代表"
    parts = [name for part in certificate.subject.chosen for name in part]
    kinds = {name["type"].native: name["value"].chosen.__class__.__name__ for name in parts}
    # X.520 §6.2.9: a serialNumber is a PrintableString.
    assert kinds.pop("serial_number") == "PrintableString"
    assert set(kinds.values()) == {"UTF8String"}


def test_key_identifiers_link_leaf_and_issuer_and_the_list_is_named() -> None:
    certificate, issuer = leaf(), w.world().ca.certificate

    own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    above = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert above == own
    (point,) = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert [name.value for name in point.full_name or ()] == ["http://127.0.0.1/pki/ca.crl"]


@pytest.mark.parametrize("custody", list(pki.KeyCustody))
def test_openssl_finds_the_chain_good_and_reads_the_128_bit_arc(tmp_path: Path, custody: pki.KeyCustody) -> None:
    here = w.world()
    for name, certificate in (("root", here.root.certificate), ("ca", here.ca.certificate), ("leaf", leaf(custody))):
        (tmp_path / f"{name}.pem").write_bytes(pki.dump_certificates([certificate]))
    chain = ("-CAfile", tmp_path / "root.pem", "-untrusted", tmp_path / "ca.pem", tmp_path / "leaf.pem")

    good = openssl("verify", "-x509_strict", "-purpose", "smimesign", "-policy", custody.policy.dotted_string,
                   "-explicit_policy", *chain)  # fmt: skip
    wrong = openssl("verify", "-policy", SPECIMEN_POLICY.dotted_string, "-explicit_policy", *chain)

    assert good.returncode == 0, good.stderr
    assert wrong.returncode != 0
    assert custody.policy.dotted_string in openssl("x509", "-in", tmp_path / "leaf.pem", "-text", "-noout").stdout


def test_openssl_finds_a_revoked_leaf_in_the_list(tmp_path: Path) -> None:
    here, certificate = w.world(), leaf()
    when: dict[str, datetime] = {"this_update": w.NOW - timedelta(hours=1), "next_update": w.NOW + timedelta(days=1)}
    gone = pki.Revoked(certificate.serial_number, w.NOW, x509.ReasonFlags.key_compromise)
    lists = {"clean": pki.make_crl(here.ca, number=1, **when), "full": pki.make_crl(here.ca, [gone], number=2, **when)}
    (tmp_path / "leaf.pem").write_bytes(pki.dump_certificates([certificate]))

    told = {}
    for name, crl in lists.items():
        pem = x509.load_der_x509_crl(crl).public_bytes(Encoding.PEM)
        bundle = tmp_path / f"{name}.pem"
        bundle.write_bytes(pki.dump_certificates([here.ca.certificate]) + pem)
        told[name] = openssl("verify", "-crl_check", "-partial_chain", "-CAfile", bundle, tmp_path / "leaf.pem")

    assert told["clean"].returncode == 0, told["clean"].stderr
    assert "certificate revoked" in told["full"].stderr


def test_a_timestamp_authority_has_one_critical_purpose() -> None:
    purposes = w.world().tsa_authority.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)

    assert purposes.critical
    assert list(purposes.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def test_a_specimen_is_marked_in_name_and_policy() -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()

    certificate = pki.issue_leaf(specimen_ca(), key, NAME, custody=pki.KeyCustody.CLIENT, **SPAN, specimen=True)

    assert pki.is_specimen(certificate)
    assert pki.custody_of(certificate) is pki.KeyCustody.CLIENT
    name = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    assert name == "示意 SPECIMEN 林晓云"


def test_everything_below_a_specimen_root_is_a_specimen() -> None:
    ca = specimen_ca()

    below = [ca, *ca_made(ca)]

    assert all(authority.specimen and authority.chain[-1] != w.world().root.certificate for authority in below)


def ca_made(ca: pki.Authority) -> list[pki.Authority]:
    return [issue(ca, pki.SubjectName("Below"), **SPAN) for issue in (pki.issue_platform, pki.issue_tsa)]


@pytest.mark.parametrize("specimen", [True, False])
def test_specimens_and_real_certificates_never_share_an_issuer(specimen: bool) -> None:
    issuer = w.world().ca if specimen else specimen_ca()
    key = ec.generate_private_key(ec.SECP256R1()).public_key()

    with refused("specimen_mixed"):
        pki.issue_leaf(issuer, key, NAME, custody=pki.KeyCustody.CLIENT, **SPAN, specimen=specimen)


def test_two_custodies_state_none() -> None:
    both = [x509.PolicyInformation(each.policy, None) for each in (pki.KeyCustody.CLIENT, pki.KeyCustody.SERVER)]
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Both")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, SPAN["not_before"], SPAN["not_after"])
    certificate = builder.add_extension(x509.CertificatePolicies(both), critical=False).sign(key, hashes.SHA256())

    assert pki.custody_of(certificate) is None


def test_a_leaf_issues_nothing() -> None:
    platform = w.world().platform
    key = ec.generate_private_key(ec.SECP256R1()).public_key()

    with refused("not_a_ca"):
        pki.issue_leaf(platform, key, NAME, custody=pki.KeyCustody.CLIENT, **SPAN)


def test_a_certificate_does_not_outlive_its_issuer() -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    span = {**SPAN, "not_after": w.NOW + timedelta(days=4000)}

    with refused("validity"):
        pki.issue_leaf(w.world().ca, key, NAME, custody=pki.KeyCustody.CLIENT, **span)


def test_a_certificate_may_end_in_the_same_second_as_its_issuer() -> None:
    span = {"not_before": w.NOW, "not_after": w.NOW + timedelta(days=1, microseconds=999)}
    root = pki.create_root(pki.SubjectName("Root"), **span)

    ca = pki.issue_ca(root, pki.SubjectName("CA"), **span)

    assert ca.certificate.not_valid_after_utc == root.certificate.not_valid_after_utc


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        (("",), "common_name"),
        (("   ",), "common_name"),
        (("林" * 65,), "common_name"),
        (("林晓云", "司" * 1025), "organisation"),
        (("林晓云", "", "x" * 65), "title"),
        (("林\n晓云",), "common_name"),
    ],
)
def test_a_name_that_does_not_fit_is_refused_by_its_part(parts: tuple[str, ...], field: str) -> None:
    with pytest.raises(PkiError) as error:
        pki.SubjectName(*parts)

    assert (error.value.code, error.value.params["field"]) == ("subject_name", field)


def attribute(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> object:
    return certificate.subject.get_attributes_for_oid(oid)[0].value


def test_the_longest_names_stand_whole() -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    longest = pki.SubjectName("林" * 64, "司" * 64, "长" * 64)

    certificate = pki.issue_leaf(w.world().ca, key, longest, custody=pki.KeyCustody.CLIENT, **SPAN)

    assert attribute(certificate, NameOID.COMMON_NAME) == "林" * 64
    assert organisation_name(asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))) == "司" * 64


def test_an_organisation_too_long_for_its_attribute_stands_whole_in_the_description() -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    name = "Joint Committee of the Two Cities for " + "the Common Market of Data and Electronic Commerce " * 2

    certificate = pki.issue_leaf(
        w.world().ca, key, pki.SubjectName("林晓云", name.strip()), custody=pki.KeyCustody.CLIENT, **SPAN
    )

    assert attribute(certificate, NameOID.ORGANIZATION_NAME) == name[:63] + "…"
    assert organisation_name(asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))) == name.strip()
    printed = subprocess.run(
        ["openssl", "x509", "-noout", "-subject", "-nameopt", "utf8,sname"],
        input=certificate.public_bytes(Encoding.PEM), capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    assert f"description={name.strip()}" in printed


def test_a_description_that_says_something_else_does_not_rename_an_organisation() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    parts = (("2.5.4.10", "某某…"), ("2.5.4.13", "另外"), ("2.5.4.3", "x"))
    name = x509.Name([x509.NameAttribute(x509.ObjectIdentifier(oid), text) for oid, text in parts])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, w.NOW, w.NOW + timedelta(days=1))
    der = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)

    assert organisation_name(asn1_x509.Certificate.load(der)) == "某某…"


def request_by(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "whoever")])
    return x509.CertificateSigningRequestBuilder(name).sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_a_request_gives_its_key_once_possession_is_proved() -> None:
    key = ec.generate_private_key(ec.SECP256R1())

    assert pki.read_csr(request_by(key)) == key.public_key()


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        pytest.param(b"", "request_malformed", id="nothing"),
        pytest.param(b"\x30" * 5000, "request_malformed", id="too long"),
        pytest.param(request_by(ec.generate_private_key(ec.SECP384R1())), "key_unsuitable", id="P-384"),
        pytest.param(request_by(rsa.generate_private_key(65537, 2048)), "key_unsuitable", id="RSA"),
    ],
)
def test_other_requests_are_refused_by_name(request_: bytes, code: str) -> None:
    with refused(code):
        pki.read_csr(request_)


KEY = ec.generate_private_key(ec.SECP256R1())
REQUEST = request_by(KEY)


def test_a_request_of_another_version_is_refused_by_name() -> None:
    version = REQUEST.index(b"\x02\x01\x00")
    with refused("request_malformed"):
        pki.read_csr(REQUEST[: version + 2] + b"\x3f" + REQUEST[version + 3 :])


@given(st.data())
def test_a_changed_request_is_never_taken(data: st.DataObject) -> None:
    request_ = bytearray(REQUEST)
    request_[data.draw(st.integers(0, len(request_) - 1))] ^= data.draw(st.integers(1, 255))

    with pytest.raises(PkiError):
        pki.read_csr(bytes(request_))


def test_a_key_and_another_keys_certificate_are_no_authority() -> None:
    with refused("key_not_certified"):
        pki.Authority(KEY, w.world().ca.certificate)


@pytest.mark.parametrize("password", [None, b"a password"])
def test_keys_and_certificates_come_back_from_pem(password: bytes | None) -> None:
    here = w.world()

    assert pki.load_certificates(pki.dump_certificates(here.platform.path)) == here.platform.path
    back = pki.load_key(pki.dump_key(KEY, password=password), password=password)
    assert back.private_numbers() == KEY.private_numbers()


def test_a_key_under_another_password_is_refused() -> None:
    with refused("pem_malformed"):
        pki.load_key(pki.dump_key(KEY, password=b"right"), password=b"wrong")


@pytest.mark.parametrize("pem", [b"", b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_text_without_certificates_is_refused(pem: bytes) -> None:
    with refused("pem_malformed"):
        pki.load_certificates(pem)
