"""An upper-secondary pupil is away for five hours in a month (process 24): the first nights of the next one
find it, the principal decides, the file is fetched once, and a correction afterwards shows.
"""

from __future__ import annotations

from typing import Any

import httpx

from skolkit.clock import today
from skolkit.tables.formats import read_table
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.gymnasium import FIRST, MONTH, Gymnasium, away, imagine_gymnasium
from tests.support.scenes import little_school, open_lesson, refused, take
from tests.support.world import Lesson

PROCESSES = (24,)


def save(
    school: Deployed, lesson: Lesson, rows: dict[str, dict[str, Any]], by: PersonId | None = None
) -> None:
    opened = open_lesson(school, lesson).body
    fields = (
        "pupil", "attendanceMinutes", "validAbsenceMinutes", "invalidAbsenceMinutes",
        "otherAttendanceMinutes",
    )  # fmt: skip
    body = {"rows": [{f: row[f] for f in fields} | rows.get(row["pupil"], {}) for row in opened["rows"]]}
    saved = school.call(
        "attendance", "save_lesson", by or lesson.teachers[0], path={"lesson": lesson.id}, body=body,
        headers={"if-match": f'"{opened["version"]}"'},
    )  # fmt: skip
    assert saved.status == 200, saved.body


def enrolled(school: Deployed) -> Gymnasium:
    made = imagine_gymnasium(school.world, serial=7)
    for key, rows in made.files.items():
        report = take(school.cloud, key.rpartition("/")[0], rows)
        assert report["failed"] == 0, report["faults"]
    eventually(lambda: open_lesson(school, made.lessons[-1]).status == 200)
    return made


def ask(school: Deployed, name: str, by: PersonId, pupil: str, body: Any = None, version: int = 0) -> Answer:
    headers = {"if-match": f'"{version}"'} if version else {}
    path = {"pupil": pupil, "month": MONTH}
    return school.call("attendance", name, by, path=path, body=body, headers=headers)


def file_of(school: Deployed, by: PersonId) -> list[tuple[str, ...]]:
    """Ask for the month's file and fetch it by its link."""
    asked = school.call(
        "attendance", "export_csn", by, path={"unit": school.world.unit}, body={"month": MONTH},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert asked.status == 202, asked.body
    path = {"job": asked.body["id"]}
    eventually(lambda: school.call("attendance", "link_attendance_export", by, path=path).status == 200)
    link = school.call("attendance", "link_attendance_export", by, path=path).body["url"]
    return [row.texts for row in read_table(httpx.get(link).content, "csv")][1:]


def test_from_absence_to_a_file_and_a_correction(school: Deployed) -> None:
    own = little_school(school, "99990241")
    made, principal = enrolled(own), own.world.staff("principal")
    pupil = made.pupils[0]
    unlocked = own.call(
        "attendance", "lock_month", principal, path={"unit": own.world.unit, "month": MONTH},
        body={"locked": False, "reason": "review"}, headers={"if-match": '"0"'},
    )  # fmt: skip
    assert unlocked.status == 200, unlocked.body
    for n, lesson in enumerate(made.lessons):
        save(own, lesson, away([pupil]) if n < 5 else {})

    def proposed() -> list[Any]:
        path, query = {"unit": own.world.unit}, {"month": MONTH}
        found = own.call("attendance", "list_csn_cases", principal, path=path, query=query)
        assert found.status == 200, found.body
        return [row for row in found.body["data"] if row["pupil"] == pupil]

    def night() -> list[Any]:
        """Lessons reported after their month are followed at once; the sweep finds the same."""
        own.invoke("attendance", "ask_totals")
        own.invoke("attendance", "ask_csn_sweep")
        return [row for row in proposed() if row["minutes"] == 300]

    (row,) = eventually(night)
    assert (row["state"], row["firstDay"]) == ("proposed", FIRST.isoformat())
    case = ask(own, "read_csn_case", principal, pupil).body
    assert len(case["lessons"]) == 5
    refused(ask(own, "read_csn_case", made.teacher, pupil), 404, "not-found")
    approve = {"decision": "approved"}
    refused(ask(own, "decide_csn_case", made.teacher, pupil, approve, case["version"]), 404, "not-found")
    decided = ask(own, "decide_csn_case", principal, pupil, approve, case["version"])
    assert decided.status == 200, decided.body
    (reported,) = file_of(own, principal)
    assert reported[2:7] == ("frånvaro", MONTH, FIRST.isoformat(), "5,0", "300")
    assert file_of(own, principal) == []

    save(own, made.lessons[4], away([pupil], 0), principal)
    flagged = eventually(lambda: [row for row in proposed() if row["corrected"]])
    assert (flagged[0]["state"], flagged[0]["minutes"]) == ("approved", 240)
    version = ask(own, "read_csn_case", principal, pupil).body["version"]
    assert ask(own, "decide_csn_case", principal, pupil, approve, version).status == 200
    assert [row[6] for row in file_of(own, principal)] == ["240"]
    version = ask(own, "read_csn_case", principal, pupil).body["version"]
    back = ask(own, "report_full_time", principal, pupil, {"since": today().isoformat()}, version)
    assert back.status == 200, back.body
    assert [row[2] for row in file_of(own, principal)] == ["åter"]
    decisions = ask(own, "read_csn_case", principal, pupil).body["decisions"]
    assert [d["decision"] for d in decisions] == ["approved", "approved", "fullTime"]
