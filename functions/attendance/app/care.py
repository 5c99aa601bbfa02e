"""Care schedules, coming and going, holidays (process 25)."""

from __future__ import annotations

from functions.attendance.app.base import api, on
from functions.attendance.domain import care_holidays as holidays_rules
from functions.attendance.domain import care_refusals as refusals
from functions.attendance.schemas import care as schemas
from functions.attendance.schemas import care_day as day_schemas
from functions.attendance.schemas.common import DayQuery, PageQuery
from functions.attendance.usecases import care, care_day, care_decisions, care_holidays, care_hours
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request
from skolkit.types import GroupId, PersonId, UnitId

_HOME = (
    refusals.NotPlacedHere,
    refusals.NotYourHome,
    refusals.OwnerMissing,
    refusals.HomesOverlap,
    refusals.UnfitHours,
)
_SCHEDULE = (refusals.OutsidePlacement, refusals.TooOldForCare)


# Homes


@api.operation(
    "GET", "/v1/pupils/{pupil}/care", process=25,
    query=schemas.CareQuery, answer=schemas.CareView, errors=(NotFound,),
)  # fmt: skip
def read_care(request: Request[None, schemas.CareQuery]) -> schemas.CareView:
    """A child's schedules, changes and holidays at preschool or fritidshem"""
    return care.read_care(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "POST", "/v1/pupils/{pupil}/care-schedules", process=25, status=201, keyed=True,
    body=schemas.NewSchedule, answer=schemas.ScheduleView,
    errors=(NotFound, ChangedMeanwhile, *_HOME, *_SCHEDULE),
)  # fmt: skip
def add_care_schedule(request: Request[schemas.NewSchedule, None]) -> schemas.ScheduleView:
    """Say a home's weeks at a placement"""
    assert request.key
    return care.add_care_schedule(request.caller, PersonId(request.id("pupil")), request.body, request.key)


@api.operation(
    "PUT", "/v1/pupils/{pupil}/care-schedules/{schedule}", process=25, versioned=True,
    body=schemas.NewSchedule, answer=schemas.ScheduleView,
    errors=(NotFound, ChangedMeanwhile, *_HOME, *_SCHEDULE, refusals.ScheduleBegun, refusals.DayPassed),
)  # fmt: skip
def change_care_schedule(request: Request[schemas.NewSchedule, None]) -> schemas.ScheduleView:
    """Change a home's weeks before they begin, after that their last day"""
    child, schedule = PersonId(request.id("pupil")), request.id("schedule")
    return care.change_care_schedule(request.caller, child, schedule, request.body, request.version)


@api.operation(
    "DELETE", "/v1/pupils/{pupil}/care-schedules/{schedule}", process=25, versioned=True, status=204,
    errors=(
        NotFound, ChangedMeanwhile, refusals.ScheduleBegun, refusals.NotYourHome, refusals.OwnerMissing,
        refusals.HomesOverlap,
    ),
)  # fmt: skip
def withdraw_care_schedule(request: Request[None, None]) -> None:
    """Take a home's weeks back before they begin"""
    child, schedule = PersonId(request.id("pupil")), request.id("schedule")
    care.withdraw_care_schedule(request.caller, child, schedule, request.version)


@api.operation(
    "POST", "/v1/pupils/{pupil}/care-changes", process=25, status=201, keyed=True,
    body=schemas.NewChange, answer=schemas.ChangesView,
    errors=(NotFound, ChangedMeanwhile, *_HOME, refusals.DayPassed, refusals.TooManyDays),
)  # fmt: skip
def change_care_days(request: Request[schemas.NewChange, None]) -> schemas.ChangesView:
    """Other hours, away or on holiday for single days"""
    assert request.key
    return care.change_care_days(request.caller, PersonId(request.id("pupil")), request.body, request.key)


@api.operation(
    "POST", "/v1/pupils/{pupil}/holiday-answers", process=25, status=201, keyed=True,
    body=schemas.NewAnswers, answer=schemas.AnswersView,
    errors=(
        NotFound, ChangedMeanwhile, refusals.NotYourHome, refusals.OwnerMissing, refusals.HomesOverlap,
        refusals.UnfitHours, holidays_rules.AnswersClosed, holidays_rules.OutsidePeriod,
    ),
)  # fmt: skip
def answer_care_holiday(request: Request[schemas.NewAnswers, None]) -> schemas.AnswersView:
    """Answer which days of a holiday need care"""
    assert request.key
    child = PersonId(request.id("pupil"))
    return care_holidays.answer_care_holiday(request.caller, child, request.body, request.key)


@api.operation(
    "GET", "/v1/pupils/{pupil}/care-hours", process=25,
    query=day_schemas.HoursQuery, answer=day_schemas.HoursPage, errors=(NotFound,),
)  # fmt: skip
def read_care_hours(request: Request[None, day_schemas.HoursQuery]) -> day_schemas.HoursPage:
    """A child's hours of a week, month or year against what the place gives"""
    return care_hours.read_care_hours(request.caller, PersonId(request.id("pupil")), request.query)


# Decisions


@api.operation(
    "POST", "/v1/pupils/{pupil}/care-decisions", process=25, keyed=True,
    body=schemas.CareDecision, answer=schemas.DecisionView,
    errors=(NotFound, ChangedMeanwhile, refusals.NothingAsked, refusals.HomesOverlap),
)  # fmt: skip
def decide_care(request: Request[schemas.CareDecision, None]) -> schemas.DecisionView:
    """Approve or deny what a home has asked for"""
    assert request.key
    child = PersonId(request.id("pupil"))
    return care_decisions.decide_care(request.caller, child, request.body, request.key)


@api.operation(
    "POST", "/v1/pupils/{pupil}/care-allowances", process=25, status=201, keyed=True,
    body=schemas.NewAllowance, answer=schemas.AllowanceView,
    errors=(
        NotFound, ChangedMeanwhile, refusals.NotPlacedHere, refusals.OutsidePlacement,
        refusals.UnfitAllowance,
    ),
)  # fmt: skip
def decide_allowance(request: Request[schemas.NewAllowance, None]) -> schemas.AllowanceView:
    """Say how much time a placement gives, and why"""
    assert request.key
    child = PersonId(request.id("pupil"))
    return care_decisions.decide_allowance(request.caller, child, request.body, request.key)


@api.operation(
    "GET", "/v1/groups/{group}/care-requests", process=25,
    query=PageQuery, answer=schemas.AskedPage, errors=(NotFound,),
)  # fmt: skip
def list_care_requests(request: Request[None, PageQuery]) -> schemas.AskedPage:
    """What homes of a department have asked for"""
    return care_decisions.list_care_requests(request.caller, GroupId(request.id("group")), request.query)


@api.operation(
    "GET", "/v1/units/{unit}/care-settings", process=25, answer=schemas.CareSettingsView, errors=(NotFound,)
)
def read_care_settings(request: Request[None, None]) -> schemas.CareSettingsView:
    """A unit's choices about care"""
    return care_decisions.read_care_settings(request.caller, UnitId(request.id("unit")))


@api.operation(
    "PUT", "/v1/units/{unit}/care-settings", process=25, versioned=True,
    body=schemas.CareSettings, answer=schemas.CareSettingsView, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def change_care_settings(request: Request[schemas.CareSettings, None]) -> schemas.CareSettingsView:
    """Change a unit's choices about care"""
    unit = UnitId(request.id("unit"))
    return care_decisions.change_care_settings(request.caller, unit, request.body, request.version)


# The department


@api.operation(
    "POST", "/v1/groups/{group}/check-ins", process=25, keyed=True,
    body=day_schemas.NewEvents, answer=day_schemas.EventOutcomes, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def check_in(request: Request[day_schemas.NewEvents, None]) -> day_schemas.EventOutcomes:
    """Children came or left, or an earlier event is corrected"""
    assert request.key
    return care_day.check_in(request.caller, GroupId(request.id("group")), request.body, request.key)


@api.operation(
    "GET", "/v1/groups/{group}/care-day", process=25,
    query=DayQuery, answer=day_schemas.DepartmentDay, errors=(NotFound,),
)  # fmt: skip
def read_care_department(request: Request[None, DayQuery]) -> day_schemas.DepartmentDay:
    """A department's day: who is in, expected, late, away"""
    day = request.query.day or today()
    return care_day.read_care_department(request.caller, GroupId(request.id("group")), day)


@api.operation(
    "GET", "/v1/groups/{group}/care-curve", process=25,
    query=day_schemas.CurveQuery, answer=day_schemas.CurveView, errors=(NotFound,),
)  # fmt: skip
def read_care_curve(request: Request[None, day_schemas.CurveQuery]) -> day_schemas.CurveView:
    """Children and staff needed per quarter of an hour"""
    return care_day.read_care_curve(request.caller, GroupId(request.id("group")), request.query)


@api.operation(
    "GET", "/v1/groups/{group}/care-deviations", process=25,
    query=DayQuery, answer=day_schemas.DeviationList, errors=(NotFound,),
)  # fmt: skip
def list_care_deviations(request: Request[None, DayQuery]) -> day_schemas.DeviationList:
    """Children who did not come, were not fetched, stayed longer or came without times"""
    day = request.query.day or today()
    return care_day.list_care_deviations(request.caller, GroupId(request.id("group")), day)


@api.operation(
    "GET", "/v1/groups/{group}/care-hours", process=25,
    query=day_schemas.DepartmentHoursQuery, answer=day_schemas.HoursPage, errors=(NotFound,),
)  # fmt: skip
def list_care_hours(request: Request[None, day_schemas.DepartmentHoursQuery]) -> day_schemas.HoursPage:
    """A department's hours of a week or month against what the places give"""
    return care_hours.list_care_hours(request.caller, GroupId(request.id("group")), request.query)


# Holidays


@api.operation(
    "POST", "/v1/units/{unit}/holiday-periods", process=25, status=201, keyed=True,
    body=schemas.NewPeriod, answer=schemas.PeriodView,
    errors=(NotFound, ChangedMeanwhile, holidays_rules.UnfitPeriod),
)  # fmt: skip
def open_care_holiday(request: Request[schemas.NewPeriod, None]) -> schemas.PeriodView:
    """Ask a unit's homes about a holiday"""
    assert request.key
    return care_holidays.open_care_holiday(
        request.caller, UnitId(request.id("unit")), request.body, request.key
    )


@api.operation(
    "GET", "/v1/units/{unit}/holiday-periods", process=25,
    query=PageQuery, answer=schemas.PeriodPage, errors=(NotFound,),
)  # fmt: skip
def list_care_holidays(request: Request[None, PageQuery]) -> schemas.PeriodPage:
    """A unit's holidays, the latest first"""
    return care_holidays.list_care_holidays(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/units/{unit}/holiday-periods/{period}", process=25,
    answer=schemas.PeriodSummary, errors=(NotFound,),
)  # fmt: skip
def read_care_holiday(request: Request[None, None]) -> schemas.PeriodSummary:
    """How many children need care each day of a holiday"""
    return care_holidays.read_care_holiday(request.caller, UnitId(request.id("unit")), request.id("period"))


@on.on_schedule(
    "cron(0 7 * * ? *)", process=25, timeout=900,
    meaning="Hem som inte har svarat om lovet har inte påmints: svarsdagen kan gå ut utan att de vet det.",
)  # fmt: skip
def remind_of_holidays() -> None:
    """Every morning: remind homes that have not answered about a holiday."""
    care_holidays.remind_of_holidays()
