"""A short run of the fuzzer, and that it would tell if the verifier were lax."""

from __future__ import annotations

from pathlib import Path

import pytest

from pdf.verify import FileVerdict, changes, whole_file
from tools.fuzz import __main__ as fuzz
from tools.fuzz import corpus, oath

SEED = 20261122


def run(tmp_path: Path, times: int) -> fuzz.Run:
    made = fuzz.Run(SEED, tmp_path / "found")
    for number in range(times):
        made.one(number)
    return made


def test_no_mutant_passes_that_is_not_what_was_signed(tmp_path: Path) -> None:
    made = run(tmp_path, 60)
    assert made.found == []
    assert set(made.tried) == {"pdf", "kit", "signed after a change", "stamped by a stranger"}
    assert sum(made.verdicts.values()) == 60


@pytest.mark.parametrize(
    ("owner", "check", "lax"),
    [
        (whole_file.WholeFile, "_tail", lambda *_, **__: None),
        (changes.IncrementCheck, "run", lambda _: []),
        (changes, "check_layout", lambda *_: []),
    ],
    ids=["what stands behind the last signature", "what changed between two", "how a revision is laid out"],
)
def test_a_verifier_that_does_not_look_at_something_is_told_on(
    owner: object, check: str, lax: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, check, lax)
    made = run(tmp_path, 40)
    assert made.found
    assert "passed" in made.found[0]
    assert list((tmp_path / "found").glob(f"{SEED}-*.pdf"))
    assert (tmp_path / "found" / f"{SEED}-anchor.pem").exists()


def test_a_verifier_that_raises_or_hangs_is_told_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(*_: object, **__: object) -> FileVerdict:
        raise RecursionError

    def hangs(*_: object, **__: object) -> FileVerdict:
        while True:
            pass

    monkeypatch.setattr(fuzz, "_LONGEST_SECONDS", 0.02)
    for bad, said in ((raises, "raised RecursionError"), (hangs, "took more than")):
        monkeypatch.setattr(fuzz, "verify_file", bad)
        assert said in run(tmp_path, 1).found[0]


def test_same_signed_bytes_means_the_file_or_one_that_it_was() -> None:
    good = corpus.files()[3].data
    assert oath.same_signed_bytes(good, good)
    ends = [at for at in range(len(good)) if good.startswith(b"%%EOF\n", at)]
    assert oath.same_signed_bytes(good, good[: ends[2] + 6])
    assert not oath.same_signed_bytes(good, good + b"\n")
    assert not oath.same_signed_bytes(good, good.replace(b"/MediaBox", b"/MediaBoy", 1))


@pytest.mark.parametrize("arguments", [["--times", "2", "--seed", "7"], ["--seconds", "0"]])
def test_the_run_is_bounded_and_prints_its_seed(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fuzz.main([*arguments, "--keep", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("seed ")
    assert f"{2 if '--times' in arguments else 0} mutants" in said
