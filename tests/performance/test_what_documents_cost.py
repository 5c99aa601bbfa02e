"""What it takes to issue the terminsbetyg of a unit: a job of sixty pupils through the real worker, measured
for each pupil, and from that 900 as AWS runs them. Printed, run it with `-s`; asserted are numbers that no
machine changes. Times are with the embedded DynamoDB and S3 on the same processors.
"""

from __future__ import annotations

import logging
import math
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from functions.attendance.usecases import totals
from functions.grades.domain.subjects import SUBJECTS
from functions.grades.store import catalogue
from functions.grades.store import documents as store
from functions.grades.store import periods as periods_store
from functions.grades.usecases import document_work
from functions.grades.usecases.document_work import AT_ONCE
from infra.local.cloud import Cloud
from skolkit import jobs
from skolkit.clock import today
from skolkit.table import commit
from tests.performance.test_what_the_grade_day_costs import decision
from tests.support.areas import acting_as, deliver
from tests.support.fixtures import lay_tables
from tests.support.grade_papers import ask_all, documents_layer, facts, job
from tests.support.grading import GRADED, Graded, make_graded
from tests.support.meter import metered
from tests.support.prices import READ_MS, VCPU_MB, WRITE_MS, emptied

SAMPLE, UNIT, UNITS = 60, 900, 200
"""Pupils measured, pupils of a large unit, and units that issue on the same day."""
S3_MS = 40.0  # [M] a file of 60 kB put within one region
MEMORY = 1024  # MB of the worker, as functions/grades/app/documents.py says


@pytest.fixture(scope="module")
def school(cloud: Cloud) -> Iterator[Graded]:
    """Sixty pupils of year 9 with seventeen grades each in the period, and a month of counted lessons."""
    lay_tables(cloud)
    logging.disable(logging.CRITICAL)
    made = make_graded(cloud, unit=replace(GRADED, years=(9, 9), pupil_count=SAMPLE))
    with acting_as("grades"):
        period = periods_store.find_period(made.period)
        assert period
        graded = replace(period, years=(9,))
        for pupil in made.world.population.pupils:
            head = catalogue.find_heads([pupil.id])[pupil.id]
            entries = [decision(made, pupil.id, one.designation, graded) for one in SUBJECTS[:17]]
            commit(*catalogue.append(head, entries)[0])
    with acting_as("attendance"):
        for day in [day for day in made.world.days if day < today()][-20:]:
            totals.count_unit(made.world.unit, day)
    with documents_layer():
        yield made
    logging.disable(logging.NOTSET)


@pytest.mark.timeout(600)
def test_the_term_grades_of_a_unit(school: Graded, monkeypatch: pytest.MonkeyPatch) -> None:
    marks: list[tuple[float, int]] = []
    setting: list[float] = []
    put, file = store.put, document_work._file

    def noted(*arguments: Any) -> None:
        put(*arguments)
        marks.append((time.process_time(), len(use.operations)))

    def timed(*arguments: Any) -> bytes:
        begun = time.process_time()
        made = file(*arguments)
        setting.append(time.process_time() - begun)
        return made

    monkeypatch.setattr(store, "put", noted)
    monkeypatch.setattr(document_work, "_file", timed)
    asked = ask_all(school, school.principal)
    assert asked.status == 202, asked.body
    begun, processor = time.perf_counter(), time.process_time()
    with metered() as use:
        assert deliver("grades", "write_documents", *facts("DocumentsAsked")) == []
    whole, processor = time.perf_counter() - begun, time.process_time() - processor
    done = job(school, asked.body["id"])
    assert done["outcome"] == {"issued": SAMPLE}, done

    steps = [(after[0] - before[0], after[1] - before[1]) for before, after in pairwise(marks)]
    within = [step for n, step in enumerate(steps, start=1) if n % AT_ONCE]  # not what a step begins with
    tenth = SAMPLE // 10
    first, last = (statistics.median(cpu for cpu, _ in some) for some in (within[:tenth], within[-tenth:]))
    cpu, trips = processor / SAMPLE, use.trips / SAMPLE
    waits = (trips * READ_MS + 2 * (WRITE_MS - READ_MS) + S3_MS) / 1000
    there = waits + cpu / min(1.0, MEMORY / VCPU_MB)
    turns = math.ceil(UNIT * there / jobs.SECONDS)
    print(
        f"\n{SAMPLE} terminsbetyg of 17 subjects, {AT_ONCE} a step: {whole:.1f} s, "
        f"{1000 * whole / SAMPLE:.0f} ms a pupil\n"
        f"  {1000 * cpu:.0f} ms of this process's own, {1000 * statistics.median(setting):.0f} of them to "
        f"set the page\n"
        f"  {trips:.1f} round trips ({use.reads / SAMPLE:.0f} RRU, {use.writes / SAMPLE:.0f} WRU) and one "
        f"file of S3 a pupil\n"
        f"  the first tenth {1000 * first:.0f} ms, the last {1000 * last:.0f} ms a pupil\n"
        f"{UNIT} in AWS, one worker of {MEMORY} MB: {1000 * there:.0f} ms a pupil, {UNIT * there:.0f} s, "
        f"{turns} turn of {jobs.SECONDS:.0f} s\n"
        f"  {UNITS} such units on the same day, a job each: {emptied(UNITS, UNIT * there):.0f} s till the "
        f"last is done"
    )
    # No pupil costs more round trips than another, early or late; a large unit is done within the hour.
    assert len({count for _, count in within}) == 1
    assert within[0][1] <= 8
    assert UNIT * there < 3600
