"""Four teachers who open, save and read a lesson of thirty at the same time, in four processes on two
processors: cycles a second of handlers (wanted: 30), and over HTTP beside what an empty function behind the
same gateway takes. Yardsticks [M]: a register in PHP makes 10.1 such cycles a second on two processors,
Moodle 4.2. Printed, never asserted: run it with `-s`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from infra.local.cloud import Cloud
from tests.performance.test_what_it_costs import rows_of
from tests.support.classes import lay_classes
from tests.support.deployed import Deployed
from tests.support.meter import metered
from tests.support.teaching import cycle
from tests.support.world import Lesson

TEACHERS, CYCLES, PROCESSORS, WANTED = 4, 50, 2, 30
ROOT = Path(__file__).parents[2]


def test_handlers(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.integration.test_attendance_day import at

    _, classes = lay_classes(cloud, TEACHERS + 1)
    lessons = [one.lesson for one in classes]
    at(monkeypatch, lessons[0].end)
    with metered() as use:
        cycle(lessons[-1].id, lessons[-1].teachers[0])
    at_once, processor = _at_once(lessons[:TEACHERS]), _at_once(lessons[:1])[1]
    print(
        f"\n{TEACHERS} teachers in {TEACHERS} processes, {CYCLES} cycles each, {os.cpu_count()} processors, "
        f"with the embedded DynamoDB: {at_once[0]:.1f} cycles a second\n"
        f"  a cycle is {use.trips} round trips, {use.reads:.0f} RRU, {use.writes:.0f} WRU and "
        f"{processor * 1000:.1f} ms of processor in handlers: {PROCESSORS / processor:.0f} cycles a second "
        f"of handlers on {PROCESSORS} processors (wanted {WANTED}; PHP register 10.1, Moodle 4.2)"
    )
    assert use.trips == 8


def _at_once(lessons: list[Lesson]) -> tuple[float, float]:
    """Cycles a second of a process for each lesson, all together; and processor seconds of a cycle."""
    command = [sys.executable, "-m", "tests.support.teaching"]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "common" / "python")])
    workers = [
        subprocess.Popen(
            [*command, lesson.id, lesson.teachers[0], lesson.end.isoformat(), str(CYCLES)], cwd=ROOT,
            env={**os.environ, "PYTHONPATH": paths}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for lesson in lessons
    ]  # fmt: skip
    for worker in workers:
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("\n")
        worker.stdin.flush()
    found = [json.loads(worker.communicate()[0]) for worker in workers]
    return sum(n for n, _, _ in found) / max(wall for _, wall, _ in found), sum(
        p / n for n, _, p in found
    ) / len(found)


@pytest.mark.timeout(900)
def test_end_to_end(school: Deployed) -> None:
    lessons = school.lessons_now(TEACHERS)
    teacher = lessons[0].teachers[0]

    def teach(lesson: Lesson) -> Callable[[], Any]:
        def act() -> None:
            path = {"lesson": lesson.id}
            opened = school.call("attendance", "open_lesson", teacher, path=path)
            saved = school.call(
                "attendance", "save_lesson", teacher, path=path, body={"rows": rows_of(opened.body)},
                headers={"if-match": opened.headers["etag"]},
            )  # fmt: skip
            read = school.call("attendance", "open_lesson", teacher, path=path)
            assert (opened.status, saved.status, read.status) == (200, 200, 200), saved.body

        return act

    def nothing() -> None:
        for _ in range(3):
            school.call("access", "read_health", teacher)

    taught, floor = _rate([teach(lesson) for lesson in lessons]), _rate([nothing] * TEACHERS)
    print(
        f"\nend to end over HTTP, {TEACHERS} at once: {taught:.1f} cycles a second; three calls of an empty "
        f"function: {floor:.1f} a second; a cycle takes {floor / taught:.2f} × the floor"
    )


def _rate(acts: list[Callable[[], Any]], times: int = 15) -> float:
    """How often a second several do something at the same time."""
    with ThreadPoolExecutor(len(acts)) as side:
        list(side.map(lambda act: act(), acts))
        begun = time.perf_counter()
        list(side.map(lambda act: [act() for _ in range(times)], acts))
        return len(acts) * times / (time.perf_counter() - begun)
