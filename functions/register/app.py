"""Table of contents of the register: who people are, who has custody, where they are enrolled (processes 2 and 3)."""

from __future__ import annotations

from functions.register.imports import PEOPLE
from skolkit import imports
from skolkit.http import Api
from skolkit.triggers import DroppedFile, Triggers

api = Api("register", "Register of pupils and guardians")
app = api.app
on = Triggers(app)
relay = on.relay_outbox()


@on.on_file(
    "register/persons/",
    process=2,
    meaning="Elever och vårdnadshavare i den inlämnade filen är inte inlästa. Rapporten ligger under reports/.",
)
def import_people(file: DroppedFile) -> None:
    """Take a file of people, with custody and enrolments."""
    imports.run(file, PEOPLE)
