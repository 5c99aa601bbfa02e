"""Made-up records of the population register, dropped and taken in-process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from infra.local.cloud import Cloud
from skolkit.sweden.codes import check_digit
from skolkit.types import PersonId
from tests.support.areas import IMPORTS_BUCKET, acting_as, deliver, drop_file, outbox
from tests.support.world import UNIT, UNITS_TABLE, drop

KEY = "register/population/changes.jsonl"
HOME = "9999"
ARRIVED = "register.PopulationRecordsArrived.v1"


def lay_unit(cloud: Cloud) -> Cloud:
    """One school unit of the municipality 9999."""
    table = UNITS_TABLE.format(code=UNIT.code, name=UNIT.name, address=UNIT.address, pupils=60)
    drop(cloud, "organisation/units/units.csv", table)
    return cloud


def number(born: date, serial: int = 0) -> str:
    """A made-up identity number of the series that belongs to nobody."""
    nine = f"{born:%y%m%d}{980 + serial}"
    return f"{born:%Y%m%d}{980 + serial}{check_digit(nine)}"


def distinct(n: int, first: date = date(1970, 1, 1)) -> str:
    """The n:th of as many numbers as are needed."""
    return number(first + timedelta(days=n // 20), n % 20)


def record(civic_no: str, *guardians: str, **more: Any) -> dict[str, Any]:
    """One record, of somebody who has lived in the municipality for years."""
    made: dict[str, Any] = {
        "identityNumber": civic_no, "time": "2026-11-22T03:00:00+01:00", "givenName": "Prov",
        "familyName": "Provsson", "registered": {"municipality": HOME, "since": "2010-01-01"},
        "address": {"street": "Provgatan 1", "postalCode": "123 45", "locality": "Ekhamra"},
    }  # fmt: skip
    if guardians:
        made["guardians"] = [{"identityNumber": g} for g in guardians]
    return made | more


def drop_records(
    cloud: Cloud, rows: Sequence[dict[str, Any] | str] | bytes, key: str = KEY
) -> dict[str, Any]:
    """Drop a file, let it be read and its records be taken; the report."""
    if not isinstance(rows, bytes):
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        rows = "\n".join(lines).encode()
    cloud.client("s3").put_object(Bucket=IMPORTS_BUCKET, Key=key, Body=rows)
    before = {fact["id"] for fact in outbox("register")}
    drop_file("register", "import_population", key)
    arrived = [f for f in outbox("register") if f["type"] == ARRIVED and f["id"] not in before]
    for fact in arrived:
        assert deliver("register", "take_population", fact) == []
    reply = cloud.client("s3").get_object(Bucket=IMPORTS_BUCKET, Key=f"reports/{key}.json")
    report: dict[str, Any] = json.loads(reply["Body"].read())
    return report


def told(*kinds: str) -> list[dict[str, Any]]:
    """The facts about people so far, as (kind, data), without those about files."""
    return [
        {"kind": f["type"].split(".")[1], **f["data"]}
        for f in outbox("register")
        if f["type"].split(".")[1] not in {"PopulationRecordsArrived", "PopulationFileRead", "ImportFinished"}
        and (not kinds or f["type"].split(".")[1] in kinds)
    ]


def owner(civic_no: str) -> PersonId | None:
    """Whose number it is."""
    from functions.register.store.people import wanted_owners
    from skolkit.table import fetch

    with acting_as("register"):
        found: dict[str, PersonId] = fetch(wanted_owners([civic_no]), consistent=True)[0]
    return found.get(civic_no)
