"""`yunqian pki`: what an operator sees and does, in both languages, with the trail of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from core import config, i18n
from core.config import Settings
from core.errors import Refusal
from pdf import pki
from signing.papers import colons
from signing.trust import service as trust
from tests.support import apps
from tests.support.trail import entries
from web.cli_pki import pki as command
from web.cli_verify import read_anchors


@pytest.fixture
def installed(data_dir: Path) -> Iterator[Settings]:
    """An installation that was started once."""
    before = config._current[:]
    settings = Settings(data_dir=data_dir, organisation="样例单位")
    config.use(settings)
    trust.trust()
    yield settings
    config._current[:] = before


def run(*words: str | Path, locale: str = "en", typed: str | None = None) -> Result:
    with i18n.use_locale(locale):
        return CliRunner().invoke(command, [str(word) for word in words], input=typed, catch_exceptions=True)


def told(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, (result.output, result.exception)
    values: dict[str, object] = json.loads(result.stdout)
    return values


def refused(result: Result) -> str:
    assert isinstance(result.exception, Refusal), result.output
    return result.exception.code


def recorded(settings: Settings) -> list[tuple[str, str]]:
    with apps.running(settings) as app:
        return [(entry["action"], entry["data"]["name"]) for entry in entries(app)]


def certificates(settings: Settings) -> dict[tuple[str, str], dict[str, str]]:
    rows = told(run("show", "--json"))["certificates"]
    assert isinstance(rows, list)
    return {(row["name"], row["state"]): row for row in rows}


def test_an_installation_that_was_never_started_gets_no_keys_by_looking(data_dir: Path) -> None:
    before = config._current[:]
    config.use(Settings(data_dir=data_dir))
    result = run("show")
    config._current[:] = before

    assert result.exit_code == 1
    assert "yunqian serve" in result.stderr
    assert not (data_dir / "keys").exists()


@pytest.mark.parametrize(
    ("locale", "words"), [("en", ["in use", "file, encrypted"]), ("zh-CN", ["使用中", "文件（已加密）"])]
)
def test_show_says_whose_how_long_and_where_the_keys_are(installed: Settings, locale: str, words: list[str]) -> None:
    result = run("show", locale=locale)

    assert result.exit_code == 0
    assert result.output.count("样例单位") == 8  # common name and organisation of four
    assert all(result.output.count(word) == 4 for word in words)
    assert colons(trust.trust().fingerprint) in result.output


def test_show_as_json_is_for_programs(installed: Settings) -> None:
    rows = certificates(installed)

    assert set(rows) == {(name, "in-use") for name in ("root", "issuing", "platform", "timestamping")}
    platform = trust.trust().platform.certificate
    assert rows["platform", "in-use"]["serial"] == f"{platform.serial_number:x}"
    assert {row["key"] for row in rows.values()} == {"file"}


def test_a_rotation_is_shown_and_stands_in_the_trail(installed: Settings) -> None:
    made = told(run("rotate", "issuing", "--json"))["made"]

    assert isinstance(made, list)
    assert [row["name"] for row in made] == ["issuing", "platform"]
    assert certificates(installed)["issuing", "replaced"]["key"] == "kept"
    assert certificates(installed)["platform", "replaced"]["key"] == "gone"
    assert recorded(installed) == [("key.rotated", "issuing"), ("key.rotated", "platform")]


def test_a_replaced_certificate_is_revoked_and_one_in_use_is_not(installed: Settings) -> None:
    serial = f"{trust.trust().platform.certificate.serial_number:x}"
    assert refused(run("revoke", serial)) == "certificate_in_use"
    run("rotate", "platform")

    said = told(run("revoke", serial, "--reason", "key-compromise", "--json"))

    assert said == {"serial": serial, "name": "platform", "reason": "keyCompromise"}
    assert ("platform", "revoked") in certificates(installed)
    assert recorded(installed)[-1] == ("key.revoked", "platform")
    assert refused(run("revoke", "77")) == "certificate_not_ours"
    assert run("revoke", "no number").exit_code == 2


def test_anchors_go_to_a_file_or_to_the_terminal(installed: Settings, tmp_path: Path) -> None:
    printed = run("export-anchors")
    written = told(run("export-anchors", tmp_path / "anchors.pem", "--json"))

    anchors = list(trust.published_anchors().all)
    assert x509.load_pem_x509_certificates(printed.stdout.encode()) == anchors
    assert x509.load_pem_x509_certificates((tmp_path / "anchors.pem").read_bytes()) == anchors
    assert written["sha256"] == [trust.trust().fingerprint]


def test_the_root_key_goes_to_a_medium_and_comes_back_for_a_rotation(installed: Settings, tmp_path: Path) -> None:
    medium, keys = tmp_path / "root.pem", installed.data_dir / "keys"

    result = run("export-root", medium, "--remove", typed="a long password\na long password\n")

    assert result.exit_code == 0, result.output
    assert not (keys / "root.key").exists()
    assert oct(medium.stat().st_mode & 0o777) == "0o600"
    assert b"ENCRYPTED" in medium.read_bytes()
    assert certificates(installed)["root", "in-use"]["key"] == "elsewhere"
    assert "root_key_elsewhere" in refused(run("rotate", "timestamping"))
    assert refused(run("rotate", "timestamping", "--root-key", medium, typed="guess\n")) == "not_our_root"
    assert run("rotate", "timestamping", "--root-key", medium, typed="a long password\n").exit_code == 0
    assert not (keys / "root.key").exists()
    assert recorded(installed) == [
        ("key.exported", "root"),
        ("key.taken_offline", "root"),
        ("key.rotated", "timestamping"),
    ]
    assert pki.load_certificates(medium.read_bytes()) == trust.trust().anchors


def test_the_root_is_rotated_and_says_what_to_do_next(installed: Settings, tmp_path: Path) -> None:
    old = trust.trust().root_certificate

    result = run("rotate", "root")

    assert result.exit_code == 0, (result.output, result.exception)
    serial = f"{old.serial_number:x}"
    assert colons(trust.trust().fingerprint) in result.output
    assert f"export-root FILE --remove --serial {serial}" in result.output
    rows = certificates(installed)
    assert (rows["root", "in-use"]["key"], rows["root", "replaced"]["key"]) == ("file", "file")
    assert recorded(installed) == [("key.rotated", name) for name in ("root", "issuing", "platform", "timestamping")]
    told_of = told(run("show", "--json"))
    assert told_of["older_anchors_sha256"] == [old.fingerprint(hashes.SHA256()).hex()]
    assert "Older files stand on" in run("show").output
    assert told(run("export-anchors", "--json"))["sha256"] == [
        told_of["anchor_sha256"],
        old.fingerprint(hashes.SHA256()).hex(),
    ]
    with apps.running(installed) as app:
        page = app.test_client().get("/verify").text
    assert colons(old.fingerprint(hashes.SHA256()).hex()) in page
    medium = ("export-root", tmp_path / "old.pem", "--remove", "--serial", serial)
    assert run(*medium, typed="a long password\na long password\n").exit_code == 0
    assert certificates(installed)["root", "replaced"]["key"] == "elsewhere"
    assert refused(run("revoke", serial)) == "root_stands_alone"


def test_yunqian_verify_on_this_machine_believes_both_roots(
    installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("rotate", "root").exit_code == 0
    monkeypatch.setenv("YUNQIAN_DATA_DIR", str(installed.data_dir))
    found, published = read_anchors(None), trust.published_anchors()
    assert (set(found.platform), set(found.crossing)) == (set(published.platform), set(published.crossing))
    assert (len(found.platform), len(found.crossing)) == (2, 2)


@pytest.mark.parametrize(("locale", "words"), [("en", "bring it once a year"), ("zh-CN", "每年取来一次")])
def test_a_root_that_is_elsewhere_is_rotated_with_its_medium_alone(
    installed: Settings, tmp_path: Path, locale: str, words: str
) -> None:
    medium = tmp_path / "root.pem"
    run("export-root", medium, "--remove", typed="a long password\na long password\n")
    assert refused(run("rotate", "root")) == "root_key_elsewhere"
    assert len(trust.trust().anchors) == 1

    result = run("rotate", "root", "--root-key", medium, typed="a long password\n", locale=locale)

    assert words in result.output
    assert len(trust.trust().anchors) == 2
    assert run("show", locale=locale).exit_code == 0


def test_an_exported_root_key_never_overwrites_a_file(installed: Settings, tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_text("something else")

    assert run("export-root", tmp_path / "root.pem").exit_code == 2
    assert (tmp_path / "root.pem").read_text() == "something else"


def test_an_sm2_key_is_made_shown_and_recorded(installed: Settings) -> None:
    assert told(run("show", "--json"))["sm2_sha256"] is None
    made = told(run("make-sm2", "--json"))
    assert told(run("show", "--json"))["sm2_sha256"] == made["sha256"]
    assert str(made["pem"]).startswith("-----BEGIN PUBLIC KEY-----")
    assert colons(str(made["sha256"])) in run("show", locale="zh-CN").output
    assert refused(run("make-sm2")) == "sm2_key_exists"
    assert told(run("make-sm2", "--replace", "--json"))["sha256"] != made["sha256"]
    assert recorded(installed) == [("key.sm2_made", "trail-sm2")] * 2


def test_the_key_of_badges_is_shown_once_there_is_one_and_replaced(installed: Settings) -> None:
    assert told(run("show", "--json"))["door_keys"] == {}
    old = trust.door_key().id
    made = told(run("rotate-doors", "--json"))
    assert trust.door_key().id == made["name"] != old
    assert told(run("show", "--json"))["door_keys"] == {
        name: raw.hex() for name, raw in trust.public_door_keys().items()
    }
    assert str(made["public_key"]) in run("show").stdout
    assert recorded(installed) == [("key.rotated", made["name"])]
