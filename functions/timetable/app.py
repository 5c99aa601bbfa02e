"""Table of contents of the timetable (process 16 as an import)."""

from __future__ import annotations

from functions.timetable.imports import LESSONS
from skolkit import imports
from skolkit.http import Api
from skolkit.triggers import DroppedFile, Triggers

api = Api("timetable", "Timetable")
app = api.app
on = Triggers(app)
relay = on.relay_outbox()


@on.on_file(
    "timetable/lessons/",
    process=16,
    meaning="Schemat i den inlämnade filen är inte inläst. Rapporten ligger under reports/.",
)
def import_lessons(file: DroppedFile) -> None:
    """Take a file of lessons with dates."""
    imports.run(file, LESSONS)
