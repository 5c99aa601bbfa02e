"""What rows of several files have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from functions.organisation.queries import unit_named
from skolkit.errors import Text
from skolkit.imports import RowFault
from skolkit.sweden.codes import MunicipalityCode, SchoolUnitCode

UnitCode = Annotated[str, AfterValidator(SchoolUnitCode)]
Municipality = Annotated[str, AfterValidator(MunicipalityCode)]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]


Unit = Annotated[str, AfterValidator(unit_named)]
"""A school unit code, or a unit's id."""


def unknown_unit(line: int, unit: str) -> RowFault:
    """A row about a unit that is not in the register."""
    return RowFault(
        line,
        "unit",
        Text("Skolenheten finns inte i registret.", "The school unit is not in the register."),
        Text(
            "Läs in skolenheterna först, eller rätta skolenhetskoden.",
            "Import the school units first, or correct the school unit code.",
        ),
        unit,
    )
