"""Units and school years over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from functions.organisation.domain.units import Status
from functions.organisation.schemas.common import Id
from skolkit.http import Shape
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm


def _is_year(text: str) -> str:
    return str(SchoolYear.parse(text))


class UnitView(Shape):
    """A school unit. `lat`/`lon` are WGS 84 degrees; `pupils` is the public count, when known."""

    id: Id
    code: str
    name: str
    municipality_code: str
    municipal: bool
    status: Status
    school_forms: list[SchoolForm]
    address: str | None
    lat: float | None
    lon: float | None
    pupils: int | None
    email: str | None
    phone: str | None
    url: str | None


class UnitPage(Shape):
    """The municipality's own active units by name; `cursor` leads to the next page."""

    data: list[UnitView]
    cursor: str | None


class CalendarQuery(Shape):
    """Which school year, as `2026/27`; the present one when left out."""

    school_year: Annotated[str, Field(pattern=r"^[0-9]{4}/[0-9]{2}$"), AfterValidator(_is_year)] | None = None


class TermView(Shape):
    """A term, both days inclusive."""

    first: date
    last: date


class CalendarView(Shape):
    """A unit's school year (läsårsdata): terms, days off, study days, number of school days."""

    school_year: str
    autumn: TermView
    spring: TermView
    days_off: list[date]
    study_days: list[date]
    school_days: int
