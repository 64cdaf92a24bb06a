"""The machine time of the whole model case: server started, five agreements printed, signed, sealed, verified."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

from bench.common import Result
from web import own_server
from web.replay.play import Play

LONGEST_SECONDS = 30.0
EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "shuangliu-signing.json"


def run() -> list[Result]:
    """One replay with a server of its own, no pauses; raises RuntimeError where it does not end well."""
    before = _processor_seconds()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        with own_server.running(Path(folder) / "data", port=own_server.free_port()) as server:
            started = time.perf_counter() - begun
            outcome = Play(server.url, out=Path(folder) / "out", say=lambda _line: None).run(EXAMPLE.read_bytes())
            whole = time.perf_counter() - begun
        if not outcome.is_good:
            raise RuntimeError("the replay did not end well")
    seconds = sorted(act.seconds for act in outcome.acts)
    note = f"{started:.1f} s of it for the server's start; {_processor_seconds() - before:.1f} s of processor time"
    return [
        Result("replay of the model case", whole, "s", limit=LONGEST_SECONDS, note=note),
        Result("one signature in the replay, median", seconds[len(seconds) // 2] * 1000, "ms", note="six at once"),
    ]


def _processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
