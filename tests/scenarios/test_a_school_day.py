"""A whole school day over HTTP: a sick child at 06:45, lessons, a late arrival, an unexcused absence, the
guardian's mail, the correction, the evening (processes 2, 3, 12, 13, 16, 19, 20, 21, 28).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import new_id
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.scenes import swept_day
from tests.support.world import Lesson


def save(school: Deployed, lesson: Lesson, away: dict[str, dict[str, Any]]) -> Answer:
    """A teacher opens the lesson, marks who deviates, and saves."""
    teacher, path = lesson.teachers[0], {"lesson": lesson.id}
    opened = school.call("attendance", "open_lesson", teacher, path=path)
    assert opened.status == 200, opened.body
    shown = {"givenName", "familyName", "notifiedMinutes", "notifiedReason"}
    rows = [
        {k: v for k, v in row.items() if k not in shown} | away.get(row["pupil"], {})
        for row in opened.body["rows"]
    ]
    return school.call(
        "attendance", "save_lesson", teacher, path=path, body={"rows": rows},
        headers={"if-match": opened.headers["etag"]},
    )  # fmt: skip


def minutes(lesson: Lesson, absent: int | None = None) -> dict[str, int]:
    whole = int((lesson.end - lesson.start).total_seconds()) // 60
    away = whole if absent is None else absent
    return {"attendanceMinutes": whole - away, "validAbsenceMinutes": 0, "invalidAbsenceMinutes": away}


def mails_to(school: Deployed, *addresses: str) -> list[dict[str, Any]]:
    return [m for m in school.cloud.messages() if set(m["To"]) & set(addresses)]


def test_a_school_day(school: Deployed) -> None:
    world = school.world
    sick, skipping, late = world.classmates()[:3]
    guardian, other = (relation.guardian_id for relation in sick.guardians[:2])

    # 06:45: the guardian sees the children and their lessons, and reports one sick for the next school day
    children = school.call("register", "list_my_children", guardian)
    assert sick.id in {child["id"] for child in children.body["data"]}, children.body
    day = next(day for day in world.days if day >= today())
    plan = school.call(
        "timetable", "list_pupil_lessons", guardian, path={"pupil": sick.id}, query={"date": day.isoformat()}
    )
    assert [x["id"] for x in plan.body["data"]], plan.body
    notice = {"startDate": day.isoformat(), "endDate": day.isoformat(), "reason": "illness"}
    key = {"idempotency-key": new_id()}
    reported = school.call(
        "attendance", "report_absence", guardian, path={"pupil": sick.id}, body=notice, headers=key
    )
    assert reported.status == 201, reported.body
    seen = school.call("attendance", "list_absences", other, path={"pupil": sick.id})
    assert [n["id"] for n in seen.body["data"]] == [reported.body["id"]]

    # the teacher finds it filled in
    lesson = world.of_class(day)[0]
    opened = school.call("attendance", "open_lesson", lesson.teachers[0], path={"lesson": lesson.id})
    row = next(row for row in opened.body["rows"] if row["pupil"] == sick.id)
    assert (row["attendanceMinutes"], row["absenceReason"]) == (0, "illness")

    # three lessons: one pupil misses the first two without a word, another comes late to the third
    first, second, third = school.lessons_now(3)
    for taught in (first, second):
        assert save(school, taught, {skipping.id: minutes(taught)}).status == 200
    assert save(school, third, {late.id: minutes(third, 1)}).status == 200
    mine = school.call(
        "attendance", "my_lessons", first.teachers[0], query={"date": today(first.start).isoformat()}
    )
    assert {first.id, second.id, third.id} <= {x["id"] for x in mine.body["data"] if x["isReported"]}

    # each guardian of both pupils has one message about the gap, not one per lesson
    homes = {g.id: g for g in world.population.guardians}
    for pupil in (skipping, late):
        family = [homes[g.guardian_id] for g in pupil.guardians]
        sent = eventually(lambda f=family: len(mails_to(school, *(x.email for x in f))) == 2)  # type: ignore[misc]
        assert sent
        assert all(pupil.given_name in m["BodyText"] for m in mails_to(school, *(x.email for x in family)))
    assert mails_to(school, *(homes[g.guardian_id].email for g in sick.guardians)) == []

    # the late arrival turns out to be the bus: corrected, with a trace; nobody is written to again
    assert save(school, third, {late.id: {"attendanceMinutes": minutes(third, 0)["attendanceMinutes"]} | {
        "invalidAbsenceMinutes": 0}}).body["unexcused"] == 0  # fmt: skip

    # the mentor sees what is unexcused; the office sees that it was delivered
    mentor = world.klass.mentor_ids[0]
    on = {"date": today(first.start).isoformat()}
    view = school.call("attendance", "mentor_day", mentor, path={"group": world.klass.id}, query=on)
    assert {u["pupil"] for u in view.body["unexcused"]} == {skipping.id}
    log = school.call("messages", "list_deliveries", mentor, path={"pupil": skipping.id})
    assert {d["state"] for d in log.body["data"]} == {"accepted"}

    # the evening sweep: everything is taken care of and counted
    school.invoke("attendance", "evening_sweep")
    if _is_school_day(today(first.start)) and swept_day() == today(
        first.start
    ):  # else it is about the night before
        principal = world.staff("principal")
        swept = school.call("attendance", "read_sweep", principal, path={"unit": world.unit}, query=on)
        assert swept.body["counts"]["delivered"] == 2, swept.body
        assert "due" not in swept.body["counts"]
    assert len(mails_to(school, *(homes[g.guardian_id].email for g in skipping.guardians))) == 2


def _is_school_day(day: date) -> bool:
    return default_calendar(SchoolYear.of(day)).is_school_day(day)
