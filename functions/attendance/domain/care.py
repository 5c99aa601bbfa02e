"""Care schedules (vistelsetider, process 25): when a child in preschool or fritidshem is to be there, said by
each home for its own weeks, with changes for single days; and how much time the place gives.

A home is the guardian who says its times (SS 12000 `Placement.owners`), and may let the other guardians of
the same home in. Two homes never have the child at the preschool twice at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from itertools import combinations, pairwise
from typing import Literal

from functions.attendance.domain import care_refusals as refusals
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId

CARE_FORMS = frozenset({SchoolForm.PRESCHOOL, SchoolForm.AFTER_SCHOOL_CENTRE})
"""Forms with a placement (SS 12000 FS, FTH); the open leisure activity has no schedule."""

State = Literal["Godkänt", "Begärt", "Nekat"]
Kind = Literal["hours", "away", "holiday"]
AllowedKind = Literal["full", "hours15", "hours525"]
Basis = Literal[
    "work", "studies", "ownNeed", "parentalLeave", "unemployment", "generalPreschool", "specialSupport"
]
MONDAY_TO_FRIDAY = 5


@dataclass(frozen=True, slots=True)
class CareRules:
    """How far schedules reach and how much time a place gives. The least hours are law (skollagen 8:4, 8:6);
    that they are counted over five weekdays, and 525 hours over the school year, is a default [M].
    """

    id: str
    valid_from: date
    longest_days: int
    change_days: int
    weekly_hours: int
    yearly_hours: int
    last_age: int


RULES = CareRules("care-1", date(2026, 7, 1), 1_100, 31, 15, 525, 13)


@dataclass(frozen=True, slots=True)
class Settings:
    """A unit's own choices; the defaults are assumptions [M], each changed by the unit's office.

    `approval` of what asks for more time: at once when it comes `change_lead_days` (a day) or
    `schedule_lead_days` (a schedule) ahead and else by staff, always by staff, or never. `late_minutes` is
    the grace at either end of the day; `unanswered` is what holds for holiday days nobody has answered.
    """

    approval: Literal["leadTime", "always", "never"] = "leadTime"
    change_lead_days: int = 2
    schedule_lead_days: int = 14
    children_per_staff: float = 5.0
    late_minutes: int = 15
    unanswered: Literal["asScheduled", "noNeed"] = "asScheduled"
    reminder_days: int = 3
    version: int = 0


@dataclass(frozen=True, order=True, slots=True)
class Hours:
    """Part of a day between two Swedish wall-clock times."""

    start: time
    end: time


@dataclass(frozen=True, order=True, slots=True)
class Entry:
    """Hours of one weekday (Monday 1) in one of a schedule's weeks (1 …)."""

    week: int
    weekday: int
    hours: Hours


@dataclass(frozen=True, slots=True)
class Placement:
    """A child's place at a unit, as the register has it."""

    id: str
    unit: UnitId
    form: SchoolForm
    start: date
    end: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One home's weeks at one placement, first and last day inclusive (SS 12000 `AttendanceSchedule`).

    `weeks` (1–4) repeat: counted from the Monday of the first day's week, or `by_week_number`, where week 1
    of every year is the first, so that odd and even weeks stay odd and even; after a year with 53 weeks two
    odd weeks follow each other.
    """

    id: str
    owner: PersonId
    placement: str
    unit: UnitId
    start: date
    end: date
    weeks: int
    entries: tuple[Entry, ...]
    by_week_number: bool = False
    shared: bool = False
    state: State = "Godkänt"
    version: int = 1

    def covers(self, day: date) -> bool:
        return self.start <= day <= self.end

    def week_of(self, day: date) -> int:
        """Which of the schedule's weeks a day is in, 1 …"""
        if self.by_week_number:
            return (day.isocalendar().week - 1) % self.weeks + 1
        since = _monday(day) - _monday(self.start)
        return since.days // 7 % self.weeks + 1

    def hours(self, day: date) -> tuple[Hours, ...]:
        """The hours of a day, in order."""
        if not self.covers(day):
            return ()
        place = self.week_of(day), day.isoweekday()
        return tuple(sorted(e.hours for e in self.entries if (e.week, e.weekday) == place))


@dataclass(frozen=True, slots=True)
class Change:
    """What one home says of a single day: other hours, away, or on holiday."""

    kind: Kind
    hours: tuple[Hours, ...]
    state: State
    unit: UnitId


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much time the place at a unit gives from a day on, why and who decided; the next one ends it."""

    unit: UnitId
    kind: AllowedKind
    basis: Basis
    start: date
    decided_by: PersonId


Changes = Mapping[PersonId, Change]
Answers = Mapping[PersonId, tuple[Hours, ...]]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is said of a child's times at care. `also` are closed records of the same child."""

    child: PersonId
    schedules: tuple[Schedule, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    also: tuple[PersonId, ...] = ()
    version: int | None = None

    @property
    def homes(self) -> list[PersonId]:
        """Those who have a schedule that is not denied."""
        return list(dict.fromkeys(s.owner for s in self.schedules if s.state != "Nekat"))

    def in_force(self, owner: PersonId, unit: UnitId, day: date, *, asked: bool = False) -> Schedule | None:
        """The home's schedule of a day: of those that cover it, the one that began last. With `asked` those
        that wait for an answer count too.
        """
        states = ("Godkänt", "Begärt") if asked else ("Godkänt",)
        found = [s for s in self.schedules
                 if (s.owner, s.unit) == (owner, unit) and s.state in states and s.covers(day)]  # fmt: skip
        return max(found, key=lambda s: (s.start, s.id), default=None)

    def allowed(self, unit: UnitId, day: date) -> Allowance | None:
        """What holds at a unit on a day."""
        found = [a for a in enumerate(self.allowances) if a[1].unit == unit and a[1].start <= day]
        return max(found, key=lambda a: (a[1].start, a[0]))[1] if found else None


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one day beside the schedules: changes, answers for a holiday (None outside one), and
    whether days of a holiday without an answer need nothing.
    """

    changes: Changes = field(default_factory=dict)
    answers: Answers | None = None
    silent_means_none: bool = False


NOTHING = Said()


def hours_of(
    plan: Plan, said: Said, owner: PersonId, unit: UnitId, day: date, *, asked: bool = False
) -> tuple[Hours, ...]:
    """One home's hours at a unit on a day: a change goes before an answer for a holiday, that before the
    schedule.
    """
    change = said.changes.get(owner)
    if change and change.unit == unit and change.state in ("Godkänt", *(("Begärt",) if asked else ())):
        return change.hours if change.kind == "hours" else ()
    if said.answers is not None:
        if owner in said.answers:
            return said.answers[owner]
        if said.silent_means_none:
            return ()
    schedule = plan.in_force(owner, unit, day, asked=asked)
    return schedule.hours(day) if schedule else ()


def expected_hours(plan: Plan, said: Said, unit: UnitId, day: date) -> list[Hours]:
    """All the homes' hours at a unit on a day, in order."""
    owners = dict.fromkeys((*plan.homes, *said.changes, *(said.answers or ())))
    return sorted(h for owner in owners for h in hours_of(plan, said, owner, unit, day))


def require_apart(plan: Plan, said: Mapping[date, Said], days: Iterable[date]) -> None:
    """No two homes have the child at the same time on any of the days: raises `HomesOverlap` with the first.

    What waits for an answer must fit whether it is approved or denied.
    """
    units = sorted({s.unit for s in plan.schedules} | {c.unit for x in said.values()
                                                      for c in x.changes.values()})  # fmt: skip
    for day in days:
        told = said.get(day, NOTHING)
        owners = dict.fromkeys((*plan.homes, *told.changes, *(told.answers or ())))
        for asked in (False, True):
            homes = [
                [h for unit in units for h in hours_of(plan, told, owner, unit, day, asked=asked)]
                for owner in owners
            ]
            if any(a.start < b.end and b.start < a.end
                   for one, other in combinations(homes, 2) for a in one for b in other):  # fmt: skip
                raise refusals.HomesOverlap(field="date", value=day.isoformat())


def require_hours(hours: Sequence[Hours]) -> None:
    """Raises `UnfitHours` for hours of a day that end before they start, or overlap."""
    for one in hours:
        if one.end <= one.start:
            raise refusals.UnfitHours(field="endTime", value=one.end.isoformat("minutes"))
    for one, after in pairwise(sorted(hours)):
        if after.start < one.end:
            raise refusals.UnfitHours(field="startTime", value=after.start.isoformat("minutes"))


def check_schedule(new: Schedule, placement: Placement, birth_date: date, today: date) -> Schedule:
    """The schedule, if it may begin. Raises `OutsidePlacement`, `TooOldForCare`, `UnfitHours`."""
    if new.start < max(today, placement.start):
        raise refusals.OutsidePlacement(field="startDate", value=new.start.isoformat())
    _check_end(new, placement, birth_date)
    if any(entry.week > new.weeks for entry in new.entries):
        raise refusals.UnfitHours(field="week", value=new.weeks)
    for week in range(1, new.weeks + 1):
        for weekday in range(1, 8):
            require_hours([e.hours for e in new.entries if (e.week, e.weekday) == (week, weekday)])
    return new


def changed_schedule(
    old: Schedule, new: Schedule, placement: Placement, birth_date: date, today: date
) -> Schedule:
    """The schedule changed: as a whole before it begins, after that its last day alone, today or later.

    Raises `ScheduleBegun`, and what `check_schedule` does.
    """
    new = replace(new, id=old.id, owner=old.owner, version=old.version + 1)
    if old.start > today:
        return check_schedule(new, placement, birth_date, today)
    if old.end < today or replace(new, end=old.end, version=old.version, state=old.state) != old:
        raise refusals.ScheduleBegun(field="startDate", value=old.start.isoformat())
    if new.end < today:
        raise refusals.DayPassed(field="endDate", value=new.end.isoformat())
    _check_end(new, placement, birth_date)
    return new


def _check_end(new: Schedule, placement: Placement, birth_date: date) -> None:
    longest = new.start + timedelta(days=RULES.longest_days)
    if not new.start <= new.end <= min(placement.end or longest, longest):
        raise refusals.OutsidePlacement(field="endDate", value=new.end.isoformat())
    last = last_care_day(birth_date)
    if placement.form is SchoolForm.AFTER_SCHOOL_CENTRE and new.end > last:
        raise refusals.TooOldForCare(field="endDate", value=new.end.isoformat(), last=last.isoformat())


def last_care_day(birth_date: date) -> date:
    """The last day of fritidshem: of the spring term of the year the pupil turns 13 (skollagen 14:7).

    >>> last_care_day(date(2016, 12, 31)).isoformat()
    '2029-06-30'
    """
    return SchoolYear(birth_date.year + RULES.last_age - 1).end


def state_of_new(settings: Settings, lead_days: int, first: date, today: date) -> State:
    """Whether what asks for more time holds at once or waits for staff."""
    if settings.approval == "leadTime":
        return "Godkänt" if (first - today).days >= lead_days else "Begärt"
    return "Begärt" if settings.approval == "always" else "Godkänt"


def state_of_change(
    settings: Settings, kind: Kind, hours: Sequence[Hours], before: Sequence[Hours], day: date, today: date
) -> State:
    """As `state_of_new` for a single day; whatever takes time away and gives none holds at once."""
    less = all(any(b.start <= h.start and h.end <= b.end for b in before) for h in hours)
    if kind != "hours" or less:
        return "Godkänt"
    return state_of_new(settings, settings.change_lead_days, day, today)


def home_of(
    plan: Plan, caller: PersonId, owner: PersonId | None, guardians: frozenset[PersonId], *, staff: bool
) -> PersonId:
    """Whose times the caller may say: the own home's, one shared with the caller, or for the office that of
    any guardian it names. Raises `NotYourHome`, `OwnerMissing`.
    """
    open_homes = [s.owner for s in plan.schedules if s.shared and s.owner in guardians and s.state != "Nekat"]
    if staff:
        if owner is None or owner not in guardians:
            raise refusals.OwnerMissing(field="owner", value=owner)
        return owner
    wanted = owner or (open_homes[0] if open_homes and caller not in plan.homes else caller)
    if wanted not in {caller, *open_homes}:
        raise refusals.NotYourHome(field="owner", value=owner)
    return wanted


def check_days(first: date, last: date, today: date) -> list[date]:
    """The days of a change. Raises `DayPassed`, `TooManyDays`."""
    if first < today:
        raise refusals.DayPassed(field="startDate", value=first.isoformat())
    if not 0 <= (last - first).days < RULES.change_days:
        raise refusals.TooManyDays(field="endDate", value=last.isoformat(), days=RULES.change_days)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


_KINDS: Mapping[Basis, frozenset[AllowedKind]] = {
    "work": frozenset({"full"}),
    "studies": frozenset({"full"}),
    "ownNeed": frozenset({"full"}),
    "parentalLeave": frozenset({"hours15"}),
    "unemployment": frozenset({"hours15"}),
    "generalPreschool": frozenset({"hours525"}),
    "specialSupport": frozenset({"full", "hours15"}),
}


def check_allowance(new: Allowance, placement: Placement, birth_date: date) -> Allowance:
    """The time a place gives, if its ground does (skollagen 8:4–7; fritidshem has full time, 14:5).

    Raises `UnfitAllowance`, `OutsidePlacement`.
    """
    if new.start < placement.start or (placement.end and new.start > placement.end):
        raise refusals.OutsidePlacement(field="startDate", value=new.start.isoformat())
    if new.kind not in _KINDS[new.basis]:
        raise refusals.UnfitAllowance(field="basis", value=new.basis)
    if placement.form is not SchoolForm.PRESCHOOL and new.kind != "full":
        raise refusals.UnfitAllowance(field="allowed", value=new.kind)
    if new.basis == "generalPreschool" and new.start < date(birth_date.year + 3, 7, 1):
        raise refusals.UnfitAllowance(field="startDate", value=new.start.isoformat())
    return new


def allowed_minutes(plan: Plan, unit: UnitId, first: date, last: date) -> int | None:
    """The minutes that the place gives from a day to another; None when it is not limited, or not decided.

    15 hours a week are three on each of five weekdays; 525 hours a year are the same, at most 525 in all.
    """
    total, general = 0, False
    for day in days_between(first, last):
        allowance = plan.allowed(unit, day)
        if allowance is None or allowance.kind == "full":
            return None
        general = general or allowance.kind == "hours525"
        if day.isoweekday() <= MONDAY_TO_FRIDAY:
            total += RULES.weekly_hours * 60 // MONDAY_TO_FRIDAY
    return min(total, RULES.yearly_hours * 60) if general else total


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
