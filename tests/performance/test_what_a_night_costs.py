"""What a retention run costs: rows a second of one worker and request units per row, counted and erased, in
the embedded DynamoDB. The numbers are printed, run it with `-s`; asserted is only that all that is over has
gone.
"""

from __future__ import annotations

import os
import time

import pytest

from functions.timetable.store import GroupDayItem
from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.table import dynamodb, put_many
from skolkit.types import new_id
from tests.support.aged import OLD, RECENT
from tests.support.areas import acting_as, run_schedule
from tests.support.fixtures import lay_tables
from tests.support.meter import metered
from tests.support.nights import asked, rows_of, turn_on, work

ROWS = int(os.environ.get("SKOLKIT_NIGHT", "2000"))  # of each: over and not


@pytest.fixture
def days(cloud: Cloud) -> None:
    lay_tables(cloud)
    rows = (
        GroupDayItem(f"GROUP#{new_id()}", f"DAY#{day}", unit=new_id(), lessons=[["x" * 1_400]])
        for day in (OLD, RECENT) for _ in range(ROWS)
    )  # fmt: skip
    with acting_as("timetable"):
        put_many(rows)


@pytest.mark.usefixtures("days")
def test_a_night_of_the_timetable() -> None:
    for real in (False, True):
        if real:
            turn_on()
            with acting_as("access"):
                key = {"pk": {"S": f"ONCE#RETENTION#{today()}"}, "sk": {"S": "ONCE"}}
                dynamodb().delete_item(TableName="skolkit-access", Key=key)
        run_schedule("access", "start_retention")
        assert asked()["data"]["dry"] is not real
        begun = time.perf_counter()
        with metered() as use:
            work("timetable")
        took = time.perf_counter() - begun
        print(
            f"\n{'real' if real else 'dry'}: {2 * ROWS} rows of 1.5 kB in {took:.1f} s, "
            f"{use.trips} round trips, "
            f"{use.reads:.0f} read and {use.writes:.0f} write units"
        )
    left = [row for row in rows_of("timetable") if row["kind"]["S"] == "group_day"]
    assert len(left) == ROWS
