"""What the guard costs: one decision, and a list of 500 pupils in one batch. Printed, never asserted: run it
with `-s`.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest

from functions.access import guard
from functions.access.guard import Duty, Pupil
from functions.access.usecases import rights
from skolkit.identity import SCHOOL_SCOPE, Caller
from skolkit.types import PersonId, UnitId, new_id

HERE = UnitId(new_id())
ME = Caller(PersonId(new_id()), "phone", frozenset({SCHOOL_SCOPE}))
DUTIES = (
    Duty("teacher", HERE),
    Duty("administrator", UnitId(new_id())),
    Duty("principal", UnitId(new_id()), frozenset({"attendance:read_sweep"})),
)


def pupil(number: int, *, mine: bool) -> Pupil:
    """With as many people around as a pupil of the upper years has."""
    teachers = frozenset(PersonId(new_id()) for _ in range(12)) | ({ME.person_id} if mine else set())
    mentors = frozenset(PersonId(new_id()) for _ in range(2))
    guardians = frozenset(PersonId(new_id()) for _ in range(2))
    return Pupil(PersonId(new_id()), HERE, guardians, teachers, mentors, protected=number % 100 == 0, age=15)


def milliseconds(act: Callable[[], object], runs: int) -> list[float]:
    """Of each run, sorted, after a warm-up."""
    act()
    took = []
    for _ in range(runs):
        started = time.perf_counter()
        act()
        took.append((time.perf_counter() - started) * 1000)
    return sorted(took)


def test_decisions(capsys: pytest.CaptureFixture[str]) -> None:
    one = pupil(1, mine=True)
    many = [pupil(number, mine=number % 2 == 0) for number in range(500)]
    single = milliseconds(lambda: guard.allowed(ME, "register:read_person", one, DUTIES), 500)
    batch = milliseconds(lambda: guard.permitted(ME, "register:read_person", many, DUTIES), 20)
    started = time.perf_counter()
    cells = rights._cells()
    matrix = (time.perf_counter() - started) * 1000
    assert len(guard.permitted(ME, "register:read_person", many, DUTIES)) == 250
    with capsys.disabled():
        p50, p95 = statistics.median(single), single[int(len(single) * 0.95)]
        print(f"\none decision: p50 {p50:.3f} ms, p95 {p95:.3f} ms (agreed: p50 at most 0.3 ms)")
        print(f"500 pupils in one batch: median {statistics.median(batch):.1f} ms")
        print(f"the whole matrix, {len(cells)} cells, once per process: {matrix:.0f} ms")
