"""Units and school years over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from functions.organisation.domain.calendars import Origin, Reason
from functions.organisation.domain.units import Change, OrganisationType, Status
from functions.organisation.schemas.common import Id, PageQuery
from skolkit.http import Shape
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import MunicipalityCode, OrganisationNumber, SchoolForm


def _is_year(text: str) -> str:
    return str(SchoolYear.parse(text))


def _is_number(text: str) -> str:
    return OrganisationNumber(text)


def _is_municipality(text: str) -> str:
    return MunicipalityCode(text)


Year = Annotated[str, Field(pattern=r"^[0-9]{4}/[0-9]{2}$"), AfterValidator(_is_year)]


class UnitView(Shape):
    """An element of the organisation, mostly a school unit. `lat`/`lon` are WGS 84 degrees; `pupils` is the
    public count, when known; `code` is the school unit code. `version` is what If-Match takes.
    """

    id: Id
    organisation_type: OrganisationType
    code: str | None
    name: str
    municipality_code: str | None
    municipal: bool
    status: Status
    school_forms: list[SchoolForm]
    parent: Id | None
    organisation_code: str | None
    organisation_number: str | None
    address: str | None
    lat: float | None
    lon: float | None
    pupils: int | None
    email: str | None
    phone: str | None
    url: str | None
    start_date: date | None
    end_date: date | None
    version: int


class UnitPage(Shape):
    """The municipality's own active units by name; `cursor` leads to the next page."""

    data: list[UnitView]
    cursor: str | None


class UnitChange(Shape):
    """An element as it is to be, in the words of SS 12000. A new `parent` moves it and all that is below
    it.
    """

    organisation_type: OrganisationType
    name: Annotated[str, Field(min_length=1, max_length=200)]
    parent: Id | None = None
    school_forms: Annotated[tuple[SchoolForm, ...], Field(max_length=20)] = ()
    code: Annotated[str, Field(pattern=r"^[1-9][0-9]{7}$")] | None = None
    organisation_code: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    organisation_number: Annotated[str, AfterValidator(_is_number)] | None = None
    municipality_code: Annotated[str, AfterValidator(_is_municipality)] | None = None
    address: Annotated[str, Field(max_length=200)] | None = None
    email: Annotated[str, Field(max_length=200, pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    url: Annotated[str, Field(max_length=300, pattern=r"^https?://\S+$")] | None = None
    start_date: date | None = None
    end_date: date | None = None


class NewUnit(UnitChange):
    """An element to create."""


class Closing(Shape):
    """The last day of a unit."""

    end_date: date


class ChildView(Shape):
    """An element right below another."""

    id: Id
    name: str
    organisation_type: OrganisationType
    status: Status
    end_date: date | None


class ChildPage(Shape):
    """What is right below an element, by name."""

    data: list[ChildView]
    cursor: str | None


class AncestorList(Shape):
    """What an element is below, nearest first, up to the organiser."""

    data: list[ChildView]


class UnitDifference(Shape):
    """What an import of units found different about one, or with `preview` would change."""

    unit: Id
    changes: list[Change]
    preview: bool


class UnitDifferencePage(Shape):
    """The differences of one import."""

    data: list[UnitDifference]
    cursor: str | None


class SchoolFormView(Shape):
    """What a school form uses. What it does not use is not shown: `firstYear` and `lastYear` are null without
    years, `schoolDays` tells whether there are terms with a least number of school days.
    """

    code: SchoolForm
    ss12000: str
    name_sv: str
    name_en: str
    intake: Literal["enrolment", "placement", "none"]
    first_year: int | None
    last_year: int | None
    compulsory: bool
    attendance_duty: bool
    school_days: bool
    graded: bool
    timplan: bool
    guaranteed_hours: bool
    subjects: bool
    certified: bool


class SchoolFormList(Shape):
    """All school forms."""

    data: list[SchoolFormView]


class CalendarQuery(Shape):
    """Which school year, as `2026/27`; the present one when left out."""

    school_year: Year | None = None


class TermView(Shape):
    """A term, both days inclusive."""

    first: date
    last: date


class CalendarView(Shape):
    """A unit's school year (läsårsdata). Where its forms have no terms, `autumn`, `spring` and `schoolDays`
    are null and `daysOff` are the days it is closed. `origin`: the unit's own, the municipality's, or the
    usual one.
    """

    school_year: str
    origin: Origin
    autumn: TermView | None
    spring: TermView | None
    days_off: list[date]
    study_days: list[date]
    school_days: int | None
    holidays: list[HolidayView]


class HolidayView(Shape):
    """A public holiday (lag (1989:253)), but ordinary Sundays."""

    date: date
    name: str


class NewCalendar(Shape):
    """A school year to propose. Terms only where the unit's forms have them."""

    school_year: Year
    autumn: TermView | None = None
    spring: TermView | None = None
    days_off: Annotated[tuple[date, ...], Field(max_length=120)] = ()
    study_days: Annotated[tuple[date, ...], Field(max_length=20)] = ()


class DraftView(Shape):
    """A proposed school year, with every rule of skolförordningen 3:2–6 it still breaks."""

    unit: Id
    school_year: str
    autumn: TermView | None
    spring: TermView | None
    days_off: list[date]
    study_days: list[date]
    school_days: int | None
    problems: list[ProblemView]
    decided: bool
    version: int


class ProblemView(Shape):
    """A rule that is broken."""

    rule: str
    sv: str
    en: str


class DecideCalendar(Shape):
    """Decide the draft of a year as it is."""

    school_year: Year
    reason: Reason = "ordinary"


class DecisionView(Shape):
    """A decided school year. `number` counts the decisions of the same year; `decidedBy` is null for a
    file's.
    """

    unit: Id
    school_year: str
    number: int
    reason: Reason
    rules: str
    decided_by: Id | None
    decided_at: datetime | None
    autumn: TermView | None
    spring: TermView | None
    days_off: list[date]
    study_days: list[date]


class DecisionPage(Shape):
    """Every decision of a year, the latest first."""

    data: list[DecisionView]
    cursor: str | None


class YearQuery(Shape):
    """Which school year."""

    school_year: Year


class YearPageQuery(PageQuery):
    """Which school year, how much of the list, from where."""

    school_year: Year
