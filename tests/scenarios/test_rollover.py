"""The yearly rollover (process 13): a school goes over to the next year while it is open, and back again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import new_id
from tests.support.areas import IMPORTS_BUCKET, Answer
from tests.support.deployed import Deployed, eventually
from tests.support.scenes import client, little_school, refused

PROCESSES = (13,)
YEAR = SchoolYear.of(today())
NEXT = str(SchoolYear(YEAR.start_year + 1))


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990061")


def office(own: Deployed, name: str, body: Any = None, *, query: Any = None, **path: str) -> Answer:
    return own.call(
        "organisation", name, own.world.staff("administrator"), path=path, query=query, body=body,
        headers={"idempotency-key": new_id()},
    )  # fmt: skip


def done(own: Deployed, name: str, **path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ask, wait until it is done, and read the whole and the unit's part."""
    said: dict[str, Any] = {"schoolYear": str(YEAR), "units": [own.world.unit]}
    said["lastYears"] = [{"unit": own.world.unit, "schoolForm": "GR", "year": 6}]
    asked = office(own, name, None if path else said, **path)
    assert asked.status == 202, asked.body
    job = asked.body["id"]
    eventually(lambda: office(own, "read_rollover", rollover=job).body["state"] == "done")
    whole = office(own, "read_rollover", rollover=job).body
    assert (whole["done"], whole["total"]) == (1, 1)
    return whole, office(own, "list_rollover_units", rollover=job).body["data"][0]


def next_years(own: Deployed) -> dict[str, str]:
    listed = office(own, "list_groups", query={"schoolYear": NEXT, "kind": "klass"}, unit=own.world.unit)
    return {group["name"]: group["startDate"] for group in listed.body["data"] if group["startDate"]}


def test_a_school_goes_over_to_the_next_year_and_back(own: Deployed) -> None:
    pupils, klass = set(own.world.klass.pupil_ids), own.world.klass
    then = klass.name.replace("4", "5", 1)
    whole, part = done(own, "preview_rollover")
    assert (part["movingUp"], part["unplaced"], part["problems"]) == (len(pupils), [], [])
    assert [(one["before"], one["name"], one["members"]) for one in part["formed"]] == [
        (klass.id, then, len(pupils))
    ]
    report = client(own.cloud, "s3").get_object(Bucket=IMPORTS_BUCKET, Key=whole["outcome"]["report"])
    assert json.loads(report["Body"].read())["units"][0]["moving_up"] == len(pupils)
    assert next_years(own) == {}

    whole, part = done(own, "run_rollover")
    assert next_years(own) == {then: SchoolYear.parse(NEXT).start.isoformat()}
    assert part["movingUp"] == len(pupils)
    again = done(own, "preview_rollover")[1]
    eventually(lambda: done(own, "preview_rollover")[1]["movingUp"] == 0)
    assert again["formed"] == []

    _, undone = done(own, "undo_rollover", rollover=whole["id"])
    assert (undone["restored"], undone["kept"], next_years(own)) == (len(pupils), [], {})
    refused(office(own, "undo_rollover", rollover=whole["id"]), 409, "rollover-not-done")
    eventually(lambda: done(own, "preview_rollover")[1]["movingUp"] == len(pupils))
    principal = own.world.staff("principal")
    mine = own.call("organisation", "read_rollover", principal, path={"rollover": whole["id"]})
    refused(mine, 404, "not-found")
