"""The first set-up of a machine that has Python and nothing else: checks what can go wrong and says what to
do about it, makes the virtual environments from the lock files, then hands over to the real command line.
Standard library only; when everything is in place it costs a few milliseconds."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local import paths

FIRST_SETUP_BYTES = 2_500_000_000
LATER_BYTES = 300_000_000
DEFAULT_PORT = 8480


class SetupError(Exception):
    """The set-up cannot go on; the text says why and what to do."""


@dataclass(frozen=True)
class Venv:
    """One virtual environment: what it is for, and its lock files; those in `bare` are installed without
    dependencies."""

    name: str
    purpose: str
    locks: tuple[str, ...]
    bare: tuple[str, ...] = ()

    @property
    def home(self) -> Path:
        """Its directory."""
        return paths.venv(self.name)

    def fingerprint(self) -> str:
        """Changes with a lock file, with the Python that runs it, and when the directory has been moved."""
        parts = [platform.python_version(), os.path.realpath(sys.base_prefix), str(self.home)]
        parts += [(paths.ROOT / lock).read_text() for lock in (*self.locks, *self.bare)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def ready(self) -> bool:
        """Whether it is installed from the lock files as they are now."""
        with contextlib.suppress(OSError):
            return (self.home / "stamp").read_text() == self.fingerprint()
        return False


BOOT = Venv("boot", "the package installer (uv)", ("requirements-boot.lock",))
TOOLS = Venv("tools", "the tools", ("requirements-dev.lock",), ("requirements-chalice.lock",))
CLOUD = Venv("cloud", "the embedded AWS", ("requirements-cloud.lock",))
NEEDS = {
    "run": (BOOT, TOOLS, CLOUD),
    "test": (BOOT, TOOLS, CLOUD),
    "fuzz": (BOOT, TOOLS, CLOUD),
    "perf": (BOOT, TOOLS, CLOUD),
}


def main(arguments: Sequence[str]) -> int:
    """Set up what the command needs and become it; the exit code when the set-up failed."""
    command = next((word for word in arguments if not word.startswith("-")), "")
    try:
        check_python()
        if command == "run":
            check_port(arguments)
        set_up(NEEDS.get(command, (BOOT, TOOLS)))
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next start goes on from here.", file=sys.stderr)
        return 130
    python = str(paths.venv_bin("tools", "python"))
    return os.execve(python, [python, "-m", "infra.local.cli", *arguments], tool_environment())


def tool_environment() -> dict[str, str]:
    """The caller's environment with our packages importable."""
    environment = {**os.environ, "PYTHONPATH": paths.python_path()}
    # With it every start would compile the tools again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def check_python() -> None:
    """Refuse an interpreter that cannot make a virtual environment, and an operating system without process
    groups."""
    if sys.platform == "win32":
        raise SetupError(
            "Windows itself is not supported. Install WSL (wsl --install) and run this inside it."
        )
    missing = [
        name for name in ("venv", "ensurepip", "ssl", "sqlite3") if importlib.util.find_spec(name) is None
    ]
    if missing:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupError(
            f"This Python ({sys.executable}) lacks {', '.join(missing)}.\n"
            f"On Debian and Ubuntu: sudo apt install python{version}-venv. Otherwise install Python from "
            "python.org and call that one."
        )


def check_port(arguments: Sequence[str]) -> None:
    """Refuse a busy port before minutes of installing; a leftover of our own is dealt with when the cloud
    starts."""
    port = requested_port(arguments)
    if (paths.STATE / "cloud.pid").exists():
        return
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise SetupError(
                f"Port {port} is busy. Stop the program that uses it, or choose another port: "
                f"python3 -m infra run --port {port + 1}"
            )


def requested_port(arguments: Sequence[str]) -> int:
    """The port in `--port N`, `--port=N` or PORT."""
    text = os.environ.get("PORT", "") or str(DEFAULT_PORT)
    for position, word in enumerate(arguments):
        if word.startswith("--port="):
            text = word.removeprefix("--port=")
        elif word == "--port" and position + 1 < len(arguments):
            text = arguments[position + 1]
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise SetupError(f"The port is a number between 1 and 65535, not {text!r}.")
    return int(text)


def check_disk(needed: int) -> None:
    """Refuse when the disk that holds `.local` has fewer free bytes than needed."""
    free = shutil.disk_usage(paths.ROOT).free
    if free < needed:
        raise SetupError(
            f"The disk has {free / 1e9:.1f} GB left and {needed / 1e9:.1f} GB are needed in {paths.LOCAL}.\n"
            "Free some space, then run the same command again."
        )


def set_up(venvs: Sequence[Venv]) -> None:
    """Install the virtual environments that are missing or out of date."""
    if all(venv.ready() for venv in venvs):
        check_disk(LATER_BYTES)
        return
    check_disk(FIRST_SETUP_BYTES if not TOOLS.home.exists() else LATER_BYTES)
    try:
        (paths.LOCAL / "venvs").mkdir(parents=True, exist_ok=True)
        with exclusive(paths.LOCAL / "venvs" / "lock"):
            for venv in venvs:
                if not venv.ready():
                    install(venv)
    except OSError as error:
        raise SetupError(
            f"{paths.LOCAL} cannot be written: {error.strerror}. Check its owner and the disk."
        ) from error


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Let one set-up run at a time; a second one waits for the first and then finds everything done."""
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is running; waiting for it …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def install(venv: Venv) -> None:
    """Make one virtual environment from its lock files, hashes checked."""
    log = paths.LOCAL / "logs" / f"setup-{venv.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("")
    shutil.rmtree(venv.home, ignore_errors=True)
    with step(f"Installing {venv.purpose}"):
        pip = [] if venv is BOOT else ["--without-pip"]
        if not logged([sys.executable, "-m", "venv", *pip, str(venv.home)], log):
            raise SetupError(
                f"A virtual environment could not be made with {sys.executable}:\n{tail(log)}\n"
                "Install a complete Python (on Debian and Ubuntu also python3-venv), then run the same "
                "command again."
            )
        for lock in (*venv.locks, *venv.bare):
            options = [
                "--require-hashes",
                "-r",
                str(paths.ROOT / lock),
                *(["--no-deps"] if lock in venv.bare else []),
            ]
            commands = installers(str(paths.venv_bin(venv.name, "python")), options, options)
            if not any(logged(command, log) for command in commands):
                # Without uv the rest is slower, not impossible.
                if venv is BOOT:
                    break
                raise SetupError(
                    f"{lock} could not be installed:\n{tail(log)}\n"
                    "Check that the machine reaches its package index (network, proxy, certificate), then "
                    f"run the same command again. Everything that was printed is in {log}."
                )
    (venv.home / "stamp").write_text(venv.fingerprint())


def installers(python: str, uv_options: Sequence[str], pip_options: Sequence[str]) -> list[list[str]]:
    """The commands to try in turn to install into an interpreter: uv, uv trusting the certificates of this
    machine (as behind a company's proxy), then pip."""
    pip = [str(paths.venv_bin("boot", "python")), "-m", "pip", "--python", python, "install"]
    commands = [[*pip, "--disable-pip-version-check", *pip_options]]
    uv = paths.venv_bin("boot", "uv")
    if uv.exists():
        command = [str(uv), "pip", "install", "--python", python, *uv_options]
        commands = [command, [*command, "--system-certs"], *commands]
    return commands


def logged(command: Sequence[str], log: Path) -> bool:
    """Run a command with its output in the log; whether it succeeded."""
    with log.open("a") as output:
        output.write(f"$ {' '.join(command)}\n")
        output.flush()
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
            )
        except OSError as error:
            output.write(f"{error}\n")
            return False
    return done.returncode == 0


def tail(log: Path, lines: int = 8) -> str:
    """The end of a log, indented."""
    return "\n".join("    " + line for line in log.read_text(errors="replace").splitlines()[-lines:])


def say(text: str, end: str = "\n") -> None:
    """Tell the user, not the command's output: `login` prints a token that goes into another command."""
    print(text, end=end, file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Print what is going on and for how long; on a terminal the seconds count up."""
    start = time.monotonic()
    done = threading.Event()

    def count() -> None:
        while not done.wait(1):
            say(f"\r{title} … {time.monotonic() - start:.0f} s", end="")

    counter = threading.Thread(target=count, daemon=True)
    say(f"{title} …", end="" if sys.stderr.isatty() else "\n")
    if sys.stderr.isatty():
        counter.start()
    try:
        yield
    except BaseException:
        done.set()
        raise
    done.set()
    if counter.is_alive():
        counter.join()
    lead = "\r" if sys.stderr.isatty() else ""
    say(f"{lead}{title}: done in {time.monotonic() - start:.0f} s")
