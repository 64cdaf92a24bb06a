"""asn1crypto made ready for threads: it sets each of its classes up at first use, without a lock.

Two threads that begin at once leave a class with its fields twice, for as long as the process lives: every value of
that class is then read wrongly. So all classes are set up here, while the lock of this import holds the others back;
every module of ours that reads with asn1crypto imports this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asn1crypto import algos, cms, core, crl, keys, ocsp, tsp, x509


def set_up() -> None:
    """Set up every class that is there by now; to be called again by who imports more of them."""
    for kind in _below(core.Asn1Value):
        # A choice of nothing is the base of all choices.
        if kind not in core._SETUP_CLASSES and getattr(kind, "_alternatives", ()) is not None:
            core.Asn1Value.__init__(object.__new__(kind))


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


MODULES = (algos, cms, core, crl, keys, ocsp, tsp, x509)  # whose classes are there by now
set_up()
