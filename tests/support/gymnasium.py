"""Upper-secondary pupils with a group of their own and lessons last month, as files say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from skolkit.clock import local, today
from skolkit.types import PersonId, new_id
from tests.support.population import number
from tests.support.world import Lesson, World, lessons_of

FIRST = (today().replace(day=1) - timedelta(days=1)).replace(day=1)
MONTH = f"{FIRST:%Y-%m}"
LENGTH = 60  # minutes of a lesson


@dataclass(frozen=True)
class Gymnasium:
    """Pupils of 17 and their group; `lessons` are on the first six days of last month, which `principal` can
    unlock.
    """

    pupils: tuple[PersonId, ...]
    principal: PersonId
    teacher: PersonId
    lessons: tuple[Lesson, ...]
    files: dict[str, list[dict[str, Any]]]


def imagine_gymnasium(world: World, *, serial: int = 1, count: int = 3, form: str = "GY") -> Gymnasium:
    """`count` pupils with a lesson a day for six days."""
    born = date(FIRST.year - 17, 2, 3)
    pupils = tuple(PersonId(new_id()) for _ in range(count))
    teacher, group = world.of_class()[0].teachers[0], new_id()
    start = (FIRST - timedelta(days=45)).isoformat()
    people = [
        {
            "id": pupil, "civicNo": number(born + timedelta(days=serial), n), "givenName": f"Gymnasist{n}",
            "familyName": "Provsson", "birthDate": (born + timedelta(days=serial)).isoformat(),
            "enrolments": [
                {
                    "enroledAt": str(world.population.unit.code), "schoolType": form, "schoolYear": 1,
                    **({"educationCode": "NA25"} if form == "GY" else {}),
                    "startDate": start,
                }
            ],
        }
        for n, pupil in enumerate(pupils)
    ]  # fmt: skip
    groups = [
        {
            "id": group, "unit": world.unit, "name": f"NA{serial}", "groupType": "Undervisning",
            "teachers": [teacher], "members": [{"person": p, "startDate": start} for p in pupils],
        }
    ]  # fmt: skip
    rows = [lesson(world, group, teacher, FIRST + timedelta(days=n)) for n in range(6)]
    files = {
        f"register/persons/{new_id()}.jsonl": people,
        f"organisation/groups/{new_id()}.jsonl": groups,
        f"timetable/lessons/{new_id()}.jsonl": rows,
    }
    return Gymnasium(pupils, world.staff("principal"), teacher, tuple(lessons_of(rows)), files)


def lesson(world: World, group: str, teacher: PersonId, day: date) -> dict[str, Any]:
    """A row of a timetable file: an hour of mathematics."""
    begin = local(day, time(9))
    return {
        "id": new_id(), "group": group, "unit": world.unit, "subjectCode": "MA", "subject": "Matematik",
        "teachers": [teacher], "room": "A1", "start": begin.isoformat(),
        "end": (begin + timedelta(minutes=LENGTH)).isoformat(),
    }  # fmt: skip


def away(pupils: Sequence[str], minutes: int = LENGTH) -> dict[str, dict[str, Any]]:
    """Rows of pupils away without a reason, for so many minutes."""
    row = {"attendanceMinutes": LENGTH - minutes, "invalidAbsenceMinutes": minutes, "validAbsenceMinutes": 0}
    return dict.fromkeys(pupils, row)
