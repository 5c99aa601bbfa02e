"""What the timetable keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "group_day": Kept("timetable.lesson", ("lessons",)),
    "teacher_day": Kept("timetable.lesson", ("pk", "lessons")),
    "timetable_import": Kept("technical.import"),
}
