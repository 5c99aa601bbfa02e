"""What the yearly rollover costs: pupils a second of one worker, and request units per pupil, in the embedded
DynamoDB. The numbers are printed, run it with `-s`; asserted is only that a pupil costs the same in a large
unit as in a small one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import new_id, stable_id
from tests.support.areas import call, deliver, outbox
from tests.support.fixtures import lay_tables
from tests.support.meter import Use, metered
from tests.support.world import UNITS_TABLE, drop

YEAR = SchoolYear.of(today())
START = f"{YEAR.start_year}-08-18"
OFFICE = stable_id("rollover", "office")
# The whole municipality takes minutes: SKOLKIT_ROLLOVER=40x250 is what the README's numbers are of.
UNITS, PUPILS = map(int, os.environ.get("SKOLKIT_ROLLOVER", "1x450").split("x"))


@pytest.fixture
def tables(cloud: Cloud) -> Cloud:
    lay_tables(cloud)
    return cloud


def lay_unit(cloud: Cloud, number: int, pupils: int) -> None:
    """A unit of nine years with classes of 25 and four teaching groups for each class."""
    code = str(99_900_000 + number)
    unit = stable_id("unit", code)
    table = UNITS_TABLE.format(code=code, name=f"Skola {number}", address="Gatan 1", pupils=pupils)
    people, groups = [], []
    for k in range(pupils // 25):
        year = k % 9 + 1
        ids = [stable_id("pupil", code, str(k), str(n)) for n in range(25)]
        people += [
            {
                "id": id, "givenName": "A", "familyName": "B", "birthDate": "2015-01-02",
                "enrolments": [
                    {"enroledAt": unit, "schoolType": "GR", "schoolYear": year, "startDate": START}
                ],
            }
            for id in ids
        ]  # fmt: skip
        members = [{"person": id, "startDate": START} for id in ids]
        name = f"{year}{'ABCDEFGH'[k // 9]}"
        groups += [
            {
                "id": stable_id("group", code, name, subject), "unit": unit, "name": name + subject,
                "groupType": "Undervisning" if subject else "Klass", "members": members,
                "mentors": [] if subject else [stable_id("mentor", code, name)],
            }
            for subject in ("", " MA", " SV", " EN", " NO")
        ]  # fmt: skip
    for key, content in (
        (f"organisation/units/{code}.csv", table),
        (f"register/persons/{code}.jsonl", people),
        (f"organisation/groups/{code}.jsonl", groups),
    ):
        assert drop(cloud, key, content)["failed"] == 0


def rolled_over() -> tuple[Use, Use, float]:
    """What it asks of the database, what the register's part asks, and the seconds it takes one worker."""
    asked = call(
        "organisation", "run_rollover", OFFICE, body={"schoolYear": str(YEAR)},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert asked.status == 202, asked.body
    done: set[str] = set()
    started = time.perf_counter()
    with metered() as own:
        for kind, function in (("RolloverAsked", "lead_rollover"), ("UnitRolloverAsked", "roll_over_unit")):
            for fact in waiting(f"organisation.{kind}.v1", done):
                assert deliver("organisation", function, fact) == []
    with metered() as registers:
        for fact in waiting("organisation.YearRolledOver.v1", done):
            assert deliver("register", "follow_rollover", fact) == []
    took = time.perf_counter() - started
    for fact in waiting("organisation.UnitRolloverEnded.v1", done):
        assert deliver("organisation", "lead_rollover", fact) == []
    return own, registers, took


def waiting(kind: str, done: set[str]) -> Iterator[dict[str, Any]]:
    for fact in outbox("organisation"):
        if fact["type"] == kind and fact["id"] not in done:
            done.add(fact["id"])
            yield fact


@pytest.mark.slow
def test_a_pupil_costs_the_same_in_every_unit(tables: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    duty = {"person": OFFICE, "unit": None, "role": "administrator", "startDate": "2020-08-01"}
    each = []
    for units, pupils in ((1, 225), (UNITS, PUPILS)):
        lay_tables(tables)
        drop(tables, "organisation/duties/office.jsonl", [duty])
        for number in range(units):
            lay_unit(tables, number, pupils)
        own, registers, took = rolled_over()
        total = units * pupils
        each.append((own.writes + registers.writes) / total)
        with capsys.disabled():
            print(
                f"\n{units} × {pupils}: {total / took:.0f} pupils/s of one worker, per pupil "
                f"{own.writes / total:.1f} WRU + {registers.writes / total:.1f} in the register, "
                f"{(own.reads + registers.reads) / total:.1f} RRU, "
                f"{(own.trips + registers.trips) / total:.2f} round trips"
            )
    assert each[1] / each[0] < 1.25
