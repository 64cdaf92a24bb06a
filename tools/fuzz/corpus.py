"""The good files that mutants are made of: of our own making and of pyHanko's, at every stage of their lives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509

from pdf import sign
from tests.pdf import signing_world as world
from tests.pdf.verify import foreign, kits


@dataclass(frozen=True)
class Good:
    """A file that passes; `slot` is the field of a file still open that the next signer fills."""

    name: str
    data: bytes
    slot: int = 0


def anchor() -> x509.Certificate:
    """The one root that all files of the corpus lead to."""
    return world.world().root.certificate


@lru_cache(maxsize=1)
def files() -> tuple[Good, ...]:
    """PDFs, the small ones first."""
    here = world.world()
    frozen = world.frozen()
    one = world.signed(frozen, timestamper=here.timestamper)
    closed = sign.freeze(
        foreign.one_page(), fields=[], platform=here.platform, timestamper=here.timestamper, at=world.NOW
    )
    by_pyhanko = foreign.signed(foreign.with_fields(foreign.one_page(), "A", "B"), "A")
    return (
        Good("certified", closed),
        Good("by pyHanko", by_pyhanko),
        Good("by pyHanko, twice", foreign.signed(by_pyhanko, "B")),
        Good("sealed", kits.agreement()),
        Good("sealed again", world.sealed(kits.agreement())),
        Good("open", one, slot=2),
    )


def kit() -> dict[str, bytes]:
    """A good kit by path."""
    return kits.good()


def next_signature(pdf: bytes, slot: int) -> bytes:
    """What an honest platform would do with a file that somebody changed behind its back: sign the rest of it, seal."""
    for each in range(slot, len(world.FIELDS) + 1):
        pdf = world.signed(pdf, slot=each, timestamper=world.world().timestamper)
    return world.sealed(pdf)
