"""What many lines of the retention plan say alike: where data come from, who gets them, on what ground."""

from __future__ import annotations

from skolkit.errors import Text

SCHOOL = Text("Uppgifterna kommer från skolans personal", "The data come from the school's staff")
HOME = Text("Personen själv eller en vårdnadshavare", "The person or a guardian")

FILE = Text(
    "Folkbokföringen och kommunens andra register, genom filer som läses in",
    "The population register and the municipality's other registers, by imported files",
)

INSIDE = Text(
    "Kommunens personal med uppgift för personen; ingen utanför kommunen",
    "The municipality's staff with a task for the person; nobody outside",
)

HOME_TOO = Text(
    "Kommunens personal med uppgift för eleven, eleven och vårdnadshavarna",
    "The municipality's staff with a task for the pupil, the pupil and the guardians",
)
ARCHIVE = "arkivlagen (1990:782) 10 §; kommunens dokumenthanteringsplan"
