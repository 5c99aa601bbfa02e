"""What clients write over SS 12000 goes by the app's own rules, and is told and traced as theirs."""

from __future__ import annotations

from datetime import datetime, timedelta
from datetime import time as time_of_day
from typing import Any

import pytest

from functions.attendance import store
from functions.attendance.domain.correction import MonthLocked
from functions.attendance.domain.shown import attendance_id
from functions.attendance.usecases import writing
from infra.local.cloud import Cloud
from skolkit.clock import local, now
from skolkit.types import LessonId, PersonId, new_id
from tests.integration.test_attendance_day import open_
from tests.support.areas import Answer, acting_as, audit_rows, call, outbox
from tests.support.exchanging import at_school, gone, published
from tests.support.standard import READ, ask, connect
from tests.support.world import Lesson, World, make_world


@pytest.fixture
def world(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> World:
    made = make_world(tables)
    at_school(monkeypatch, made.of_class()[0].end)
    return made


@pytest.fixture
def client(world: World) -> str:
    return connect("write")


def code(answer: Answer) -> tuple[int, str]:
    assert set(answer.body) == {"code", "message"}, answer.body
    return answer.status, answer.body["code"]


def absence(world: World, pupil: str, *, days: int = 1, **more: Any) -> dict[str, Any]:
    first = world.of_class()[0].start.date()
    start, end = (local(first + timedelta(days=n), time_of_day(0)) for n in (0, days))
    return {
        "id": new_id(), "startTime": start.isoformat(), "endTime": end.isoformat(), "type": "Anmäld frånvaro",
        "student": {"id": pupil}, **more,
    }  # fmt: skip


def minutes(lesson: Lesson, pupil: str, away: int = 0, **more: Any) -> dict[str, Any]:
    whole = int((lesson.end - lesson.start).total_seconds()) // 60
    return {
        "id": new_id(), "calendarEvent": {"id": lesson.id}, "student": {"id": pupil}, "isReported": True,
        "attendanceMinutes": whole - away, "invalidAbsenceMinutes": away, **more,
    }  # fmt: skip


def facts(name: str) -> list[dict[str, Any]]:
    assert outbox("exchange") == []
    return [e["data"] for e in outbox("attendance") if e["type"] == f"attendance.{name}.v1"]


def test_absence_is_as_if_it_had_been_notified_in_the_app(world: World, client: str) -> None:
    pupil = world.classmates()[0]
    guardian = pupil.guardians[0].guardian_id
    body = absence(world, pupil.id, registeredBy={"id": guardian})
    made = ask(client, "write_absences", body=body)
    assert made.status == 200, made.body
    assert {n: made.body[n] for n in ("id", "student", "registeredBy", "type")} == {
        n: body[n] for n in ("id", "student", "registeredBy", "type")
    }
    assert datetime.fromisoformat(made.body["endTime"]) == datetime.fromisoformat(body["endTime"])
    assert published(client, "absences") == [made.body]
    (fact,) = facts("AbsenceNotified")
    assert (fact["notice"], fact["pupil"]) == (body["id"], pupil.id)
    seen = call("attendance", "list_absences", guardian, path={"pupil": pupil.id}).body["data"]
    assert [(n["id"], n["reason"], n["reportedAs"]) for n in seen] == [(body["id"], "other", "guardian")]
    row = next(r for r in audit_rows(pupil.id) if r["action"] == "write_absence")
    assert (row["actor"], row["changes"]) == (f"client:{client}", body["id"])
    opened = open_(world.of_class()[0]).body["rows"]
    assert next(r for r in opened if r["pupil"] == pupil.id)["notifiedReason"] == "other"

    assert ask(client, "write_absences", body=body).body == made.body
    assert len(facts("AbsenceNotified")) == 1
    other = body | {"endTime": (datetime.fromisoformat(body["endTime"]) + timedelta(days=1)).isoformat()}
    assert code(ask(client, "write_absences", body=other)) == (409, "id-taken")
    again = body | {"id": new_id()}
    assert code(ask(client, "write_absences", body=again)) == (409, "overlapping-absence")
    version = {"if-match": '"1"'}
    path = {"pupil": pupil.id, "notice": body["id"]}
    assert call("attendance", "withdraw_absence", guardian, path=path, headers=version).status == 204
    assert code(ask(client, "write_absences", body=body)) == (409, "id-taken")


def test_absence_that_may_not_be_written(world: World, client: str) -> None:
    pupil, hidden = world.classmates()[0].id, world.classmates(protected=True)
    for body in (
        absence(world, new_id()),
        absence(world, world.staff("teacher")),
        absence(world, pupil, organisation={"id": new_id()}),
        absence(world, pupil, registeredBy={"id": new_id()}),
        *(absence(world, one.id) for one in hidden),
    ):
        assert code(ask(client, "write_absences", body=body)) == (404, "not-found")
    elsewhere = connect("write", units=frozenset({new_id()}))
    assert code(ask(elsewhere, "write_absences", body=absence(world, pupil))) == (404, "not-found")
    leave = absence(world, pupil, type="Beviljad ledighet")
    assert code(ask(client, "write_absences", body=leave)) == (409, "leave-is-decided")
    long = absence(world, pupil, days=40)
    assert code(ask(client, "write_absences", body=long)) == (400, "too-far-ahead")
    shape = absence(world, pupil) | {"startTime": "2026-11-26T10:00:00"}
    assert code(ask(client, "write_absences", body=shape)) == (400, "invalid")
    assert code(ask(connect(), "write_absences", body=absence(world, pupil))) == (403, "client-refused")
    assert ask(client, "write_absences", body=absence(world, pupil), scopes=READ).status == 401
    assert facts("AbsenceNotified") == published(client, "absences") == []


def test_a_client_reports_a_lesson_pupil_by_pupil(world: World, client: str) -> None:
    lesson = world.of_class()[0]
    first, *rest = [row["pupil"] for row in open_(lesson).body["rows"]]
    teacher = {"reporter": {"id": lesson.teachers[0]}}
    made = ask(client, "write_attendances", body=minutes(lesson, first, 5) | teacher)
    assert made.status == 200, made.body
    assert made.body["id"] == attendance_id(LessonId(lesson.id), PersonId(first))
    assert (made.body["isReported"], made.body["invalidAbsenceMinutes"]) == (False, 5)
    assert ask(client, "write_attendances", body=minutes(lesson, first, 5)).body == made.body
    for pupil in rest:
        assert ask(client, "write_attendances", body=minutes(lesson, pupil) | teacher).status == 200
    opened = open_(lesson).body
    assert (opened["isReported"], opened["reporter"]) == (True, lesson.teachers[0])
    assert {r["pupil"]: r["invalidAbsenceMinutes"] for r in opened["rows"]}[first] == 5
    assert facts("LessonReported")[-1]["unexcused"] == [{"pupil": first, "minutes": 5}]
    rows = [r for r in audit_rows(lesson.id) if r["action"] == "write_attendance"]
    assert {r["actor"] for r in rows} == {f"client:{client}"}
    assert len(rows) == 1 + len(rest)

    before = now()
    assert ask(client, "delete_attendances", path={"id": made.body["id"]}).status == 204
    assert code(ask(client, "delete_attendances", path={"id": made.body["id"]})) == (404, "not-found")
    shown = ask(client, "read_attendances", path={"id": made.body["id"]}).body
    assert (shown["isReported"], "invalidAbsenceMinutes" in shown) == (False, False)
    assert open_(lesson).body["isReported"] is False
    with acting_as("attendance"):
        assert not store.pupil_day(PersonId(first), lesson.start.date()).deviations
    assert gone("attendances", before) == set()


def test_attendance_that_may_not_be_written(
    world: World, client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson, pupil = world.of_class()[0], world.classmates()[0].id
    for body in (
        minutes(lesson, new_id()),
        minutes(lesson, pupil) | {"calendarEvent": {"id": new_id()}},
        minutes(lesson, pupil, reporter={"id": new_id()}),
    ):
        assert code(ask(client, "write_attendances", body=body)) == (404, "not-found")
    wrong = minutes(lesson, pupil) | {"attendanceMinutes": 1}
    assert code(ask(client, "write_attendances", body=wrong)) == (400, "minutes-do-not-add-up")
    later = world.of_class()[-1]
    assert code(ask(client, "write_attendances", body=minutes(later, pupil))) == (409, "lesson-not-started")
    assert ask(client, "write_attendances", body=minutes(lesson, pupil, 3)).status == 200
    elsewhere = connect("write", units=frozenset({new_id()}))
    id = attendance_id(LessonId(lesson.id), PersonId(pupil))
    assert code(ask(elsewhere, "delete_attendances", path={"id": id})) == (404, "not-found")

    def locked(_: object) -> None:
        raise MonthLocked(field="lesson")

    monkeypatch.setattr(writing, "require_unlocked", locked)
    assert code(ask(client, "write_attendances", body=minutes(lesson, pupil, 9))) == (409, "month-locked")
    assert code(ask(client, "delete_attendances", path={"id": id})) == (409, "month-locked")
    assert ask(client, "read_attendances", path={"id": id}).body["invalidAbsenceMinutes"] == 3
