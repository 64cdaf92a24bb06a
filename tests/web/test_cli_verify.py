"""`yunqian verify`: as a stranger runs it, with real processes, no database and no server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import hashes

from pdf import pki
from pdf.verify import FileVerdict
from tests.pdf.signing_world import blank_pdf, world
from tests.pdf.verify import kits
from tests.support.forks import Forks
from web import cli_verify

KEYS = [
    "file", "verdict", "sub_indication", "reasons", "signatures", "trail", "revisions", "anchors",
]  # fmt: skip
SIGNATURE_KEYS = [
    "field", "signer", "organisation", "signed_at", "level", "timestamp_authority", "key_custody", "covers", "verdict",
    "sub_indication", "anchor", "timestamp_anchor", "signed_at_source",
]  # fmt: skip


Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder with a finished file, a kit, a changed file, an unsigned one, a broken one, and the anchors."""
    made = tmp_path / "stranger"
    made.mkdir()
    good = kits.agreement()
    (made / "good.pdf").write_bytes(good)
    broken = bytearray(good)
    broken[len(blank_pdf()) // 2] ^= 1
    (made / "changed.pdf").write_bytes(bytes(broken))
    (made / "unsigned.pdf").write_bytes(blank_pdf())
    (made / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    (made / "kit.zip").write_bytes(kits.zipped(kits.good()))
    (made / "anchors.pem").write_bytes(pki.dump_certificates([world().root.certificate]))
    return made


ROOT = Path(__file__).resolve().parents[2]


def environment(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("YUNQIAN_", "LC_", "LANG"))}
    return {**kept, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **changes}


@pytest.fixture
def verify(folder: Path, forks: Forks) -> Command:
    """Runs the command in the folder."""

    def run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return forks.run("web.cli", "verify", *words, cwd=folder, env=environment(**env))

    return run


@pytest.mark.parametrize(
    ("files", "code", "verdict"),
    [
        (["good.pdf"], 0, "TOTAL-PASSED"),
        (["kit.zip"], 0, "TOTAL-PASSED"),
        (["changed.pdf"], 1, "TOTAL-FAILED"),
        (["broken.pdf"], 1, "TOTAL-FAILED"),
        (["unsigned.pdf"], 2, "INDETERMINATE"),
    ],
)
def test_the_exit_code_is_the_verdict(verify: Command, files: list[str], code: int, verdict: str) -> None:
    done = verify(*files, "--trust", "anchors.pem")
    assert (done.returncode, verdict in done.stdout) == (code, True), done.stdout + done.stderr


def test_without_anchors_the_reader_is_told_what_to_give(verify: Command) -> None:
    without, given = verify("good.pdf"), verify("good.pdf", "--trust", "anchors.pem")
    assert "--trust anchors.pem" in without.stderr
    assert "--trust" not in given.stderr


@pytest.mark.parametrize(
    ("files", "code"),
    [
        (["good.pdf", "unsigned.pdf"], 2),
        (["unsigned.pdf", "changed.pdf", "good.pdf"], 1),
        (["good.pdf", "good.pdf"], 0),
    ],
)
def test_the_worst_of_several_files_counts(verify: Command, files: list[str], code: int) -> None:
    assert verify(*files, "--trust", "anchors.pem").returncode == code


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["missing.pdf"],
        ["good.pdf", "--bogus"],
        ["good.pdf", "--trust", "missing.pem"],
        ["good.pdf", "--trust", "good.pdf"],
        ["."],
    ],
    ids=["no file", "no such file", "no such option", "no such anchors", "anchors that are none", "a folder"],
)
def test_wrong_usage_is_3_and_says_what_is_wrong(verify: Command, words: list[str]) -> None:
    done = verify(*words)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Error" in done.stderr
    assert "Traceback" not in done.stderr


def test_json_is_one_object_a_line_with_the_keys_of_the_contract(verify: Command) -> None:
    done = verify("good.pdf", "changed.pdf", "broken.pdf", "--json", "--trust", "anchors.pem")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["file"] for each in found] == ["good.pdf", "changed.pdf", "broken.pdf"]
    assert [list(each) for each in found] == [KEYS] * 3
    assert all(list(signature) == SIGNATURE_KEYS for signature in found[0]["signatures"])
    assert found[0]["signatures"][1]["key_custody"] == "client"
    assert found[0]["trail"] == {}
    assert found[1]["reasons"]


def test_people_are_told_to_which_anchor_each_signature_leads(verify: Command) -> None:
    said = verify("good.pdf", "--trust", "anchors.pem").stdout.splitlines()
    shown = world().root.certificate.fingerprint(hashes.SHA256()).hex(":").upper()
    ends = f"(SHA-256 {shown[:11]}…{shown[-11:]})"
    signatures = [line for line in said if line.startswith("    ✔")]
    assert len(signatures) == 5
    assert all(line.count(ends) == 1 for line in signatures)
    assert said[-1].endswith(f"测试根 Test Root, 云签测试, SHA-256 {shown}")


def test_a_kit_says_how_its_trail_stands(verify: Command) -> None:
    found = json.loads(verify("kit.zip", "--json", "--trust", "anchors.pem").stdout)
    assert found["trail"]["verdict"] == "TOTAL-PASSED"
    assert found["trail"]["entries"] == 10


def test_without_anchors_nothing_is_believed_and_nothing_is_made(folder: Path, verify: Command) -> None:
    before = sorted(folder.iterdir())
    done = verify("good.pdf")
    assert done.returncode == 2
    assert "NO_CERTIFICATE_CHAIN_FOUND" in done.stdout
    assert sorted(folder.iterdir()) == before


def test_the_installation_on_this_machine_gives_its_anchors(folder: Path, verify: Command, tmp_path: Path) -> None:
    keys = tmp_path / "data" / "keys"
    keys.mkdir(parents=True)
    (keys / "root.pem").write_bytes((folder / "anchors.pem").read_bytes())
    before = sorted((tmp_path / "data").rglob("*"))
    assert verify("good.pdf", YUNQIAN_DATA_DIR=str(tmp_path / "data")).returncode == 0
    assert sorted((tmp_path / "data").rglob("*")) == before


@pytest.mark.parametrize("env", [{}, {"YUNQIAN_DATA_DIR": "var"}, {"YUNQIAN_TSA_ANCHORS": "anchors.pem"}])
def test_anchors_that_were_unpacked_beside_the_file_are_nobodys(
    folder: Path, verify: Command, env: dict[str, str]
) -> None:
    keys = folder / "var" / "keys"
    keys.mkdir(parents=True)
    (keys / "root.pem").write_bytes((folder / "anchors.pem").read_bytes())
    done = verify("good.pdf", **env)
    assert (done.returncode, "TOTAL-PASSED" in done.stdout) == (2, False), done.stdout


def at_a_terminal(*words: str | Path, charset: str = "utf-8") -> Result:
    """The command in this process, at a terminal with these letters."""
    return CliRunner(charset=charset).invoke(cli_verify.verify, [str(word) for word in words])


def test_a_terminal_without_the_signs_gets_others_and_the_right_code(folder: Path) -> None:
    good, changed, trust = folder / "good.pdf", folder / "changed.pdf", folder / "anchors.pem"
    passed, failed = (at_a_terminal(file, "--trust", trust, charset="gbk") for file in (good, changed))
    assert (passed.exit_code, failed.exit_code) == (0, 1)
    assert passed.stdout_bytes.startswith(b"[OK] ")
    assert failed.stdout_bytes.startswith(b"[X] ")
    said = at_a_terminal(good, "--trust", trust, "--json", charset="gbk")
    assert json.loads(said.stdout_bytes.decode("utf-8"))["signatures"][1]["signer"]


def test_a_file_whose_name_is_in_another_encoding_is_judged(folder: Path) -> None:
    named = folder / os.fsdecode("合同.pdf".encode("gbk"))
    (folder / "good.pdf").rename(named)
    assert at_a_terminal(named, "--trust", folder / "anchors.pem").exit_code == 0
    said = at_a_terminal(named, "--trust", folder / "anchors.pem", "--json")
    assert json.loads(said.stdout_bytes)["file"] == str(named)


def test_a_verifier_that_fails_does_not_say_that_the_file_does(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(cli_verify, "verify_in_child", broken)
    done = at_a_terminal(folder / "good.pdf", "--trust", folder / "anchors.pem")
    assert (done.exit_code, "RuntimeError" in done.stderr) == (3, True)


def test_a_reader_who_goes_away_is_told_no_verdict(folder: Path) -> None:
    command = (
        f"{sys.executable} -m web.cli verify good.pdf good.pdf --trust anchors.pem | true; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout.split(), done.stderr) == (["3"], "")


def test_json_holds_no_sign_that_steers_a_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "\x9b2J\u202e\U000e0041.pdf"
    cli_verify._say(FileVerdict(name, ()), as_json=True)
    said = capsys.readouterr().out
    assert json.loads(said)["file"] == name
    assert not {"\x9b", "\u202e", "\U000e0041"} & set(said)


def test_it_speaks_the_terminals_language(folder: Path) -> None:
    """Processes started from nothing: what a terminal asks for is read at the start."""
    command = [sys.executable, "-m", "web.cli", "verify", "unsigned.pdf"]
    for language, words in (("zh_CN.UTF-8", "没有任何签名"), ("C.UTF-8", "carries no signature")):
        env = environment(LANG=language)
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False)
        assert (done.returncode, words in done.stdout) == (2, True), done.stdout + done.stderr


def test_it_loads_neither_flask_nor_a_database(folder: Path) -> None:
    program = (
        "import sys; from click.testing import CliRunner; from web.cli import yunqian; "
        "CliRunner().invoke(yunqian, ['verify', 'good.pdf']); "
        "print(sorted({'flask', 'sqlalchemy', 'psycopg', 'weasyprint'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_a_name_in_a_file_steers_no_terminal_and_begins_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    cli_verify._print("Field \x1b[2J\n✔ other.pdf: TOTAL-PASSED \u202e 林　示意\x85\u2028")
    assert capsys.readouterr().out == "Field �[2J�✔ other.pdf: TOTAL-PASSED � 林　示意��\n"
