"""Two teachers report the same lesson from their phones and one is offline; a lesson is not held; a month is
locked; a lesson nobody has reported brings a mail (process 20).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import Any

import pytest

from skolkit.clock import local, now, stamp, today
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import PersonId, new_id
from tests.support import faults
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually, import_files
from tests.support.scenes import hours_ago, lesson_row, little_school, open_lesson, present, refused, save
from tests.support.world import Lesson, lessons_of

PROCESSES = (20,)


@pytest.fixture(scope="module")
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990249")


def together(own: Deployed, starts: list[datetime]) -> list[Lesson]:
    """Lessons with two teachers."""
    first = own.world.of_class()[0].teachers[0]
    other = next(
        s.id for s in own.world.population.staff
        if s.role == "teacher" and s.id not in {first, *own.world.klass.mentor_ids}
    )  # fmt: skip
    rows = [lesson_row(own, start, teachers=[first, other]) for start in starts]
    import_files(own.cloud, {f"timetable/lessons/{new_id()}.jsonl": rows})
    lessons = list(lessons_of(rows))
    eventually(lambda: all(open_lesson(own, lesson).status == 200 for lesson in lessons))
    return lessons


def report(own: Deployed, lesson: Lesson, by: PersonId, rows: list[dict[str, Any]], key: str) -> Answer:
    return own.call(
        "attendance", "report_pupils", by, path={"lesson": lesson.id}, body={"rows": rows},
        headers={"idempotency-key": key},
    )  # fmt: skip


def line(pupil: str, at: datetime, away: int = 0) -> dict[str, Any]:
    return {
        "pupil": pupil, "attendanceMinutes": 40 - away, "invalidAbsenceMinutes": away, "madeAt": stamp(at)
    }  # fmt: skip


def test_two_phones_and_one_offline_lose_nothing(own: Deployed) -> None:
    """Anna has the first half of the class and Bo the second. Bo's phone had no coverage: what it made in the
    lesson comes after what he has said since, and twice.
    """
    (lesson,) = together(own, hours_ago(1))
    anna, bo = lesson.teachers
    pupils = [row["pupil"] for row in open_lesson(own, lesson).body["rows"]]
    half, early, later = len(pupils) // 2, lesson.start + timedelta(minutes=5), lesson.end
    annas = report(own, lesson, anna, [line(p, early) for p in pupils[:half]], new_id())
    assert (annas.status, annas.body["isReported"]) == (200, False), annas.body
    assert report(own, lesson, bo, [line(pupils[-1], later, 10)], new_id()).status == 200
    offline, key = [line(p, early, 40 * (p == pupils[-1])) for p in pupils[half - 1 :]], new_id()
    late = report(own, lesson, bo, offline, key)
    assert report(own, lesson, bo, offline, key).body == late.body
    outcomes = {row["line"]["pupil"]: row["outcome"] for row in late.body["rows"]}
    assert (outcomes[pupils[half - 1]], outcomes[pupils[half]], outcomes[pupils[-1]]) == (
        "known", "taken", "lost"
    )  # fmt: skip
    assert (late.body["isReported"], late.body["unexcused"]) == (True, 1)
    seen = open_lesson(own, lesson).body
    assert {r["pupil"]: r["invalidAbsenceMinutes"] for r in seen["rows"]} == (
        dict.fromkeys(pupils, 0) | {pupils[-1]: 10}
    )
    assert {m["setter"] for m in seen["marks"]} == {anna, bo}


def test_a_lesson_is_not_held(own: Deployed) -> None:
    (lesson,) = together(own, hours_ago(2)[1:])
    opened = open_lesson(own, lesson)
    told = own.call(
        "attendance", "cancel_lesson", own.world.staff("principal"), path={"lesson": lesson.id},
        body={"reason": "teacherAway"}, headers={"if-match": opened.headers["etag"]},
    )  # fmt: skip
    assert told.status == 200, told.body
    again = open_lesson(own, lesson)
    assert (again.body["notHeld"], again.body["isReported"]) == ("teacherAway", False)
    refused(save(own, lesson, present(again), again.headers["etag"]), 409, "lesson-not-held")
    group, day = {"group": own.world.klass.id}, {"date": today(lesson.start).isoformat()}
    mentor = own.call("attendance", "mentor_day", own.world.klass.mentor_ids[0], path=group, query=day)
    assert lesson.id not in {u["id"] for u in mentor.body["unreported"]}


def test_a_locked_month_is_not_corrected(own: Deployed) -> None:
    head = own.world.staff("principal")
    last = today().replace(day=1) - timedelta(days=1)
    (lesson,) = together(own, [local(last, clock_time(0, 30))])
    path = {"unit": own.world.unit, "month": f"{last:%Y-%m}"}
    etag = own.call("attendance", "read_month", head, path=path).headers["etag"]
    closed = own.call(
        "attendance", "lock_month", head, path=path, body={"locked": True}, headers={"if-match": etag}
    )
    assert (closed.status, closed.body["locked"]) == (200, True), closed.body
    opened = open_lesson(own, lesson)
    refused(save(own, lesson, present(opened), opened.headers["etag"]), 409, "month-locked")
    free = own.call(
        "attendance", "lock_month", head, path=path, body={"locked": False, "reason": "wrongReport"},
        headers={"if-match": closed.headers["etag"]},
    )  # fmt: skip
    assert (free.status, free.body["locked"]) == (200, False), free.body
    assert save(own, lesson, present(opened), opened.headers["etag"]).status == 200


def test_a_lesson_nobody_has_reported_brings_one_mail(own: Deployed) -> None:
    """On a day without school nobody is disturbed."""
    (lesson,) = together(own, hours_ago(3)[2:])
    anna = lesson.teachers[0]
    address = next(s.email for s in own.world.population.staff if s.id == anna)
    begins = f"{lesson.start:%M}"

    def mails() -> list[dict[str, Any]]:
        sent = [mail for mail in own.cloud.messages() if address in mail["To"]]
        return [mail for mail in sent if f":{begins}" in str(mail)]

    for _ in range(2):
        own.invoke("attendance", "remind_unreported")
        faults.quiet(own.cloud)
    due = now() - lesson.end > timedelta(hours=1)
    if due and default_calendar(SchoolYear.of(today())).is_school_day(today()):
        eventually(lambda: len(mails()) == 1)
        assert not any(pupil.family_name in str(mails()) for pupil in own.world.classmates())
    else:
        assert mails() == []
