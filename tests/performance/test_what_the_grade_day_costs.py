"""The grade day: what a home's look at its grades costs, and from that what it takes that 140,000 pupils and
their guardians look within ten minutes; a rush at this machine's limit; and a teacher's class. Printed, run
it with `-s`; asserted are numbers that no machine changes. Times are with the embedded DynamoDB on the same
processors.
"""

from __future__ import annotations

import json
import logging
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from functions.grades.domain.catalogue import Decider, Entry, Term
from functions.grades.domain.periods import Period
from functions.grades.domain.subjects import SUBJECTS, graded
from functions.grades.store import catalogue
from functions.grades.store import periods as periods_store
from functions.grades.usecases.statistics import KEYS, count_period
from infra.local.cloud import Cloud
from skolkit.clock import now, today
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer, acting_as
from tests.support.asks import new_key
from tests.support.fixtures import lay_tables
from tests.support.grading import Graded, make_graded, teach
from tests.support.meter import Use, metered
from tests.support.prices import HTTP_MB, PRICES, READ_MS, VCPU_MB, WRITE_MS
from tests.support.rush import opens
from tests.support.stored import stored
from tests.support.world import UNIT

# The rush of the largest municipality [M]: everybody looks within ten minutes, in the first minute four times
# the mean; of each pupil the pupil and 1.8 guardians; a unit of 900 pupils is a large one.
PUPILS, GUARDIANS, WINDOW, BUSIEST, LARGE_UNIT = 140_000, 1.8, 600, 4.0, 900
# What DynamoDB gives a partition, and at once a table on demand that has had no traffic: bp-partition-key-
# design and on-demand-capacity-mode in docs.aws.amazon.com/amazondynamodb/latest/developerguide [M].
PARTITION_READS, PARTITION_WRITES, TABLE_READS, TABLE_WRITES = 3_000, 1_000, 12_000, 4_000
FUNCTIONS = 1_000  # [M] of an account at a time, unless it has asked for more
TERMS, RUNS, CLASSES = 7, 40, 10
SECONDS = float(os.environ.get("SKOLKIT_RUSH_SECONDS", "3"))
HALVES: tuple[Term, Term] = ("HT", "VT")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def school(cloud: Cloud) -> Graded:
    """A class of year 9 with what seven terms have left in its catalogue, all of it published."""
    lay_tables(cloud)
    made = make_graded(cloud, unit=replace(UNIT, years=(9,), pupil_count=30))
    with acting_as("grades"):
        lay_terms(made)
    return made


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    """No log lines between the numbers."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def lay_terms(school: Graded) -> None:
    """Grades in every subject of grundskola for seven terms."""
    first = SchoolYear.of(today()).start_year - 3
    for number in range(TERMS):
        year, term = SchoolYear(first + number // 2), HALVES[number % 2]
        period = Period(
            id=new_id(), unit=school.world.unit, form=SchoolForm.COMPULSORY, years=(6 + number // 2,),
            school_year=str(year), term=term, opens=year.start, due=year.start, state="closed",
            publish=datetime(2020, 1, 1, tzinfo=UTC),
        )  # fmt: skip
        commit(*periods_store.period_writes(period))
        for pupil in school.pupils:
            head = catalogue.find_heads([pupil.id])[pupil.id]
            entries = [decision(school, pupil.id, one.designation, period) for one in SUBJECTS[:17]]
            commit(*catalogue.append(head, entries)[0])


def decision(school: Graded, pupil: PersonId, subject: str, period: Period) -> Entry:
    decider = Decider(person=school.teachers[0], certified=True, qualified=True)
    return Entry(
        id=new_id(), pupil=pupil, kind="decision", subject=graded(period.form, subject, subject), value="B",
        scale="gr-2011", at=now(), unit=period.unit, school_year=period.school_year, term=period.term,
        year=period.years[0], deciders=(decider,), registered_by=decider.person, group=school.klass.id,
        activity=new_id(), period=period.id,
    )  # fmt: skip


def homes(school: Graded) -> list[tuple[str, str]]:
    """Everybody at home who sees a pupil's grades, with the pupil."""
    return [(person, p.id) for p in school.pupils for person in (p.id, *(g.guardian_id for g in p.guardians))]


def median(acts: Callable[[], Any], runs: int = RUNS) -> float:
    """Milliseconds, after a warm-up."""
    took = []
    for run in range(runs + 5):
        begun = time.perf_counter()
        acts()
        took += [1000 * (time.perf_counter() - begun)] if run >= 5 else []
    return statistics.median(took)


def read_units(pupil: PersonId) -> dict[str, float]:
    """What DynamoDB takes for a home's look, by table: the embedded one does not count by size. The pupil's
    whole partition in the register, consistently; the end of the chain and a period a term, eventually.
    """
    rows = {key: _bytes(row) for key, row in stored("register", "grades").items()}
    card = sum(size for (_, pk, _), size in rows.items() if pk == f"PERSON#{pupil}")
    head = rows["skolkit-grades", f"PUPIL#{pupil}", "HEAD"]
    chain = sum(size for (_, pk, sk), size in rows.items() if pk == f"PUPIL#{pupil}" and sk != "HEAD")
    return {
        "register": math.ceil(card / 4096), "grades": math.ceil(head / 4096) / 2 + TERMS / 2,
        "chain": math.ceil(chain / 4096), "head": head,
    }  # fmt: skip


def _bytes(row: dict[str, Any]) -> int:
    return sum(len(name) + len(str(next(iter(value.values()))).encode()) for name, value in row.items())


def test_the_grade_day_of_140_000_pupils(school: Graded) -> None:
    (home, pupil), processor = homes(school)[1], time.process_time()
    ms = median(lambda: opens(home, pupil))
    processor = (time.process_time() - processor) / (RUNS + 5)
    with metered() as use:
        assert opens(home, pupil) == 17
    units = read_units(PersonId(pupil))
    looks = PUPILS * (1 + GUARDIANS)
    second = looks / WINDOW * BUSIEST
    waits = ((use.trips - 1) * READ_MS + WRITE_MS) / 1000
    each = waits + processor / min(1.0, HTTP_MB / VCPU_MB)
    reads = units["register"] + units["grades"]
    dollars = PRICES.dollars(
        reads=reads * looks, writes=looks, requests=looks, calls=looks, seconds=each * looks, memory=HTTP_MB,
        facts=0, messages=0, mails=0,
    )  # fmt: skip
    hottest = second * LARGE_UNIT / PUPILS / 2
    print(
        f"\na home opens its grades: {ms:.1f} ms, {1000 * processor:.1f} ms of processor, {use.trips} round "
        f"trips, {reads:.1f} RRU (register {units['register']}, grades {units['grades']}), 1 WRU (audit)\n"
        f"  the end of the chain is {units['head'] / 1000:.1f} kB; the chain itself would be "
        f"{units['chain']} RRU more\n"
        f"{looks:,.0f} looks in ten minutes, {second:,.0f} a second in the first minute:\n"
        f"  {second * units['register']:,.0f} RRU/s of the register, {second * units['grades']:,.0f} of "
        f"grades, {second:,.0f} WRU/s of the audit trail (a table on demand gives {TABLE_READS:,} and "
        f"{TABLE_WRITES:,} at once, more when warmed up before)\n"
        f"  the most read item, a period of a unit of {LARGE_UNIT}: {hottest:.1f} RRU/s, at most "
        f"{PARTITION_READS}; "
        f"if all had one period: {second / 2:,.0f}\n"
        f"  {1000 * each:.0f} ms of a function in AWS, {second * each:.0f} at a time of {FUNCTIONS}\n"
        f"  all of it: {looks * reads:,.0f} RRU, {looks:,.0f} WRU, {dollars:.2f} USD, "
        f"{dollars * PRICES.crowns:.0f} kr"
    )
    # The chain is not read; no item is too hot, even if all read one; no table needs more at once than one
    # that has had no traffic gives.
    assert use.operations == ["Query", "BatchGetItem", "BatchGetItem", "PutItem"]
    assert second / 2 < PARTITION_READS
    assert second * max(units["register"], units["grades"]) < TABLE_READS
    assert second < TABLE_WRITES
    assert second * waits < FUNCTIONS


def test_before_the_moment_a_home_costs_the_same(school: Graded) -> None:
    """Those who look too early, again and again, read no more than those who look after."""
    home, pupil = homes(school)[-1]
    seen = opens(home, pupil)
    assert school.set(school.teachers[0], {pupil: "A"}).status == 201
    with metered() as use:
        assert opens(home, pupil) == seen
    assert use.operations == ["Query", "BatchGetItem", "BatchGetItem", "PutItem"]


@pytest.mark.timeout(600)
def test_a_rush_at_this_machines_limit(school: Graded) -> None:
    """Homes that look one after the other, in more and more processes."""
    most = 2 * (os.cpu_count() or 2)
    with crowd(homes(school), most) as clients:
        print(f"\na rush on {os.cpu_count()} processors, the embedded DynamoDB on the same ones:")
        steps = [count for count in (1, 2, 3, 4, 6, 8) if count <= most]
        for count in steps:
            took = sorted(ms for one in _at_once(clients[:count]) for ms in one)
            tail = took[int(0.95 * len(took))], took[int(0.99 * len(took))]
            print(
                f"  {count} at once: {len(took) / SECONDS:6.0f} looks a second, median "
                f"{statistics.median(took):6.1f} ms, 95 % {tail[0]:6.1f} ms, 99 % {tail[1]:6.1f} ms"
            )
            assert took


@contextmanager
def crowd(homes: list[tuple[str, str]], count: int) -> Iterator[list[subprocess.Popen[str]]]:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "common" / "python")])
    clients = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.rush", json.dumps(homes[number::count])], cwd=ROOT,
            env={**os.environ, "PYTHONPATH": paths}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for number in range(count)
    ]  # fmt: skip
    try:
        for one in clients:
            assert one.stdout
            assert one.stdout.readline() == "ready\n"
        yield clients
    finally:
        for one in clients:
            one.communicate()


def _at_once(clients: list[subprocess.Popen[str]]) -> list[list[float]]:
    for one in clients:
        assert one.stdin
        one.stdin.write(f"{SECONDS}\n")
        one.stdin.flush()
    return [json.loads(one.stdout.readline()) for one in clients if one.stdout]


def test_a_class_opened_saved_and_decided(school: Graded) -> None:
    """Wanted: open 15 ms; save 30 grades 30 ms and three round trips. Yardsticks [M]: a register in PHP saves
    30 in 48 ms, Moodle in 380.
    """
    teacher, groups = school.teachers[0], [g for g in school.world.population.groups if g.kind == "class"]
    values = dict.fromkeys((pupil for group in groups for pupil in group.pupil_ids), "C")
    took: dict[str, list[tuple[float, float]]] = {"open": [], "save": [], "decide": []}
    uses = dict[str, Use]()

    def timed(name: str, act: Callable[[], Answer]) -> Answer:
        with metered() as use:
            begun, processor = time.perf_counter(), time.process_time()
            answer = act()
            took[name].append((time.perf_counter() - begun, time.process_time() - processor))
        assert answer.status in (200, 201), answer.body
        uses[name] = use
        return answer

    for number in range(CLASSES):
        teach(school, "MA", [teacher], f"Matematik {number}", [group.id for group in groups])
        sheet = timed("open", partial(school.ask, "open_sheet", teacher)).body
        versions = {row["student"]: row["version"] for row in sheet["students"]}
        lines = [{"student": p, "version": versions[p], "value": v} for p, v in values.items()]
        timed("save", partial(school.ask, "save_proposals", teacher, body={"lines": lines}))
        some = {"students": list(values)}
        timed("decide", partial(school.ask, "decide_grades", teacher, body=some, headers=new_key()))
    floor = median(lambda: periods_store.find_period(school.period))
    print(f"\n{len(values)} pupils, medians of {CLASSES}, while one read of one item takes {floor:.1f} ms:")
    for name, times in took.items():
        wall, processor = (1000 * statistics.median(one) for one in zip(*times, strict=True))
        print(
            f"  {name:7} {wall:6.1f} ms, of them {processor:5.1f} ms of processor in the handler; "
            f"{uses[name].trips} round trips, {uses[name].reads:.0f} RRU, {uses[name].writes:.0f} WRU"
        )
    assert len(values) == 30
    assert (uses["open"].trips, uses["save"].trips, uses["decide"].trips) == (4, 3, 3)  # open: two at once


def test_counting_a_period(school: Graded) -> None:
    """What becomes of it when the period of a unit of 900 pupils is closed, by the class that is here."""
    first = SchoolYear(SchoolYear.of(today()).start_year - 1)
    with acting_as("grades"):
        (period,) = periods_store.periods_of(school.world.unit, str(first), "HT")
        count_period(period.id)
        processor = time.process_time()
        with metered() as use:
            count_period(period.id)
        processor = time.process_time() - processor
    entries = len(school.pupils) * 17
    many = LARGE_UNIT * 17
    trips = 1 + -(-many // KEYS) + -(-many // 100) + 4 * -(-LARGE_UNIT // 100) + 2  # were all in year 9
    print(
        f"\n{entries} grades of {len(school.pupils)} pupils counted: {use.trips} round trips, "
        f"{1000 * processor:.0f} ms of processor; of {LARGE_UNIT} pupils {trips} round trips and "
        f"{processor * many / entries + trips * READ_MS / 1000:.1f} s"
    )
    # The period, a page of keys, a batch per 100 grades, one of the pupils, and the table read and written.
    assert use.trips <= 1 + 1 + -(-entries // 100) + 1 + 2
