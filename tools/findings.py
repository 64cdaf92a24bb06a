"""What a check found, and how every check says it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, order=True)
class Finding:
    """One breach: file relative to the project, line from 1 (0: the whole file), the rule's name, what is wrong."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


def report(name: str, findings: Sequence[Finding], looked_at: int) -> int:
    """Print findings or that there are none; the exit code."""
    for finding in sorted(findings):
        print(finding)
    if looked_at == 0:
        print(f"{name}: there was nothing to look at", file=sys.stderr)
        return 1
    print(f"{name}: {len(findings)} finding(s) in {looked_at} files")
    return 1 if findings else 0
