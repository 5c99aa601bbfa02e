"""Activities through SS 12000: what, for whom and by whom, filters, lookups, what moves and what is gone."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from functions.organisation.store.activities import ActivityItem, erasing
from infra.local.cloud import Cloud
from skolkit.clock import now
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Erase, commit
from skolkit.types import new_id, stable_id
from tests.support.areas import acting_as, call
from tests.support.organised import (
    ACTIVITIES,
    ANNA,
    AREA,
    AWAY,
    BO,
    CHOIR,
    CLASS,
    FAR,
    HEAD,
    HERE,
    HID,
    MATHS,
    MUSIC,
    SAM,
    SECRET,
    TALK,
    TEACHER,
    THERE,
    created,
    gone,
    latest,
    moved,
    organised,
    take,
)
from tests.support.standard import ask, connect, every


@pytest.fixture
def school(tables: Cloud) -> Cloud:
    return organised(tables)


def ids(client: str, **query: Any) -> list[str]:
    return [e["id"] for e in every(client, "activities", **query)]


def looked_up(client: str, **lists: list[str]) -> set[str]:
    body: dict[str, list[str]] = {"ids": [], **lists}
    return {e["id"] for e in ask(client, "lookup_activities", body=body).body}


def test_an_activity_in_the_words_of_the_standard(school: Cloud) -> None:
    client = connect(protected="pseudonym")
    found = {e["id"]: e for e in every(client, "activities")}
    assert set(found) == {MATHS, MUSIC, AWAY}
    one = found[MATHS]
    assert one.pop("meta")["created"]
    assert one == {
        "id": MATHS, "displayName": "Matematik 7B", "calendarEventsRequired": True,
        "startDate": "2026-08-17", "endDate": "2027-06-11", "activityType": "Undervisning",
        "minutesPlanned": 7200, "groups": [{"id": CLASS}], "organisation": {"id": HERE},
        "syllabus": {"id": stable_id("syllabus", "ma")},
        "teachers": [
            {"duty": {"id": TEACHER}, "minutesPlanned": 7000, "grader": True, "startDate": "2026-09-01"},
            {"duty": {"id": SECRET}, "minutesPlanned": 200, "grader": False},
        ],
    }  # fmt: skip


def test_what_has_no_group_is_none_of_the_standards(school: Cloud) -> None:
    client = connect()
    assert ask(client, "read_activities", path={"id": TALK}).status == 404
    assert TALK not in ids(client, teacher=HEAD)


def test_a_test_has_a_parent_that_no_file_takes_away(school: Cloud) -> None:
    client = connect()
    body = {
        "displayName": "Nationellt prov", "activityType": "Provaktivitet", "startDate": "2026-11-20",
        "groups": [FAR], "calendarEventsRequired": False, "parentActivity": AWAY,
    }  # fmt: skip
    headers = {"idempotency-key": new_id()}
    made = call("organisation", "create_activity", SAM, path={"unit": THERE}, body=body, headers=headers)
    assert made.status == 201, made.body
    found = ask(client, "read_activities", path={"id": made.body["id"]}).body
    assert (found["parentActivity"], found["calendarEventsRequired"]) == ({"id": AWAY}, False)
    time.sleep(0.06)
    since, row = latest(client, "activities"), {"id": found["id"], "unit": THERE, "groups": [FAR]}
    said = {name: body[name] for name in ("displayName", "activityType", "startDate")}
    take(school, "activities", [row | said])
    assert moved(client, "activities", since) == []


def test_filters(school: Cloud) -> None:
    client = connect(protected="pseudonym")
    assert set(ids(client, organisation=HERE)) == set(ids(client, organisation=AREA)) == {MATHS, MUSIC}
    assert ids(client, organisation=THERE) == [AWAY]
    assert set(ids(client, group=CLASS)) == {MATHS, MUSIC}
    assert ids(client, group=CHOIR) == [MUSIC]
    assert set(ids(client, member=BO)) == {MUSIC, AWAY}  # of all times
    assert ids(client, member=BO, organisation=THERE) == [AWAY]
    assert ids(client, member=new_id()) == ids(client, teacher=new_id()) == []
    assert set(ids(client, teacher=SECRET)) == {MATHS, MUSIC}
    assert ids(client, teacher=TEACHER) == [MATHS]
    assert ids(client, teacher=SAM) == []  # by duty, not by person
    assert ids(client, teacher=SECRET, member=BO) == [MUSIC]
    assert set(ids(client, startDate_onOrAfter="2026-01-07")) == {MATHS, AWAY}
    assert ids(client, startDate_onOrBefore="2025-01-07") == [MUSIC]
    assert ids(client, endDate_onOrAfter="2027-06-12", group=CLASS) == [MUSIC]


def test_orders_of_all_and_of_a_group(school: Cloud) -> None:
    client = connect()
    assert ids(client, sortkey="DisplayNameAsc", limit=1) == [MUSIC, MATHS, AWAY]
    assert ids(client, sortkey="DisplayNameAsc", group=CLASS, limit=1) == [MUSIC, MATHS]
    newest = [e["meta"]["modified"] for e in every(client, "activities", sortkey="ModifiedDesc")]
    assert newest == sorted(newest, reverse=True)


def test_lookups_by_teachers_and_members(school: Cloud) -> None:
    client = connect(protected="pseudonym")
    assert looked_up(client, ids=[AWAY, ANNA]) == {AWAY}
    assert looked_up(client, teachers=[TEACHER]) == {MATHS}
    assert looked_up(client, teachers=[SECRET, HEAD]) == {MATHS, MUSIC, AWAY}
    assert looked_up(client, members=[BO]) == {MUSIC, AWAY}
    assert looked_up(client, members=[ANNA], ids=[AWAY]) == {MATHS, MUSIC, AWAY}


def test_a_change_moves_the_activity_alone_and_the_same_again_nothing(school: Cloud) -> None:
    client = connect()
    since, made = latest(client, "activities"), created(client, "activities", MUSIC)
    take(school, "activities", ACTIVITIES)
    assert moved(client, "activities", since) == []
    take(school, "activities", [ACTIVITIES[0], ACTIVITIES[1] | {"groups": [CLASS]}])
    assert moved(client, "activities", since) == [MUSIC]
    assert created(client, "activities", MUSIC) == made < latest(client, "activities")
    assert ids(client, group=CHOIR) == []


def test_an_activity_that_is_erased_is_gone(school: Cloud) -> None:
    client, since = connect(), now() - timedelta(seconds=0.01)
    with acting_as("organisation"):
        card = ActivityItem.find(f"ACTIVITY#{MUSIC}", "ACTIVITY")
        assert card is not None
        rows, lists = erasing(card)
        commit(*(Erase(row) for row in rows), *lists)
    assert gone("activities", since) == [MUSIC]
    assert ids(client, group=CLASS) == [MATHS]


def test_a_client_of_one_unit_sees_its_own(school: Cloud) -> None:
    there = connect(units=frozenset({THERE}))
    assert ids(there) == ids(there, member=BO) == [AWAY]
    assert looked_up(there, members=[BO, ANNA]) == {AWAY}
    assert set(ids(connect(forms=frozenset({SchoolForm.COMPULSORY})))) == {MATHS, MUSIC, AWAY}
    assert ids(connect(forms=frozenset({SchoolForm.UPPER_SECONDARY}))) == []


def test_protected_people_are_neither_named_nor_found(school: Cloud) -> None:
    client = connect()
    found = {e["id"]: e for e in every(client, "activities")}
    assert [t["duty"]["id"] for t in found[MATHS]["teachers"]] == [TEACHER]
    assert found[MUSIC]["teachers"] == []
    assert ids(client, teacher=SECRET) == ids(client, member=HID) == []
    assert looked_up(client, teachers=[SECRET], members=[HID]) == set()
    assert looked_up(client, teachers=[SECRET, HEAD]) == {AWAY}
    assert set(ids(connect(protected="pseudonym"), member=HID)) == {MATHS, MUSIC}
