"""`yunqian verify` beside the installation: what that has revoked counts; where it cannot be read, this is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509

from core import clock, config
from signing.trust import authorities
from signing.trust import service as trust
from tests.signing.evidence.test_taken_back import MINUTE, STOLEN, certificate, signed_elsewhere, take_back
from tests.support.quick import Quick, QuickWorld
from web.cli_verify import read_anchors, verify


def beside(world: Quick, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of a shell on the installation's machine; its data folder."""
    settings = config.settings()
    monkeypatch.setenv("YUNQIAN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("YUNQIAN_DATABASE_URL", world.app.config["SQLALCHEMY_DATABASE_URI"])
    return settings.data_dir


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(verify, [str(word) for word in words])


def test_on_either_database_a_certificate_that_was_taken_back_is_known(
    quick_world: QuickWorld, data_dir: Path, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with quick_world.at("entered", database_kind, data_dir) as world:
        found = certificate(world.people["party_a"])
        take_back(found)
        beside(world, monkeypatch)
        ((issuer, revoked),) = read_anchors(None).revoked
    leaf = x509.load_der_x509_certificate(found.der)
    assert (issuer, revoked.serial, revoked.reason) == (trust.authority_id(leaf), leaf.serial_number, STOLEN)


def test_the_command_fails_what_was_signed_after_that(
    quick_world: QuickWorld, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, anchors = tmp_path / "stolen.pdf", tmp_path / "anchors.pem"
    with quick_world.at("entered", "sqlite", data_dir) as world:
        known = {name: certificate(person) for name, person in world.people.items()}
        take_back(known["party_a"])
        with clock.frozen(clock.now() + MINUTE):
            file.write_bytes(signed_elsewhere(world, known))
        anchors.write_bytes(trust.published_anchors().dump())
        beside(world, monkeypatch)
        here = run(file)
        stranger = run(file, "--trust", anchors)
    assert (here.exit_code, "TOTAL-FAILED / REVOKED" in here.stdout) == (1, True), here.output
    assert "REVOKED" not in stranger.stdout


def test_the_installations_own_revoked_certificates_are_known_without_opening_a_key(
    quick_world: QuickWorld, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with quick_world.at("entered", "sqlite", data_dir) as world:
        issuing = trust.trust().issuing.certificate
        authorities.rotate(authorities.Rotation.ISSUING)
        authorities.revoke_own(issuing.serial_number, reason=STOLEN)
        folder = beside(world, monkeypatch)
        for key in folder.glob("keys/**/*.key"):
            key.write_bytes(b"")
        known = read_anchors(None).revoked
    assert [(issuer, each.serial) for issuer, each in known] == [(trust.authority_id(issuing), issuing.serial_number)]


def test_an_installation_that_cannot_be_read_is_said_and_the_file_is_judged_all_the_same(
    quick_world: QuickWorld, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with quick_world.at("entered", "sqlite", data_dir) as world:
        beside(world, monkeypatch)
        elsewhere = config.settings().model_copy(update={"database_url": f"sqlite:///{tmp_path}/none/none.db"})
        del elsewhere.__dict__["sqlalchemy_url"]
        config.use(elsewhere)
        done = run(Path(__file__))
    assert "OperationalError" in done.stderr
    assert str(tmp_path) not in done.stderr.partition("OperationalError")[2]
    assert (done.exit_code, "TOTAL-FAILED" in done.stdout) == (1, True)
