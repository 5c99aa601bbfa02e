"""Leave over HTTP: applications, answers, decisions, settings."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated

from pydantic import Field

from functions.attendance.domain.leave import Ground, Outcome, Purpose, Role, State
from functions.attendance.schemas.common import Id
from skolkit.http import Shape

Words = Annotated[str, Field(max_length=1000)]


class NewLeave(Shape):
    """Leave to apply for: whole days, or part of one day between two Swedish wall-clock times. `words` are
    for who decides; nothing about health belongs there.
    """

    start_date: date
    end_date: date
    start_time: time | None = None
    end_time: time | None = None
    purpose: Purpose
    words: Words = ""


class LeaveAnswer(Shape):
    """Whether the other guardian agrees."""

    agrees: bool


class NewDecision(Shape):
    """What is decided. The days are those granted, when only a part of what was applied for is."""

    outcome: Outcome
    ground: Ground
    motivation: Words = ""
    start_date: date | None = None
    end_date: date | None = None


class DecisionView(Shape):
    """A decision: what, on which ground, why, by whom and as what, under which rules, and how to appeal.
    `daysInARow` is the whole leave that this is part of, `usedDays` what was granted before in the school
    year.
    """

    number: int
    outcome: Outcome
    start_date: date
    end_date: date
    days: int
    days_in_a_row: int
    used_days: int
    ground: Ground
    motivation: str
    appeal: str
    appeal_en: str
    decided_by: Id
    role: Role
    delegation: Id | None
    decided_timestamp: datetime
    rules: str
    settings: str


class LeaveState(Shape):
    """An application without its decisions. `days` are school days; `granted…` what holds."""

    id: Id
    student: Id
    start_date: date
    end_date: date
    start_time: time | None
    end_time: time | None
    purpose: Purpose
    applicant: Id
    applied_timestamp: datetime
    days: int
    state: State
    granted_start_date: date | None
    granted_end_date: date | None
    version: int


class LeaveView(LeaveState):
    """An application as the home and who decides see it. `usedDays`: other leave granted in the school year;
    `daysInARow`: the leave that this would be part of; `principalOnly`: nobody decides in the principal's
    stead.
    """

    words: str
    awaits: list[Id]
    agreed: list[Id]
    used_days: int
    days_in_a_row: int
    principal_only: bool
    decisions: list[DecisionView]


class LeavePage(Shape):
    """A pupil's applications, newest first; `cursor` leads to the next page."""

    data: list[LeaveState]
    cursor: str | None


class WaitingLeave(Shape):
    """An application that waits for its decision."""

    id: Id
    student: Id
    given_name: str
    family_name: str
    start_date: date
    end_date: date
    days: int
    waiting_since: date


class WaitingPage(Shape):
    """What waits at a unit, oldest application first; `cursor` leads to the next page."""

    data: list[WaitingLeave]
    cursor: str | None


class LeaveSettingsBody(Shape):
    """What a unit, or the municipality for units without their own, has chosen about leave."""

    both_guardians: bool = False
    delegable_days: Annotated[int, Field(ge=0, le=10)] = 10
    remind_after_days: Annotated[int, Field(ge=1, le=40)] = 5
    appeal: Annotated[str, Field(min_length=20, max_length=1000)] | None = None
    appeal_en: Annotated[str, Field(min_length=20, max_length=1000)] | None = None


class LeaveSettingsView(Shape):
    """What holds at a unit; `settings` says whose choice it is, `version` is the unit's own (0: none)."""

    unit: Id
    both_guardians: bool
    delegable_days: int
    remind_after_days: int
    appeal: str
    appeal_en: str
    settings: str
    version: int
