"""What a table costs: rows a second and request units per row of one worker, in the embedded DynamoDB and S3.
Printed, never asserted: run it with `-s`. `SKOLKIT_TABLE=8000` measures a municipality's pupils.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import pytest

from infra.local.cloud import Cloud
from skolkit.tables.formats import Format, read_table, write_table
from tests.support.fixtures import lay_tables
from tests.support.meter import Use, metered
from tests.support.tables import Clerk
from tests.support.town import HERE, id_of, lay_town, number, unit_of

ROWS = int(os.environ.get("SKOLKIT_TABLE", "200"))
PERSONS = ["Personnummer", "Förnamn", "Efternamn", "E-post", "Gatuadress", "Postnummer", "Postort"]
ENROLMENTS = ["Personnummer", "Skolenhet", "Skolform", "Årskurs", "Startdatum"]


def numbers() -> list[str]:
    """Of children born all over a year, as in life: who is born on a day is looked through."""
    return [number(n // 336 + 1, f"2017{n % 12 + 1:02}{n // 12 % 28 + 1:02}") for n in range(ROWS)]


def test_a_table_of_people(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    lay_tables(cloud)
    lay_town(cloud)
    clerk = Clerk("register", id_of("Stad"))
    home = ["Provgatan 1", "700 00", "Ekhamra"]
    people = [PERSONS, *([n, f"Namn{n[-4:]}", "Provsson", "a@example.org", *home] for n in numbers())]
    places = [ENROLMENTS, *([n, HERE, "GR", "3", "2026-08-18"] for n in numbers())]
    told: list[str] = []
    tried = measured(told, "trial of new people", lambda: clerk.trial("persons", people))
    assert tried["outcome"]["created"] == ROWS, clerk.reasons(tried)[:3]
    taken = measured(told, "import of new people", lambda: clerk.take("persons", people))
    measured(told, "the same again", lambda: clerk.take("persons", people, "csv"))
    placed = measured(told, "import of enrolments", lambda: clerk.take("enrolments", places))
    assert placed["outcome"]["created"] == ROWS, clerk.reasons(placed)[:3]
    measured(told, "export of a unit", lambda: clerk.export("persons", unit_of(HERE)))
    measured(told, "undoing of enrolments", lambda: clerk.undo(placed))
    assert taken["state"] == "done"
    with capsys.disabled():
        print(f"\n{ROWS} rows of a table, one worker:")
        for line in told:
            print(line)


def measured(told: list[str], what: str, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do it, and note what it cost per row."""
    started = time.perf_counter()
    with metered() as use:
        job = act()
    seconds = time.perf_counter() - started
    assert job["state"] == "done", job
    told.append(f"  {what:24} {ROWS / seconds:7.0f} rows/s {_units(use)}")
    return job


def _units(use: Use) -> str:
    read, written, trips = use.reads / ROWS, use.writes / ROWS, use.trips / ROWS
    return f"{read:6.1f} read and {written:5.1f} write units, {trips:4.1f} round trips a row"


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_files(format: Format, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        [str(n), "Namn", "Provsson", "a@example.org", "Gatan 1", "700 00", "Ekhamra", "sv"]
        for n in range(10_000)
    ]
    write_table(rows[:2], format)  # the library is imported once per process
    started = time.perf_counter()
    content = write_table(rows, format)
    written = time.perf_counter()
    assert sum(1 for _ in read_table(content, format)) == 10_000
    with capsys.disabled():
        read = time.perf_counter() - written
        print(f"\n10,000 rows in {format}: written in {written - started:.1f} s, read in {read:.1f} s")
