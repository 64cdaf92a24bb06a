"""Signers' own certificates: what may sign here, and why something else may not; whose hands the key was in."""

from __future__ import annotations

import io
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.reader import PdfFileReader

from pdf import external, pki, sign
from pdf.errors import PkiError, SignatureMismatch
from pdf.pki import holding
from pdf.pki.anchors import Anchors
from pdf.pki.oids import KeyCustody
from pdf.verify import FileVerdict, Indication, Level, verify_file, verify_in_child, verify_pdf
from tests.pdf import signing_world as w
from tests.support import foreign_ca
from tests.support.foreign_ca import DAY, ForeignCA, Own

KINDS = ("p256", "p384", "p521", "rsa2048", "rsa3072")
_CUSTODY_POLICIES = tuple(custody.policy for custody in KeyCustody)
WEB_SERVER = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])


@pytest.fixture(scope="module")
def ca() -> ForeignCA:
    return ForeignCA()


def checked(own: Own, ca: ForeignCA, *, lists: tuple[bytes, ...] = ()) -> external.OwnCertificate:
    leaf, others = external.read_certificates(own.der, own.above_der)
    external.check_alone(leaf, at=ca.now)
    above = external.build_chain(leaf, others, [ca.root], at=ca.now)
    return external.check_revocation(leaf, above, lists=lists, responses=(), at=ca.now)


def refused(own: Own, ca: ForeignCA, *, lists: tuple[bytes, ...] = ()) -> str:
    with pytest.raises(PkiError) as refusal:
        checked(own, ca, lists=lists)
    return refusal.value.code


@pytest.mark.parametrize("kind", KINDS[:4])
def test_a_certificate_below_an_accepted_authority_may_sign(ca: ForeignCA, kind: str) -> None:
    found = checked(ca.issue(kind=kind), ca)
    assert (found.above, found.is_revocation_known) == ((ca.certificate, ca.root), False)


def test_the_issuers_word_makes_its_revocation_known(ca: ForeignCA) -> None:
    own = ca.issue()
    assert checked(own, ca, lists=ca.lists()).is_revocation_known
    assert not checked(own, ca, lists=ca.lists()[:1]).is_revocation_known  # nothing is said of the intermediate
    assert not checked(own, ca, lists=ca.lists(until=-timedelta(minutes=1))).is_revocation_known


def test_a_revoked_one_is_refused(ca: ForeignCA) -> None:
    own = ca.issue()
    assert refused(own, ca, lists=ca.lists(own.leaf)) == "external_revoked"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"begin": DAY}, "external_not_yet_valid"),
        ({"begin": -9 * DAY, "end": -DAY}, "external_expired"),
        ({"usage": ("key_encipherment",)}, "external_usage"),
        ({"extra": (WEB_SERVER,)}, "external_usage"),
        ({"ca": True}, "external_usage"),
        ({"kind": "rsa1024"}, "external_key"),
    ],
)
def test_one_that_cannot_sign_now_is_refused_by_name(ca: ForeignCA, change: dict[str, object], code: str) -> None:
    assert refused(ca.issue(**change), ca) == code  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (("ec", "-pkeyopt", "ec_paramgen_curve:SM2"), "external_key_sm2"),
        (("rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"), "external_key_pss"),
        (("ed25519",), "external_key"),
    ],
)
def test_a_key_of_a_kind_that_nobody_here_checks_is_refused_by_its_name(made: tuple[str, ...], code: str) -> None:
    command = ["openssl", "req", "-x509", "-newkey", *made, "-nodes", "-keyout", "/dev/null", "-subj", "/CN=Sample"]
    der = subprocess.run([*command, "-outform", "DER"], check=True, capture_output=True).stdout
    leaf, _ = external.read_certificates(der, [])
    with pytest.raises(PkiError) as refusal:
        external.check_alone(leaf, at=datetime.now(UTC))
    assert refusal.value.code == code


def test_one_of_an_unknown_authority_or_without_its_intermediate_is_refused(ca: ForeignCA) -> None:
    other = ForeignCA("另一家")
    assert refused(other.issue(), ca) == "external_no_chain"
    own = ca.issue()
    assert refused(Own(own.key, own.leaf, ()), ca) == "external_no_chain"


def test_one_below_an_accepted_root_that_has_ended_is_refused_with_its_last_day(ca: ForeignCA) -> None:
    ended = ca.with_root_ending(-DAY)
    with pytest.raises(PkiError) as refusal:
        checked(ca.issue(), ended)
    assert refusal.value.code == "external_anchor_expired"
    assert refusal.value.params["at"] == ended.root.not_valid_after_utc


@pytest.mark.parametrize("renewed_first", [True, False])
def test_a_root_that_was_renewed_carries_whoever_stands_below_it(ca: ForeignCA, renewed_first: bool) -> None:
    ended, own = ca.with_root_ending(-DAY), ca.issue()
    roots = [ca.root, ended.root] if renewed_first else [ended.root, ca.root]
    assert external.build_chain(own.leaf, own.above, roots, at=ca.now)[-1] == ca.root
    # The bag that comes with a certificate may hold the old root too.
    assert external.build_chain(own.leaf, (*own.above, ended.root), roots, at=ca.now)[-1] == ca.root


@pytest.mark.parametrize("purpose", [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.TIME_STAMPING])
def test_an_authority_for_other_purposes_carries_nobody(ca: ForeignCA, purpose: x509.ObjectIdentifier) -> None:
    limited = ca.limited_to(purpose)
    own = limited.issue("林晓云")
    assert refused(own, limited) == "external_chain"
    verdict = verdict_of(sealed(signed_by(own, limited, name="林晓云"), own, limited), limited)
    assert [each.code for each in verdict.reasons] == ["key-usage"]
    fit = ca.limited_to(purpose, ExtendedKeyUsageOID.EMAIL_PROTECTION)
    assert checked(fit.issue(), fit).leaf


def test_an_anchor_that_is_no_authority_carries_nobody(ca: ForeignCA) -> None:
    person, playing = ca.issue(), ForeignCA("冒名")
    playing.certificate, playing.key = person.leaf, person.key
    below = playing.issue("样例甲", number=7)
    with pytest.raises(PkiError) as caught:
        external.build_chain(below.leaf, (), [person.leaf], at=ca.now)
    assert caught.value.code == "external_chain"
    assert external.build_chain(person.leaf, (), [ca.certificate], at=ca.now) == (ca.certificate,)


def self_signed(ca: ForeignCA, name: str) -> Own:
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = made.serial_number(77).not_valid_before(ca.now - DAY).not_valid_after(ca.now + 9 * DAY)
    return Own(key, made.sign(key, hashes.SHA256()), ())


def test_a_self_signed_certificate_is_called_so(ca: ForeignCA) -> None:
    own = self_signed(ca, "林晓云")
    assert refused(own, ca) == "external_self_signed"
    assert refused(Own(own.key, own.leaf, (ca.certificate,)), ca) == "external_self_signed"
    assert external.build_chain(own.leaf, (), [own.leaf], at=ca.now) == ()


def test_a_certificate_signed_over_a_weak_digest_is_refused(ca: ForeignCA) -> None:
    own = ca.issue(digest=hashes.SHA224())
    assert refused(own, ca) == "external_chain"


def test_a_leaf_that_plays_an_authority_carries_nobody(ca: ForeignCA) -> None:
    person = ca.issue("样例乙")
    forged = ForeignCA("冒名")
    forged.certificate, forged.key = person.leaf, person.key
    below = forged.issue("样例甲", number=7)
    assert refused(Own(below.key, below.leaf, (person.leaf, ca.certificate)), ca) in {
        "external_chain",
        "external_no_chain",
    }


def test_one_that_states_a_policy_of_platforms_is_refused() -> None:
    ca = ForeignCA("借用", policies=(KeyCustody.CLIENT.policy,))
    assert refused(ca.issue(), ca) == "external_policy"


@pytest.mark.parametrize("der", [b"", b"\x30\x03\x02\x01\x01", b"\x30" * 20_000])
def test_what_is_no_certificate_is_refused(der: bytes) -> None:
    with pytest.raises(PkiError) as refusal:
        external.read_certificates(der, [])
    assert refusal.value.code == "external_unreadable"


# The file as a stranger reads it.


def signed_by(own: Own, ca: ForeignCA, *, name: str = "样例甲") -> bytes:
    """Certified by the platform, signed by Signer-1 with a certificate of their own and by Signer-2 with ours."""
    here = w.world()
    head = sign.freeze(
        w.blank_pdf(), fields=w.FIELDS[:2], platform=here.platform, timestamper=here.timestamper, at=w.NOW
    )
    waiting = sign.prepare(head, field="Signer-1", leaf=own.leaf, at=w.NOW, appearance=None, name=name)
    raw = foreign_ca.sign_raw(own.key, waiting.attributes)
    path = (*own.above, ca.root)
    head = sign.finish(head, waiting, signature=raw, leaf=own.leaf, chain=path, timestamper=here.timestamper)
    ours = here.signer()
    waiting = sign.prepare(head, field="Signer-2", leaf=ours.leaf, at=w.NOW, appearance=None, name="林晓云")
    raw = sign.sign_attributes(ours.key, waiting.attributes)
    return sign.finish(head, waiting, signature=raw, leaf=ours.leaf, chain=here.ca.path, timestamper=here.timestamper)


def sealed(pdf: bytes, own: Own, ca: ForeignCA, *, lists: tuple[bytes, ...] = ()) -> bytes:
    here = w.world()
    chain = [*here.ca.path, here.platform.certificate, here.tsa_authority.certificate, *own.above, ca.root]
    crls = [*here.crls, *lists]
    return sign.seal(pdf, chain=chain, crls=crls, timestamper=here.timestamper, at=w.NOW)


def verdict_of(pdf: bytes, ca: ForeignCA) -> FileVerdict:
    anchors = Anchors(platform=(w.world().root.certificate,), signers=(ca.root,))
    return verify_pdf(pdf, name="a.pdf", anchors=anchors)


def custodies(verdict: FileVerdict) -> list[str | None]:
    return [each.key_custody for each in verdict.signatures if each.level is not Level.DOCUMENT_TIMESTAMP]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_signed_with_any_kind_of_key_passes_and_says_external(ca: ForeignCA, kind: str) -> None:
    own = ca.issue(kind=kind)
    verdict = verdict_of(sealed(signed_by(own, ca), own, ca, lists=ca.lists()), ca)
    assert (verdict.verdict, verdict.reasons) == (Indication.TOTAL_PASSED, ())
    assert custodies(verdict) == ["server", "external", "client"]
    assert verdict.signatures[1].level is Level.B_LTA


def test_without_its_issuers_word_the_level_stays_lower_and_the_file_passes(ca: ForeignCA) -> None:
    own = ca.issue()
    verdict = verdict_of(sealed(signed_by(own, ca), own, ca), ca)
    assert verdict.verdict is Indication.TOTAL_PASSED
    assert [each.level for each in verdict.signatures[:3]] == [Level.B_LTA, Level.B_T, Level.B_LTA]


def test_a_signature_made_with_a_revoked_certificate_fails(ca: ForeignCA) -> None:
    own = ca.issue()
    verdict = verdict_of(sealed(signed_by(own, ca), own, ca, lists=ca.lists(own.leaf)), ca)
    assert (verdict.verdict, [each.code for each in verdict.reasons]) == (Indication.TOTAL_FAILED, ["revoked"])


def test_without_the_signers_authority_among_the_anchors_nothing_is_promised(ca: ForeignCA) -> None:
    pdf = w.sealed(signed_by(ca.issue(), ca))
    verdict = verify_pdf(pdf, name="a.pdf", anchors=[w.world().root.certificate])
    assert (verdict.verdict, [each.code for each in verdict.reasons]) == (Indication.INDETERMINATE, ["no-chain"])
    assert custodies(verdict) == ["server", None, "client"]


def test_a_stranger_who_trusts_both_roots_alike_is_told_the_same(ca: ForeignCA) -> None:
    anchors = [ca.root, w.world().root.certificate]
    verdict = verify_pdf(w.sealed(signed_by(ca.issue(), ca)), name="a.pdf", anchors=anchors)
    assert (verdict.verdict, custodies(verdict)) == (Indication.TOTAL_PASSED, ["server", "external", "client"])


@pytest.mark.parametrize("custody", [KeyCustody.CLIENT, KeyCustody.SERVER])
@pytest.mark.parametrize("labelled", [True, False])
def test_a_foreign_authority_cannot_say_that_the_key_was_made_on_the_device(
    custody: KeyCustody, labelled: bool
) -> None:
    liar = ForeignCA("冒称", policies=(custody.policy,))
    pdf = signed_by(liar.issue(), liar)
    root = w.world().root.certificate
    anchors = Anchors((root,), signers=(liar.root,)) if labelled else [root, liar.root]
    assert custodies(verify_pdf(pdf, name="a.pdf", anchors=anchors)) == ["server", "external", "client"]


def test_a_foreign_authority_that_vouches_for_the_platform_s_root_does_not_become_the_platform() -> None:
    """Only what the platform's own anchor says of another one counts (a root's successor), not the other way round."""
    liar, root = ForeignCA("冒称", policies=_CUSTODY_POLICIES), w.world().root.certificate
    by = pki.Authority(liar.root_key, liar.root)  # type: ignore[arg-type]
    crossing = pki.cross_certify(by, root, not_before=w.NOW - DAY, not_after=w.NOW + DAY)
    own = liar.issue()
    pdf = signed_by(Own(own.key, own.leaf, (*own.above, crossing)), liar)
    verdict = verify_pdf(pdf, name="a.pdf", anchors=[root, liar.root])
    assert custodies(verdict) == ["server", "external", "client"]


def test_a_foreign_authority_cannot_play_the_platform() -> None:
    liar = ForeignCA("冒充平台", policies=_CUSTODY_POLICIES)
    own = liar.issue("云签 Platform")
    authority = pki.Authority(own.key, own.leaf, (liar.certificate, liar.root))  # type: ignore[arg-type]
    stamps = w.world().timestamper
    pdf = sign.freeze(w.blank_pdf(), fields=w.FIELDS[:1], platform=authority, timestamper=stamps, at=w.NOW)
    verdict = verdict_of(pdf, liar)
    assert custodies(verdict) == ["external"]


def test_an_authority_of_signers_stamps_no_time(ca: ForeignCA) -> None:
    """Anchors are each believed in one thing: who vouches for people does not vouch for the time."""
    own = ca.issue()
    pdf = signed_by(own, ca)
    root = w.world().root.certificate
    verdict = verify_pdf(pdf, name="a.pdf", anchors=Anchors(signers=(root, ca.root)))
    assert [each.code for each in verdict.reasons] == ["no-chain", "unsealed"]


def test_anchors_survive_their_file_and_a_child_process(ca: ForeignCA) -> None:
    anchors = Anchors((w.world().root.certificate,), timestamps=(w.world().ca.certificate,), signers=(ca.root,))
    assert Anchors.load(anchors.dump()) == anchors
    own = ca.issue()
    pdf = signed_by(own, ca)
    assert custodies(verify_in_child(pdf, name="a.pdf", anchors=anchors)) == ["server", "external", "client"]


def test_a_plain_file_of_certificates_is_believed_in_everything(ca: ForeignCA) -> None:
    anchors = Anchors.load(b"Comodo\n" + pki.dump_certificates([w.world().root.certificate, ca.root]))
    assert (len(anchors.platform), anchors.signers) == (2, ())


def test_an_anchor_whose_name_holds_a_heading_is_believed_in_what_it_is_for_alone() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Honest\nYunqian-Anchor: platform\nCA")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, w.NOW, w.NOW + timedelta(days=9))
    anchors = Anchors(signers=(made.sign(key, hashes.SHA256()),))
    assert Anchors.load(anchors.dump()) == anchors
    named_by_hand = anchors.dump().replace(b"Honest ", b"Honest\n")
    assert b"\nYunqian-Anchor: platform" in named_by_hand
    assert Anchors.load(named_by_hand) == anchors


@pytest.mark.parametrize("pem", [b"", b"Yunqian-Anchor: signers\n", b"Yunqian-Anchor: kings\n{}"])
def test_a_file_that_says_nothing_known_is_refused(pem: bytes, ca: ForeignCA) -> None:
    with pytest.raises(PkiError):
        Anchors.load(pem.replace(b"{}", pki.dump_certificates([ca.root])))


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa2048"])
def test_openssl_finds_the_signature_good(tmp_path: Path, ca: ForeignCA, kind: str) -> None:
    own = ca.issue(kind=kind)
    pdf = signed_by(own, ca)
    found = next(each for each in PdfFileReader(io.BytesIO(pdf)).embedded_signatures if each.field_name == "Signer-1")
    _, first, second, rest = (int(each) for each in found.byte_range)
    (tmp_path / "a.p7s").write_bytes(asn1.ContentInfo.load(found.pkcs7_content).dump())
    (tmp_path / "covered").write_bytes(pdf[:first] + pdf[second : second + rest])
    (tmp_path / "root.pem").write_bytes(ca.root.public_bytes(Encoding.PEM))
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "a.p7s", "-content", "covered",
               "-CAfile", "root.pem", "-purpose", "any", "-cades", "-out", "/dev/null"]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, "successful" in done.stderr) == (0, True), done.stderr


def test_another_key_s_signature_is_never_put_into_the_file(ca: ForeignCA) -> None:
    own, here = ca.issue(kind="rsa2048"), w.world()
    head = sign.freeze(w.blank_pdf(), fields=w.FIELDS, platform=here.platform, timestamper=None, at=w.NOW)
    waiting = sign.prepare(head, field="Signer-1", leaf=own.leaf, at=w.NOW, appearance=None, name="x")
    for raw in (foreign_ca.sign_raw(foreign_ca.key("rsa2048", 9), waiting.attributes), bytes(256), bytes(64), b""):
        with pytest.raises(SignatureMismatch):
            sign.finish(head, waiting, signature=raw, leaf=own.leaf, chain=own.above, timestamper=None)


def test_names_are_read_part_by_part(ca: ForeignCA) -> None:
    found = holding.named(ca.issue(foreign_ca.subject("041@样例甲@1", "样例甲公司")).leaf)
    assert (found.common_names, found.organisations, found.shown) == (
        ("041@样例甲@1",),
        ("样例甲公司",),
        "041@样例甲@1",
    )


@pytest.mark.parametrize(
    ("common_name", "who"),
    [
        ("林晓云", holding.Holder.PERSON),
        ("041@林晓云@1", holding.Holder.PERSON),
        ("林晓云|34012319900101001X", holding.Holder.PERSON),
        ("041@示例甲公司@91510100MA6CXXXX9Q@00000001", holding.Holder.ORGANISATION),
        ("林晓云@freemail.example", None),
        ("12345@林晓云.example", None),
        ("示例甲公司@freemail.example", None),
        ("林晓云_助理", None),
        ("代理人,林晓云", None),
        ("张三@林晓云", None),
        ("041@张三@林晓云@1", None),
        ("041@@1", None),
    ],
)
def test_a_name_counts_alone_or_among_numbers_and_never_in_an_address(
    common_name: str, who: holding.Holder | None
) -> None:
    found = holding.Named((common_name,), "", "", ())
    assert holding.holder(found, name="林晓云", organisations=("示例甲公司",)) is who


@pytest.mark.parametrize("mark", ["-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", "inner"])
def test_a_name_that_holds_a_certificate_is_a_name(mark: str, ca: ForeignCA) -> None:
    inner = ca.root.public_bytes(Encoding.PEM).decode().replace("\n", "")
    key = ec.generate_private_key(ec.SECP256R1())
    said = inner if mark == "inner" else f"CA {mark}"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, said, _validate=False)])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, w.NOW, w.NOW + timedelta(days=9))
    anchors = Anchors(platform=(w.world().root.certificate,), signers=(made.sign(key, hashes.SHA256()),))
    assert Anchors.load(anchors.dump()) == anchors


def test_a_kit_is_not_signed_by_a_foreign_authority() -> None:
    # verify_file tells PDFs and kits apart: what is neither is a verdict, with labelled anchors too.
    verdict = verify_file(b"PK\x03\x04", name="kit.zip", anchors=Anchors())
    assert verdict.verdict is Indication.TOTAL_FAILED
