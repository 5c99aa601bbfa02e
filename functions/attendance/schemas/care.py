"""Care schedules: weeks, changes of days, what places give, requests and their answers, a unit's choices."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainSerializer, WithJsonSchema

from functions.attendance.domain.care import AllowedKind, Basis, Kind, State
from functions.attendance.schemas.common import Id
from skolkit.http import Shape


def _whole_minute(at: time) -> time:
    if at.tzinfo or at.second or at.microsecond:
        raise ValueError("a Swedish wall-clock time, HH:MM")
    return at


ClockTime = Annotated[
    time,
    AfterValidator(_whole_minute),
    PlainSerializer(lambda at: at.isoformat("minutes"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}),
]
Spans = Annotated[list["HoursShape"], Field(max_length=6)]


class HoursShape(Shape):
    """Part of a day, Swedish wall-clock times."""

    start_time: ClockTime
    end_time: ClockTime


class ScheduleEntry(HoursShape):
    """Hours of a weekday (Monday 1) in one of the schedule's weeks (1 …)."""

    week: Annotated[int, Field(ge=1, le=4)]
    week_day: Annotated[int, Field(ge=1, le=7)]


class NewSchedule(Shape):
    """A home's weeks at a placement. `byWeekNumber`: week 1 of the year is the schedule's first (odd and even
    weeks); else the week of the first day is. `owner` is the guardian whose home it is, the caller when left
    out; `shared`: the other guardians live there too and may change it.
    """

    placement: Id
    number_of_weeks: Annotated[int, Field(ge=1, le=4)] = 1
    by_week_number: bool = False
    start_date: date
    end_date: date
    shared: bool = False
    owner: Id | None = None
    schedule_entries: Annotated[list[ScheduleEntry], Field(max_length=112)]


class ScheduleView(Shape):
    """A schedule (SS 12000 `AttendanceSchedule`). `version` is what If-Match takes."""

    id: Id
    owner: Id
    placement: Id
    unit: Id
    number_of_weeks: int
    by_week_number: bool
    start_date: date
    end_date: date
    temporary: bool = False
    shared: bool
    state: State
    schedule_entries: list[ScheduleEntry]
    version: int


class NewChange(Shape):
    """Other hours, away or on holiday for a home's single days; `asScheduled` takes a change back."""

    placement: Id
    start_date: date
    end_date: date
    kind: Literal["hours", "away", "holiday", "asScheduled"]
    hours: Spans = Field(default=[])
    owner: Id | None = None


class ChangeView(Shape):
    """A home's change of a day."""

    date: date
    owner: Id
    kind: Kind
    state: State
    hours: list[HoursShape]


class ChangesView(Shape):
    """The home's changes as they are now, by day."""

    data: list[ChangeView]


class CareDecision(Shape):
    """Yes or no to a requested schedule, or to a home's change of a day."""

    schedule: Id | None = None
    day: Annotated[date | None, Field(alias="date")] = None
    owner: Id | None = None
    approved: bool


class DecisionView(Shape):
    """What was decided."""

    state: State


class NewAllowance(Shape):
    """How much time a placement gives from a day on, and the ground."""

    placement: Id
    allowed: AllowedKind
    basis: Basis
    start_date: date


class AllowanceView(Shape):
    """What a unit's place gives from a day until the next."""

    unit: Id
    allowed: AllowedKind
    basis: Basis
    start_date: date


class HolidayAnswer(Shape):
    """What a home has answered for a day of a holiday; no hours: no need."""

    date: date
    owner: Id
    hours: list[HoursShape]


class HolidayShape(Shape):
    """A holiday that homes answer about until its last day."""

    id: Id
    unit: Id
    start_date: date
    end_date: date
    last_answer_day: date
    unanswered: Literal["asScheduled", "noNeed"]


class ChildHoliday(HolidayShape):
    """A coming holiday, and what the homes have answered."""

    answers: list[HolidayAnswer]


class PlacementView(Shape):
    """A place a schedule can be for (SS 12000 `Placement`)."""

    id: Id
    unit: Id
    school_type: str
    start_date: date
    end_date: date | None


class CareQuery(Shape):
    """From which day; today when left out."""

    since: Annotated[date | None, Field(alias="from")] = None


class CareView(Shape):
    """All that is said of a child's times from a day on."""

    child: Id
    placements: list[PlacementView]
    schedules: list[ScheduleView]
    changes: list[ChangeView]
    allowances: list[AllowanceView]
    holidays: list[ChildHoliday]


class AskedRow(Shape):
    """Something that waits for staff. Of a protected child only that there is something."""

    withheld: bool
    date: date
    child: Id | None
    owner: Id | None
    schedule: Id | None


class AskedPage(Shape):
    """Requests by day; `cursor` leads to the next page. A page may be short or empty before the last."""

    data: list[AskedRow]
    cursor: str | None


class CareSettings(Shape):
    """A unit's own choices."""

    approval: Literal["leadTime", "always", "never"]
    change_lead_days: Annotated[int, Field(ge=0, le=60)]
    schedule_lead_days: Annotated[int, Field(ge=0, le=90)]
    children_per_staff: Annotated[float, Field(ge=1, le=50)]
    late_minutes: Annotated[int, Field(ge=0, le=120)]
    unanswered: Literal["asScheduled", "noNeed"]
    reminder_days: Annotated[int, Field(ge=1, le=30)]


class CareSettingsView(CareSettings):
    """The choices with their version, 0 while they are the defaults."""

    version: int


class NewPeriod(Shape):
    """A holiday to ask about. `unanswered`: what holds without an answer; the unit's choice when left out."""

    start_date: date
    end_date: date
    last_answer_day: date
    unanswered: Literal["asScheduled", "noNeed"] | None = None


class PeriodView(HolidayShape):
    """A holiday as it was opened."""

    version: int


class PeriodPage(Shape):
    """Holidays, the latest first; `cursor` leads to the next page."""

    data: list[PeriodView]
    cursor: str | None


class PeriodDay(Shape):
    """How many children need care on a day of a holiday, counting what holds without an answer."""

    date: date
    need: int
    no_need: int
    unanswered: int


class PeriodSummary(HolidayShape):
    """A holiday's days."""

    children: int
    days: list[PeriodDay]


class DayAnswer(Shape):
    """Need or no need of a day; times when there is a need."""

    date: date
    need: bool
    hours: Spans = Field(default=[])


class NewAnswers(Shape):
    """A home's answers for days of a holiday."""

    period: Id
    owner: Id | None = None
    days: Annotated[list[DayAnswer], Field(min_length=1, max_length=80)]


class AnswersView(Shape):
    """All the answers for the child as they are now."""

    data: list[HolidayAnswer]
