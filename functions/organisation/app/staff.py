"""Duties, certification and activities (process 15); delegation and substitutes (36)."""

from __future__ import annotations

from functions.organisation.app.base import api, on
from functions.organisation.domain import staffing as staff_rules
from functions.organisation.domain import stand_ins as stand_in_rules
from functions.organisation.schemas import common
from functions.organisation.schemas import staffing as staff_schemas
from functions.organisation.schemas import stand_ins as stand_in_schemas
from functions.organisation.schemas import units as unit_schemas
from functions.organisation.usecases import (
    activities,
    duties,
    stand_ins,
)
from skolkit import imports
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request
from skolkit.triggers import DroppedFile
from skolkit.types import PersonId, UnitId

ACTIVITY_REFUSALS = (
    staff_rules.ActivityNeedsGroup, staff_rules.DutyEndsBeforeStart, staff_rules.UnknownReference,
)  # fmt: skip


@api.operation(
    "POST", "/v1/units/{unit}/staff/{employee}/delegations", process=36, status=201, keyed=True,
    body=stand_in_schemas.NewDelegation, answer=stand_in_schemas.DelegationView,
    errors=(
        NotFound, ChangedMeanwhile, stand_in_rules.DecidedInPerson, stand_in_rules.InYourOwnStead,
        stand_in_rules.MoreThanYouHave, stand_in_rules.NotEmployedHere, stand_in_rules.PeriodEndsBeforeStart,
        stand_in_rules.PeriodTooLong,
    ),
)  # fmt: skip
def delegate(request: Request[stand_in_schemas.NewDelegation, None]) -> stand_in_schemas.DelegationView:
    """Let an employee do named things in the principal's stead for a time"""
    assert request.key
    unit, employee = UnitId(request.id("unit")), PersonId(request.id("employee"))
    return stand_ins.delegate(request.caller, unit, employee, request.body, request.key)


@api.operation(
    "DELETE", "/v1/units/{unit}/staff/{employee}/delegations/{delegation}", process=36, status=204,
    versioned=True, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def revoke_delegation(request: Request[None, None]) -> None:
    """Take a delegation back from today on"""
    unit, employee = UnitId(request.id("unit")), PersonId(request.id("employee"))
    stand_ins.revoke_delegation(request.caller, unit, employee, request.id("delegation"), request.version)


@api.operation(
    "POST", "/v1/units/{unit}/staff/{employee}/substitutions", process=36, status=201, keyed=True,
    body=stand_in_schemas.NewSubstitution, answer=stand_in_schemas.SubstitutionView,
    errors=(
        NotFound, ChangedMeanwhile, stand_in_rules.InYourOwnStead, stand_in_rules.NotEmployedHere,
        stand_in_rules.PeriodEndsBeforeStart, stand_in_rules.PeriodTooLong,
    ),
)  # fmt: skip
def appoint_substitute(
    request: Request[stand_in_schemas.NewSubstitution, None],
) -> stand_in_schemas.SubstitutionView:
    """Let somebody teach in a teacher's stead for a time"""
    assert request.key
    unit, employee = UnitId(request.id("unit")), PersonId(request.id("employee"))
    return stand_ins.appoint_substitute(request.caller, unit, employee, request.body, request.key)


@api.operation(
    "DELETE", "/v1/units/{unit}/staff/{employee}/substitutions/{substitution}", process=36, status=204,
    versioned=True, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def revoke_substitution(request: Request[None, None]) -> None:
    """End a substitution now"""
    unit, employee = UnitId(request.id("unit")), PersonId(request.id("employee"))
    stand_ins.revoke_substitution(request.caller, unit, employee, request.id("substitution"), request.version)


@api.operation(
    "GET", "/v1/units/{unit}/duties", process=15,
    query=staff_schemas.EndedQuery, answer=staff_schemas.DutyPage, errors=(NotFound,),
)  # fmt: skip
def list_duties(request: Request[None, staff_schemas.EndedQuery]) -> staff_schemas.DutyPage:
    """A unit's duties"""
    return duties.list_duties(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "POST", "/v1/units/{unit}/duties", process=15, keyed=True, status=201, body=staff_schemas.NewDuty,
    answer=staff_schemas.DutyView,
    errors=(NotFound, ChangedMeanwhile, staff_rules.DutyEndsBeforeStart, staff_rules.UnknownPerson),
)  # fmt: skip
def create_duty(request: Request[staff_schemas.NewDuty, None]) -> staff_schemas.DutyView:
    """Employ somebody at a unit, or at the whole municipality"""
    assert request.key
    return duties.create_duty(request.caller, UnitId(request.id("unit")), request.body, request.key)


@api.operation(
    "GET", "/v1/units/{unit}/duties/{duty}", process=15, answer=staff_schemas.DutyView, errors=(NotFound,)
)
def read_duty(request: Request[None, None]) -> staff_schemas.DutyView:
    """A duty of a unit"""
    return duties.read_duty(request.caller, UnitId(request.id("unit")), request.id("duty"))


@api.operation(
    "PUT", "/v1/units/{unit}/duties/{duty}", process=15, versioned=True, body=staff_schemas.DutyChange,
    answer=staff_schemas.DutyView, errors=(NotFound, ChangedMeanwhile, staff_rules.DutyEndsBeforeStart),
)  # fmt: skip
def change_duty(request: Request[staff_schemas.DutyChange, None]) -> staff_schemas.DutyView:
    """Change a duty, or end it with a last day"""
    unit, duty = UnitId(request.id("unit")), request.id("duty")
    return duties.change_duty(request.caller, unit, duty, request.body, request.version)


@api.operation(
    "GET", "/v1/units/{unit}/staff/{employee}/certification", process=15,
    answer=staff_schemas.CertificationView, errors=(NotFound,),
)  # fmt: skip
def read_certification(request: Request[None, None]) -> staff_schemas.CertificationView:
    """What somebody employed at a unit is certified to teach"""
    unit, person = UnitId(request.id("unit")), PersonId(request.id("employee"))
    return duties.read_certification(request.caller, unit, person)


@api.operation(
    "PUT", "/v1/units/{unit}/staff/{employee}/certification", process=15, versioned=True,
    body=staff_schemas.CertificationChange, answer=staff_schemas.CertificationView,
    errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def change_certification(
    request: Request[staff_schemas.CertificationChange, None],
) -> staff_schemas.CertificationView:
    """Record what somebody employed at a unit is certified to teach"""
    unit, person = UnitId(request.id("unit")), PersonId(request.id("employee"))
    return duties.change_certification(request.caller, unit, person, request.body, request.version)


@api.operation(
    "GET", "/v1/units/{unit}/activities", process=15,
    query=staff_schemas.EndedQuery, answer=staff_schemas.ActivityPage, errors=(NotFound,),
)  # fmt: skip
def list_activities(request: Request[None, staff_schemas.EndedQuery]) -> staff_schemas.ActivityPage:
    """A unit's activities with teachers and planned minutes"""
    return activities.list_activities(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "POST", "/v1/units/{unit}/activities", process=15, keyed=True, status=201,
    body=staff_schemas.NewActivity, answer=staff_schemas.ActivityView,
    errors=(NotFound, ChangedMeanwhile, *ACTIVITY_REFUSALS),
)  # fmt: skip
def create_activity(request: Request[staff_schemas.NewActivity, None]) -> staff_schemas.ActivityView:
    """Plan an activity for groups, with teachers and minutes"""
    assert request.key
    return activities.create_activity(request.caller, UnitId(request.id("unit")), request.body, request.key)


@api.operation(
    "GET", "/v1/units/{unit}/activities/{activity}", process=15,
    answer=staff_schemas.ActivityView, errors=(NotFound,),
)  # fmt: skip
def read_activity(request: Request[None, None]) -> staff_schemas.ActivityView:
    """An activity of a unit"""
    return activities.read_activity(request.caller, UnitId(request.id("unit")), request.id("activity"))


@api.operation(
    "PUT", "/v1/units/{unit}/activities/{activity}", process=15, versioned=True,
    body=staff_schemas.ActivityChange, answer=staff_schemas.ActivityView,
    errors=(NotFound, ChangedMeanwhile, *ACTIVITY_REFUSALS),
)  # fmt: skip
def change_activity(request: Request[staff_schemas.ActivityChange, None]) -> staff_schemas.ActivityView:
    """Change an activity, its teachers or groups, or end it"""
    unit, activity = UnitId(request.id("unit")), request.id("activity")
    return activities.change_activity(request.caller, unit, activity, request.body, request.version)


@api.operation(
    "GET", "/v1/units/{unit}/staffing-warnings", process=15,
    query=common.PageQuery, answer=staff_schemas.WarningPage, errors=(NotFound,),
)  # fmt: skip
def list_staffing_warnings(request: Request[None, common.PageQuery]) -> staff_schemas.WarningPage:
    """Missing certification and conflicts in a unit's activities"""
    return activities.list_staffing_warnings(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/units/{unit}/workload", process=15,
    query=staff_schemas.WorkloadQuery, answer=staff_schemas.WorkloadPage, errors=(NotFound,),
)  # fmt: skip
def list_workload(request: Request[None, staff_schemas.WorkloadQuery]) -> staff_schemas.WorkloadPage:
    """Planned minutes against what each duty of a unit holds"""
    return activities.list_workload(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/me/staffing", process=15, query=unit_schemas.CalendarQuery, answer=staff_schemas.MyStaffing
)
def read_my_staffing(request: Request[None, unit_schemas.CalendarQuery]) -> staff_schemas.MyStaffing:
    """One's own duties, certification, workload and activities"""
    return activities.read_my_staffing(request.caller, request.query.school_year)


@on.on_file(
    "organisation/duties/",
    process=15,
    meaning="Personalens tjänster i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_duties(file: DroppedFile) -> None:
    """Take a file of staff duties."""
    from functions.organisation.imports.duties import DUTIES

    imports.run(file, DUTIES)


@on.on_file(
    "organisation/certifications/",
    process=15,
    meaning="Lärarnas legitimationer i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_certifications(file: DroppedFile) -> None:
    """Take a file of teachers' certifications."""
    from functions.organisation.imports.certifications import CERTIFICATIONS

    imports.run(file, CERTIFICATIONS)


@on.on_file(
    "organisation/activities/",
    process=15,
    meaning="Undervisningen i den inlämnade filen är inte inläst. Se rapporten under reports/.",
)
def import_activities(file: DroppedFile) -> None:
    """Take a file of activities: groups, subjects and teachers."""
    from functions.organisation.imports.activities import ACTIVITIES

    imports.run(file, ACTIVITIES)
