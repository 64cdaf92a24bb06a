"""Authorities are replaced and the root key is taken away, and everything that was signed before stays good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from pydantic import SecretStr

from core import clock, config
from core.config import ConfigError, Settings
from core.errors import Conflict, Refusal
from pdf import pki
from signing.trust import authorities, roots
from signing.trust import service as trust
from signing.trust.authorities import Rotation
from tests.pdf.softhsm import missing, soft_token
from tests.signing.trust.root_world import PASSWORD, enrolled, exported, frozen, judged, passes, sealed, signed


@pytest.fixture(autouse=True)
def folder(started: Path) -> Path:
    return started


def rotate_all(root: pki.Authority | None = None) -> None:
    for what in (Rotation.ISSUING, Rotation.TIMESTAMPING, Rotation.PLATFORM):
        authorities.rotate(what, root=root)


def test_a_file_that_was_sealed_before_a_rotation_stays_good() -> None:
    old = sealed(signed(frozen(), enrolled()))

    rotate_all()

    assert passes(old)


@pytest.mark.parametrize("step", ["frozen", "enrolled", "signed"])
def test_a_file_that_is_under_way_during_a_rotation_is_finished(step: str) -> None:
    head = frozen()
    who = enrolled() if step != "frozen" else None
    head = signed(head, who) if step == "signed" and who else head

    rotate_all()

    if step != "signed":
        head = signed(head, who or enrolled())
    finished = sealed(head)
    assert passes(finished)
    people = [each for each in judged(finished).signatures if each.field == "Signer-1"]
    assert [each.level for each in people] == ["B-LTA"]


def test_who_was_enrolled_before_a_rotation_signs_a_text_that_was_frozen_after_it() -> None:
    who = enrolled()
    rotate_all()

    finished = sealed(signed(frozen(), who))

    assert passes(finished)
    who.leaf.verify_directly_issued_by(trust.trust().above(who.leaf)[0])


def test_another_process_sees_a_rotation_at_its_next_act() -> None:
    seen = trust.trust().platform.certificate

    ((name, made),) = authorities.rotate(Rotation.PLATFORM)

    assert (name, made) == ("platform", trust.trust().platform.certificate)
    assert made != seen
    assert trust.trust() is trust.trust()


def test_no_two_authorities_share_a_name_or_a_key() -> None:
    for _ in range(3):
        rotate_all()

    found = trust.trust()
    names = [each.subject for _, each in found.own_certificates()]
    keys = {trust.key_id(each) for _, each in found.own_certificates()}
    assert len(set(names)) == len(names) == len(keys)
    assert len(found.retired_issuers) == 3


def test_lists_of_replaced_issuing_authorities_go_on() -> None:
    before = trust.trust().issuing
    who = enrolled()
    authorities.rotate(Rotation.ISSUING)
    leaf = trust.RevokedLeaf(
        trust.key_id(before.certificate), pki.Revoked(who.leaf.serial_number, datetime(2026, 7, 1, tzinfo=UTC))
    )

    new, old, _root = (x509.load_der_x509_crl(der) for der in trust.revocation_lists([leaf]))

    assert old.is_signature_valid(before.key.public_key())
    assert old.get_revoked_certificate_by_serial_number(who.leaf.serial_number) is not None
    assert len(new) == 0
    by_name = trust.find_revocation_list(trust.key_id(before.certificate), [leaf])
    assert by_name is not None
    assert x509.load_der_x509_crl(by_name).issuer == before.certificate.subject


def test_the_key_of_a_replaced_platform_is_gone(folder: Path) -> None:
    before = (folder / "platform.key").read_bytes()

    authorities.rotate(Rotation.PLATFORM)

    assert not [path for path in folder.rglob("*.key") if path.read_bytes() == before]
    assert [name for name, _ in trust.trust().retired] == ["platform"]


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("moved", range(5))
def test_a_rotation_that_was_killed_is_finished_by_the_next_start(folder: Path, moved: int, kept: bool) -> None:
    before = trust.trust().issuing.certificate
    old = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    authorities.rotate(Rotation.ISSUING)
    after = trust.trust()
    aside = folder / "new"
    aside.mkdir()
    files = [folder / f"{name}.{end}" for name in ("issuing", "platform") for end in ("key", "pem")]
    for path in files[moved if kept else 0 :]:
        path.rename(aside / path.name)
        path.write_bytes(old[path.name])
        path.chmod(0o600)
    (aside / "whole").touch()
    if kept:
        (aside / "kept").touch()

    found = trust.trust()

    assert found.issuing.certificate == after.issuing.certificate
    assert found.platform.certificate == after.platform.certificate
    assert [each.certificate for each in found.retired_issuers] == [before]
    assert not aside.exists()


def test_a_rotation_that_was_killed_before_its_set_was_whole_did_nothing(folder: Path) -> None:
    before = trust.trust().issuing.certificate
    (folder / "new").mkdir()
    (folder / "new" / "issuing.key").write_bytes(b"half a k")

    assert trust.trust().issuing.certificate == before


def test_the_product_runs_on_without_the_root_key(folder: Path) -> None:
    fingerprint = trust.trust().fingerprint

    roots.remove_root_key(exported())

    assert trust.trust().root is None
    assert not (folder / "root.key").exists()
    assert trust.trust().fingerprint == fingerprint
    assert passes(sealed(signed(frozen(), enrolled())))
    authorities.rotate(Rotation.PLATFORM)
    assert passes(sealed(signed(frozen(), enrolled())))


@pytest.mark.parametrize("what", [Rotation.ISSUING, Rotation.TIMESTAMPING, Rotation.ROOT_LIST])
def test_what_needs_the_root_key_asks_for_it_and_takes_it_for_this_once(folder: Path, what: Rotation) -> None:
    root = exported()
    roots.remove_root_key(root)
    with pytest.raises(Conflict) as refused:
        authorities.rotate(what)
    assert refused.value.code == "root_key_elsewhere"

    authorities.rotate(what, root=root)

    assert not (folder / "root.key").exists()
    assert passes(sealed(signed(frozen(), enrolled())))


def test_the_root_s_list_lasts_a_year_and_is_made_anew() -> None:
    root = exported()
    roots.remove_root_key(root)
    later = clock.now() + timedelta(days=390)

    with clock.frozen(later):
        authorities.rotate(Rotation.ROOT_LIST, root=root)
        crl = x509.load_der_x509_crl(trust.revocation_lists([])[-1])

    assert crl.next_update_utc is not None
    assert crl.next_update_utc > later + timedelta(days=365)


def test_another_root_s_key_is_not_taken() -> None:
    span = {"not_before": clock.now(), "not_after": clock.now() + timedelta(days=9)}
    other = pki.create_root(pki.SubjectName("Somebody"), **span)

    for act in (
        lambda: authorities.rotate(Rotation.ISSUING, root=other),
        lambda: roots.remove_root_key(other),
        lambda: roots.read_exported_root(roots.export_root(PASSWORD), b"guess"),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "not_our_root"
    assert trust.trust().root is not None


def test_a_missing_root_key_is_an_accident_unless_it_was_taken_away(folder: Path) -> None:
    (folder / "root.key").unlink()

    with pytest.raises(ConfigError, match=r"root\.key is missing"):
        trust.trust()


def test_a_replaced_platform_can_be_revoked_and_one_in_use_cannot() -> None:
    before = trust.trust().platform.certificate
    old = sealed(signed(frozen(), enrolled()))
    with pytest.raises(Conflict) as refused:
        authorities.revoke_own(before.serial_number, reason=x509.ReasonFlags.key_compromise)
    assert refused.value.code == "certificate_in_use"
    authorities.rotate(Rotation.PLATFORM)

    assert authorities.revoke_own(before.serial_number, reason=x509.ReasonFlags.superseded) == "platform"

    issuing, _root = (x509.load_der_x509_crl(der) for der in trust.revocation_lists([]))
    entry = issuing.get_revoked_certificate_by_serial_number(before.serial_number)
    assert entry is not None
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.superseded
    assert passes(old)


def test_a_replaced_issuing_authority_stands_in_the_root_s_list_even_where_the_root_is_elsewhere() -> None:
    before, root = trust.trust().issuing.certificate, exported()
    roots.remove_root_key(root)
    authorities.rotate(Rotation.ISSUING, root=root)

    authorities.revoke_own(before.serial_number, reason=x509.ReasonFlags.superseded, root=root)

    crl = x509.load_der_x509_crl(trust.revocation_lists([])[-1])
    assert crl.get_revoked_certificate_by_serial_number(before.serial_number) is not None


def test_a_certificate_that_is_not_ours_is_not_revoked() -> None:
    with pytest.raises(Refusal) as refused:
        authorities.revoke_own(77, reason=x509.ReasonFlags.superseded)
    assert refused.value.code == "certificate_not_ours"


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_keys_move_into_a_token_by_rotation(tmp_path: Path, folder: Path) -> None:
    with soft_token(tmp_path) as soft:
        settings = {"pkcs11_module": soft.module, "pkcs11_token": soft.label, "pkcs11_pin": SecretStr(soft.pin)}
        config.use(Settings(data_dir=folder.parent, organisation="样例单位", **settings))
        rotate_all()
        authorities._load.cache_clear()  # as another process would

        assert (folder / "platform.key").read_text().startswith("pkcs11:token=yunqian-test;object=yunqian-platform")
        assert passes(sealed(signed(frozen(), enrolled())))

        config.use(Settings(data_dir=folder.parent, organisation="样例单位"))
        authorities._load.cache_clear()
        with pytest.raises(ConfigError, match="YUNQIAN_PKCS11_MODULE"):
            trust.trust()


def test_the_clock_that_was_replaced_is_still_known_as_our_own() -> None:
    before = trust.builtin_responder().name
    authorities.rotate(Rotation.TIMESTAMPING)

    known = [trust.is_own_clock(name) for name in (before, trust.builtin_responder().name, "tsa.example.cn")]

    assert before != trust.builtin_responder().name
    assert known == [True, True, False]
