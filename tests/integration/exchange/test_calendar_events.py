"""Lessons through SS 12000: what belongs to them, filters, orders, pages, changes, deletions, lookups."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from functions.organisation.domain.units import UnitRecord
from functions.organisation.store import units as units_store
from functions.timetable.ss12000 import CALENDAR_EVENTS, ROOMS
from functions.timetable.store import LessonItem
from infra.local.cloud import Cloud
from skolkit.feed import changes
from skolkit.sweden.codes import SchoolForm
from skolkit.table import FEED_SHARDS, commit
from skolkit.types import UnitId, new_id, stable_id
from tests.support.areas import acting_as
from tests.support.meter import metered
from tests.support.standard import ask, connect, every, pages
from tests.support.world import UNITS_TABLE, drop

MONDAY = date(2026, 11, 23)
UNITS = {code: stable_id("unit", code) for code in ("99990017", "99990025")}
HERE, THERE = UNITS.values()
A, B, C = (stable_id("group", name) for name in "ABC")
T1, T2 = stable_id("t1"), stable_id("t2")
PUPIL = stable_id("a pupil")
DUTIES = {T1: stable_id("duty", T1), T2: stable_id("duty", T2)}
MATHS, CHOIR = stable_id("maths of A"), stable_id("choir of A and B")
WEEK = {"startTime.onOrAfter": "2026-11-23T00:00:00+01:00", "startTime.onOrBefore": "2026-11-27T23:00:00Z"}


def week(**more: Any) -> dict[str, Any]:
    return WEEK | more


@pytest.fixture
def school(tables: Cloud) -> Cloud:
    """Two units; groups A and B at one, C at the other; an activity of A in mathematics, one of A and B."""
    head, row = UNITS_TABLE.splitlines()
    rows = [row.format(code=code, name=code, address="G", pupils=60) for code in UNITS]
    drop(tables, "organisation/units/units.csv", "\n".join([head, *rows]))
    people = [
        {"id": id, "birthDate": "1980-01-01", "givenName": "L", "familyName": id[:3]}
        for id in (T1, T2, PUPIL)
    ]
    drop(tables, "register/persons/staff.jsonl", people)
    group: dict[str, Any] = {"groupType": "Klass", "schoolType": "GR"}
    groups: list[dict[str, Any]] = [
        {"id": A, "unit": "99990017", "name": "A", "members": [{"person": PUPIL, "startDate": "2026-08-01"}]}
        | group,
        {"id": B, "unit": "99990017", "name": "B"} | group,
        {"id": C, "unit": "99990025", "name": "C"} | group,
    ]
    assert drop(tables, "organisation/groups/groups.jsonl", groups)["failed"] == 0
    duties = [
        {"id": DUTIES[t], "person": t, "unit": "99990017", "role": "teacher", "startDate": "2026-01-01"}
        for t in (T1, T2)
    ]
    assert drop(tables, "organisation/duties/duties.jsonl", duties)["failed"] == 0
    both: dict[str, Any] = {"unit": "99990017", "startDate": "2026-08-01"}
    activities: list[dict[str, Any]] = [
        {"id": MATHS, "displayName": "Matematik", "groups": [A], "subject": "GRGRMAT01", "schoolForm": "GR"},
        {
            "id": CHOIR, "displayName": "Kör", "groups": [A, B], "subject": "GRGRMUS01", "schoolForm": "GR",
            "teachers": [{"duty": DUTIES[T2]}],
        },
    ]  # fmt: skip
    assert drop(tables, "organisation/activities/a.jsonl", [both | a for a in activities])["failed"] == 0
    return tables


def lesson(
    group: str, number: int, subject: str, *teachers: str, day: date = MONDAY, **more: Any
) -> dict[str, Any]:
    start = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=7, minutes=50 * number)
    return {
        "id": stable_id("lesson", group, str(day), str(number)), "group": group,
        "unit": "99990025" if group == C else "99990017", "subjectCode": subject, "subject": subject,
        "teachers": list(teachers), "start": start.isoformat(),
        "end": (start + timedelta(minutes=40)).isoformat(), "room": f"A{number}",
    } | more  # fmt: skip


def planned(cloud: Cloud, *lessons: dict[str, Any]) -> None:
    assert drop(cloud, f"timetable/lessons/{new_id()}.jsonl", list(lessons))["failed"] == 0
    time.sleep(0.06)  # until it is published


ONE = lesson(A, 0, "GRGRMAT01", T1)
SONG = lesson(A, 1, "GRGRMUS01", T2, id=stable_id("song"))
SONG_TOO = lesson(B, 1, "GRGRMUS01", T2, id=stable_id("song"))
OTHER = lesson(B, 2, "GRGRSVE01", T1)
AWAY = lesson(C, 3, "GRGRSVE01", day=MONDAY + timedelta(days=1))
LATE = lesson(A, 0, "GRGRMAT01", T1, day=MONDAY + timedelta(days=7))


@pytest.fixture
def client(school: Cloud) -> str:
    planned(school, ONE, SONG, LATE, SONG_TOO, OTHER, AWAY)
    return connect()


def ids(rows: list[dict[str, Any]]) -> set[str]:
    return {row["id"] for row in rows}


def of(client: str, **more: Any) -> list[str]:
    return [row["id"] for row in every(client, "calendarEvents", **week(**more))]


def id_of(*lessons: dict[str, Any]) -> list[str]:
    return [one["id"] for one in lessons]


def test_a_lesson_comes_once_with_its_activity_times_and_rooms(client: str) -> None:
    found = {row["id"]: row for row in every(client, "calendarEvents", **WEEK)}
    assert list(found) == id_of(ONE, SONG, OTHER, AWAY)  # by time
    song = found[SONG["id"]]
    assert (song["startTime"], song["endTime"]) == ("2026-11-23T07:50:00Z", "2026-11-23T08:30:00Z")
    assert song["activity"] == {"id": CHOIR}
    assert found[ONE["id"]]["activity"] == {"id": MATHS}
    assert found[OTHER["id"]]["activity"] == {"id": stable_id("activity", B, "GRGRSVE01")}
    rooms = {row["id"]: row for row in every(client, "rooms")}
    assert [rooms[room["id"]]["displayName"] for room in song["rooms"]] == ["A1"]
    assert ask(client, "list_calendarEvents").status == 400  # the times are required


def test_every_filter(client: str, school: Cloud) -> None:
    assert of(client, activity=MATHS) == id_of(ONE)
    assert of(client, activity=CHOIR) == id_of(SONG)
    assert of(client, activity=stable_id("activity", B, "GRGRSVE01")) == id_of(OTHER)
    assert of(client, activity=new_id()) == []
    assert of(client, group=A) == sorted(id_of(ONE, SONG))
    assert of(client, group=B, sortkey="StartTimeDesc") == id_of(OTHER, SONG)
    assert of(client, student=PUPIL, sortkey="StartTimeAsc") == id_of(ONE, SONG)
    assert of(client, teacher=DUTIES[T1], sortkey="StartTimeAsc") == id_of(ONE, OTHER)
    assert of(client, teacher=DUTIES[T2]) == id_of(SONG)
    assert of(client, teacher=T2) == of(client, teacher=new_id()) == of(client, student=new_id()) == []
    assert of(client, group=B, teacher=DUTIES[T1]) == id_of(OTHER)
    assert of(client, organisation=THERE) == id_of(AWAY)
    assert of(client, organisation=HERE, sortkey="StartTimeDesc") == id_of(OTHER, SONG, ONE)
    assert of(client, organisation=THERE, group=A) == []
    assert of(client, endTime_onOrBefore=SONG["end"]) == id_of(ONE, SONG)
    assert of(client, endTime_onOrAfter=OTHER["end"]) == id_of(OTHER, AWAY)
    exactly = {"startTime.onOrAfter": SONG["start"], "startTime.onOrBefore": OTHER["start"]}
    assert [e["id"] for e in every(client, "calendarEvents", **exactly)] == id_of(SONG, OTHER)


def test_an_element_is_what_is_below_it(client: str) -> None:
    above = UnitId(new_id())
    with acting_as("organisation"):
        here, there = units_of(HERE), units_of(THERE)
        area = replace(here, id=above, code=None, name="Området", type="Verksamhetsområde", version=0)
        commit(*units_store.unit_writes(None, area))
        commit(*units_store.unit_writes(there, replace(there, parent=above)))
    assert of(client, organisation=above) == id_of(AWAY)
    with acting_as("organisation"):
        commit(*units_store.unit_writes(here, replace(here, parent=above)))
    assert of(client, organisation=above) == id_of(ONE, SONG, OTHER, AWAY)


def units_of(id: str) -> UnitRecord:
    found = units_store.find_unit(UnitId(id))
    assert found
    return found


@pytest.mark.parametrize(
    "more",
    [
        {}, {"sortkey": "StartTimeDesc"}, {"sortkey": "ModifiedDesc"}, {"group": A}, {"organisation": HERE},
        {"meta_modified_after": "2026-01-01T00:00:00Z"}, {"student": PUPIL, "sortkey": "ModifiedDesc"},
    ],
)  # fmt: skip
def test_pages_hold_everything_once(client: str, more: dict[str, Any]) -> None:
    whole = of(client, **more)
    assert len(whole) >= 2
    found = [e["id"] for page in pages(client, "calendarEvents", **week(limit=1, **more)) for e in page]
    assert found == whole


def test_a_poller_sees_each_lesson_that_changes_and_no_other(client: str, school: Cloud) -> None:
    first = {row["id"]: row["meta"] for row in every(client, "calendarEvents", **WEEK)}
    seen = max(meta["modified"] for meta in first.values())
    assert of(client, meta_modified_after=seen) == []
    moved = ONE | {"end": SONG["start"]}
    planned(school, moved, SONG)
    changed = every(client, "calendarEvents", **week(meta_modified_after=seen))
    assert [row["id"] for row in changed] == id_of(ONE)
    assert changed[0]["endTime"] == "2026-11-23T07:50:00Z"
    assert changed[0]["meta"]["created"] == first[ONE["id"]]["created"]
    planned(school, moved, SONG)
    assert of(client, meta_modified_after=changed[0]["meta"]["modified"]) == []


def test_a_lesson_that_is_gone_leaves_its_id_and_one_that_another_group_has_stays(
    client: str, school: Cloud
) -> None:
    planned(school, lesson(A, 5, "GRGRMAT01", T1))
    assert set(of(client)) == {*id_of(SONG, OTHER, AWAY), lesson(A, 5, "X")["id"]}
    assert gone() == id_of(ONE)
    assert ask(client, "read_calendarEvents", path={"id": ONE["id"]}).status == 404
    assert of(client, group=A) == sorted([SONG["id"], lesson(A, 5, "X")["id"]])  # by the activity they share


def gone() -> list[str]:
    with acting_as("timetable"):
        found = [one for shard in range(FEED_SHARDS) for one in changes(LessonItem, shard, None, 100)[0]]
    return [id for one in found if one.deleted for id in CALENDAR_EVENTS.ids((one.pk, one.sk))]


def test_a_lesson_that_moves_to_another_day_is_one(client: str, school: Cloud) -> None:
    tuesday = MONDAY + timedelta(days=1)
    planned(school, lesson(A, 0, "GRGRMAT01", T1, day=tuesday, id=ONE["id"]))
    assert of(client) == id_of(SONG, OTHER, ONE, AWAY)
    planned(school, SONG)  # Monday, without it
    assert of(client) == id_of(SONG, OTHER, ONE, AWAY)
    assert gone() == []


def test_one_and_many(client: str) -> None:
    answer = ask(client, "read_calendarEvents", path={"id": SONG["id"]})
    assert (answer.status, answer.body["id"]) == (200, SONG["id"])
    assert ask(client, "read_calendarEvents", path={"id": new_id()}).status == 404

    def looked_up(**body: list[str]) -> set[str]:
        return ids(ask(client, "lookup_calendarEvents", body={"ids": []} | body).body)

    assert looked_up(ids=[*id_of(ONE, AWAY), new_id()]) == {*id_of(ONE, AWAY)}
    assert looked_up(activities=[MATHS]) == {*id_of(ONE, LATE)}
    assert looked_up(student=[PUPIL]) == {*id_of(ONE, SONG, LATE)}
    assert looked_up(teacher=[DUTIES[T2]], ids=id_of(AWAY)) == {*id_of(SONG, AWAY)}


def test_a_client_sees_the_units_and_forms_that_are_its_own(client: str) -> None:
    there = connect(units=frozenset({UnitId(THERE)}))
    assert of(there) == id_of(AWAY)
    assert ask(there, "read_calendarEvents", path={"id": ONE["id"]}).status == 404
    assert {row["owner"]["id"] for row in every(there, "rooms")} == {THERE}
    assert of(connect(forms=frozenset({SchoolForm.PRESCHOOL}))) == []
    assert len(of(connect(forms=frozenset({SchoolForm.COMPULSORY})))) == 4


def test_nobody_is_found_by_who_is_not_there(client: str, school: Cloud) -> None:
    people = [
        {
            "id": id, "birthDate": "1980-01-01", "givenName": "L", "familyName": id[:3],
            "securityMarking": "Sekretessmarkering",
        }
        for id in (T2, PUPIL)
    ]  # fmt: skip
    assert drop(school, "register/persons/marked.jsonl", people)["failed"] == 0
    some: tuple[dict[str, Any], ...] = ({"student": PUPIL}, {"teacher": DUTIES[T2]})
    assert [of(client, **asked) for asked in some] == [[], []]
    lists = [{"ids": []} | {name: [id]} for asked in some for name, id in asked.items()]
    assert [ask(client, "lookup_calendarEvents", body=body).body for body in lists] == [[], []]
    assert of(client, teacher=DUTIES[T1], sortkey="StartTimeAsc") == id_of(ONE, OTHER)
    pseudonyms = connect(protected="pseudonym")
    assert [of(pseudonyms, **asked) for asked in some] == [sorted(id_of(ONE, SONG)), id_of(SONG)]
    assert of(client) == id_of(ONE, SONG, OTHER, AWAY)


def test_rooms_and_resources(client: str) -> None:
    found = every(client, "rooms", sortkey="DisplayNameAsc", limit=2)
    assert [room["displayName"] for room in found] == ["A0", "A1", "A2", "A3"]
    assert [r["displayName"] for r in every(client, "rooms", organisation=THERE)] == ["A3"]
    assert len(every(client, "rooms", sortkey="ModifiedDesc")) == 4
    one = found[0]["id"]
    assert ask(client, "read_rooms", path={"id": one}).body["displayName"] == "A0"
    assert ids(ask(client, "lookup_rooms", body={"ids": [one, new_id()]}).body) == {one}
    assert ROOMS.ids(ROOMS.key(one) or ("", "")) == [one]
    for query in ({}, {"sortkey": "DisplayNameAsc"}, {"organisation": HERE}):
        assert ask(client, "list_resources", query=query).body == {"data": [], "pageToken": None}
    assert ask(client, "read_resources", path={"id": new_id()}).status == 404
    assert ask(client, "lookup_resources", body={"ids": [new_id()]}).body == []


def test_a_weeks_lessons_are_read_from_the_weeks_part_of_the_order(school: Cloud) -> None:
    days = [MONDAY + timedelta(days=n) for n in range(-60, 60)]
    planned(school, *(lesson(A, n, "GRGRMAT01", T1, day=day) for day in days for n in range(4)))
    client = connect()
    with metered() as use:
        found = of(client)
    assert len(found) == 20
    assert use.reads / len(found) <= 0.6 + 4 / len(found)  # and who asks
