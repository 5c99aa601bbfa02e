"""Units and their school year, for everybody (process 12)."""

from __future__ import annotations

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain.units import UnitRecord
from functions.organisation.schemas.common import PageQuery
from functions.organisation.schemas.units import CalendarView, TermView, UnitPage, UnitView
from functions.organisation.store import units as units_store
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear, Term
from skolkit.types import UnitId


def list_units(caller: Caller, query: PageQuery) -> UnitPage:
    """The municipality's own active units. One round trip."""
    units, cursor = units_store.page_of_units(query.cursor, query.limit, caller.seal, "units")
    allowed = guard.permitted(caller, "organisation:read_unit", [guard.Unit(unit.id) for unit in units])
    if len(allowed) < len(units):
        raise NotFound
    return UnitPage(data=[_unit_view(unit) for unit in units], cursor=cursor)


def read_unit(caller: Caller, id: UnitId) -> UnitView:
    """A unit. One round trip."""
    return _unit_view(_unit(caller, id))


def read_calendar(caller: Caller, id: UnitId, school_year: str | None) -> CalendarView:
    """A unit's school year. Two round trips."""
    _unit(caller, id)
    year = SchoolYear.parse(school_year) if school_year else SchoolYear.of(today())
    calendar = queries.calendar(id, year)
    return CalendarView(
        school_year=str(year),
        autumn=_term(calendar.autumn),
        spring=_term(calendar.spring),
        days_off=sorted(calendar.days_off),
        study_days=sorted(calendar.study_days),
        school_days=len(calendar.school_days()),
    )


def _unit(caller: Caller, id: UnitId) -> UnitRecord:
    guard.require(caller, "organisation:read_unit", guard.Unit(id))
    unit = queries.unit(id)
    if unit is None:
        raise NotFound
    return unit


def _unit_view(unit: UnitRecord) -> UnitView:
    return UnitView(
        id=unit.id,
        code=str(unit.code),
        name=unit.name,
        municipality_code=str(unit.municipality_code),
        municipal=unit.municipal,
        status=unit.status,
        school_forms=list(unit.school_forms),
        address=unit.address,
        lat=unit.lat,
        lon=unit.lon,
        pupils=unit.pupils,
        email=unit.email,
        phone=unit.phone,
        url=unit.url,
    )


def _term(term: Term) -> TermView:
    return TermView(first=term.first, last=term.last)
