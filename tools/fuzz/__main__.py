"""`python -m tools.fuzz [--seconds N] [--times N] [--seed N] [--keep DIR]`: mutate good files and kits, and judge them.

Ends with 1 when a mutant passed whose signed bytes or trail are others, when the verifier raised, or when it took too
long; such mutants are written to DIR with the anchor. The seed repeats the choices; keys are new in each run.
"""

from __future__ import annotations

import argparse
import logging
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from pdf.errors import PdfError
from pdf.verify import FileVerdict, Indication, verify_file
from tools.findings import ROOT
from tools.fuzz import corpus, oath, stamps
from tools.fuzz.kit_mutations import mutant as kit_mutant
from tools.fuzz.mutations import MUTATIONS, revised

_LONGEST_SECONDS = 15.0  # of processor time: a busy machine is no finding
Sound = Callable[[bytes], bool]
_PDFS, _OPEN, _KITS, _STAMPED = "pdf", "signed after a change", "kit", "stamped by a stranger"


class TookTooLong(BaseException):
    """Not an Exception: the verifier must not make a verdict of it."""


@dataclass
class Run:
    """What was tried so far, and what was found."""

    seed: int
    keep: Path
    tried: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    surprises: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def one(self, number: int) -> None:
        """Make and judge one mutant; the number and the seed decide which."""
        chance = random.Random(f"{self.seed}:{number}")  # noqa: S311 - to be repeated, not to be secret
        kind = chance.choices((_PDFS, _OPEN, _KITS, _STAMPED), (5, 2, 3, 2))[0]
        data, sound = _made(kind, chance)
        self.tried[kind] += 1
        verdict = self._judged(number, kind, data)
        if verdict is None:
            return
        self.verdicts[str(verdict.verdict)] += 1
        self.surprises.update(
            str(reason.params["detail"]) for reason in verdict.reasons
            if reason.code in ("broken-file", "kit-broken") and str(reason.params.get("detail")).endswith("Error")
        )  # fmt: skip
        if verdict.verdict is Indication.TOTAL_PASSED and not sound(data):
            self._report(number, kind, data, "passed")

    def _judged(self, number: int, kind: str, data: bytes) -> FileVerdict | None:
        before = signal.signal(signal.SIGPROF, _too_long)
        signal.setitimer(signal.ITIMER_PROF, _LONGEST_SECONDS)
        try:
            return verify_file(data, name="mutant", anchors=[corpus.anchor()])
        except TookTooLong:
            self._report(number, kind, data, f"took more than {_LONGEST_SECONDS:g} s")
        except Exception as error:  # noqa: BLE001 - the very thing that is looked for
            self._report(number, kind, data, f"raised {type(error).__name__}: {error}")
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)
        return None

    def _report(self, number: int, kind: str, data: bytes, what: str) -> None:
        self.keep.mkdir(parents=True, exist_ok=True)
        path = self.keep / f"{self.seed}-{number}.{'zip' if kind == _KITS else 'pdf'}"
        path.write_bytes(data)
        (self.keep / f"{self.seed}-anchor.pem").write_bytes(corpus.anchor().public_bytes(Encoding.PEM))
        self.found.append(f"{kind} mutant {number}: {what} ({path})")
        print(self.found[-1], flush=True)


def _made(kind: str, chance: random.Random) -> tuple[bytes, Sound]:
    """A mutant, and whether one that passes is sound."""
    if kind == _KITS:
        return kit_mutant(chance, corpus.kit()), lambda data: oath.same_kit(corpus.kit(), data)
    if kind == _STAMPED:
        return stamps.stamped(chance), stamps.shows_the_same
    goods = corpus.files()
    if kind == _OPEN:
        return _signed_after_a_change(chance, next(each for each in goods if each.slot))
    data = chance.choice(goods).data
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        try:
            data = chance.choice(MUTATIONS)(chance, data, [each.data for each in goods]) or b"%"
        except (IndexError, ValueError):  # the one before left nothing that this one changes
            break
    return data, lambda mutant: any(oath.same_signed_bytes(each.data, mutant) for each in goods)


def _signed_after_a_change(chance: random.Random, good: corpus.Good) -> tuple[bytes, Sound]:
    """A revision put between two honest signatures: it may have changed nothing that anybody reads."""
    changed, written = revised(chance, good.data)
    try:
        data = corpus.next_signature(changed, good.slot)
    except (PdfError, ValueError, LookupError):  # too broken for the next signer: judged as it is
        data = changed
    return (
        data,
        lambda mutant: oath.same_signed_bytes(good.data, mutant) or oath.same_objects(good.data, changed, written),
    )


def main(arguments: list[str] | None = None) -> int:
    """0 when every mutant was judged rightly, 1 when one was not."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="stop after so long (120)")
    parser.add_argument("--times", type=int, default=100_000, help="stop after so many mutants (100000)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32), help="of the choices")
    parser.add_argument("--keep", type=Path, default=ROOT / "var" / "fuzz", help="where what is found is written")
    asked = parser.parse_args(arguments)
    print(f"seed {asked.seed}", flush=True)
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    run, begun = Run(asked.seed, asked.keep), time.monotonic()
    for each in corpus.files():
        assert verify_file(each.data, name=each.name, anchors=[corpus.anchor()]).signatures, each.name  # noqa: S101
    number = 0
    while number < asked.times and time.monotonic() - begun < asked.seconds:
        run.one(number)
        number += 1
    print(f"{number} mutants in {time.monotonic() - begun:.0f} s: {dict(run.tried)}; verdicts {dict(run.verdicts)}")
    print(f"caught at the edge: {dict(run.surprises.most_common())}")
    print(f"found: {len(run.found)}")
    return 1 if run.found else 0


def _too_long(*_: object) -> None:
    raise TookTooLong


if __name__ == "__main__":
    sys.exit(main())
