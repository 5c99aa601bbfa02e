"""What the timetable keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "group_day": Kept("timetable.lesson", ("lessons",), dated="sk"),
    "teacher_day": Kept("timetable.lesson", ("pk", "lessons"), dated="sk"),
    "planned_lesson": Kept("timetable.lesson", ("lessons",), dated="day"),
    "timetable_room": Kept("organisation.unit"),
    "timetable_import": Kept("technical.import"),
    "timetable_retention": Kept("technical.job"),
    "timetable_erasure": Kept("technical.job"),
}
