"""Leave (process 22)."""

from __future__ import annotations

from functions.attendance.app.base import api, on
from functions.attendance.domain import leave_refusals as refusals
from functions.attendance.domain.absence import NoSchoolDay, UnknownSpan
from functions.attendance.domain.leave import LeaveId
from functions.attendance.events import CustodyTold, LeaveTakesEffect
from functions.attendance.schemas import leave as schemas
from functions.attendance.schemas.common import PageQuery
from functions.attendance.usecases import leave, leave_lists
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.types import PersonId, UnitId


@api.operation(
    "POST", "/v1/pupils/{pupil}/leaves", process=22, status=201, keyed=True,
    body=schemas.NewLeave, answer=schemas.LeaveState,
    errors=(
        NotFound, ChangedMeanwhile, UnknownSpan, NoSchoolDay, refusals.LeaveBegun, refusals.BeyondSchoolYear,
        refusals.OverlappingLeave,
    ),
)  # fmt: skip
def apply_for_leave(request: Request[schemas.NewLeave, None]) -> schemas.LeaveState:
    """Apply for leave for a pupil"""
    assert request.key
    return leave.apply_for_leave(request.caller, PersonId(request.id("pupil")), request.body, request.key)


@api.operation(
    "GET", "/v1/pupils/{pupil}/leaves", process=22,
    query=PageQuery, answer=schemas.LeavePage, errors=(NotFound,),
)  # fmt: skip
def list_leaves(request: Request[None, PageQuery]) -> schemas.LeavePage:
    """A pupil's applications for leave, newest first"""
    return leave_lists.list_leaves(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "GET", "/v1/pupils/{pupil}/leaves/{leave}", process=22, answer=schemas.LeaveView, errors=(NotFound,)
)
def read_leave(request: Request[None, None]) -> schemas.LeaveView:
    """An application for leave with its decisions and the days used"""
    pupil, id = PersonId(request.id("pupil")), LeaveId(request.id("leave"))
    return leave_lists.read_leave(request.caller, pupil, id)


@api.operation(
    "DELETE", "/v1/pupils/{pupil}/leaves/{leave}", process=22, versioned=True, status=204,
    errors=(NotFound, ChangedMeanwhile, refusals.NotToWithdraw),
)  # fmt: skip
def withdraw_leave(request: Request[None, None]) -> None:
    """Take back an application, or give up granted leave"""
    pupil, id = PersonId(request.id("pupil")), LeaveId(request.id("leave"))
    leave.withdraw_leave(request.caller, pupil, id, request.version)


@api.operation(
    "POST", "/v1/pupils/{pupil}/leaves/{leave}/answers", process=22, keyed=True,
    body=schemas.LeaveAnswer, answer=schemas.LeaveState,
    errors=(NotFound, ChangedMeanwhile, refusals.NotToAnswer),
)  # fmt: skip
def answer_leave(request: Request[schemas.LeaveAnswer, None]) -> schemas.LeaveState:
    """Agree to the other guardian's application, or not"""
    assert request.key
    pupil, id = PersonId(request.id("pupil")), LeaveId(request.id("leave"))
    return leave.answer_leave(request.caller, pupil, id, request.body, request.key)


@api.operation(
    "POST", "/v1/pupils/{pupil}/leaves/{leave}/decisions", process=22, status=201, keyed=True,
    body=schemas.NewDecision, answer=schemas.LeaveState,
    errors=(
        NotFound, ChangedMeanwhile, NoSchoolDay, refusals.NotToDecide, refusals.LeaveBegun,
        refusals.PrincipalDecides, refusals.NotPartOfIt, refusals.OverlappingLeave, refusals.WrongGround,
        refusals.ReasonsMissing, refusals.OwnCase,
    ),
)  # fmt: skip
def decide_leave(request: Request[schemas.NewDecision, None]) -> schemas.LeaveState:
    """Decide on leave, or decide anew before it begins"""
    assert request.key
    pupil, id = PersonId(request.id("pupil")), LeaveId(request.id("leave"))
    return leave.decide_leave(request.caller, pupil, id, request.body, request.key)


@api.operation(
    "GET", "/v1/units/{unit}/leaves", process=22,
    query=PageQuery, answer=schemas.WaitingPage, errors=(NotFound,),
)  # fmt: skip
def list_waiting_leaves(request: Request[None, PageQuery]) -> schemas.WaitingPage:
    """Applications for leave that wait at a unit, oldest first"""
    return leave_lists.list_waiting_leaves(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/units/{unit}/leave-settings", process=22, answer=schemas.LeaveSettingsView,
    errors=(NotFound,),
)  # fmt: skip
def read_leave_settings(request: Request[None, None]) -> schemas.LeaveSettingsView:
    """What a unit or the municipality has chosen about leave"""
    return leave_lists.read_leave_settings(request.caller, UnitId(request.id("unit")))


@api.operation(
    "PUT", "/v1/units/{unit}/leave-settings", process=22, versioned=True,
    body=schemas.LeaveSettingsBody, answer=schemas.LeaveSettingsView, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def change_leave_settings(request: Request[schemas.LeaveSettingsBody, None]) -> schemas.LeaveSettingsView:
    """Choose what holds about leave at a unit, or in the municipality"""
    unit = UnitId(request.id("unit"))
    return leave_lists.change_leave_settings(request.caller, unit, request.body, request.version)


@on.on_facts(
    LeaveTakesEffect.type, process=22, timeout=120,
    meaning="Långa ledigheter som beslutats syns inte på lektionerna, och hemmen får inte besked.",
)  # fmt: skip
def put_leave_into_days(envelope: Envelope) -> None:
    """Mark the days of a leave that is too long for one transaction, and then let it hold."""
    leave.put_into_days(LeaveTakesEffect.model_validate(envelope.data))


@on.on_facts(
    "register.CustodyChanged.v1", process=22,
    meaning="Ansökningar om ledighet väntar på svar av någon som inte längre är vårdnadshavare.",
)  # fmt: skip
def follow_custody(envelope: Envelope) -> None:
    """Let applications wait no longer for who has no custody any more."""
    leave.follow_custody(CustodyTold.model_validate(envelope.data).child)


@on.on_schedule(
    "cron(0 7 ? * MON-FRI *)", process=22, timeout=300,
    meaning="Rektorer har inte påmints om ansökningar om ledighet som väntar på beslut.",
)  # fmt: skip
def remind_of_leave() -> None:
    """Every school day: remind those who decide of applications that have lain untouched."""
    leave_lists.remind_of_leave()
