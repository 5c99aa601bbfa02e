"""Files of activities and of certifications (process 15)."""

from __future__ import annotations

from typing import Any

import pytest

from functions.organisation.store import activities, duties
from infra.local.cloud import Cloud
from infra.local.seed import unit_files
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import PersonId, new_id
from tests.support.areas import acting_as, outbox
from tests.support.world import World, drop, make_world

KEY = "organisation/activities/ours.jsonl"


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def rows_of(world: World) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the made-up municipality's own files say: certifications, activities."""
    files = unit_files(world.population, default_calendar(SchoolYear.of(today())), world.days).teaching
    certified, taught = files.values()
    return certified, taught


def test_a_unit_gets_its_activities_once_and_again_only_what_changed(tables: Cloud, world: World) -> None:
    _, rows = rows_of(world)
    report = drop(tables, KEY, rows)
    assert (report["failed"], report["rows"]) == (0, len(rows)), report
    facts = [f for f in outbox("organisation") if f["type"] == "organisation.ActivityChanged.v1"]
    assert len(facts) == len(rows)
    with acting_as("organisation"):
        one = activities.find_activity(rows[0]["id"])
    assert one is not None
    assert (one.subject, list(one.groups)) == (rows[0]["subject"], rows[0]["groups"])
    assert [t.grader for t in one.teachers] == [n == 0 for n in range(len(one.teachers))]
    changed = rows[0] | {"displayName": "Ett nytt namn"}
    assert drop(tables, "organisation/activities/again.jsonl", [changed, *rows[1:]])["failed"] == 0
    facts = [f for f in outbox("organisation") if f["type"] == "organisation.ActivityChanged.v1"]
    assert len(facts) == len(rows) + 1


def test_rows_that_refer_to_nothing_are_refused_and_the_others_taken(tables: Cloud, world: World) -> None:
    _, rows = rows_of(world)
    strange = [
        rows[0] | {"groups": [new_id()]},
        rows[1] | {"teachers": [{"duty": new_id()}]},
        rows[2] | {"unit": "99999999"},
        rows[3] | {"groups": []},
        rows[4] | {"endDate": "2000-01-01"},
    ]
    report = drop(tables, KEY, [*strange, rows[5]])
    assert (report["failed"], [fault["field"] for fault in report["faults"]]) == (
        5, ["groups", "teachers", "unit", "groups", "endDate"],
    )  # fmt: skip
    with acting_as("organisation"):
        assert activities.find_activity(rows[5]["id"]) is not None
        assert activities.find_activity(rows[0]["id"]) is None


def test_certifications_replace_what_was_known(tables: Cloud, world: World) -> None:
    rows, _ = rows_of(world)
    key = "organisation/certifications/ours.jsonl"
    assert drop(tables, key, rows)["failed"] == 0
    bare = rows[0] | {"certified": False, "qualifications": []}
    report = drop(tables, key.replace("ours", "later"), [bare, {"person": new_id(), "certified": True}])
    assert (report["failed"], report["faults"][0]["field"]) == (1, "person")
    with acting_as("organisation"):
        held = duties.find_certification(PersonId(rows[0]["person"]))
        other = duties.find_certification(PersonId(rows[1]["person"]))
    assert (held.certified, held.qualifications) == (False, ())
    assert other.certified == rows[1]["certified"]
