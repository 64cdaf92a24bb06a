"""What asn1crypto reads with is whole before threads meet it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from asn1crypto import core

import pdf.asn1
import pdf.tsa.checks
import pdf.verify.judging  # noqa: F401 - with all the classes of its libraries

ROOT = Path(__file__).parents[2]


def below(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        yield each
        yield from below(each)


def test_every_class_is_set_up_and_whole() -> None:
    libraries = ("asn1crypto", "pyhanko_certvalidator")
    kinds = {each for each in below(core.Asn1Value) if each.__module__.startswith(libraries)}
    assert kinds - {core.Choice} <= core._SETUP_CLASSES.keys()
    sequences = [each for each in kinds if issubclass(each, core.Sequence) and each._fields]
    assert len(sequences) > 100
    assert all(len(each._field_ids) == len(each._fields) == len(each._precomputed_specs) for each in sequences)


def test_a_module_that_reads_with_asn1crypto_has_its_classes_set_up() -> None:
    sources = {path.name: path.read_text("utf-8") for path in (ROOT / "pdf").rglob("*.py")}
    readers = [name for name, source in sources.items() if re.search(r"^from asn1crypto", source, re.MULTILINE)]
    assert len(readers) > 10
    missing = [name for name in readers if "import pdf.asn1" not in sources[name]]
    assert missing == ["asn1.py"]


def test_nothing_is_left_to_the_first_thread() -> None:
    program = (
        "import pdf.asn1; from asn1crypto import core, x509; "
        "print(x509.Certificate in core._SETUP_CLASSES, len(x509.Certificate._field_ids))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "3"]
