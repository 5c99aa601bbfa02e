"""Runs MiniStack in its own environment for as long as its supervisor lives: when that is killed, the pipe
between them closes and the emulator stops in order, which is the only moment it saves its state. The records
of the tables' streams are saved with the tables, and the code of functions is unpacked once."""

from __future__ import annotations

import hashlib
import importlib
import os
import runpy
import signal
import sys
import tempfile
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any


def stop_with_supervisor() -> None:
    """Wait for the end of standard input, then ask this process to stop."""
    # Not through sys.stdin: its lock, held by a thread that waits, is fatal when the interpreter ends.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def keep_streams() -> None:
    """MiniStack saves how far the readers of a stream have come and not the stream: after the next start they
    would wait for a place that the new, empty stream does not reach for a long time.
    """
    dynamodb: Any = importlib.import_module("ministack.services.dynamodb")
    get_state, load_state = dynamodb.get_state, dynamodb.load_persisted_state
    streams = {name: vars(dynamodb)[name] for name in ("_stream_records", "_stream_trimmed")}

    def load_with_streams(data: dict[str, Any]) -> None:
        load_state(data)
        for name, stream in streams.items():
            stream.update(data.get(name, {}))

    dynamodb.get_state = lambda: get_state() | streams
    dynamodb.load_persisted_state = load_with_streams


class Unpacked(zipfile.ZipFile):
    """An archive that is unpacked once for all who want the same: their directory is a link to it."""

    _unpacking = threading.Lock()

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        """Put all of it at `path`, where there is nothing or an empty directory."""
        told = repr([(entry.filename, entry.CRC) for entry in self.infolist()])
        shared = Path(tempfile.gettempdir(), "unpacked", hashlib.sha256(told.encode()).hexdigest())
        with self._unpacking:
            if not shared.exists():
                half = shared.with_suffix(".half")
                super().extractall(half, members, pwd)
                half.rename(shared)
        Path(path).rmdir()
        Path(path).symlink_to(shared)


def unpack_once() -> None:
    """MiniStack unpacks the code and the layers, some 1,300 files, for every environment of a function that
    starts, and deletes them when it ends.
    """
    runtime: Any = importlib.import_module("ministack.core.lambda_runtime")
    runtime.zipfile = SimpleNamespace(**vars(zipfile) | {"ZipFile": Unpacked})


if __name__ == "__main__":
    keep_streams()
    unpack_once()
    threading.Thread(target=stop_with_supervisor, daemon=True).start()
    sys.argv = ["ministack"]
    runpy.run_module("ministack", run_name="__main__")
