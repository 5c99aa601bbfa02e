"""The timetable: files of lessons, and the day as teacher, pupil and guardian see it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from functions.timetable import queries
from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId, stable_id
from tests.support.areas import Answer, audit_rows, call, outbox
from tests.support.world import UNITS_TABLE, World, drop, make_world

DAY = date(2026, 11, 23)
KEY = "timetable/lessons/lessons.jsonl"
A, B = GroupId(stable_id("7A")), GroupId(stable_id("7B"))
T1, T2 = PersonId(stable_id("t1")), PersonId(stable_id("t2"))


@pytest.fixture
def school(tables: Cloud) -> Cloud:
    """A unit with two groups and two teachers."""
    table = UNITS_TABLE.format(code="99990017", name="Provskolan", address="G", pupils=60)
    drop(tables, "organisation/units/units.csv", table)
    people = [{"id": t, "birthDate": "1980-01-01", "givenName": "L", "familyName": t[:3]} for t in (T1, T2)]
    drop(tables, "register/persons/staff.jsonl", people)
    groups = [{"id": g, "unit": "99990017", "name": g[:3], "groupType": "Klass"} for g in (A, B)]
    drop(tables, "organisation/groups/groups.jsonl", groups)
    return tables


def lesson(group: GroupId, number: int, *teachers: PersonId, day: date = DAY, **more: Any) -> dict[str, Any]:
    start = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=7, minutes=50 * number)
    return {
        "id": stable_id("lesson", group, str(day), str(number)),
        "group": group,
        "unit": "99990017",
        "subjectCode": "MA",
        "subject": "Matematik",
        "teachers": list(teachers),
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=40)).isoformat(),
    } | more


def of_group(group: GroupId, day: date = DAY) -> list[str]:
    return [x.id for x in fetch(queries.wanted_group_days([group], [day]))[0][group, day]]


def of_teacher(teacher: PersonId, day: date = DAY) -> list[str]:
    return [x.id for x in queries.teacher_day(teacher, day)]


def ids(*rows: dict[str, Any]) -> list[str]:
    return [row["id"] for row in rows]


def published() -> list[dict[str, Any]]:
    return [f["data"] for f in outbox("timetable") if f["type"] == "timetable.TimetablePublished.v1"]


def test_a_file_makes_the_days_of_groups_and_teachers(school: Cloud) -> None:
    tomorrow = DAY + timedelta(days=1)
    one, two, three = lesson(A, 0, T1), lesson(A, 1, T1, T2), lesson(A, 0, T2, day=tomorrow)
    four = lesson(B, 2, T1)
    report = drop(school, KEY, [two, one, three, four])
    assert (report["rows"], report["failed"]) == (4, 0)
    assert of_group(A) == ids(one, two)
    assert of_group(A, tomorrow) == ids(three)
    assert of_teacher(T1) == ids(one, two, four)
    assert of_teacher(T2) == ids(two)
    (planned,) = fetch(queries.wanted_group_days([B], [DAY]))[0][B, DAY]
    assert (planned.start.tzinfo, planned.subject, planned.teachers) == (UTC, "Matematik", (T1,))
    unit = stable_id("unit", "99990017")
    assert published() == [
        {"group": A, "unit": unit, "first_day": str(DAY), "last_day": str(tomorrow)},
        {"group": B, "unit": unit, "first_day": str(DAY), "last_day": str(DAY)},
    ]


def test_a_later_file_replaces_the_days_it_names_and_tells_of_those(school: Cloud) -> None:
    one, two, other = lesson(A, 0, T1), lesson(A, 1, T1), lesson(B, 2, T1)
    drop(school, KEY, [one, two, other])
    drop(school, "timetable/lessons/again.jsonl", [one, two, other])
    assert len(published()) == 2
    moved = lesson(A, 3, T2)
    drop(school, "timetable/lessons/later.jsonl", [one, moved])
    assert of_group(A) == ids(one, moved)
    assert of_teacher(T1) == ids(one, other)
    assert of_teacher(T2) == ids(moved)
    assert [fact["group"] for fact in published()[2:]] == [A]


def test_a_day_may_be_spread_over_the_file(school: Cloud) -> None:
    first, last = lesson(A, 0, T1), lesson(A, 9, T1)
    between = [lesson(B, n % 10, T2, day=DAY + timedelta(days=n // 10)) for n in range(250)]
    drop(school, KEY, [lesson(A, 5, T1)])
    drop(school, "timetable/lessons/spread.jsonl", [first, *between, last])
    assert of_group(A) == of_teacher(T1) == ids(first, last)
    assert sum(len(of_group(B, DAY + timedelta(days=n))) for n in range(25)) == 250


def test_bad_lessons_are_reported_and_the_others_taken(school: Cloud) -> None:
    good = lesson(A, 0, T1)
    rows = [
        good,
        lesson(GroupId(stable_id("9X")), 0, T1),
        lesson(A, 1, PersonId(stable_id("stranger"))),
        lesson(A, 2, T1, end=lesson(A, 1)["start"]),
        lesson(A, 3, T1, start="2026-11-23T10:00:00"),
    ]
    report = drop(school, KEY, rows)
    assert (report["rows"], report["failed"]) == (5, 4)
    faults = sorted((fault["line"], fault["field"]) for fault in report["faults"])
    assert faults == [(2, "group"), (3, "teachers"), (4, ""), (5, "start")]
    assert of_group(A) == of_teacher(T1) == ids(good)


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def mine(person: PersonId, day: date) -> Answer:
    return call("timetable", "list_my_lessons", person, query={"date": str(day)})


def test_the_day_of_a_teacher_and_of_a_pupil(world: World) -> None:
    day = world.days[0]
    teacher = world.of_class(day)[0].teachers[0]
    answer = mine(teacher, day)
    expected = sorted(
        (x.start, x.id) for x in world.lessons if teacher in x.teachers and today(x.start) == day
    )
    assert [row["id"] for row in answer.body["data"]] == [id for _, id in expected]
    assert answer.body["date"] == str(day)
    pupil = world.classmates()[0]
    row = next(row for row in mine(pupil.id, day).body["data"] if row["id"] == world.of_class(day)[0].id)
    assert row["group"] == {"id": world.klass.id, "name": world.klass.name}
    assert row["teachers"][0]["id"] == teacher
    assert row["teachers"][0]["name"]
    assert mine(pupil.guardians[0].guardian_id, day).body["data"] == []
    assert call("timetable", "list_my_lessons", teacher, query={"date": "someday"}).status == 422


def test_a_pupils_day_is_for_the_home_and_the_staff(world: World) -> None:
    day, pupil = world.days[0], world.classmates()[0]
    path, query = {"pupil": pupil.id}, {"date": str(day)}
    guardian, mentor = pupil.guardians[0].guardian_id, world.klass.mentor_ids[0]
    own = [row["id"] for row in mine(pupil.id, day).body["data"]]
    for caller in (guardian, pupil.id, mentor, world.staff("principal")):
        answer = call("timetable", "list_pupil_lessons", caller, path=path, query=query)
        assert [row["id"] for row in answer.body["data"]] == own
    for caller in (PersonId(stable_id("nobody")), *(p.id for p in world.classmates()[1:3])):
        assert call("timetable", "list_pupil_lessons", caller, path=path, query=query).status == 404
    assert [row["actor"] for row in audit_rows(pupil.id)] == [
        guardian,
        pupil.id,
        mentor,
        world.staff("principal"),
    ]
