"""The installation's keys: made once, kept closed, never made again over others; what they issue and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID
from pydantic import SecretStr

from core import clock, config
from core.config import ConfigError, Settings
from core.errors import Refusal
from pdf import pki
from signing.trust import authorities
from signing.trust import service as trust
from tests.support import core_app
from tests.support.processes import Processes

NAMES = ("root", "issuing", "platform", "timestamping")


@pytest.fixture
def folder(data_dir: Path) -> Iterator[Path]:
    """An installation that has never been started; its keys folder."""
    before = config._current[:]
    use(data_dir)
    yield data_dir / "keys"
    config._current[:] = before


def use(data_dir: Path, passphrase: str = "") -> None:
    """Start anew, as another process would, with this passphrase."""
    config.use(Settings(data_dir=data_dir, key_passphrase=SecretStr(passphrase), organisation="样例单位"))
    authorities._load.cache_clear()


def problem(folder: Path, passphrase: str = "") -> str:
    use(folder.parent, passphrase)
    with pytest.raises(ConfigError) as refused:
        trust.trust()
    assert len(refused.value.problems) == 1
    return refused.value.problems[0]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != ".lock"}


def test_keys_are_made_at_the_first_start_for_their_owner_alone(folder: Path) -> None:
    made = trust.trust()
    assert sorted(contents(folder)) == sorted(f"{name}.{end}" for name in NAMES for end in ("key", "pem"))
    assert {oct(path.stat().st_mode & 0o777) for path in folder.iterdir() if path.suffix in {".key", ".pem"}} == {
        "0o600"
    }
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    before = contents(folder)
    use(folder.parent)
    assert trust.trust().fingerprint == made.fingerprint
    assert contents(folder) == before


def test_several_processes_that_start_together_get_the_same_keys(
    folder: Path, tmp_path: Path, processes: Processes
) -> None:
    go, environment = tmp_path / "go", core_app.environment(config.settings())
    command = core_app.python("tests.signing.trust.first_start", go)
    started = [processes.start(command, env=environment) for _ in range(3)]
    for process in started:
        process.wait_for_output("ready", 60)
    go.touch()
    assert [process.wait(60) for process in started] == [0, 0, 0], [process.output() for process in started]
    told = {process.output().split("ready")[1].strip() for process in started}
    assert told == {f"{trust.trust().fingerprint} {trust.trust().platform.certificate.serial_number}"}


def test_a_wrong_passphrase_says_so_and_changes_nothing(folder: Path) -> None:
    use(folder.parent, "correct horse")
    fingerprint = trust.trust().fingerprint
    assert b"ENCRYPTED" in (folder / "root.key").read_bytes()
    before = contents(folder)
    for wrong in ("", "another"):
        (folder.parent / "key_passphrase").unlink(missing_ok=True)
        assert "YUNQIAN_KEY_PASSPHRASE" in problem(folder, wrong)
    assert contents(folder) == before
    use(folder.parent, "correct horse")
    assert trust.trust().fingerprint == fingerprint


def test_keys_are_encrypted_even_where_no_passphrase_is_set(folder: Path) -> None:
    fingerprint = trust.trust().fingerprint
    assert all(b"ENCRYPTED" in (folder / f"{name}.key").read_bytes() for name in NAMES)
    kept = folder.parent / "key_passphrase"
    assert oct(kept.stat().st_mode & 0o777) == "0o600"
    use(folder.parent, kept.read_text())
    assert trust.trust().fingerprint == fingerprint


def test_a_passphrase_may_lie_in_a_file_of_its_own(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("correct horse\n")
    file.chmod(0o400)
    config.use(Settings(data_dir=folder.parent, key_passphrase_file=file, organisation="样例单位"))
    fingerprint = trust.trust().fingerprint
    use(folder.parent, "correct horse")
    assert trust.trust().fingerprint == fingerprint
    assert not (folder.parent / "key_passphrase").exists()


@pytest.mark.parametrize(("mode", "told"), [(0o440, "chmod 600"), (0o604, "chmod 600"), (None, "cannot be read")])
def test_a_passphrase_that_others_can_read_is_not_used(
    folder: Path, tmp_path: Path, mode: int | None, told: str
) -> None:
    file = tmp_path / "passphrase"
    if mode is not None:
        file.write_text("correct horse")
        file.chmod(mode)
    config.use(Settings(data_dir=folder.parent, key_passphrase_file=file))
    with pytest.raises(ConfigError, match=told):
        trust.trust()
    assert not folder.exists()


def test_a_key_that_was_put_there_in_the_clear_is_encrypted_at_the_next_start(folder: Path) -> None:
    serial = trust.trust().platform.certificate.serial_number
    (folder / "platform.key").write_bytes(pki.dump_key(trust.trust().platform.key))
    use(folder.parent)
    assert trust.trust().platform.certificate.serial_number == serial
    assert b"ENCRYPTED" in (folder / "platform.key").read_bytes()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620])
def test_a_key_that_others_can_read_is_not_used(folder: Path, name: str, mode: int) -> None:
    trust.trust()
    (folder / f"{name}.key").chmod(mode)
    assert f"chmod 600 {folder / name}.key" in problem(folder)


@pytest.mark.parametrize("missing", [f"{name}.{end}" for name in NAMES for end in ("key", "pem")])
def test_a_missing_file_is_asked_for_and_nothing_is_made_in_its_place(folder: Path, missing: str) -> None:
    trust.trust()
    (folder / missing).unlink()
    before = contents(folder)
    assert missing in problem(folder)
    assert contents(folder) == before


@pytest.mark.parametrize("moved", range(9))
def test_a_first_start_that_was_killed_is_finished_by_the_next(folder: Path, moved: int) -> None:
    """All were made aside; so many were moved into place when the process ended."""
    fingerprint = trust.trust().fingerprint
    files = [folder / f"{name}.{end}" for name in (*NAMES[1:], NAMES[0]) for end in ("key", "pem")]
    aside = folder / "new"
    aside.mkdir()
    for path in files[moved:]:
        path.rename(aside / path.name)
    (aside / "whole").touch()
    (aside / "kept").touch()
    use(folder.parent)
    assert trust.trust().fingerprint == fingerprint
    assert not aside.exists()


def test_a_first_start_that_was_killed_before_the_set_was_whole_begins_again(folder: Path) -> None:
    aside = folder / "new"
    aside.mkdir(parents=True)
    (aside / "issuing.key").write_bytes(b"half a k")
    assert trust.trust().platform.certificate.issuer == trust.trust().issuing.certificate.subject
    assert not aside.exists()


def test_everything_below_the_root_chains_to_it(folder: Path) -> None:
    made = trust.trust()
    made.issuing.certificate.verify_directly_issued_by(made.root_certificate)
    made.timestamping.certificate.verify_directly_issued_by(made.root_certificate)
    made.platform.certificate.verify_directly_issued_by(made.issuing.certificate)
    with pytest.raises((ValueError, InvalidSignature)):
        made.platform.certificate.verify_directly_issued_by(made.root_certificate)
    assert made.chain == (made.issuing.certificate, made.root_certificate)
    assert (
        x509.load_pem_x509_certificates(trust.published_anchors().dump())
        == [made.root_certificate]
        == list(trust.published_anchors().all)
    )
    below = (made.issuing.certificate, made.platform.certificate)
    ends = [each.not_valid_after_utc for each in (made.root_certificate, *below)]
    assert ends == sorted(ends, reverse=True)


@pytest.mark.parametrize("custody", list(pki.KeyCustody))
def test_a_signer_s_certificate_lives_two_days_and_says_whose_hands_the_key_was_in(
    folder: Path, custody: pki.KeyCustody
) -> None:
    now = clock.now().replace(microsecond=0)
    with clock.frozen(now):
        trust.trust()
        leaf = trust.issue_seat_certificate(
            ec.generate_private_key(ec.SECP256R1()).public_key(),
            pki.SubjectName("样例甲", "样例甲公司", "董事长"),
            custody,
        )
    assert leaf.not_valid_before_utc == now - timedelta(minutes=5)
    assert leaf.not_valid_after_utc == now + timedelta(days=2)
    policies = leaf.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert [policy.policy_identifier for policy in policies] == [custody.policy]
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)


def test_an_unknown_custody_is_no_certificate(folder: Path) -> None:
    with pytest.raises(ValueError, match="borrowed"):
        trust.issue_seat_certificate(
            ec.generate_private_key(ec.SECP256R1()).public_key(), pki.SubjectName("样例甲"), "borrowed"
        )


def test_a_bad_request_says_why(folder: Path) -> None:
    with pytest.raises(Refusal) as refused:
        trust.read_certificate_request(b"no request")
    assert dict(refused.value.params) == {"reason": "request_malformed"}


def test_a_signer_s_certificate_lives_as_long_as_the_ceremony_needs_it_and_no_longer_than_a_month(folder: Path) -> None:
    now = clock.now().replace(microsecond=0)
    lives = []
    for wanted in (None, now + timedelta(days=1), now + timedelta(days=9), now + timedelta(days=400)):
        with clock.frozen(now):
            leaf = trust.issue_seat_certificate(
                ec.generate_private_key(ec.SECP256R1()).public_key(),
                pki.SubjectName("样例甲"),
                "client",
                needed_until=wanted,
            )
        lives.append((leaf.not_valid_after_utc - now).days)
    assert lives == [2, 2, 9, 31]


def test_a_signer_s_certificate_says_where_to_ask_for_its_list_and_issuer(folder: Path) -> None:
    leaf = trust.issue_seat_certificate(
        ec.generate_private_key(ec.SECP256R1()).public_key(), pki.SubjectName("样例甲"), "client"
    )
    base = f"http://127.0.0.1:8600/pki/{trust.key_id(trust.trust().issuing.certificate)}"
    (point,) = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    access = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert [name.value for name in point.full_name or ()] == [f"{base}.crl"]
    assert [each.access_location.value for each in access] == [f"{base}.cer"]


@pytest.mark.parametrize(("is_set", "named"), [(False, []), (True, ["http://127.0.0.1:8600/pki/ocsp"])])
def test_the_responder_is_named_where_that_is_set(folder: Path, is_set: bool, named: list[str]) -> None:
    config.use(config.settings().model_copy(update={"ocsp_in_certificates": is_set}))
    leaf = trust.issue_seat_certificate(
        ec.generate_private_key(ec.SECP256R1()).public_key(), pki.SubjectName("样例甲"), "client"
    )
    found = trust.trust()
    for certificate, expected in ((leaf, named), (found.platform.certificate, named), (found.issuing.certificate, [])):
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
        responders = [each for each in access if each.access_method == AuthorityInformationAccessOID.OCSP]
        assert [each.access_location.value for each in responders] == expected


def test_certificates_name_no_responder_unless_somebody_wants_it() -> None:
    assert Settings().ocsp_in_certificates is False


def test_revocation_lists_name_who_was_revoked_for_a_week(folder: Path) -> None:
    at = datetime(2026, 7, 1, 2, 3, 4, tzinfo=UTC)
    made = trust.trust()
    ours = trust.RevokedLeaf(trust.key_id(made.issuing.certificate), pki.Revoked(77, at))
    strangers = trust.RevokedLeaf("00", pki.Revoked(78, at))
    below, root = (x509.load_der_x509_crl(der) for der in trust.revocation_lists([ours, strangers]))
    assert below.is_signature_valid(made.issuing.key.public_key())
    assert root.is_signature_valid(made.root_certificate.public_key())  # type: ignore[arg-type]
    revoked = below.get_revoked_certificate_by_serial_number(77)
    assert revoked is not None
    assert revoked.revocation_date_utc == at
    assert (len(below), len(root)) == (1, 0)
    assert below.next_update_utc is not None
    assert below.next_update_utc - below.last_update_utc == trust.CRL_LIFE


def test_the_built_in_clock_is_never_called_a_third_party_s(folder: Path) -> None:
    assert trust.timestamper() is trust.builtin_responder()
    assert trust.timestamper().third_party is False
