"""A teacher reports a lesson and corrects it later (process 20): what does not fit is refused whole, what
changed is traced.
"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from infra.local.cloud import Cloud
from skolkit.clock import now, today
from skolkit.types import new_id
from tests.support.deployed import Deployed
from tests.support.scenes import hours_ago, little_school, open_lesson, plan, present, refused, save, stored
from tests.support.world import Lesson

PROCESSES = (20,)


@pytest.fixture(scope="module")
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990033")


@pytest.fixture(scope="module")
def lessons(own: Deployed) -> list[Lesson]:
    """Lessons that have been, none reported."""
    return plan(own, hours_ago(3))


def test_a_lesson_that_has_not_begun(own: Deployed) -> None:
    lesson = next(x for x in own.world.of_class() if x.start > now() + timedelta(minutes=10))
    opened = open_lesson(own, lesson)
    refused(save(own, lesson, present(opened), opened.headers["etag"]), 409, "lesson-not-started")


def test_what_does_not_fit_is_refused_whole(own: Deployed, lessons: list[Lesson]) -> None:
    """Somebody missing, a stranger, somebody twice, minutes that do not add up, another lesson's version:
    each is told with the row, and nothing is saved.
    """
    lesson = lessons[0]
    opened, before = open_lesson(own, lesson), stored(own.cloud, "attendance")
    rows, etag = present(opened), opened.headers["etag"]
    stranger = rows[0] | {"pupil": own.world.population.guardians[0].id}
    for wrong, code, field in [
        (rows[1:], "roster-mismatch", "rows"),
        ([*rows, stranger], "roster-mismatch", f"rows.{len(rows)}.pupil"),
        ([*rows, rows[0]], "roster-mismatch", f"rows.{len(rows)}.pupil"),
        ([rows[0] | {"attendanceMinutes": 39}, *rows[1:]], "minutes-do-not-add-up", "rows.0"),
        ([rows[0] | {"attendanceMinutes": -1}, *rows[1:]], "invalid", "rows.0.attendanceMinutes"),
        ([rows[0] | {"pupil": "199001019999"}, *rows[1:]], "invalid", "rows.0.pupil"),
        ([rows[0] | {"comment": "sen igen"}, *rows[1:]], "invalid", "rows.0.comment"),
        ([], "invalid", "rows"),
    ]:
        refused(save(own, lesson, wrong, etag), 422, code, field)
    refused(save(own, lesson, rows, '"99"'), 412, "changed-meanwhile", "If-Match")
    assert stored(own.cloud, "attendance") == before
    assert not open_lesson(own, lesson).body["isReported"]


def test_a_lesson_is_saved_once_seen_and_corrected_with_a_trace(own: Deployed, lessons: list[Lesson]) -> None:
    lesson, pupil = lessons[1], own.world.classmates()[5]
    opened = open_lesson(own, lesson)
    saved = save(own, lesson, present(opened, [pupil]), opened.headers["etag"])
    assert (saved.status, saved.body["unexcused"]) == (200, 1), saved.body
    refused(save(own, lesson, present(opened), opened.headers["etag"]), 412, "changed-meanwhile", "If-Match")

    asked, path = {"date": today(lesson.start).isoformat()}, {"pupil": pupil.id}
    home = own.call("attendance", "read_pupil_day", pupil.guardians[0].guardian_id, path=path, query=asked)
    assert [(d["lesson"], d["invalidAbsenceMinutes"]) for d in home.body["deviations"]] == [(lesson.id, 40)]
    day = own.call("attendance", "my_lessons", lesson.teachers[0], query=asked)
    reported = {found["id"]: found["isReported"] for found in day.body["data"]}
    assert (reported[lesson.id], reported[lessons[2].id]) == (True, False)
    group = {"group": own.world.klass.id}
    mentor = own.call("attendance", "mentor_day", own.world.klass.mentor_ids[0], path=group, query=asked)
    assert [(u["pupil"], u["lesson"]) for u in mentor.body["unexcused"]] == [(pupil.id, lesson.id)]
    assert lessons[2].id in {u["id"] for u in mentor.body["unreported"]}

    excused = [
        row | {"invalidAbsenceMinutes": 0, "validAbsenceMinutes": 40, "absenceReason": "illness"}
        if row["pupil"] == pupil.id
        else row
        for row in present(opened, [pupil])
    ]
    corrected = save(own, lesson, excused, saved.headers["etag"])
    assert (corrected.status, corrected.body["unexcused"]) == (200, 0), corrected.body
    trail = [row for row in audit(own.cloud, lesson.id) if row["action"] != "open_lesson"]
    assert [row["action"] for row in trail] == ["save_lesson", "correct_lesson"]
    assert {row["actor"] for row in trail} == {lesson.teachers[0]}
    assert json.loads(trail[1]["changes"]) == {pupil.id: [[0, 0, 40, 0], [0, 40, 0, 0]]}


def test_only_the_lessons_own_open_it(own: Deployed, lessons: list[Lesson]) -> None:
    guardian = own.world.classmates()[0].guardians[0].guardian_id
    other = next(
        s.id for s in own.world.population.staff
        if s.role == "teacher" and s.id not in {*lessons[2].teachers, *own.world.klass.mentor_ids}
    )  # fmt: skip
    for person in (guardian, other):
        for lesson in (lessons[2].id, new_id()):
            refused(own.call("attendance", "open_lesson", person, path={"lesson": lesson}), 404, "not-found")


def audit(cloud: Cloud, about: str) -> list[dict[str, str]]:
    """What the audit trail holds about something, oldest first."""
    reply = cloud.client("dynamodb").query(
        TableName="skolkit-audit", KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"ABOUT#{about}"}},
    )  # fmt: skip
    return [{name: value["S"] for name, value in row.items() if "S" in value} for row in reply["Items"]]
