"""How much the verifier takes on; beyond it a file gets the verdict FORMAT_FAILURE with the reason `limits`."""

from __future__ import annotations

from dataclasses import dataclass

from pdf.verify.verdict import Finding, failed

_WORDS_BESIDES = 200_000
_OBJECTS_BESIDES = 100_000


@dataclass(frozen=True)
class VerifyLimits:
    """Bytes, and counts of things; the defaults hold what intake holds."""

    file_bytes: int = 256 * 1024 * 1024
    revisions: int = 512
    objects: int = 500_000
    words: int = 5_000_000
    pages: int = 5_000
    signatures: int = 256
    validation_bytes: int = 32 * 1024 * 1024
    kit_files: int = 2_000
    kit_bytes: int = 1024 * 1024 * 1024
    kit_ratio: int = 200
    manifest_bytes: int = 4 * 1024 * 1024
    trail_bytes: int = 64 * 1024 * 1024
    trail_entries: int = 100_000

    def objects_of(self, octets: int, *, share: int = 1) -> int:
        """How many rows the sections of a file of so many octets may have, one of `share` in a kit.

        Packed, an object takes a few octets.
        """
        return min(self.objects, _OBJECTS_BESIDES // share + octets)

    def words_of(self, octets: int, *, share: int = 1) -> int:
        """How many words are read of a file that takes so many octets, one of `share` in a kit.

        A file of ours has one in sixty octets; packed, others bring hundreds in one.
        """
        return min(self.words, _WORDS_BESIDES // share + octets)


def within(what: str, value: int, limit: int) -> None:
    """Stop with the reason `limits` when there is more of `what` than is taken on."""
    if value > limit:
        raise Finding(failed("limits", what=what, limit=limit))
