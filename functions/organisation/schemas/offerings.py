"""What a unit offers, in the words of SS 12000 `SchoolUnitOffering`."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from functions.organisation.schemas.common import Id
from functions.organisation.schemas.timplan import Year
from skolkit.http import Shape


class NewOffering(Shape):
    """The syllabuses and programmes a unit offers a school year."""

    school_year: Year
    offered_syllabuses: Annotated[list[Id], Field(max_length=500)] = Field(default_factory=list)
    offered_programmes: Annotated[list[Id], Field(max_length=100)] = Field(default_factory=list)


class OfferingView(NewOffering):
    """An offering, in force the whole school year."""

    offered_at: Id
    start_date: date
    end_date: date
    version: int
