"""What public tools say of files from before and after the root was replaced, by which anchors they were given."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pdf import pki
from signing.trust import authorities
from signing.trust import service as trust
from tests.signing.trust.root_world import enrolled, frozen, sealed, signed
from tests.support import outside

TOOLS = ("pdfsig", "certutil", "openssl")


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="poppler-utils, libnss3-tools, openssl")
def test_public_tools_accept_files_from_before_and_after(started: Path, tmp_path: Path) -> None:
    first = trust.trust().anchors
    files = {"old": sealed(signed(frozen(), enrolled()))}
    authorities.rotate(authorities.Rotation.ROOT)
    files["new"] = sealed(signed(frozen(), enrolled()))
    given = {
        "both": trust.published_anchors().dump(),  # with what the roots say of each other, taken for anchors too
        "old": pki.dump_certificates(first),
        "new": pki.dump_certificates(trust.trust().anchors[:1]),
    }

    accepted = {
        (which, name): judged(name, data, pem, tmp_path / which)
        for which, pem in given.items()
        for name, data in files.items()
    }

    assert {each for each, judges in accepted.items() if judges == (True, True)} == {
        ("both", "old"),
        ("both", "new"),
        ("old", "old"),
        ("new", "new"),
    }
    assert accepted["old", "new"] == accepted["new", "old"] == (False, False)


def judged(name: str, data: bytes, anchors: bytes, folder: Path) -> tuple[bool, bool]:
    """By pdfsig, by openssl."""
    folder.mkdir(exist_ok=True)
    path, pem = folder / f"{name}.pdf", folder / "anchors.pem"
    path.write_bytes(data)
    pem.write_bytes(anchors)
    base = outside.nss(folder / f"nss-{name}", pem)
    return outside.refused_by_pdfsig(path, base) == [], outside.refused_by_openssl(path, pem, folder) == []
