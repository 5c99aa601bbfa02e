"""Leave (ledighet, process 22): who may be granted time off from school, how the days are counted, and what
only the principal decides (skollagen 7:18).

A pupil may have a shorter leave for personal matters, a longer one only for exceptional reasons (synnerliga
skäl). The principal decides, and may let somebody else decide, but never on more than ten days. Days are
school days of the unit's calendar; a part of a day counts as one. So that the ten days cannot be split,
applications that join, with no school day between them, are one leave, also over a holiday.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal, NewType

from functions.attendance.domain.absence import NoSchoolDay, Notice, Reason, Span, UnknownSpan
from functions.attendance.domain.leave_refusals import (
    BeyondSchoolYear,
    LeaveBegun,
    NotPartOfIt,
    NotToAnswer,
    NotToDecide,
    NotToWithdraw,
    OverlappingLeave,
    OwnCase,
    PrincipalDecides,
    ReasonsMissing,
    WrongGround,
)
from skolkit.errors import Text
from skolkit.sweden.calendar import SchoolYear, is_workday
from skolkit.types import NoticeId, PersonId, UnitId

LeaveId = NewType("LeaveId", str)
IsSchoolDay = Callable[[date], bool]
_DAY = timedelta(days=1)


class Purpose(StrEnum):
    """What the leave is for, as a category; the home's own words are only for who decides."""

    TRAVEL = "travel"
    FAMILY_EVENT = "familyEvent"
    ACTIVITY = "activity"
    OTHER = "other"


State = Literal[
    "consent", "waiting", "granted", "partlyGranted", "refused", "declined", "withdrawn", "takingEffect"
]
"""`consent`: waits for the other guardian, who may have `declined`; `waiting`: for the decision;
`takingEffect`: decided, and being put into the pupil's days.
"""
OPEN: frozenset[State] = frozenset({"consent", "waiting"})
GRANTED: frozenset[State] = frozenset({"granted", "partlyGranted"})

Outcome = Literal["granted", "partlyGranted", "refused"]
Ground = Literal[
    "personalMatter", "exceptionalReasons", "noPersonalMatter", "noExceptionalReasons", "pupilsSituation",
    "importantSchoolwork",
]  # fmt: skip
"""Why: `personalMatter` (enskild angelägenhet) and `exceptionalReasons` (synnerliga skäl) grant, the others
refuse.
"""
GRANTING: frozenset[Ground] = frozenset({"personalMatter", "exceptionalReasons"})
Role = Literal["principal", "delegate"]

APPEAL = Text(
    "Beslutet får inte överklagas enligt 28 kap. skollagen. Den som är medlem av kommunen kan få beslutets "
    "laglighet prövad (kommunallagen 13 kap.): skriv till förvaltningsrätten inom tre veckor från den dag då "
    "beslutet anslogs på kommunens anslagstavla.",
    "The decision cannot be appealed against under chapter 28 of the Education Act. A member of the "
    "municipality can have its legality reviewed (kommunallagen chapter 13): write to the administrative "
    "court within three weeks of the day on which it was posted on the municipality's notice board.",
)
"""How a decision may be appealed, where the municipality has no text of its own [M]."""


@dataclass(frozen=True, slots=True)
class LeaveRules:
    """What the law says and leaves open, as data of one version. `delegable`: the most days in a row that
    somebody else than the principal decides on; `short`: up to which a leave is a shorter one (the law gives
    no number, ten is the usual reading [M]).
    """

    id: str = "leave-2026"
    valid_from: date = date(2026, 7, 1)
    delegable: int = 10
    short: int = 10


RULES = LeaveRules()


@dataclass(frozen=True, slots=True)
class LeaveSettings:
    """What a unit or the municipality has chosen [M]. `both_guardians`: the other one with custody has to
    agree; `delegable`: a limit below the law's; `remind_after`: school days that a case may lie untouched;
    `appeal`: how to appeal. `id` says whose and which version.
    """

    both_guardians: bool = False
    delegable: int = RULES.delegable
    remind_after: int = 5
    appeal: Text = APPEAL
    id: str = "default"
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """An application and what became of it. `asked` is what was applied for, `granted` what holds; `awaits`
    are the guardians whose answer is missing; `touched` the day somebody did something last; `coming` the
    state it gets when all its days have been marked; `decisions` how many there are; `version` None until it
    is stored.
    """

    id: LeaveId
    pupil: PersonId
    unit: UnitId
    asked: Span
    purpose: Purpose
    words: str
    applicant: PersonId
    applied: datetime
    touched: date
    days: int
    state: State = "waiting"
    awaits: tuple[PersonId, ...] = ()
    agreed: tuple[PersonId, ...] = ()
    granted: Span | None = None
    coming: State | None = None
    decisions: int = 0
    version: int | None = None

    def as_notice(self) -> Notice | None:
        """What is granted, as a notice; None when nothing is."""
        if self.granted is None:
            return None
        return Notice(NoticeId(self.id), self.pupil, self.unit, self.granted, Reason.LEAVE, self.applicant)


@dataclass(frozen=True, slots=True)
class Taken:
    """What is known of another leave of the pupil: its days, and whether they are granted or applied for."""

    span: Span
    granted: bool


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides, as what, and by which delegation."""

    person: PersonId
    role: Role
    delegation: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided: `span` is what is granted (None: nothing), `ground` and `motivation` why."""

    outcome: Outcome
    ground: Ground
    motivation: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision, never changed. `number` counts those of the case; `days` what is granted, `in_a_row` the
    leave it is part of, `used` what was granted earlier in the school year; `rules` and `settings` name what
    it follows.
    """

    number: int
    outcome: Outcome
    span: Span
    days: int
    in_a_row: int
    used: int
    ground: Ground
    motivation: str
    appeal: Text
    by: Decider
    at: datetime
    rules: str
    settings: str


def school_days(span: Span, is_school_day: IsSchoolDay) -> int:
    """How many school days a leave takes; a part of one counts as one."""
    return sum(map(is_school_day, span.days()))


def in_a_row(asked: Span, others: Iterable[Span], is_school_day: IsSchoolDay) -> int:
    """The school days of the one leave that `asked` is part of: with all that join it, no school day between
    (skollagen 7:18).
    """
    away = {day for span in (asked, *others) for day in span.days()}
    days, earliest, latest = set(asked.days()), min(away), max(away)
    for step, start in ((-_DAY, asked.first), (_DAY, asked.last)):
        day = start + step
        while earliest <= day <= latest and (day in away or not is_school_day(day)):
            days.add(day)
            day += step
    return sum(map(is_school_day, days))


def used_days(asked: Span, others: Iterable[Taken], is_school_day: IsSchoolDay) -> int:
    """School days of leave granted in the same school year."""
    year = SchoolYear.of(asked.first)
    mine = {day for other in others if other.granted for day in other.span.days()}
    return sum(is_school_day(day) for day in mine if SchoolYear.of(day) == year)


def marked_days(span: Span) -> list[date]:
    """The days that say that the pupil is on leave: every day that may be a school day, so that a change of
    the calendar changes nothing.
    """
    return [day for day in span.days() if is_workday(day)]


def apply(draft: Leave, others: Mapping[LeaveId, Taken], today: date, is_school_day: IsSchoolDay) -> Leave:
    """The application with its days counted, or a refusal: `UnknownSpan`, `LeaveBegun`, `BeyondSchoolYear`,
    `NoSchoolDay`, `OverlappingLeave`.
    """
    asked = draft.asked
    _check_span(asked)
    if asked.first < today:
        raise LeaveBegun(field="startDate", value=asked.first.isoformat())
    year = SchoolYear.of(asked.first)
    if asked.last > year.end or year.start_year > SchoolYear.of(today).start_year + 1:
        raise BeyondSchoolYear(field="endDate", value=asked.last.isoformat(), year=year)
    days = school_days(asked, is_school_day)
    if not days:
        raise NoSchoolDay(field="startDate", value=asked.first.isoformat())
    if any(other.span.overlaps(asked) for other in others.values()):
        raise OverlappingLeave(field="startDate", value=asked.first.isoformat())
    return replace(draft, days=days, state="consent" if draft.awaits else "waiting")


def check_impartial(decider: PersonId, pupil: PersonId, guardians: Iterable[PersonId]) -> None:
    """Nobody decides in a case of their own (jäv): `OwnCase`."""
    if decider in {pupil, *guardians}:
        raise OwnCase(field="leave")


def _check_span(span: Span) -> None:
    if span.last < span.first:
        raise UnknownSpan(field="endDate", value=span.last.isoformat())
    partial = span.start is not None or span.end is not None
    if partial and (span.first != span.last or (span.start or time.min) >= (span.end or time.max)):
        raise UnknownSpan(field="endTime", value=span.end.isoformat("minutes") if span.end else None)


def answer(leave: Leave, by: PersonId, custody: Iterable[PersonId], today: date, *, agrees: bool) -> Leave:
    """The application with a guardian's answer. Whoever has no custody any more is not waited for.

    Raises `NotToAnswer`.
    """
    if leave.state != "consent" or by not in leave.awaits:
        raise NotToAnswer(field="leave")
    if not agrees:
        return replace(leave, state="declined", awaits=(), touched=today)
    awaits = tuple(g for g in leave.awaits if g != by and g in set(custody))
    state: State = "consent" if awaits else "waiting"
    return replace(leave, state=state, awaits=awaits, agreed=(*leave.agreed, by), touched=today)


def without_custody(leave: Leave, custody: Iterable[PersonId], today: date) -> Leave:
    """The application when custody has changed: whoever has none any more is not waited for, and with nobody
    left to wait for it goes on to be decided. When nobody who has custody stands behind it, they are asked.
    """
    held = set(custody)
    awaits = tuple(guardian for guardian in leave.awaits if guardian in held)
    if not awaits and not held & {leave.applicant, *leave.agreed}:
        awaits = tuple(sorted(held))
    if leave.state != "consent" or awaits == leave.awaits:
        return leave
    return replace(leave, state="consent" if awaits else "waiting", awaits=awaits, touched=today)


def withdraw(leave: Leave, today: date) -> Leave:
    """The application taken back, or a granted leave given up: all of it before it begins, else from today
    on. Raises `NotToWithdraw`.
    """
    if leave.state in OPEN:
        return replace(leave, state="withdrawn", awaits=(), touched=today)
    if leave.state not in GRANTED or leave.granted is None or leave.granted.last < today:
        raise NotToWithdraw(field="leave")
    if leave.granted.first >= today:
        return replace(leave, state="withdrawn", granted=None, touched=today)
    return replace(leave, granted=replace(leave.granted, last=today - _DAY), touched=today)


def decide(
    leave: Leave,
    verdict: Verdict,
    by: Decider,
    others: Mapping[LeaveId, Taken],
    now: datetime,
    today: date,
    is_school_day: IsSchoolDay,
    settings: LeaveSettings,
) -> tuple[Leave, Decision]:
    """The leave as decided, first or anew before it begins (omprövning, förvaltningslagen 37 §), and the
    decision. `others` are the pupil's other leaves and applications.

    Raises `NotToDecide`, `LeaveBegun`, `PrincipalDecides`, `NotPartOfIt`, `OverlappingLeave`, `WrongGround`,
    `ReasonsMissing`.
    """
    _check_state(leave, today)
    spans = [other.span for id, other in others.items() if id != leave.id]
    row = in_a_row(leave.asked, spans, is_school_day)
    limit = min(RULES.delegable, settings.delegable)
    if by.role == "delegate" and row > limit:
        raise PrincipalDecides(field="leave", value=row, days=row, limit=limit)
    granted = _granted(leave.asked, verdict)
    if granted and any(span.overlaps(granted) for span in spans):
        raise OverlappingLeave(field="leave")
    earlier = [other for id, other in others.items() if id != leave.id and other.granted]
    longest = in_a_row(granted, [o.span for o in earlier], is_school_day) if granted else 0
    _check_reasons(verdict, longest)
    days = school_days(granted, is_school_day) if granted else 0
    if granted and not days:
        raise NoSchoolDay(field="startDate", value=granted.first.isoformat())
    decision = Decision(
        number=leave.decisions + 1, outcome=verdict.outcome, span=granted or leave.asked, days=days,
        in_a_row=row, used=used_days(leave.asked, earlier, is_school_day), ground=verdict.ground,
        motivation=verdict.motivation, appeal=settings.appeal, by=by, at=now, rules=RULES.id,
        settings=settings.id,
    )  # fmt: skip
    decided = replace(leave, state=verdict.outcome, granted=granted, touched=today, decisions=decision.number)
    return decided, decision


def _check_state(leave: Leave, today: date) -> None:
    if leave.state == "waiting" and leave.decisions == 0:
        return
    if leave.state not in {"granted", "partlyGranted", "refused"}:
        raise NotToDecide(field="leave")
    if leave.asked.first <= today:
        raise LeaveBegun(field="leave")


def _granted(asked: Span, verdict: Verdict) -> Span | None:
    """What a verdict grants. Raises `NotPartOfIt`."""
    if verdict.outcome == "refused":
        return None
    if verdict.outcome == "granted":
        return asked
    span = verdict.span
    if span is None or span.last < span.first or span == asked:
        raise NotPartOfIt(field="startDate")
    if not (asked.first <= span.first and span.last <= asked.last):
        raise NotPartOfIt(field="startDate", value=span.first.isoformat())
    return span


def _check_reasons(verdict: Verdict, longest: int) -> None:
    grants = verdict.outcome != "refused"
    wrong = grants != (verdict.ground in GRANTING)
    if wrong or (longest > RULES.short and verdict.ground != "exceptionalReasons"):
        raise WrongGround(field="ground", value=verdict.ground, short=RULES.short)
    if verdict.outcome != "granted" and not verdict.motivation.strip():
        raise ReasonsMissing(field="motivation")


def is_due(leave_touched: date, today: date, remind_after: int, is_school_day: IsSchoolDay) -> bool:
    """Whether today is one of the days on which the decider is reminded: every `remind_after` school days."""
    since = (today - leave_touched).days
    waited = sum(is_school_day(leave_touched + n * _DAY) for n in range(1, since + 1))
    return waited > 0 and waited % remind_after == 0 and is_school_day(today)
