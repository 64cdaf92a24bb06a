"""A software token of its own for each test that asks: SoftHSM, a real PKCS#11 module."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from unittest import mock

LABEL, PIN = "yunqian-test", "2468"
MODULE = next(
    (
        path
        for path in map(Path, ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so"))
        if path.exists()
    ),
    None,
)


def missing() -> str:
    """Why no token can be had here; empty where one can. `make setup` installs both."""
    if MODULE is None or shutil.which("softhsm2-util") is None:
        return "SoftHSM is not installed: apt-get install softhsm2"
    return "" if find_spec("pkcs11") else "python-pkcs11 is not installed: pip install 'yunqian[hsm]'"


@dataclass(frozen=True)
class Soft:
    """An initialised token."""

    module: Path
    label: str = LABEL
    pin: str = PIN


@contextmanager
def soft_token(folder: Path) -> Iterator[Soft]:
    """A fresh token under `folder`; the module forgets it afterwards."""
    assert MODULE is not None
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    with mock.patch.dict("os.environ", {"SOFTHSM2_CONF": str(configuration)}):
        command = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--so-pin", "1357", "--pin", PIN]
        subprocess.run(command, check=True, capture_output=True)
        import pkcs11

        pkcs11.unload(str(MODULE))
        try:
            yield Soft(MODULE)
        finally:
            pkcs11.unload(str(MODULE))
