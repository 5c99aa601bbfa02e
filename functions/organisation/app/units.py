"""Units and school year (process 12)."""

from __future__ import annotations

from functions.organisation.app.base import api, on
from functions.organisation.domain import calendars as calendar_rules
from functions.organisation.domain import units as unit_rules
from functions.organisation.schemas import common
from functions.organisation.schemas import units as unit_schemas
from functions.organisation.usecases import (
    calendars,
    units,
)
from skolkit import imports
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request
from skolkit.triggers import DroppedFile
from skolkit.types import UnitId

UNIT_REFUSALS = (
    unit_rules.ClosedBeforeStart, unit_rules.CodeIsTheUnit, unit_rules.LoopInTree, unit_rules.NeedsForms,
    unit_rules.ParentUnfit, unit_rules.TooDeep,
)  # fmt: skip


@api.operation("GET", "/v1/units", process=12, query=common.PageQuery, answer=unit_schemas.UnitPage)
def list_units(request: Request[None, common.PageQuery]) -> unit_schemas.UnitPage:
    """The municipality's own active school units by name"""
    return units.list_units(request.caller, request.query)


@api.operation(
    "POST", "/v1/units", process=12, keyed=True, status=201, body=unit_schemas.NewUnit,
    answer=unit_schemas.UnitView, errors=(NotFound, ChangedMeanwhile, *UNIT_REFUSALS),
)  # fmt: skip
def create_unit(request: Request[unit_schemas.NewUnit, None]) -> unit_schemas.UnitView:
    """Create a unit, or another element of the organisation"""
    assert request.key
    return units.create_unit(request.caller, request.body, request.key)


@api.operation("GET", "/v1/school-forms", process=12, answer=unit_schemas.SchoolFormList)
def list_school_forms(request: Request[None, None]) -> unit_schemas.SchoolFormList:
    """All school forms and what each of them uses"""
    return units.list_school_forms(request.caller)


@api.operation(
    "GET", "/v1/unit-imports/{import}/changes", process=12,
    query=common.PageQuery, answer=unit_schemas.UnitDifferencePage, errors=(NotFound,),
)  # fmt: skip
def list_unit_changes(request: Request[None, common.PageQuery]) -> unit_schemas.UnitDifferencePage:
    """What an import of units, or a dry run of one, found different"""
    return units.list_unit_changes(request.caller, request.id("import"), request.query)


@api.operation("GET", "/v1/units/{unit}", process=12, answer=unit_schemas.UnitView, errors=(NotFound,))
def read_unit(request: Request[None, None]) -> unit_schemas.UnitView:
    """A school unit, or another element of the organisation"""
    return units.read_unit(request.caller, UnitId(request.id("unit")))


@api.operation(
    "PUT", "/v1/units/{unit}", process=12, versioned=True, body=unit_schemas.UnitChange,
    answer=unit_schemas.UnitView,
    errors=(NotFound, ChangedMeanwhile, unit_rules.StillHasChildren, *UNIT_REFUSALS),
)  # fmt: skip
def change_unit(request: Request[unit_schemas.UnitChange, None]) -> unit_schemas.UnitView:
    """Change a unit, or move it under another parent"""
    return units.change_unit(request.caller, UnitId(request.id("unit")), request.body, request.version)


@api.operation(
    "POST", "/v1/units/{unit}/closing", process=12, versioned=True, body=unit_schemas.Closing,
    answer=unit_schemas.UnitView,
    errors=(NotFound, ChangedMeanwhile, unit_rules.StillHasChildren, *UNIT_REFUSALS),
)  # fmt: skip
def close_unit(request: Request[unit_schemas.Closing, None]) -> unit_schemas.UnitView:
    """Close a unit with a last day"""
    return units.close_unit(request.caller, UnitId(request.id("unit")), request.body, request.version)


@api.operation(
    "GET", "/v1/units/{unit}/children", process=12,
    query=common.PageQuery, answer=unit_schemas.ChildPage, errors=(NotFound,),
)  # fmt: skip
def list_children(request: Request[None, common.PageQuery]) -> unit_schemas.ChildPage:
    """What is right below an element of the organisation"""
    return units.list_children(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/units/{unit}/ancestors", process=12, answer=unit_schemas.AncestorList, errors=(NotFound,)
)
def list_ancestors(request: Request[None, None]) -> unit_schemas.AncestorList:
    """What a unit is below, nearest first, up to the organiser"""
    return units.list_ancestors(request.caller, UnitId(request.id("unit")))


@api.operation(
    "GET", "/v1/units/{unit}/calendar", process=12, query=unit_schemas.CalendarQuery,
    answer=unit_schemas.CalendarView, errors=(NotFound, calendar_rules.NotACalendarOwner),
)  # fmt: skip
def read_calendar(request: Request[None, unit_schemas.CalendarQuery]) -> unit_schemas.CalendarView:
    """A school unit's school year: terms, days off, study days, holidays"""
    return calendars.read_calendar(request.caller, UnitId(request.id("unit")), request.query.school_year)


@api.operation(
    "GET", "/v1/units/{unit}/calendar/draft", process=12, query=unit_schemas.YearQuery,
    answer=unit_schemas.DraftView, errors=(NotFound, calendar_rules.NotACalendarOwner),
)  # fmt: skip
def read_calendar_draft(request: Request[None, unit_schemas.YearQuery]) -> unit_schemas.DraftView:
    """A proposed school year and the rules it breaks"""
    unit = UnitId(request.id("unit"))
    return calendars.read_calendar_draft(request.caller, unit, request.query.school_year)


@api.operation(
    "PUT", "/v1/units/{unit}/calendar/draft", process=12, versioned=True, body=unit_schemas.NewCalendar,
    answer=unit_schemas.DraftView,
    errors=(
        NotFound, ChangedMeanwhile, calendar_rules.NotACalendarOwner, calendar_rules.TermsMissing,
        calendar_rules.TermsNotUsed,
    ),
)  # fmt: skip
def propose_calendar(request: Request[unit_schemas.NewCalendar, None]) -> unit_schemas.DraftView:
    """Propose a school year for a unit or the whole municipality"""
    unit = UnitId(request.id("unit"))
    return calendars.propose_calendar(request.caller, unit, request.body, request.version)


@api.operation(
    "POST", "/v1/units/{unit}/calendar/decisions", process=12, versioned=True,
    body=unit_schemas.DecideCalendar, answer=unit_schemas.DecisionView, status=201,
    errors=(
        NotFound, ChangedMeanwhile, calendar_rules.NotACalendarOwner, calendar_rules.UnlawfulYear,
    ),
)  # fmt: skip
def decide_calendar(request: Request[unit_schemas.DecideCalendar, None]) -> unit_schemas.DecisionView:
    """Decide the proposed school year; what held before is kept"""
    unit = UnitId(request.id("unit"))
    return calendars.decide_calendar(request.caller, unit, request.body, request.version)


@api.operation(
    "GET", "/v1/units/{unit}/calendar/decisions", process=12, query=unit_schemas.YearPageQuery,
    answer=unit_schemas.DecisionPage, errors=(NotFound, calendar_rules.NotACalendarOwner),
)  # fmt: skip
def list_calendar_decisions(
    request: Request[None, unit_schemas.YearPageQuery],
) -> unit_schemas.DecisionPage:
    """Every decision of a unit's school year, the latest first"""
    return calendars.list_calendar_decisions(request.caller, UnitId(request.id("unit")), request.query)


@on.on_file(
    "organisation/units/",
    process=12,
    meaning="Skolenheterna i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_units(file: DroppedFile) -> None:
    """Take a file of units; one under `organisation/units/<kommunkod>/` for that municipality alone, one
    under `organisation/units/preview/` or `organisation/units/preview/<kommunkod>/` only to see what it
    would change.
    """
    from functions.organisation.imports.units import units_of

    folder = file.key.removeprefix("organisation/units/").rpartition("/")[0]
    preview = folder.partition("/")[0] == "preview"
    imports.run(file, units_of(folder.partition("/")[2] if preview else folder, preview=preview))


@on.on_file(
    "organisation/calendars/",
    process=12,
    meaning="Läsårstiderna i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_calendars(file: DroppedFile) -> None:
    """Take a file of decided school years."""
    from functions.organisation.imports.units import CALENDARS

    imports.run(file, CALENDARS)
