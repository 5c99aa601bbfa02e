"""Attendance at lessons, and its sums, through SS 12000."""

from __future__ import annotations

from datetime import timedelta

import pytest

from functions.attendance import store
from functions.attendance.domain.shown import attendance_id
from functions.attendance.usecases.lessons import prepare_sheets
from functions.attendance.usecases.totals import count_unit
from infra.local.cloud import Cloud
from skolkit.clock import now, today
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Erase, commit
from skolkit.types import GroupId, LessonId, PersonId, new_id, stable_id
from tests.integration.test_attendance_day import invalid, save
from tests.support.areas import acting_as
from tests.support.exchanging import at_school, gone, published
from tests.support.standard import ask, connect, pages
from tests.support.world import Lesson, World, drop, make_world


@pytest.fixture
def world(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> World:
    made = make_world(tables)
    at_school(monkeypatch, made.of_class()[0].end)
    return made


@pytest.fixture
def client(world: World) -> str:
    return connect()


def lesson_of(world: World) -> Lesson:
    return world.of_class()[0]


def test_every_pupil_of_a_lesson_has_one_that_moves_with_the_sheet(world: World, client: str) -> None:
    lesson = lesson_of(world)
    before = {e["id"]: e for e in published(client, "attendances", calendarEvent=lesson.id)}
    roster = [p.id for p in world.population.pupils if p.class_id == world.klass.id]
    assert before.keys() == {attendance_id(LessonId(lesson.id), p) for p in roster}
    assert not any(e["isReported"] or "attendanceMinutes" in e for e in before.values())
    whole = published(client, "attendances")
    latest = max(e["meta"]["modified"] for e in whole)

    away = world.classmates()[0]
    assert save(lesson, {away.id: invalid(lesson)}).status == 200
    moved = published(client, "attendances", meta_modified_after=latest)
    assert {e["id"] for e in moved} == before.keys()
    one = next(e for e in moved if e["student"] == {"id": away.id})
    whole_minutes = int((lesson.end - lesson.start).total_seconds()) // 60
    assert (one["isReported"], one["invalidAbsenceMinutes"]) == (True, whole_minutes)
    assert (one["reporter"], one["calendarEvent"]) == ({"id": lesson.teachers[0]}, {"id": lesson.id})
    assert one["meta"]["created"] == before[one["id"]]["meta"]["created"]


def test_pages_hold_every_entity_once(world: World, client: str) -> None:
    found = [e["id"] for page in pages(client, "attendances", limit=77) for e in page]
    assert len(found) == len(set(found)) > 1_000
    assert {len(page) for page in list(pages(client, "attendances", limit=77))[:-1]} == {77}


def test_one_and_many_and_filters(world: World, client: str) -> None:
    lesson, pupil = lesson_of(world), world.classmates()[0]
    id = attendance_id(LessonId(lesson.id), PersonId(pupil.id))
    assert ask(client, "read_attendances", path={"id": id}).body["student"] == {"id": pupil.id}
    foreign = attendance_id(LessonId(lesson.id), PersonId(new_id()))
    for unknown in (foreign, new_id(), attendance_id(PersonId(new_id()), PersonId(pupil.id))):  # type: ignore[arg-type]
        assert ask(client, "read_attendances", path={"id": unknown}).status == 404
    by_id = ask(client, "lookup_attendances", body={"ids": [id, foreign]}).body
    assert [e["id"] for e in by_id] == [id]

    mine = published(client, "attendances", student=pupil.id)
    assert {e["student"]["id"] for e in mine} == {pupil.id}
    assert len({e["calendarEvent"]["id"] for e in mine}) >= len(world.of_class())
    looked = ask(client, "lookup_attendances", body={"students": [pupil.id]}).body
    assert {e["id"] for e in looked} == {e["id"] for e in mine}
    events = ask(client, "lookup_attendances", body={"calendareEvents": [lesson.id], "ids": [id]}).body
    assert {e["calendarEvent"]["id"] for e in events} == {lesson.id}
    assert len(events) == len(world.klass.pupil_ids)
    assert published(client, "attendances", organisation=new_id()) == []
    assert published(client, "attendances", calendarEvent=lesson.id, student=pupil.id)[0]["id"] == id
    some = published(connect(forms=frozenset({SchoolForm.PRESCHOOL})), "attendances", calendarEvent=lesson.id)
    assert some == []


def test_activities_are_looked_up_by_group_and_subject(world: World, client: str, tables: Cloud) -> None:
    like = next(x for x in world.population.lessons if x.group_id == world.klass.id)
    activity = new_id()
    row = {
        "id": activity, "unit": str(world.population.unit.code), "displayName": "X",
        "groups": [like.group_id], "startDate": world.days[0].isoformat(), "subject": like.subject_code,
        "schoolForm": "GR", "year": 5, "teachers": [],
    }  # fmt: skip
    assert drop(tables, "organisation/activities/a.jsonl", [row])["failed"] == 0
    found = ask(client, "lookup_attendances", body={"activities": [activity]}).body
    lessons = {e["calendarEvent"]["id"] for e in found}
    assert 0 < len(lessons) < len(world.of_class())
    assert lessons < {x.id for x in world.of_class()}


def test_who_leaves_the_roster_and_a_sheet_that_is_erased_are_told(world: World, client: str) -> None:
    lesson, pupil = lesson_of(world), world.classmates()[0]
    id = attendance_id(LessonId(lesson.id), PersonId(pupil.id))
    before = now()
    with acting_as("attendance"):
        sheet = store.sheet(LessonId(lesson.id))
        assert sheet is not None
        item = store.SheetItem.find(*store.sheet_key(LessonId(lesson.id)))
        assert item is not None
        item.roster = store.compact([p for p in sheet.roster if p != pupil.id] + [new_id()])
        commit(item)  # somebody else was on it
        assert prepare_sheets(GroupId(lesson.group), today(lesson.start), today(lesson.start)) == 1
    there = {e["id"] for e in published(client, "attendances", calendarEvent=lesson.id)}
    (left,) = gone("attendances", before)
    assert (id in there, left in there) == (True, False)
    assert ask(client, "read_attendances", path={"id": left}).status == 404
    with acting_as("attendance"):
        item = store.SheetItem.find(*store.sheet_key(LessonId(lesson.id)))
        assert item is not None
        commit(Erase(item))
    assert published(client, "attendances", calendarEvent=lesson.id) == []
    assert gone("attendances", before) == there | {left}


def test_sums_are_by_pupil_and_activity_of_the_span(world: World, client: str) -> None:
    lesson, away = lesson_of(world), world.classmates()[0]
    assert save(lesson, {away.id: invalid(lesson, 5)}).status == 200
    day = today(lesson.start)
    with acting_as("attendance"):
        count_unit(world.unit, day)
    span = {"startDate": day.isoformat(), "endDate": day.isoformat()}
    answer = ask(client, "list_aggregatedAttendance", query={"startDate": span["startDate"]})
    assert answer.status == 400
    mine = published(client, "aggregatedAttendance", **span, student=away.id)
    minutes = int((lesson.end - lesson.start).total_seconds()) // 60
    reported = [e for e in mine if e["reportedSum"]]
    assert [(e["attendanceSum"], e["invalidAbsenceSum"], e["offeredSum"]) for e in reported] == [
        (minutes - 5, 5, reported[0]["offeredSum"])
    ]
    assert reported[0]["student"] == {"id": away.id}
    everybody = published(client, "aggregatedAttendance", **span, limit=7)
    keys = [(e["activity"]["id"], e["student"]["id"]) for e in everybody]
    assert len(keys) == len(set(keys)) > 20
    assert [e for e in everybody if e["student"]["id"] == away.id] == mine
    assert published(client, "aggregatedAttendance", **span, schoolType=["GY"]) == []
    assert len(published(client, "aggregatedAttendance", **span, organisation=[world.unit])) == len(keys)
    later = (day + timedelta(days=400)).isoformat()
    assert published(client, "aggregatedAttendance", startDate=later, endDate=later) == []
    codes = {x.subject_code for x in world.population.lessons}
    known = {stable_id("activity", world.klass.id, code) for code in codes}
    assert reported[0]["activity"]["id"] in known
