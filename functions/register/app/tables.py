"""Files and tables of people (process 2)."""

from __future__ import annotations

from functions.register.app.base import SEALS, on
from skolkit import imports
from skolkit.triggers import DroppedFile


@on.on_file(
    "register/persons/",
    process=2,
    uses=SEALS,
    meaning="Elever och vårdnadshavare i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_people(file: DroppedFile) -> None:
    """Take a file of people, with custody and enrolments."""
    from functions.register.imports.people import PEOPLE

    imports.run(file, PEOPLE)
