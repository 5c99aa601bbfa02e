"""For scenarios that need a school of their own in the running product, and files that are not faultless."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from functools import cache
from typing import Any

from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from infra.local.seed import unit_files
from skolkit.clock import local, now, today
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.sweden.codes import SchoolUnitCode
from skolkit.types import new_id
from tests.support.areas import IMPORTS_BUCKET, Answer
from tests.support.deployed import Deployed, eventually, import_files
from tests.support.world import UNIT, Content, Lesson, imagine, lessons_of


@cache
def client(cloud: Cloud, service: str) -> Any:
    """One client per service: making one takes a tenth of a second."""
    return cloud.client(service)


_LITTLE: dict[tuple[str, str], Deployed] = {}


def little_school(school: Deployed, code: str, year: int = 4) -> Deployed:
    """A unit with one class of 24, made once per running product; what happens there disturbs nobody else."""
    if (school.cloud.endpoint, code) not in _LITTLE:
        unit = replace(
            UNIT, code=SchoolUnitCode(code), name=f"Lillskolan {code[-3:]}", pupil_count=24, years=(year,)
        )
        world, files = imagine(unit, seed=int(code))
        for group in files:
            import_files(school.cloud, {_own(key): _unnumbered(content) for key, content in group.items()})
        made = Deployed(school.cloud, world, school.push, school.receiver)
        last = world.of_class()[-1]
        eventually(lambda: open_lesson(made, last).status == 200)
        _LITTLE[school.cloud.endpoint, code] = made
    return _LITTLE[school.cloud.endpoint, code]


def graded_school(school: Deployed, code: str, year: int = 4) -> Deployed:
    """A little school whose teachers are certified, with all that its class is taught."""
    little = little_school(school, code, year)
    calendar = default_calendar(SchoolYear.of(today()))
    for key, rows in unit_files(little.world.population, calendar, little.world.days).teaching.items():
        certified = [row | {"certified": True} if "certified" in row else row for row in rows]
        assert take(little.cloud, key.rpartition("/")[0], certified)["failed"] == 0
    return little


def _own(key: str) -> str:
    folder, _, name = key.rpartition("/")
    return f"{folder}/{new_id()}-{name}"


def _unnumbered(content: Content) -> Content:
    """Without identity numbers: two made-up municipalities give the same ones."""
    if isinstance(content, str):
        return content
    return [{name: value for name, value in row.items() if name != "civicNo"} for row in content]


def take(
    cloud: Cloud, folder: str, content: bytes | str | Sequence[object], kind: str = "jsonl"
) -> dict[str, Any]:
    """Drop a file, faulty or not, and wait for its report. Texts among rows are lines as they are."""
    if isinstance(content, str):
        content = content.encode()
    if not isinstance(content, bytes):
        lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in content)
        content = "".join(f"{line}\n" for line in lines).encode()
    s3, key = client(cloud, "s3"), f"{folder}/{new_id()}.{kind}"
    s3.put_object(Bucket=IMPORTS_BUCKET, Key=key, Body=content)

    def report() -> dict[str, Any] | None:
        try:
            body = s3.get_object(Bucket=IMPORTS_BUCKET, Key=f"reports/{key}.json")["Body"].read()
        except s3.exceptions.NoSuchKey:
            return None
        found: dict[str, Any] = json.loads(body)
        return found

    found = eventually(report)
    assert found
    return found


def faults(report: dict[str, Any]) -> list[tuple[int, str]]:
    """Line and field of each fault; every one says why and what to do, in both languages."""
    for fault in report["faults"]:
        assert all(fault[text] for text in ("reason", "reasonEn", "advice", "adviceEn")), fault
    return sorted((fault["line"], fault["field"]) for fault in report["faults"])


def stored(cloud: Cloud, area: str) -> dict[tuple[str, str], dict[str, Any]]:
    """What an area's table holds, without its outbox, its imports' bookkeeping, and the search index, which
    follows a moment later.
    """
    pages = client(cloud, "dynamodb").get_paginator("scan").paginate(TableName=f"skolkit-{area}")
    rows = (item for page in pages for item in page["Items"])
    passing = ("OUTBOX#", "IMPORT#", "ONCE#", "FIND#", "FOUND#")
    kept = (item for item in rows if not item["pk"]["S"].startswith(passing))
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in kept}


def lesson_row(
    school: Deployed, begin: datetime, *, like: Lesson | None = None, **other: Any
) -> dict[str, Any]:
    """A row of a timetable file: 40 minutes of mathematics for the class and teachers of the lesson
    `like`.
    """
    like = like or school.world.of_class()[0]
    end = begin + timedelta(minutes=40)
    return {
        "id": new_id(), "group": like.group, "unit": school.world.unit, "subjectCode": "MA",
        "subject": "Matematik", "teachers": list(like.teachers), "room": "A1",
        "start": begin.isoformat(), "end": end.isoformat(), **other,
    }  # fmt: skip


def plan(school: Deployed, starts: Sequence[datetime], *, like: Lesson | None = None) -> list[Lesson]:
    """Give a class (that of the lesson `like`) lessons of 40 minutes at these instants, and wait for their
    sheets.
    """
    rows = [lesson_row(school, start, like=like) for start in starts]
    import_files(school.cloud, {f"timetable/lessons/{new_id()}.jsonl": rows})
    lessons = list(lessons_of(rows))
    eventually(lambda: all(open_lesson(school, lesson).status == 200 for lesson in lessons))
    return lessons


def hours_ago(count: int) -> list[datetime]:
    """`count` instants, 50 minutes apart, in the small hours of the day that an evening sweep now would be
    about: all of them have passed whatever the time is.
    """
    begin = local(swept_day(), clock_time(0, 30))
    return [begin + n * timedelta(minutes=50) for n in range(count)]


def swept_day() -> date:
    """The day an evening sweep is about when it runs now."""
    return today(now() - timedelta(hours=6))


def open_lesson(school: Deployed, lesson: Lesson) -> Answer:
    """Its teacher opens a lesson."""
    return school.call("attendance", "open_lesson", lesson.teachers[0], path={"lesson": lesson.id})


def present(opened: Answer, away: Sequence[NewPupil] = ()) -> list[dict[str, Any]]:
    """The rows to save for an opened lesson of which these pupils missed all without a reason, and the others
    none.
    """
    length, gone = opened.body["minutes"], {pupil.id for pupil in away}
    return [
        {
            "pupil": row["pupil"],
            "attendanceMinutes": 0 if row["pupil"] in gone else length,
            "invalidAbsenceMinutes": length if row["pupil"] in gone else 0,
        }
        for row in opened.body["rows"]
    ]


def save(school: Deployed, lesson: Lesson, rows: Sequence[dict[str, Any]], etag: str) -> Answer:
    """Its teacher saves a lesson."""
    return school.call(
        "attendance", "save_lesson", lesson.teachers[0], path={"lesson": lesson.id},
        body={"rows": list(rows)}, headers={"if-match": etag},
    )  # fmt: skip


def miss(school: Deployed, lesson: Lesson, pupils: Sequence[NewPupil]) -> None:
    """The teacher opens the lesson and saves it: these pupils were away without a word."""
    opened = open_lesson(school, lesson)
    saved = save(school, lesson, present(opened, pupils), opened.headers["etag"])
    assert (saved.status, saved.body.get("unexcused")) == (200, len(pupils)), saved.body


def refused(answer: Answer, status: int, code: str, field: str | None = None) -> None:
    """The answer is a problem that says what was wrong, where, and what to do."""
    assert (answer.status, answer.body["type"]) == (status, f"urn:skolkit:problem:{code}"), answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.body["title"]
    assert answer.body["detail"]
    if field is not None:
        faulty = answer.body["errors"]
        assert field in {fault["field"] for fault in faulty}, faulty
        assert all(fault["reason"] and fault["advice"] for fault in faulty)
