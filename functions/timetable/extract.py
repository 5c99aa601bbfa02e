"""The timetable's part of a register extract: a teacher's own lessons, and a pupil's as those of their
groups.
"""

from __future__ import annotations

from functions.timetable.queries import lessons_of
from skolkit.extracts import Requested, Section, section


def gather(asked: Requested) -> list[Section]:
    """Every lesson the person teaches or is a pupil of. A query each for the person and every group."""
    return [
        section(
            "timetable.lesson", "Lektioner i schemat", "Lessons in the timetable",
            {
                "start": ("Börjar", "Starts"), "end": ("Slutar", "Ends"), "subject": ("Ämne", "Subject"),
                "room": ("Sal", "Room"), "part": ("Del", "Part"),
            },
            [
                [
                    lesson.start.isoformat(), lesson.end.isoformat(), lesson.subject, lesson.room,
                    "lärare" if asked.person in lesson.teachers else "elev",
                ]
                for lesson in lessons_of(asked.person)
            ],
        )
    ]  # fmt: skip
