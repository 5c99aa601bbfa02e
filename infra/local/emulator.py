"""Runs MiniStack in its own environment for as long as its supervisor lives: when that is killed, the pipe
between them closes and the emulator stops in order, which is the only moment it saves its state."""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading


def stop_with_supervisor() -> None:
    """Wait for the end of standard input, then ask this process to stop."""
    # Not through sys.stdin: its lock, held by a thread that waits, is fatal when the interpreter ends.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=stop_with_supervisor, daemon=True).start()
    sys.argv = ["ministack"]
    runpy.run_module("ministack", run_name="__main__")
