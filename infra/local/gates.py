"""The quality gates: `check` is what a developer runs all the time, `test` is what decides whether a change
may land."""

from __future__ import annotations

import concurrent.futures
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local import paths
from infra.local.bootstrap import tool_environment
from infra.local.cloud import REGION
from infra.local.steps import console
from infra.local.synth import node_environment

# Nothing here needs a whole cloud.
QUICK_SUITES = ("unit", "contract", "infrastructure", "integration")
# Against a deployed product, one in each process.
WHOLE_SUITES = ("scenarios", "e2e")
# What stays together is in tests/conftest.py.
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile")


@dataclass(frozen=True)
class Gate:
    """One static check: what it is called and the command that runs it."""

    name: str
    command: tuple[str, ...]


STATIC = (
    Gate("types (mypy --strict)", (sys.executable, "-m", "mypy")),
    Gate("imports (import-linter)", ("lint-imports", "--no-cache")),
    Gate("style (ruff check)", ("ruff", "check", "--no-cache", "--output-format", "concise")),
    Gate("format (ruff format)", ("ruff", "format", "--check", "--no-cache")),
)


def check() -> bool:
    """The fast gate; whether everything passed."""
    static = static_gates()
    return pytest("unit") and static


def test() -> bool:
    """Everything that CI runs; whether everything passed. The types keep one processor busy for a minute or
    two, so the quick tests begin meanwhile.
    """
    with concurrent.futures.ThreadPoolExecutor() as executor:
        static = executor.submit(static_gates)
        passed = [pytest(*QUICK_SUITES, options=SIDE_BY_SIDE), static.result()]
    if any((paths.ROOT / "tests" / suite).is_dir() for suite in WHOLE_SUITES):
        passed.append(pytest(*WHOLE_SUITES, options=SIDE_BY_SIDE))
    return all(passed)


def fuzz() -> bool:
    """Every property test with a hundred times as many examples, and many more school days."""
    days = "integration/attendance/test_whatever_happens.py"
    return pytest("unit", "contract", days, options=("-m", "hypothesis"), profile="long")


def performance() -> bool:
    """Measure and print; whether it ran."""
    return pytest("performance", options=("-s",))


def week() -> bool:
    """Live a week of a school and print it; whether everything was taken care of."""
    os.environ.setdefault("WEEK_PUPILS", "300")
    return pytest("integration/attendance/test_week.py", options=("-s",))


def static_gates() -> bool:
    """Run all static checks side by side and show the output of those that fail."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as executor:
        return all(list(executor.map(run_gate, STATIC)))


def run_gate(gate: Gate) -> bool:
    """Run one static check; whether it passed."""
    start = time.monotonic()
    environment = tool_environment()
    environment["PATH"] = os.pathsep.join(
        [str(Path(sys.executable).parent), environment.get("PATH", os.defpath)]
    )
    done = subprocess.run(
        gate.command, cwd=paths.ROOT, env=environment, capture_output=True, text=True, check=False
    )
    took = f"[dim]{time.monotonic() - start:.1f} s[/dim]"
    if done.returncode:
        console.print(f"[red]✗[/red] {gate.name} {took}")
        console.print((done.stdout + done.stderr).strip(), markup=False, soft_wrap=True)
        return False
    console.print(f"[green]✓[/green] {gate.name} {took}")
    return True


def lint(built: Path) -> bool:
    """Let cfn-lint read the templates of an assembly; whether it found nothing. What is ignored, and why, is
    in the templates (`infra.stacks.base.acknowledge`).
    """
    templates = map(str, sorted(built.glob("*.template.json")))
    return run_gate(Gate("templates (cfn-lint)", ("cfn-lint", "-r", REGION, "-t", *templates)))


def pytest(*suites: str, options: Sequence[str] = (), profile: str = "ci") -> bool:
    """Run the suites that exist, with the examples in the kernel's documentation when the unit tests run."""
    folders = [paths.ROOT / "tests" / suite for suite in suites]
    found = [str(folder.relative_to(paths.ROOT)) for folder in folders if folder.exists()]
    if "unit" in suites:
        found += ["--doctest-modules", "layers/common/python/skolkit"]
    environment = node_environment() | {"HYPOTHESIS_PROFILE": profile}  # the stacks are built in tests, too
    command = [sys.executable, "-m", "pytest", "-q", *options, *found]
    return subprocess.run(command, cwd=paths.ROOT, env=environment, check=False).returncode == 0
