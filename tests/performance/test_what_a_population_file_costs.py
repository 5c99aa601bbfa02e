"""What a file of the population register costs: seconds to read it and send its records on their way, records
a second of one worker, request units and round trips per person, in the embedded DynamoDB. The numbers are
printed, run it with `-s`; asserted is only that people at the end of the file cost what those at its
beginning did.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import date

import pytest

from infra.local.cloud import Cloud
from tests.support.areas import IMPORTS_BUCKET, deliver, drop_file, outbox
from tests.support.fixtures import lay_tables
from tests.support.meter import Use, metered
from tests.support.population import ARRIVED, KEY, distinct, lay_unit, record

# SKOLKIT_POPULATION=100000 is what the README's numbers are of; it takes twenty minutes.
PEOPLE = int(os.environ.get("SKOLKIT_POPULATION", "2000"))


@pytest.fixture
def tables(cloud: Cloud) -> Cloud:
    lay_tables(cloud)
    return lay_unit(cloud)


def lines() -> Iterator[str]:
    """Half children with a guardian, half those guardians."""
    for n in range(PEOPLE // 2):
        child, adult = distinct(n, date(2010, 1, 1)), distinct(n)
        yield json.dumps(record(child, adult))
        yield json.dumps(record(adult))


@pytest.mark.timeout(7200)
def test_what_a_file_costs(tables: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    content = "\n".join(lines()).encode()
    tables.client("s3").put_object(Bucket=IMPORTS_BUCKET, Key=KEY, Body=content)
    started = time.perf_counter()
    drop_file("register", "import_population", KEY)
    reading = time.perf_counter() - started
    facts = [fact for fact in outbox("register") if fact["type"] == ARRIVED]
    tenth = max(1, len(facts) // 10)
    parts: list[tuple[float, Use]] = []
    for start in range(0, len(facts), tenth):
        started = time.perf_counter()
        with metered() as use:
            for fact in facts[start : start + tenth]:
                assert deliver("register", "take_population", fact) == []
        parts.append((time.perf_counter() - started, use))
    each = tenth * 50
    with capsys.disabled():
        print(f"\n{PEOPLE} people, {len(content) >> 10} KB: read in {reading:.1f} s, {len(facts)} messages")
        for took, use in parts:
            print(
                f"  {each / took:5.0f} records/s   {use.writes / each:5.2f} WRU   {use.reads / each:5.2f} RRU"
                f"   {use.trips / each:5.2f} round trips a record"
            )
    assert parts[-2][1].writes == pytest.approx(parts[0][1].writes, rel=0.1)
