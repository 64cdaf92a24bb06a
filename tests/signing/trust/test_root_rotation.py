"""The root itself is replaced: what was signed stays good, and who knows one of the two roots finds the other."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from core import clock, config
from core.config import Settings
from core.errors import Conflict, Refusal
from pdf import pki
from pdf.verify import Anchors, Indication
from signing.evidence import making
from signing.trust import authorities, roots
from signing.trust import service as trust
from signing.trust.authorities import Rotation
from tests.signing.trust.root_world import enrolled, exported, frozen, judged, passes, sealed, signed


@pytest.fixture(autouse=True)
def folder(started: Path) -> Path:
    return started


def rotate_root(root: pki.Authority | None = None) -> None:
    authorities.rotate(Rotation.ROOT, root=root)


def custody(pdf: bytes, *, anchors: Anchors | None = None) -> list[tuple[str | None, str | None]]:
    """Custody and level of the one person's signature."""
    people = [each for each in judged(pdf, anchors=anchors).signatures if each.field == "Signer-1"]
    return [(each.key_custody, each.level) for each in people]


def test_everything_is_made_anew_under_a_root_of_another_name_and_key() -> None:
    before = trust.trust()

    made = dict(authorities.rotate(Rotation.ROOT))

    now = trust.trust()
    assert list(made) == ["root", "issuing", "platform", "timestamping"]
    assert made["root"] == now.root_certificate
    for each in (now.issuing, now.timestamping):
        each.certificate.verify_directly_issued_by(now.root_certificate)
    now.platform.certificate.verify_directly_issued_by(now.issuing.certificate)
    assert now.fingerprint != before.fingerprint
    assert now.anchors == (now.root_certificate, before.root_certificate)
    ours = [*now.anchors, *(each for _, each in now.own_certificates())]
    assert len({each.subject for each in ours}) == len({trust.key_id(each) for each in ours}) == len(ours) == 8
    assert passes(sealed(signed(frozen(), enrolled())))


def test_a_file_from_before_stays_good_also_for_who_takes_the_anchors_anew() -> None:
    old = sealed(signed(frozen(), enrolled()))

    rotate_root()

    assert passes(old)
    assert passes(old, anchors=Anchors.load(trust.published_anchors().dump()))
    assert custody(old) == [("client", "B-LTA")]


@pytest.mark.parametrize("step", ["nothing", "frozen", "enrolled", "signed"])
def test_a_file_that_is_under_way_is_finished_and_says_the_same_of_its_keys(step: str) -> None:
    """`nothing`: the signer alone is of the time before, so that the text is frozen by the new platform."""
    head = frozen() if step != "nothing" else b""
    who = enrolled() if step != "frozen" else None
    head = signed(head, who) if step == "signed" and who else head

    rotate_root()

    head = head or frozen()
    if step != "signed":
        head = signed(head, who or enrolled())
    assert custody(head) == [("client", "B-T")]
    finished = sealed(head)
    assert passes(finished)
    assert custody(finished) == [("client", "B-LTA")]
    # Anchors without a word on what they are for: there a root's word on the other one is all there is.
    plain = Anchors.load(pki.dump_certificates(trust.trust().anchors))
    assert custody(finished, anchors=plain) == [("client", "B-LTA")]


def test_without_a_root_s_word_on_the_other_one_it_would_be_somebody_else_s(monkeypatch: pytest.MonkeyPatch) -> None:
    head = frozen()
    rotate_root()
    monkeypatch.setattr(type(trust.trust()), "crossing", ())

    finished = sealed(signed(head, enrolled()))

    assert custody(finished) == [("external", "B-LTA")]


def test_who_kept_the_old_anchor_alone_can_check_new_files() -> None:
    first = Anchors.load(trust.published_anchors().dump())
    for _ in range(2):
        rotate_root()

    new = sealed(signed(frozen(), enrolled()))

    assert passes(new, anchors=first)
    assert custody(new, anchors=first) == [("client", "B-LTA")]


def test_a_stranger_s_anchor_checks_nothing_of_ours() -> None:
    now = clock.now()
    other = pki.create_root(pki.SubjectName("Somebody"), not_before=now, not_after=now + timedelta(days=9))
    rotate_root()
    verdict = judged(sealed(signed(frozen(), enrolled())), anchors=(other.certificate,))
    assert verdict.verdict is Indication.INDETERMINATE


def test_the_new_root_speaks_for_the_old_one_only_while_a_signer_may_still_hold_its_certificate() -> None:
    old, now = trust.trust().root_certificate, clock.now()

    rotate_root()

    new = trust.trust().root_certificate
    new_by_old, old_by_new = trust.trust().crossing
    new_by_old.verify_directly_issued_by(old)
    old_by_new.verify_directly_issued_by(new)
    assert (new_by_old.subject, new_by_old.public_key()) == (new.subject, new.public_key())
    assert (old_by_new.subject, old_by_new.public_key()) == (old.subject, old.public_key())
    assert new_by_old.not_valid_after_utc == old.not_valid_after_utc
    assert old_by_new.not_valid_after_utc <= now + trust.LONGEST_LEAF_LIFE + timedelta(minutes=1)


def test_lists_and_answers_of_the_old_chain_are_still_given() -> None:
    before = trust.trust()
    rotate_root()
    old_root = before.root_certificate

    authorities.revoke_own(before.timestamping.certificate.serial_number, reason=x509.ReasonFlags.superseded)

    lists = {each.issuer: each for each in map(x509.load_der_x509_crl, trust.revocation_lists([]))}
    of_old_root = lists[old_root.subject]
    assert of_old_root.is_signature_valid(old_root.public_key())  # type: ignore[arg-type]
    assert [each.serial_number for each in of_old_root] == [before.timestamping.certificate.serial_number]
    assert len(lists[trust.trust().root_certificate.subject]) == 0
    by_name = trust.find_revocation_list(trust.key_id(old_root), [])
    in_use = trust.find_revocation_list("root", [])
    assert [x509.load_der_x509_crl(each or b"").issuer for each in (by_name, in_use)] == [
        old_root.subject,
        trust.trust().root_certificate.subject,
    ]
    assert trust.find_authority_certificate(trust.key_id(old_root)) == old_root
    asked = ocsp.OCSPRequestBuilder().add_certificate(before.timestamping.certificate, old_root, hashes.SHA256())
    answer = trust.answer_ocsp(asked.build().public_bytes(Encoding.DER), lambda *_: None)
    assert ocsp.load_der_ocsp_response(answer).certificate_status is ocsp.OCSPCertStatus.REVOKED


def test_kits_hold_what_an_older_chain_is_checked_with() -> None:
    old = trust.trust()
    rotate_root()

    nothing = SimpleNamespace(agreements=(), ceremony=SimpleNamespace(is_rehearsal=False))
    files = making._pki_files(nothing, making.validation((), rehearsal=False))  # type: ignore[arg-type]

    of_root = x509.load_der_x509_crl(files["pki/root-before-1.crl"])
    of_issuing = x509.load_der_x509_crl(files["pki/issuing-before-1.crl"])
    assert of_root.issuer == old.root_certificate.subject
    assert of_issuing.issuer == old.issuing.certificate.subject
    assert pki.load_certificates(files["pki/root-before-1.pem"]) == (old.root_certificate,)
    anchors = Anchors.load(files["pki/anchors.pem"])
    assert (anchors.platform, anchors.crossing) == (trust.trust().anchors, trust.trust().crossing)


def test_a_root_that_is_elsewhere_is_asked_for_and_goes_back(folder: Path) -> None:
    old = exported()
    roots.remove_root_key(old)
    with pytest.raises(Conflict) as refused:
        rotate_root()
    assert refused.value.code == "root_key_elsewhere"
    assert trust.trust().anchors == (old.certificate,)
    later = clock.now() + timedelta(days=200)

    with clock.frozen(later):
        rotate_root(old)

    new, before = trust.trust().roots
    crl = x509.load_der_x509_crl(before.crl or b"")
    assert crl.next_update_utc is not None
    assert crl.next_update_utc > later + timedelta(days=365)  # as long as a key that was brought can make it
    assert (new.authority is None, before.authority is None) == (False, True)
    assert not [path for path in folder.rglob("root*.key") if path != folder / "root.key"]
    assert not (folder / "root.crl").exists()


def test_the_list_of_a_replaced_root_is_made_anew_with_its_own_key() -> None:
    old = exported()
    roots.remove_root_key(old)
    rotate_root(old)
    later = clock.now() + timedelta(days=390)

    with clock.frozen(later):
        ((_, named),) = authorities.rotate(Rotation.ROOT_LIST, root=old)
        crl = x509.load_der_x509_crl(trust.find_revocation_list(trust.key_id(old.certificate), []) or b"")

    assert named == old.certificate
    assert crl.next_update_utc is not None
    assert crl.next_update_utc > later + timedelta(days=365)
    with pytest.raises(Refusal) as refused:
        authorities.rotate(Rotation.ISSUING, root=old)
    assert refused.value.code == "not_our_root"


def test_the_key_of_a_replaced_root_is_taken_away_too(folder: Path) -> None:
    serial = trust.trust().root_certificate.serial_number
    rotate_root()

    roots.remove_root_key(exported(serial=serial))

    assert [each.authority is None for each in trust.trust().roots] == [False, True]
    assert len(list(folder.rglob("root*.key"))) == 1
    assert passes(sealed(signed(frozen(), enrolled())))
    with pytest.raises(Refusal):
        roots.export_root(b"another medium", serial=77)


def test_no_list_takes_a_root_back() -> None:
    old = trust.trust().root_certificate
    rotate_root()
    for each in (old, trust.trust().root_certificate):
        with pytest.raises(Conflict) as refused:
            authorities.revoke_own(each.serial_number, reason=x509.ReasonFlags.key_compromise)
        assert refused.value.code == "root_stands_alone"


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("moved", [0, 1, 7, 8])
def test_a_rotation_that_was_killed_is_finished_by_the_next_start(folder: Path, moved: int, kept: bool) -> None:
    root = exported()
    roots.remove_root_key(root)
    old = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    rotate_root(root)
    after = trust.trust().anchors
    aside = folder / "new"
    aside.mkdir()
    names = ("issuing", "platform", "timestamping", "root")
    files = [folder / f"{name}.{end}" for name in names for end in ("key", "pem")]
    for path in files[moved if kept else 0 :]:
        path.rename(aside / path.name)
        if path.name in old:
            path.write_bytes(old[path.name])
            path.chmod(0o600)
    if not kept or moved < len(files):
        (folder / "root.crl").write_bytes(old["root.crl"])
    (aside / "whole").touch()
    if kept:
        (aside / "kept").touch()

    found = trust.trust()

    assert found.anchors == after
    assert [each.authority is None for each in found.roots] == [False, True]
    assert not aside.exists()
    assert not (folder / "root.crl").exists()


def test_a_root_near_its_end_gives_its_successor_a_life_of_its_own() -> None:
    with clock.frozen(clock.now() + timedelta(days=365 * 24)):
        rotate_root()
        found = trust.trust()
        (new_by_old, _) = found.crossing
    years = [(each.not_valid_after_utc - each.not_valid_before_utc).days // 365 for each in found.anchors]
    assert years == [25, 25]
    assert new_by_old.not_valid_after_utc == found.anchors[1].not_valid_after_utc


def test_another_process_sees_the_list_of_an_old_root_at_once(data_dir: Path) -> None:
    old = exported()
    roots.remove_root_key(old)
    rotate_root(old)
    before = trust.trust()
    authorities.rotate(Rotation.ROOT_LIST, root=old)
    assert trust.trust() is not before
    config.use(Settings(data_dir=data_dir, organisation="样例单位"))
    assert (
        trust.trust().roots[1].crl
        == (data_dir / "keys" / "retired").joinpath(f"root-{old.certificate.serial_number:040x}.crl").read_bytes()
    )
