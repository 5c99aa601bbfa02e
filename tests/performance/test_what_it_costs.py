"""What a school day costs, told the three ways of the embedded cloud's README: handler time, round trips and
request units, and end to end beside an empty function behind the same gateway. Printed, never asserted: run
it with `-s`.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra import layers
from infra.local.cloud import Cloud
from infra.local.synth import assembly
from skolkit.sweden.codes import SchoolUnitCode
from tests.integration.test_attendance_day import at
from tests.integration.test_what_an_action_costs import measure
from tests.support.areas import Answer, call, every_operation
from tests.support.deployed import Deployed
from tests.support.fixtures import lay_tables
from tests.support.world import UNIT, World, drop, imagine, make_world

RUNS = 60


@pytest.fixture
def tables(cloud: Cloud) -> Cloud:
    """The tables, empty for every measurement."""
    lay_tables(cloud)
    return cloud


def median(act: Callable[[], Answer], runs: int = RUNS) -> float:
    """Milliseconds of wall time, after a warm-up."""
    for _ in range(5):
        act()
    took = []
    for _ in range(runs):
        started = time.perf_counter()
        answer = act()
        took.append((time.perf_counter() - started) * 1000)
        assert answer.status < 300, answer.body
    return statistics.median(took)


def rows_of(opened: dict[str, Any]) -> list[dict[str, Any]]:
    shown = {"givenName", "familyName", "notifiedMinutes", "notifiedReason"}
    return [{k: v for k, v in row.items() if k not in shown} for row in opened["rows"]]


def biggest_class(world: World) -> Any:
    """A class of about thirty, as in the issue's numbers."""
    return max((g for g in world.population.groups if g.kind == "class"), key=lambda g: len(g.pupil_ids))


def test_handler_time(
    tables: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = make_world(tables, unit=replace(UNIT, pupil_count=56, years=(5,)))
    klass = biggest_class(world)
    lesson = next(x for x in world.lessons if x.group == klass.id)
    at(monkeypatch, lesson.start)
    teacher, path = lesson.teachers[0], {"lesson": lesson.id}

    def open_() -> Answer:
        return call("attendance", "open_lesson", teacher, path=path)

    def save() -> Answer:
        headers = {"if-match": f'"{save.version}"'}  # type: ignore[attr-defined]
        body = {"rows": save.rows}  # type: ignore[attr-defined]
        answer = call("attendance", "save_lesson", teacher, path=path, body=body, headers=headers)
        save.version = answer.body["version"]  # type: ignore[attr-defined]
        return answer

    first = open_().body
    save.rows, save.version = rows_of(first), first["version"]  # type: ignore[attr-defined]
    nothing = median(lambda: call("access", "read_health", None))
    one_read = median(lambda: call("messages", "read_preferences", teacher))
    opened, saved = median(open_), median(save)
    listed = median(
        lambda: call(
            "organisation", "read_group", teacher, path={"group": klass.id}, query={"guardians": "true"}
        )
    )
    with capsys.disabled():
        print(f"\nhandler, {len(first['rows'])} pupils, median of {RUNS}, embedded DynamoDB included:")
        for name, took in [
            ("empty", nothing),
            ("one read", one_read),
            ("open lesson", opened),
            ("save", saved),
            ("class list", listed),
        ]:
            print(f"  {name:12} {took:6.1f} ms   {took / one_read:5.2f} × one read")


def test_costs_at_900_and_10_000_pupils(
    tables: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = make_world(tables)
    at(monkeypatch, world.of_class()[0].start)
    counts = {}
    present = UNIT.pupil_count
    for wanted in (900, 10_000):
        number = 0
        while present < wanted:
            number += 1
            pupils = min(900, wanted - present)
            code = SchoolUnitCode(f"9999{wanted % 97:02}{number:02}")
            unit = replace(UNIT, code=code, name=f"Skola {code}", pupil_count=pupils, years=())
            for key, content in imagine(unit, seed=number)[1][1].items():
                drop(tables, key, content)
            present += pupils
        forget(world)
        counts[wanted] = measure(world)
    with capsys.disabled():
        print("\nround trips and request units at 900 and at 10,000 pupils:")
        for name in counts[900]:
            small, large = counts[900][name], counts[10_000][name]
            print(
                f"  {name:8} {small.trips} = {large.trips} trips {small.reads} = {large.reads} RRU "
                f"{small.writes:5.1f} | {large.writes:5.1f} WRU  {large.operations}"
            )


def forget(world: World) -> None:
    """Withdraw the notices of an earlier measurement."""
    pupil = world.classmates()[0]
    guardian = pupil.guardians[0].guardian_id
    for notice in call("attendance", "list_absences", guardian, path={"pupil": pupil.id}).body["data"]:
        if not notice["withdrawn"]:
            call(
                "attendance", "withdraw_absence", guardian, path={"pupil": pupil.id, "notice": notice["id"]},
                headers={"if-match": f'"{notice["version"]}"'},
            )  # fmt: skip


def test_end_to_end(school: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
    (lesson,) = school.lessons_now(1)
    teacher, path = lesson.teachers[0], {"lesson": lesson.id}
    first = school.call("attendance", "open_lesson", teacher, path=path)
    state = {"etag": first.headers["etag"]}

    def save() -> Answer:
        answer = school.call(
            "attendance", "save_lesson", teacher, path=path, body={"rows": rows_of(first.body)},
            headers={"if-match": state["etag"]},
        )  # fmt: skip
        state["etag"] = answer.headers["etag"]
        return answer

    floor = median(lambda: school.call("access", "read_health", teacher))
    opened = median(lambda: school.call("attendance", "open_lesson", teacher, path=path))
    saved = median(save)
    with capsys.disabled():
        print(f"\nend to end over HTTP, {len(first.body['rows'])} pupils, median of {RUNS}:")
        for name, took in [("empty", floor), ("open lesson", opened), ("save", saved)]:
            print(f"  {name:12} {took:6.1f} ms   {took / floor:5.2f} × the floor")


IMPORT = """
import sys, time
sys.path[:0] = {paths!r}
parts, before = [], time.process_time()
for name in {names!r}:
    begun = time.process_time()
    __import__(name)
    parts.append((name, (time.process_time() - begun) * 1000))
print(sum(ms for _, ms in parts), *(f"{{name}}={{ms:.0f}}" for name, ms in parts))
"""
PARTS = [
    "json",
    "botocore.session",
    "pydantic",
    "chalice.app",
    "pynamodb.models",
    "aws_lambda_powertools",
    "skolkit.http",
]


def test_cold_import(capsys: pytest.CaptureFixture[str]) -> None:
    assembly(layers.LOCAL)
    built = layers.build(layers.LOCAL)
    paths = [str(built / "code"), str(built / "common" / "python"), *packages(built)]
    with capsys.disabled():
        print("\ncold import of each HTTP function, CPU ms with .pyc, median of 5:")
        for name in modules_served():
            script = IMPORT.format(paths=paths, names=[*PARTS, f"functions.{name}"])
            runs = [
                subprocess.run(
                    [sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True
                ).stdout
                for _ in range(5)
            ]
            print(f"  {name:25} {sorted(runs, key=lambda run: float(run.split()[0]))[2].strip()}")


def modules_served() -> list[str]:
    """What an HTTP function loads for its first request: the area's `app`, or one module of it."""
    return sorted({o.handler.__module__.removeprefix("functions.") for _, o in every_operation()})


def packages(built: Path) -> list[str]:
    """Where the dependencies layer keeps its packages here: a `.pth` file points to them."""
    found = [line for pth in (built / "dependencies").rglob("*.pth") for line in pth.read_text().splitlines()]
    return [line for line in found if line.startswith("/")] or [str(built / "dependencies" / "python")]


def test_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    assembly(layers.LOCAL)
    built = layers.build(layers.LOCAL)
    code = [f for f in (built / "code").rglob("*") if f.is_file() and f.name != "openapi.json"]
    unzipped = sum(f.stat().st_size for f in code)
    zipped = sum(len(zlib.compress(f.read_bytes())) for f in code)
    kernel = sum(f.stat().st_size for f in (built / "common").rglob("*") if f.is_file())
    with capsys.disabled():
        print(
            f"\ncode asset {zipped / 1e6:.2f} MB (limit 2 MB), {unzipped / 1e6:.2f} MB unzipped, "
            f"kernel layer {kernel / 1e6:.2f} MB"
        )
