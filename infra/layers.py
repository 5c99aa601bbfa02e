"""Builds what the functions carry with them: the third-party packages of the lock file, cut down to what is
used and compiled, and our own shared kernel; once for this machine's Python and once for the one that runs
in AWS."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from infra.local import paths
from infra.local.bootstrap import exclusive, installers

# The Python of every function in AWS; the embedded AWS runs functions on its own interpreter instead.
CLOUD_PYTHON = "3.13"
CLOUD_PLATFORM = "aarch64-manylinux_2_28"
UNZIPPED_LIMIT = 250_000_000

LOCKS = ("requirements-runtime.lock", "requirements-chalice.lock")
# Packages that only some functions need (`layers=` on their trigger), each in a layer of its own.
HEAVY = {
    "documents": "requirements-documents.lock",
    "scanning": "requirements-scanning.lock",
    "signing": "requirements-signing.lock",
}
# Those that a function carries together; the others come alone.
TOGETHER = ({"documents", "signing"}, {"scanning"})
# botocore describes 400 services; a function that calls another one fails at its first client.
SERVICES = frozenset(
    {
        "cognito-idp",
        "dynamodb",
        "dynamodbstreams",
        "events",
        "kms",
        "lambda",
        "s3",
        "scheduler",
        "ses",
        "sesv2",
        "sns",
        "sqs",
        "ssm",
    }
    | {"sts"}
)
# Chalice is the router here, never the deployer.
CHALICE_FILES = frozenset({"__init__.py", "app.py", "py.typed"})
TIME_ZONES = frozenset({"__init__.py", "Europe", "Etc", "UTC"})
DIST_INFO_FILES = frozenset({"METADATA", "entry_points.txt"})
DROPPED_DIRECTORIES = frozenset({"__pycache__", "tests", "test", "examples", "bin"})
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class LayerError(Exception):
    """A layer could not be built; the text says why and what to do."""


@dataclass(frozen=True)
class Target:
    """Where the layers will run: a Python minor version, its platform unless it is this machine, and whether
    functions there can read the packages where they were built."""

    name: str
    python: str
    platform: str | None = None
    linked: bool = False

    @property
    def directory(self) -> Path:
        """Holds `common`, `dependencies` and `code`, each as its zip will be unpacked."""
        return paths.BUILD / "layers" / self.name

    @property
    def packages(self) -> Path:
        """Where the third-party packages are, below `python`."""
        return self.directory / ("packages" if self.linked else "dependencies")

    def compiler(self) -> str | None:
        """An interpreter whose `.pyc` files this target can read, if the machine has one."""
        if self.python == f"{sys.version_info.major}.{sys.version_info.minor}":
            return sys.executable
        found = shutil.which(f"python{self.python}")
        works = found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0
        return found if works else None


LOCAL = Target("local", f"{sys.version_info.major}.{sys.version_info.minor}", linked=True)
CLOUD = Target("cloud", CLOUD_PYTHON, CLOUD_PLATFORM)


def build(target: Target) -> Path:
    """The directory with all contents for the target, made anew only where their source has changed."""
    for name, source, package in (
        ("common", paths.ROOT / "layers" / "common" / "python" / "skolkit", "python/skolkit"),
        ("code", paths.ROOT / "functions", "functions"),
    ):
        stamp = fingerprint([name, str(target), target.compiler() or ""], files_below(source))
        if not fresh(target.directory / name, stamp):
            build_own(target, name, source, package)
            mark(target.directory / name, stamp)
    build_dependencies(target)
    for name in HEAVY:
        build_heavy(target, name)
    parts = sizes(target)
    own = sum(size for name, size in parts.items() if name not in HEAVY)
    unzipped = own + max(sum(parts[name] for name in layers) for layers in TOGETHER)
    if unzipped > UNZIPPED_LIMIT:
        raise LayerError(
            f"A function would weigh {unzipped / 1e6:.0f} MB unzipped and Lambda allows 250. "
            "Move a heavy package from requirements-runtime.in to a layer of its own."
        )
    return target.directory


def build_own(target: Target, name: str, source: Path, package: str) -> None:
    """Copy our own package as it lies in the repository and compile it."""
    home = target.directory / name
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(
        source, home / package, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", "README.md")
    )
    compile_below(target, home)


def build_dependencies(target: Target) -> None:
    """Install the runtime lock for the target, cut it down and compile it."""
    home = target.packages
    locks = [paths.ROOT / lock for lock in LOCKS]
    stamp = fingerprint([str(target), sys.version, target.compiler() or ""], [*locks, Path(__file__)])
    if fresh(home, stamp):
        return
    shutil.rmtree(home, ignore_errors=True)
    for lock in locks:
        install(target, lock, home / "python")
    prune(home / "python")
    compile_below(target, home)
    if target.linked:
        link(target)
    mark(home, stamp)


def build_heavy(target: Target, name: str) -> Path:
    """Install a heavy layer's lock for the target and compile it, one at a time; where its packages are."""
    lock = paths.ROOT / HEAVY[name]
    home = target.directory / (f"packages-{name}" if target.linked else name)
    stamp = fingerprint([str(target), sys.version, target.compiler() or ""], [lock, Path(__file__)])
    target.directory.mkdir(parents=True, exist_ok=True)
    with exclusive(target.directory / f"{name}.lock"):
        if not fresh(home, stamp):
            shutil.rmtree(home, ignore_errors=True)
            install(target, lock, home / "python")
            compile_below(target, home)
            if target.linked:
                link(target, name, home)
            mark(home, stamp)
    return home / "python"


def link(target: Target, name: str = "dependencies", packages: Path | None = None) -> None:
    """Make a layer of one line that puts the built packages on the path.

    The embedded AWS unpacks every layer anew for every worker of every function: half a second of work.
    """
    site = target.directory / name / "python" / "lib" / f"python{target.python}" / "site-packages"
    site.mkdir(parents=True, exist_ok=True)
    (site / f"{name}.pth").write_text(
        f"import sys; sys.path.insert(0, {str((packages or target.packages) / 'python')!r})\n"
    )


def install(target: Target, lock: Path, into: Path) -> None:
    """Install a lock file with its hashes checked; nothing is ever compiled from source for AWS."""
    options = ["--quiet", "--only-binary", ":all:", "--no-deps", "--require-hashes", "-r", str(lock)]
    options += ["--target", str(into)]
    uv, pip = list(options), list(options)
    if target.platform:
        machine, _, libc = target.platform.partition("-")
        uv += ["--python-version", target.python, "--python-platform", target.platform]
        pip += ["--python-version", target.python, "--platform", f"{libc}_{machine}"]
    reasons = []
    for command in installers(sys.executable, uv, pip):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        reasons.append(done.stderr.strip())
    raise LayerError(f"{lock.name} could not be installed for Python {target.python}:\n" + "\n".join(reasons))


def prune(python: Path) -> None:
    """Remove what no function imports: tests, other services' descriptions, the deployer half of Chalice."""
    for directory in [
        path for path in python.rglob("*") if path.is_dir() and path.name in DROPPED_DIRECTORIES
    ]:
        shutil.rmtree(directory, ignore_errors=True)
    keep_only(python / "chalice", CHALICE_FILES)
    keep_only(python / "tzdata" / "zoneinfo", TIME_ZONES)
    for data in (python / "botocore" / "data", python / "boto3" / "data"):
        keep_only(data, SERVICES | {file.name for file in data.iterdir() if file.is_file()})
    for info in python.glob("*.dist-info"):
        keep_only(info, DIST_INFO_FILES | {"licenses", "LICENSE"})


def keep_only(directory: Path, names: Iterable[str]) -> None:
    """Delete every entry of the directory that is not named."""
    for entry in directory.iterdir():
        if entry.name not in names:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def compile_below(target: Target, directory: Path) -> None:
    """Write `.pyc` files that Python uses without looking at the source: a start takes a third as long."""
    compiler = target.compiler()
    if compiler is None:
        return
    # The path in a .pyc must not depend on this machine, or the same source would give another asset.
    options = ["--invalidation-mode", "unchecked-hash", "-s", str(directory), "-p", "/opt"]
    subprocess.run(
        [compiler, "-m", "compileall", "-q", "-f", *options, str(directory)],
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        check=False,
    )


def zip_directory(source: Path, target: IO[bytes] | Path) -> None:
    """Write the files below `source` to a zip that depends on their names and contents only."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files_below(source):
            entry = zipfile.ZipInfo(file.relative_to(source).as_posix(), ZIP_TIME)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())


def files_below(directory: Path) -> list[Path]:
    """Every file, in an order that does not depend on the disk."""
    return sorted(
        path for path in directory.rglob("*") if path.is_file() and not path.name.endswith(".stamp")
    )


def sizes(target: Target) -> dict[str, int]:
    """Unzipped bytes of each part that a function carries."""
    parts = {
        "common": target.directory / "common",
        "dependencies": target.packages,
        "code": target.directory / "code",
        **{name: target.directory / (f"packages-{name}" if target.linked else name) for name in HEAVY},
    }
    return {name: sum(file.stat().st_size for file in files_below(part)) for name, part in parts.items()}


def fingerprint(texts: Iterable[str], files: Iterable[Path]) -> str:
    """Changes when a text, a file's name or a file's content changes."""
    digest = hashlib.sha256("\n".join(texts).encode())
    for file in files:
        if "__pycache__" not in file.parts:
            digest.update(f"\n{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def fresh(directory: Path, stamp: str) -> bool:
    """Whether the directory was made from what the stamp describes."""
    file = directory.with_suffix(".stamp")
    return directory.exists() and file.exists() and file.read_text() == stamp


def mark(directory: Path, stamp: str) -> None:
    """Remember what the directory was made from."""
    directory.with_suffix(".stamp").write_text(stamp)
