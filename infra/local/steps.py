"""What the command line shows while it works: each step with its time, a bar where the amount is known, and a
plain line instead of animation when nobody watches."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

console = Console(highlight=False)

Say = Callable[[str], None]
Report = Callable[[int, int, str], None]


@contextlib.contextmanager
def step(title: str) -> Iterator[Say]:
    """One step; the yielded function tells what it is doing right now."""
    with _shown(title, TextColumn("… {task.description}"), TimeElapsedColumn()) as (progress, task):
        yield lambda detail: progress.update(task, description=f"{title}: {detail}")


@contextlib.contextmanager
def counted(title: str) -> Iterator[Report]:
    """One step of known size; the yielded function takes how much is done, of how much, and what it is at."""
    columns = (TextColumn("… {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with _shown(title, *columns) as (progress, task):
        yield lambda done, total, what: progress.update(
            task, completed=done, total=total, description=f"{title}: {what}"
        )


@contextlib.contextmanager
def _shown(title: str, *columns: ProgressColumn) -> Iterator[tuple[Progress, TaskID]]:
    start = time.monotonic()
    watched = console.is_terminal
    if not watched:
        console.print(f"{title} …")
    with Progress(*columns, console=console, transient=True, disable=not watched) as progress:
        yield progress, progress.add_task(title, total=None)
    console.print(f"[green]✓[/green] {title} [dim]{time.monotonic() - start:.1f} s[/dim]")
