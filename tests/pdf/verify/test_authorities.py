"""However many authorities a file brings that nobody certified, no path is looked for among them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

from pdf.verify.certificates import read_certificate
from pdf.verify.chains import Material
from pdf.verify.verdict import Finding
from tests.pdf import signing_world as world

DAY = timedelta(days=1)
Keys = list[ec.EllipticCurvePrivateKey]


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The signatures that were checked."""
    seen: list[bytes] = []
    checked = DefaultSignatureValidator.validate_signature

    def counting(self: DefaultSignatureValidator, signature: bytes, *given: object, **named: object) -> None:
        seen.append(signature)
        checked(self, signature, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(DefaultSignatureValidator, "validate_signature", counting)
    return seen


def authority(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(world.NOW - DAY)
        .not_valid_after(world.NOW + 400 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(by, hashes.SHA256())
    )


def keys(count: int) -> Keys:
    return [ec.generate_private_key(ec.SECP256R1()) for _ in range(count)]


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def material(*given: x509.Certificate, anchor: x509.Certificate) -> Material:
    found = Material([anchor])
    for each in given:
        found.add_certificate_der(each.public_bytes(Encoding.DER))
    return found


def test_namesakes_that_certify_themselves_are_checked_once_and_then_left_aside(checks: list[bytes]) -> None:
    here = world.world()
    name = here.platform.certificate.issuer
    bogus = [authority(name, name, key, key) for key in keys(6)]
    leaf = read_certificate(here.platform.certificate.public_bytes(Encoding.DER))
    found = material(*bogus, *here.platform.chain, anchor=here.root.certificate)
    chain = found.chain(leaf, world.NOW, proved=True)
    assert chain.certificates == (here.platform.certificate, *here.ca.path)
    assert len(checks) < 3 * len(bogus)
    assert max(checks.count(each) for each in checks) <= 3


def test_a_chain_is_found_in_whatever_order_its_authorities_come() -> None:
    first, second, third, last = keys(4)
    names = [named(f"Level {number}") for number in range(4)]
    root = authority(names[0], names[0], first, first)
    middle, low = authority(names[1], names[0], second, first), authority(names[2], names[1], third, second)
    leaf = authority(names[3], names[2], last, third)
    for order in ((middle, low), (low, middle)):
        chain = material(*order, anchor=root).chain(_read(leaf), world.NOW, proved=True)
        assert chain.certificates == (leaf, low, middle, root)


def test_another_anchor_is_asked_without_checking_again(checks: list[bytes]) -> None:
    here = world.world()
    name = here.root.certificate.subject
    bogus = [authority(name, name, key, key) for key in keys(6)]
    found = material(*bogus, *here.platform.chain, anchor=here.root.certificate)
    leaf = read_certificate(here.platform.certificate.public_bytes(Encoding.DER))
    chain = found.chain(leaf, world.NOW, proved=True)
    assert found.leads_to(here.root.certificate, chain, world.NOW)
    assert max(checks.count(each.signature) for each in bogus) == 1


def test_certified_authorities_that_name_one_another_in_circles_are_given_up() -> None:
    top, *others = keys(8)
    name, below = named("Root"), named("One of many")
    root = authority(name, name, top, top)
    certified = [authority(below, name, each, top) for each in others]
    circles = [authority(below, below, each, by) for each in others for by in others if each is not by]
    leaf = authority(named("Leaf"), below, *keys(2))
    with pytest.raises(Finding) as found:
        material(*circles, *certified, anchor=root).chain(_read(leaf), world.NOW, proved=True)
    assert found.value.reason.code == "limits"


@pytest.mark.parametrize(
    ("curve", "is_taken"), [(ec.SECP192R1(), False), (ec.SECP224R1(), False), (ec.SECP384R1(), True)]
)
def test_no_chain_goes_through_an_authority_with_a_short_key(curve: ec.EllipticCurve, is_taken: bool) -> None:
    top, last = keys(2)
    short = ec.generate_private_key(curve)
    root = authority(named("Root"), named("Root"), top, top)
    below, leaf = authority(named("CA"), named("Root"), short, top), authority(named("Leaf"), named("CA"), last, short)
    found = material(below, anchor=root)
    if is_taken:
        assert found.chain(_read(leaf), world.NOW, proved=True).certificates == (leaf, below, root)
        return
    with pytest.raises(Finding) as refused:
        found.chain(_read(leaf), world.NOW, proved=True)
    assert refused.value.reason.code == "weak-algorithm"


def _read(certificate: x509.Certificate):  # type: ignore[no-untyped-def]
    return read_certificate(certificate.public_bytes(Encoding.DER))
