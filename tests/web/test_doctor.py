"""`yunqian doctor` sees each thing that it is there to see, says what to do, and says nothing of what is well."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from core import audit, clock, config, i18n
from core.config import Settings
from core.db import transaction
from pdf import child, fonts, pki
from pdf.tsa import LocalTimestamper
from signing.trust import roots
from signing.trust import service as trust
from tests.pdf import signing_world as w
from tests.pdf.tsa_server import TsaHandler, TsaServer
from tests.support import wallets as passes
from tests.support.core_app import core_app, dispose
from tests.support.foreign_ca import ForeignCA, accepted
from tests.support.smtp import MailServer
from web import migrate
from web.cli_doctor import doctor
from web.doctor import machine, meetings, proof, signers, wallets

YEAR = timedelta(days=365)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an installation that was started once."""
    before, folder = config._current[:], tmp_path_factory.mktemp("doctor") / "data"
    folder.mkdir(mode=0o700)
    settings = Settings(data_dir=folder)
    config.use(settings)
    trust.trust()
    migrate.upgrade(settings)
    config._current[:] = before
    return folder


@pytest.fixture
def installed(started: Path, data_dir: Path) -> Iterator[Settings]:
    before = config._current[:]
    shutil.copytree(started, data_dir, dirs_exist_ok=True)
    settings = Settings(data_dir=data_dir)
    config.use(settings)
    yield settings
    config._current[:] = before


def change(settings: Settings, **values: Any) -> Settings:
    changed = settings.model_copy(update=values)
    # What is cached on the settings must be read anew.
    fresh = Settings.model_validate({name: getattr(changed, name) for name in Settings.model_fields})
    config.use(fresh)
    return fresh


def run(*words: str, locale: str = "en") -> Result:
    with i18n.use_locale(locale):
        return CliRunner().invoke(doctor, words)


def found() -> dict[str, str]:
    """Code → state of every line."""
    result = run("--json")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    said = json.loads(result.stdout)
    lines = {each["code"]: each["state"] for each in said["checks"]}
    worst = next((state for state in ("fail", "warn") if state in lines.values()), "ok")
    assert said["state"] == worst
    assert result.exit_code == (worst == "fail")
    assert all(bool(each["next"]) is (each["state"] != "ok") for each in said["checks"])
    return lines


def test_a_new_installation_is_fit_and_is_told_what_to_think_about(installed: Settings) -> None:
    lines = found()

    assert "fail" not in lines.values()
    assert {code for code, state in lines.items() if state == "ok"} >= {
        "disk", "database", "fonts", "keys", "certificate", "signature"
    }  # fmt: skip
    warned = {code for code, state in lines.items() if state == "warn"}
    assert {"settings-no-tls", "mail-none", "keys-beside", "keys-root-here", "stamps-own"} <= warned


@pytest.mark.parametrize(("locale", "words"), [("en", "to think about"), ("zh-CN", "需留意")])
def test_people_read_a_line_each_with_what_to_do_below(installed: Settings, locale: str, words: str) -> None:
    result = run(locale=locale)

    assert result.exit_code == 0
    lines = result.output.splitlines()
    marked = [line for line in lines if line[0] in "✔!✘"]
    todo = [line for line in lines if line.startswith("    → ")]
    assert len(todo) == sum(line[0] != "✔" for line in marked)
    assert len(marked) + len(todo) + 1 == len(lines)
    assert words in lines[-1]


def test_what_was_set_up_well_is_said_to_be_well(installed: Settings, tmp_path: Path, smtp: MailServer) -> None:
    passphrase = tmp_path / "passphrase"
    shutil.copy(installed.data_dir / "key_passphrase", passphrase)
    url = f"smtp://127.0.0.1:{smtp.port}?tls=none"
    change(installed, key_passphrase_file=passphrase, smtp_url=url, base_url="https://sign.example.cn")
    exported = roots.read_exported_root(roots.export_root(b"another medium"), b"another medium")
    roots.remove_root_key(exported)

    lines = found()

    assert {"mail", "settings", "root-list"} <= {code for code, state in lines.items() if state == "ok"}
    assert not {"mail-none", "settings-no-tls", "keys-beside", "keys-root-here"} & lines.keys()
    assert lines["certificate-elsewhere"] == "warn"  # they were made for another address
    assert smtp.mails == []


def test_looking_makes_no_keys(data_dir: Path) -> None:
    before = config._current[:]
    config.use(Settings(data_dir=data_dir))
    lines = found()
    config._current[:] = before

    assert (lines["keys-none"], lines["database-new"]) == ("fail", "warn")
    assert "signature" not in lines
    assert list(data_dir.glob("keys*")) == []


def test_keys_under_another_passphrase_fail_and_nothing_is_signed(installed: Settings) -> None:
    change(installed, key_passphrase=SecretStr("another one"))

    lines = found()

    assert lines["keys-closed"] == "fail"
    assert not {"signature", "certificate"} & lines.keys()


@pytest.mark.parametrize(
    ("later", "code", "state"),
    [
        (9.9, "certificate-ends", "warn"),  # the platform's
        (10.1, "certificate-ended", "fail"),
        (12.5, "certificate-ends", "warn"),  # the timestamp authority's, two years before
        (20.5, "certificate-ends", "warn"),  # the root's, five years before
    ],
)
def test_certificates_that_end_are_announced(installed: Settings, later: float, code: str, state: str) -> None:
    with clock.frozen(clock.now() + later * YEAR):
        assert found()[code] == state


def test_the_root_s_list_is_announced_before_it_ends(installed: Settings) -> None:
    exported = roots.read_exported_root(roots.export_root(b"another medium"), b"another medium")
    roots.remove_root_key(exported)

    states = []
    for days in (300, 360, 401):
        with clock.frozen(clock.now() + timedelta(days=days)):
            states.append({code for code in found() if code.startswith("root-list")})
    assert states == [{"root-list"}, {"root-list-ends"}, {"root-list-ended"}]


def answering(handler: TsaHandler, request: bytes) -> None:
    handler.reply(LocalTimestamper(w.world().tsa_authority).respond(request))


def garbage(handler: TsaHandler, _request: bytes) -> None:
    handler.reply(b"<html>")


@pytest.mark.parametrize(
    ("answers", "policy", "states"),
    [
        ([answering, answering], "wait", {"stamps": "ok"}),
        ([garbage, answering], "wait", {"stamps": "ok", "stamps-bad": "warn"}),
        ([garbage, garbage], "wait", {"stamps-bad": "fail"}),
        ([garbage], "fallback", {"stamps-bad": "warn"}),
    ],
    ids=["both", "one", "none", "none, but our own clock stands in"],
)
def test_every_timestamp_authority_is_tried(
    installed: Settings,
    tmp_path: Path,
    answers: list[Callable[[TsaHandler, bytes], None]],
    policy: str,
    states: dict[str, str],
) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(pki.dump_certificates([w.world().root.certificate]))
    servers = [TsaServer(answer) for answer in answers]
    for server in servers:
        server.__enter__()
    try:
        change(installed, tsa_urls=tuple(server.url for server in servers), tsa_anchors=roots, tsa_policy=policy)
        lines = found()
    finally:
        for server in servers:
            server.__exit__(None, None, None)

    assert {code: state for code, state in lines.items() if code.startswith("stamps")} == states
    signed = "signature" if states.get("stamps-bad") != "fail" else "signature-failed"
    assert signed in lines


def test_an_authority_that_is_away_is_told_in_a_sentence(installed: Settings, tmp_path: Path, free_port: int) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(pki.dump_certificates([w.world().root.certificate]))
    url = f"http://127.0.0.1:{free_port}/tsa"
    change(installed, tsa_urls=(url,), tsa_anchors=roots)
    for locale, sentence in (("en", f"{url} cannot be reached"), ("zh-CN", f"无法连接 {url}")):
        (line,) = [
            each for each in json.loads(run("--json", locale=locale).stdout)["checks"] if each["code"] == "stamps-bad"
        ]
        assert line["message"].startswith(sentence)
        assert "YUNQIAN_TSA_URLS" in line["next"]
        assert "urllib3" not in json.dumps(line)


def test_wrong_settings_are_findings_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    before = config._current[:]
    config._current.clear()
    monkeypatch.setenv("YUNQIAN_BASE_URL", "nowhere")
    monkeypatch.setenv("YUNQIAN_NO_SUCH_THING", "1")
    try:
        result, plain = run("--json"), run(locale="zh-CN")
    finally:
        config._current[:] = before
    said = json.loads(result.stdout)
    assert (result.exit_code, said["state"], plain.exit_code) == (2, "fail", 2)
    assert {each["code"] for each in said["checks"]} == {"settings-wrong"}
    assert any("YUNQIAN_NO_SUCH_THING" in each["message"] for each in said["checks"])
    assert "Value error" not in result.stdout
    assert "设置有误：YUNQIAN_BASE_URL" in plain.stdout


def test_a_demonstration_needs_no_mail_server(installed: Settings) -> None:
    change(installed, demo=True)

    assert found()["mail-demo"] == "ok"


def test_a_mail_server_that_is_away_fails(installed: Settings, free_port: int) -> None:
    change(installed, smtp_url=f"smtp://127.0.0.1:{free_port}?tls=none")

    assert found()["mail-away"] == "fail"


def test_a_mail_server_without_the_tls_that_is_set_fails(installed: Settings, smtp: MailServer) -> None:
    change(installed, smtp_url=f"smtp://127.0.0.1:{smtp.port}?tls=starttls")

    assert found()["mail-away"] == "fail"


def test_a_database_that_is_away_fails(installed: Settings, free_port: int) -> None:
    change(installed, database_url=f"postgresql+psycopg://nobody:x@127.0.0.1:{free_port}/none")

    assert found()["database-away"] == "fail"


def test_old_tables_are_told(installed: Settings) -> None:
    (installed.data_dir / "yunqian.db").unlink()
    (installed.data_dir / "yunqian.db").touch()

    assert found()["database-old"] == "warn"


def test_a_clock_that_went_back_is_seen_by_the_trail(installed: Settings) -> None:
    app = core_app(installed)
    with clock.frozen(clock.now() + timedelta(hours=3)), app.app_context(), transaction():
        audit.record("installation", "key.rotated", actor=audit.SYSTEM, subject=audit.Subject("key", "x"))
    dispose(app)
    config.use(installed)

    assert found()["clock-back"] == "fail"


@pytest.mark.parametrize(("free", "state"), [(400_000_000, "fail"), (4_000_000_000, "warn")])
def test_a_disk_that_fills_up_is_told(
    installed: Settings, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12 - free, free))

    assert found()["disk-little"] == state


def test_a_folder_that_others_may_read_is_told(installed: Settings) -> None:
    installed.data_dir.chmod(0o755)

    assert found()["disk-open"] == "warn"


def test_fonts_that_were_never_made_fail(installed: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fonts._bundled.cache_clear()
    monkeypatch.setattr(fonts, "folder", lambda: tmp_path)
    lines = found()
    fonts._bundled.cache_clear()

    assert lines["fonts-missing"] == "fail"


def test_a_child_that_gets_more_than_its_limit_fails(installed: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = child.Limits(memory_bytes=6 * 1024**3)
    monkeypatch.setattr(machine.child, "Limits", lambda **_: wide)

    assert [each.code for each in machine.check_children(installed)] == ["children-unlimited"]


def test_a_test_file_that_does_not_pass_fails(installed: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    real = proof._signed_page()
    monkeypatch.setattr(proof, "_signed_page", lambda: real.replace(b"/MediaBox [ 0 0 595", b"/MediaBox [ 0 0 596"))

    assert found()["signature-bad"] == "fail"


def test_it_names_whose_certificates_signers_may_bring_and_what_is_not_known_of_them(
    installed: Settings, tmp_path: Path
) -> None:
    assert list(signers.check_signers(installed)) == []
    ca = ForeignCA()
    with accepted(tmp_path, ca):
        found = list(signers.check_signers(config.settings()))
    assert [each.code for each in found] == ["signers", "signers-no-lists"]
    assert "样例外部 CA Root" in found[0].words
    with accepted(tmp_path, ca, lists=ca.lists(until=-timedelta(hours=1))):
        assert [each.code for each in signers.check_signers(config.settings())][1:] == ["signers-list-ended"] * 2
    with accepted(tmp_path, ca, lists=ca.lists()):
        assert [each.code for each in signers.check_signers(config.settings())] == ["signers"]


def test_anchors_of_signers_that_cannot_be_read_are_mended_first(installed: Settings, tmp_path: Path) -> None:
    config.use(change(installed, external_anchors=tmp_path / "nowhere.pem"))
    (found,) = signers.check_signers(config.settings())
    assert (found.state, "nowhere.pem" in found.words) == ("fail", True)


@pytest.mark.parametrize(
    ("wanted", "program", "tables", "line"),
    [
        ("auto", "/usr/bin/pdftoppm", True, ("second-reader", "ok")),
        ("auto", "/usr/bin/pdftoppm", False, ("second-reader-poor", "warn")),
        ("auto", None, True, ("second-reader-missing", "warn")),
        ("required", None, True, ("second-reader-required", "fail")),
        ("off", "/usr/bin/pdftoppm", True, ("second-reader-off", "warn")),
    ],
)
def test_a_second_reader_of_uploaded_papers_is_looked_for(
    monkeypatch: pytest.MonkeyPatch, wanted: str, program: str | None, tables: bool, line: tuple[str, str]
) -> None:
    monkeypatch.setattr(machine.second_reading, "find_reader", lambda: Path(program) if program else None)
    monkeypatch.setattr(machine.second_reading, "has_tables", lambda: tables)
    (finding,) = machine.check_second_reader(Settings(second_reader=wanted))
    assert (finding.code, finding.state) == line
    assert finding.words
    assert bool(finding.todo) is (finding.state != "ok")


def test_wallets_are_named_with_their_end_and_what_is_wrong_with_them(installed: Settings, tmp_path: Path) -> None:
    assert list(wallets.check_wallets(installed)) == []

    def seen(**given: Any) -> dict[str, str]:
        return {each.code: str(each.state) for each in wallets.check_wallets(change(installed, **given))}

    both = {**passes.apple(tmp_path), **passes.google(tmp_path)}
    assert seen(**both) == {"wallet-apple": "ok", "wallet-google": "ok"}
    assert seen(**passes.apple(tmp_path, days=10)) == {"wallet-apple-ends": "warn"}
    (tmp_path / "pass.key").chmod(0o640)
    (tmp_path / "account.json").chmod(0o604)
    assert seen(**both) == {"wallet-apple-broken": "fail", "wallet-google-broken": "fail"}


def test_meeting_tools_are_named_and_what_is_wrong_with_their_keys(installed: Settings, tmp_path: Path) -> None:
    assert list(meetings.check_meetings(installed)) == []
    path = tmp_path / "keys.toml"
    path.write_text("[zoom]\naccount_id='a'\nclient_id='b'\nclient_secret='hidden'\n")
    path.chmod(0o600)
    (finding,) = meetings.check_meetings(change(installed, meeting_keys=path))
    assert (finding.code, finding.state, finding.facts["tools"]) == ("meetings", "ok", "Zoom")
    path.chmod(0o644)
    (finding,) = meetings.check_meetings(change(installed, meeting_keys=path))
    assert (finding.code, finding.state) == ("meetings-broken", "fail")
    assert finding.todo
