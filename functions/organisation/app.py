"""Table of contents of the organisation: units and school year (process 12), groups (13), duties."""

from __future__ import annotations

from functions.organisation.imports import DUTIES, GROUPS, units_of
from skolkit import imports
from skolkit.http import Api
from skolkit.triggers import DroppedFile, Triggers

api = Api("organisation", "School units, groups and duties")
app = api.app
on = Triggers(app)
relay = on.relay_outbox()


@on.on_file(
    "organisation/units/",
    process=12,
    meaning="Skolenheterna i den inlämnade filen är inte inlästa. Rapporten ligger under reports/.",
)
def import_units(file: DroppedFile) -> None:
    """Take a file of school units; one under `organisation/units/<kommunkod>/` for that municipality alone."""
    folder = file.key.removeprefix("organisation/units/").rpartition("/")[0]
    imports.run(file, units_of(folder))


@on.on_file(
    "organisation/groups/",
    process=13,
    meaning="Klasser och grupper i den inlämnade filen är inte inlästa. Rapporten ligger under reports/.",
)
def import_groups(file: DroppedFile) -> None:
    """Take a file of groups with dated members."""
    imports.run(file, GROUPS)


@on.on_file(
    "organisation/duties/",
    process=12,
    meaning="Personalens tjänster i den inlämnade filen är inte inlästa. Rapporten ligger under reports/.",
)
def import_duties(file: DroppedFile) -> None:
    """Take a file of staff duties."""
    imports.run(file, DUTIES)
