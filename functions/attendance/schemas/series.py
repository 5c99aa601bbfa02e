"""Absence that comes again."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from functions.attendance.domain.absence import Reason, Reporter
from functions.attendance.schemas.common import ClockTime, Id, Notified
from skolkit.http import Shape


class SeriesRule(Shape):
    """The weekday of `startDate`, every week or every second, to `endDate`; part of the day between two
    Swedish wall-clock times, or whole days.
    """

    start_date: date
    end_date: date
    every_weeks: Literal[1, 2] = 1
    start_time: ClockTime | None = None
    end_time: ClockTime | None = None


class NewSeries(SeriesRule):
    """A series to report. As a change it replaces whatever the series says from `startDate` on, what was
    cancelled too.
    """

    reason: Notified


class WithdrawQuery(Shape):
    """From which day on; today when left out."""

    since: Annotated[date | None, Field(alias="from")] = None


class OccasionView(Shape):
    """One day of a series."""

    id: Id
    date: date
    start_time: ClockTime | None
    end_time: ClockTime | None
    reason: Reason
    cancelled: bool


class SeriesView(SeriesRule):
    """A series with its occasions, which are school days. `version` is what If-Match takes."""

    reason: Reason
    id: Id
    student: Id
    reported_as: Reporter
    occasions: list[OccasionView]
    version: int


class SeriesPage(Shape):
    """Series, newest first; `cursor` leads to the next page."""

    data: list[SeriesView]
    cursor: str | None
