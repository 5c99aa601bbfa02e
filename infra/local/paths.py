"""Where things lie on a developer's machine: everything the tools make is under `.local/`, so deleting that
one directory is a clean start. Standard library only, because the first set-up runs before anything is
installed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
BUILD = LOCAL / "build"
STATE = LOCAL / "state"

_BIN = "Scripts" if sys.platform == "win32" else "bin"


def venv(name: str) -> Path:
    """The virtual environment `boot`, `tools` or `cloud`."""
    return LOCAL / "venvs" / name


def venv_bin(name: str, program: str) -> Path:
    """A program installed in one of our virtual environments."""
    return venv(name) / _BIN / program


def python_path() -> str:
    """What PYTHONPATH must hold so that `functions`, `infra` and `skolkit` can be imported."""
    return os.pathsep.join([str(ROOT), str(ROOT / "layers" / "common" / "python")])
