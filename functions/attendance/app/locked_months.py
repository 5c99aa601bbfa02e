"""Months whose attendance is settled (process 20)."""

from __future__ import annotations

from functions.attendance.app.base import api
from functions.attendance.domain.correction import MonthNotOver, UnlockingNeedsReason
from functions.attendance.schemas import locked_months as schemas
from functions.attendance.usecases import locked_months
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request
from skolkit.types import UnitId


@api.operation(
    "GET", "/v1/units/{unit}/locked-months/{month}", process=20, answer=schemas.MonthView, errors=(NotFound,)
)
def read_month(request: Request[None, None]) -> schemas.MonthView:
    """Whether a unit's month is locked"""
    return locked_months.read_month(request.caller, UnitId(request.id("unit")), request.path["month"])


@api.operation(
    "PUT", "/v1/units/{unit}/locked-months/{month}", process=20, versioned=True,
    body=schemas.LockMonth, answer=schemas.MonthView,
    errors=(NotFound, ChangedMeanwhile, MonthNotOver, UnlockingNeedsReason),
)  # fmt: skip
def lock_month(request: Request[schemas.LockMonth, None]) -> schemas.MonthView:
    """Lock a unit's month, or unlock it with a reason"""
    return locked_months.lock_month(
        request.caller, UnitId(request.id("unit")), request.path["month"], request.body, request.version
    )
