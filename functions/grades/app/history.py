"""Grades of earlier systems (process 33)."""

from __future__ import annotations

from functions.grades.app.base import on
from functions.grades.imports import HISTORY
from skolkit import imports
from skolkit.triggers import DroppedFile


@on.on_file(
    "grades/history/", process=33,
    meaning="Tidigare betyg i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)  # fmt: skip
def import_grades(file: DroppedFile) -> None:
    """Take a file of grades that an earlier system set."""
    imports.run(file, HISTORY)
