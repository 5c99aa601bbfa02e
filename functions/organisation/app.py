"""Table of contents of the organisation: units and school year (process 12), groups (13), staff (15)."""

from __future__ import annotations

from functions.organisation.domain import calendars as calendar_rules
from functions.organisation.domain import composition as composition_rules
from functions.organisation.domain import groups as group_rules
from functions.organisation.domain import ladder as ladder_rules
from functions.organisation.domain import rollover as rollover_rules
from functions.organisation.domain import staffing as staff_rules
from functions.organisation.domain import stand_ins as stand_in_rules
from functions.organisation.domain import units as unit_rules
from functions.organisation.events import (
    PupilEnrolled,
    RolloverAsked,
    UnitRolloverAsked,
    UnitRolloverEnded,
)
from functions.organisation.imports.duties import DUTIES
from functions.organisation.imports.groups import GROUPS
from functions.organisation.imports.units import CALENDARS, units_of
from functions.organisation.schemas import common
from functions.organisation.schemas import composition as composition_schemas
from functions.organisation.schemas import groups as group_schemas
from functions.organisation.schemas import rollover as rollover_schemas
from functions.organisation.schemas import staffing as staff_schemas
from functions.organisation.schemas import stand_ins as stand_in_schemas
from functions.organisation.schemas import units as unit_schemas
from functions.organisation.usecases import (
    activities,
    calendars,
    composition,
    duties,
    group_admin,
    groups,
    rollover,
    rollover_work,
    stand_ins,
    units,
)
from skolkit import imports
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Api, Request
from skolkit.triggers import DroppedFile, Triggers
from skolkit.types import GroupId, PersonId, UnitId

api = Api("organisation", "Skolenheter, läsår och grupper")
app = api.app
on = Triggers(app)
relay = on.relay_outbox()

UNIT_REFUSALS = (
    unit_rules.ClosedBeforeStart, unit_rules.CodeIsTheUnit, unit_rules.LoopInTree, unit_rules.NeedsForms,
    unit_rules.ParentUnfit, unit_rules.TooDeep,
)  # fmt: skip
ACTIVITY_REFUSALS = (
    staff_rules.ActivityNeedsGroup, staff_rules.DutyEndsBeforeStart, staff_rules.UnknownReference,
)  # fmt: skip


@api.operation("GET", "/v1/units", process=12, query=common.PageQuery, answer=unit_schemas.UnitPage)
def list_units(request: Request[None, common.PageQuery]) -> unit_schemas.UnitPage:
    """The municipality's own active school units by name"""
    return units.list_units(request.caller, request.query)


@api.operation(
    "POST", "/v1/units", process=12, keyed=True, status=201, body=unit_schemas.NewUnit,
    answer=unit_schemas.UnitView, errors=(NotFound, ChangedMeanwhile, *UNIT_REFUSALS),
)  # fmt: skip
def create_unit(request: Request[unit_schemas.NewUnit, None]) -> unit_schemas.UnitView:
    """Create a unit, or another element of the organisation"""
    assert request.key
    return units.create_unit(request.caller, request.body, request.key)


@api.operation("GET", "/v1/school-forms", process=12, answer=unit_schemas.SchoolFormList)
def list_school_forms(request: Request[None, None]) -> unit_schemas.SchoolFormList:
    """All school forms and what each of them uses"""
    return units.list_school_forms(request.caller)


@api.operation(
    "GET", "/v1/unit-imports/{import}/changes", process=12,
    query=common.PageQuery, answer=unit_schemas.UnitDifferencePage, errors=(NotFound,),
)  # fmt: skip
def list_unit_changes(request: Request[None, common.PageQuery]) -> unit_schemas.UnitDifferencePage:
    """What an import of units, or a dry run of one, found different"""
    return units.list_unit_changes(request.caller, request.id("import"), request.query)


@api.operation("GET", "/v1/units/{unit}", process=12, answer=unit_schemas.UnitView, errors=(NotFound,))
def read_unit(request: Request[None, None]) -> unit_schemas.UnitView:
    """A school unit, or another element of the organisation"""
    return units.read_unit(request.caller, UnitId(request.id("unit")))


@api.operation(
    "PUT", "/v1/units/{unit}", process=12, versioned=True, body=unit_schemas.UnitChange,
    answer=unit_schemas.UnitView,
    errors=(NotFound, ChangedMeanwhile, unit_rules.StillHasChildren, *UNIT_REFUSALS),
)  # fmt: skip
def change_unit(request: Request[unit_schemas.UnitChange, None]) -> unit_schemas.UnitView:
    """Change a unit, or move it under another parent"""
    return units.change_unit(request.caller, UnitId(request.id("unit")), request.body, request.version)


@api.operation(
    "POST", "/v1/units/{unit}/closing", process=12, versioned=True, body=unit_schemas.Closing,
    answer=unit_schemas.UnitView,
    errors=(NotFound, ChangedMeanwhile, unit_rules.StillHasChildren, *UNIT_REFUSALS),
)  # fmt: skip
def close_unit(request: Request[unit_schemas.Closing, None]) -> unit_schemas.UnitView:
    """Close a unit with a last day"""
    return units.close_unit(request.caller, UnitId(request.id("unit")), request.body, request.version)


@api.operation(
    "GET", "/v1/units/{unit}/children", process=12,
    query=common.PageQuery, answer=unit_schemas.ChildPage, errors=(NotFound,),
)  # fmt: skip
def list_children(request: Request[None, common.PageQuery]) -> unit_schemas.ChildPage:
    """What is right below an element of the organisation"""
    return units.list_children(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/units/{unit}/ancestors", process=12, answer=unit_schemas.AncestorList, errors=(NotFound,)
)
def list_ancestors(request: Request[None, None]) -> unit_schemas.AncestorList:
    """What a unit is below, nearest first, up to the organiser"""
    return units.list_ancestors(request.caller, UnitId(request.id("unit")))


@api.operation(
    "GET", "/v1/units/{unit}/calendar", process=12, query=unit_schemas.CalendarQuery,
    answer=unit_schemas.CalendarView, errors=(NotFound, calendar_rules.NotACalendarOwner),
)  # fmt: skip
def read_calendar(request: Request[None, unit_schemas.CalendarQuery]) -> unit_schemas.CalendarView:
    """A school unit's school year: terms, days off, study days, holidays"""
    return calendars.read_calendar(request.caller, UnitId(request.id("unit")), request.query.school_year)


@api.operation(
    "GET", "/v1/units/{unit}/calendar/draft", process=12, query=unit_schemas.YearQuery,
    answer=unit_schemas.DraftView, errors=(NotFound, calendar_rules.NotACalendarOwner),
)  # fmt: skip
def read_calendar_draft(request: Request[None, unit_schemas.YearQuery]) -> unit_schemas.DraftView:
    """A proposed school year and the rules it breaks"""
    unit = UnitId(request.id("unit"))
    return calendars.read_calendar_draft(request.caller, unit, request.query.school_year)


@api.operation(
    "PUT", "/v1/units/{unit}/calendar/draft", process=12, versioned=True, body=unit_schemas.NewCalendar,
    answer=unit_schemas.DraftView,
    errors=(
        NotFound, ChangedMeanwhile, calendar_rules.NotACalendarOwner, calendar_rules.TermsMissing,
        calendar_rules.TermsNotUsed,
    ),
)  # fmt: skip
def propose_calendar(request: Request[unit_schemas.NewCalendar, None]) -> unit_schemas.DraftView:
    """Propose a school year for a unit or the whole municipality"""
    unit = UnitId(request.id("unit"))
    return calendars.propose_calendar(request.caller, unit, request.body, request.version)


@api.operation(
    "POST", "/v1/units/{unit}/calendar/decisions", process=12, versioned=True,
    body=unit_schemas.DecideCalendar, answer=unit_schemas.DecisionView, status=201,
    errors=(
        NotFound, ChangedMeanwhile, calendar_rules.NotACalendarOwner, calendar_rules.UnlawfulYear,
    ),
)  # fmt: skip
def decide_calendar(request: Request[unit_schemas.DecideCalendar, None]) -> unit_schemas.DecisionView:
    """Decide the proposed school year; what held before is kept"""
    unit = UnitId(request.id("unit"))
    return calendars.decide_calendar(request.caller, unit, request.body, request.version)


@api.operation(
    "GET", "/v1/units/{unit}/calendar/decisions", process=12, query=unit_schemas.YearPageQuery,
    answer=unit_schemas.DecisionPage, errors=(NotFound, calendar_rules.NotACalendarOwner),
)  # fmt: skip
def list_calendar_decisions(
    request: Request[None, unit_schemas.YearPageQuery],
) -> unit_schemas.DecisionPage:
    """Every decision of a unit's school year, the latest first"""
    return calendars.list_calendar_decisions(request.caller, UnitId(request.id("unit")), request.query)


@api.operation("GET", "/v1/groups/{group}", process=13, answer=group_schemas.GroupView, errors=(NotFound,))
def read_group(request: Request[None, None]) -> group_schemas.GroupView:
    """A class or teaching group with its members today"""
    return groups.read_group(request.caller, GroupId(request.id("group")))


@api.operation(
    "PUT", "/v1/groups/{group}/members/{person}", process=13,
    body=group_schemas.NewMembership, answer=group_schemas.MembershipView,
    errors=(
        NotFound, ChangedMeanwhile, group_rules.MembershipEndsBeforeStart, group_rules.NotEnrolledHere,
        group_rules.OutsideTheGroupsTime,
    ),
)  # fmt: skip
def put_member(request: Request[group_schemas.NewMembership, None]) -> group_schemas.MembershipView:
    """Make someone a member of a group from a day on"""
    group, person = GroupId(request.id("group")), PersonId(request.id("person"))
    return groups.put_member(request.caller, group, person, request.body)


@api.operation(
    "POST", "/v1/groups/{group}/members", process=13, keyed=True,
    body=group_schemas.MembersChange, answer=group_schemas.MembersChanged,
    errors=(
        NotFound, ChangedMeanwhile, group_rules.MembershipEndsBeforeStart, group_rules.NotEnrolledHere,
        group_rules.OutsideTheGroupsTime, group_rules.TooManyAtOnce,
    ),
)  # fmt: skip
def change_members(
    request: Request[group_schemas.MembersChange, None],
) -> group_schemas.MembersChanged:
    """Let many people come to a group and leave it, all or none"""
    assert request.key
    group = GroupId(request.id("group"))
    return group_admin.change_members(request.caller, group, request.body, request.key)


@api.operation(
    "DELETE", "/v1/groups/{group}/members/{person}", process=13, status=204,
    errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def remove_member(request: Request[None, None]) -> None:
    """End someone's membership of a group from today on"""
    groups.remove_member(request.caller, GroupId(request.id("group")), PersonId(request.id("person")))


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
    "GET", "/v1/units/{unit}/staff/{staff}/certification", process=15,
    answer=staff_schemas.CertificationView, errors=(NotFound,),
)  # fmt: skip
def read_certification(request: Request[None, None]) -> staff_schemas.CertificationView:
    """What somebody employed at a unit is certified to teach"""
    unit, person = UnitId(request.id("unit")), PersonId(request.id("staff"))
    return duties.read_certification(request.caller, unit, person)


@api.operation(
    "PUT", "/v1/units/{unit}/staff/{staff}/certification", process=15, versioned=True,
    body=staff_schemas.CertificationChange, answer=staff_schemas.CertificationView,
    errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def change_certification(
    request: Request[staff_schemas.CertificationChange, None],
) -> staff_schemas.CertificationView:
    """Record what somebody employed at a unit is certified to teach"""
    unit, person = UnitId(request.id("unit")), PersonId(request.id("staff"))
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


@api.operation(
    "GET", "/v1/units/{unit}/groups", process=13,
    query=group_schemas.GroupsQuery, answer=group_schemas.GroupPage, errors=(NotFound,),
)  # fmt: skip
def list_groups(request: Request[None, group_schemas.GroupsQuery]) -> group_schemas.GroupPage:
    """A unit's groups: active, archived, or of a school year"""
    return group_admin.list_groups(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "POST", "/v1/units/{unit}/groups", process=13, status=201, keyed=True,
    body=group_schemas.NewGroup, answer=group_schemas.GroupDetails,
    errors=(NotFound, group_rules.GroupEndsBeforeStart, group_rules.NotEmployedHere),
)  # fmt: skip
def create_group(request: Request[group_schemas.NewGroup, None]) -> group_schemas.GroupDetails:
    """Make a class, teaching group, mentor group or department"""
    assert request.key
    return group_admin.create_group(request.caller, UnitId(request.id("unit")), request.body, request.key)


@api.operation(
    "PUT", "/v1/groups/{group}", process=13, versioned=True,
    body=group_schemas.GroupChange, answer=group_schemas.GroupDetails,
    errors=(NotFound, ChangedMeanwhile, group_rules.GroupEndsBeforeStart, group_rules.NotEmployedHere),
)  # fmt: skip
def change_group(request: Request[group_schemas.GroupChange, None]) -> group_schemas.GroupDetails:
    """Change a group's name, time, year, mentors and teachers"""
    return group_admin.change_group(
        request.caller, GroupId(request.id("group")), request.body, request.version
    )


@api.operation(
    "PUT", "/v1/groups/{group}/end", process=13, versioned=True,
    body=group_schemas.GroupEnd, answer=group_schemas.GroupDetails,
    errors=(NotFound, ChangedMeanwhile, group_rules.GroupEndsBeforeStart),
)  # fmt: skip
def end_group(request: Request[group_schemas.GroupEnd, None]) -> group_schemas.GroupDetails:
    """End a group and its memberships with a day"""
    return group_admin.end_group(request.caller, GroupId(request.id("group")), request.body, request.version)


@api.operation(
    "GET", "/v1/groups/{group}/rule", process=13, answer=composition_schemas.RuleView, errors=(NotFound,)
)
def read_rule(request: Request[None, None]) -> composition_schemas.RuleView:
    """The rule that composes a group, and who is in or out by hand"""
    return composition.read_rule(request.caller, GroupId(request.id("group")))


@api.operation(
    "PUT", "/v1/groups/{group}/rule", process=13, versioned=True,
    body=composition_schemas.RuleShape, answer=composition_schemas.RuleView,
    errors=(NotFound, ChangedMeanwhile, composition_rules.RuleForAnotherUnit),
)  # fmt: skip
def set_rule(request: Request[composition_schemas.RuleShape, None]) -> composition_schemas.RuleView:
    """Decide who belongs to a group by a rule"""
    group = GroupId(request.id("group"))
    return composition.set_rule(request.caller, group, request.body, request.version)


@api.operation(
    "GET", "/v1/groups/{group}/rule/preview", process=13,
    query=composition_schemas.DayQuery, answer=composition_schemas.ChangesView,
    errors=(NotFound, composition_rules.NoRule),
)  # fmt: skip
def preview_rule(request: Request[None, composition_schemas.DayQuery]) -> composition_schemas.ChangesView:
    """Who would come to a group by its rule, and who would leave"""
    return composition.preview_rule(request.caller, GroupId(request.id("group")), request.query.start_date)


@api.operation(
    "PUT", "/v1/groups/{group}/rule/applied", process=13, versioned=True,
    body=composition_schemas.ApplyRule, answer=composition_schemas.ChangesView,
    errors=(NotFound, ChangedMeanwhile, composition_rules.NoRule),
)  # fmt: skip
def apply_rule(request: Request[composition_schemas.ApplyRule, None]) -> composition_schemas.ChangesView:
    """Let a group's rule decide from a day on"""
    group = GroupId(request.id("group"))
    return composition.apply_rule(request.caller, group, request.body, request.version)


@api.operation(
    "POST", "/v1/rollovers/preview", process=13, status=202, keyed=True,
    body=rollover_schemas.NewRollover, answer=rollover_schemas.RolloverView,
    errors=(NotFound, ladder_rules.NoSuchLadder),
)  # fmt: skip
def preview_rollover(
    request: Request[rollover_schemas.NewRollover, None],
) -> rollover_schemas.RolloverView:
    """Find out what the yearly rollover would do at every unit"""
    assert request.key
    return rollover.ask_rollover(request.caller, "preview_rollover", request.body, request.key)


@api.operation(
    "POST", "/v1/rollovers", process=13, status=202, keyed=True,
    body=rollover_schemas.NewRollover, answer=rollover_schemas.RolloverView,
    errors=(NotFound, ladder_rules.NoSuchLadder),
)  # fmt: skip
def run_rollover(
    request: Request[rollover_schemas.NewRollover, None],
) -> rollover_schemas.RolloverView:
    """Let all units go over to the next school year"""
    assert request.key
    return rollover.ask_rollover(request.caller, "run_rollover", request.body, request.key)


@api.operation(
    "POST", "/v1/rollovers/{rollover}/undo", process=13, status=202, keyed=True,
    answer=rollover_schemas.RolloverView, errors=(NotFound, rollover_rules.RolloverNotDone),
)  # fmt: skip
def undo_rollover(request: Request[None, None]) -> rollover_schemas.RolloverView:
    """Undo a rollover, except for those changed by hand since"""
    assert request.key
    return rollover.undo_rollover(request.caller, request.id("rollover"), request.key)


@api.operation(
    "GET", "/v1/rollovers/{rollover}", process=13, answer=rollover_schemas.RolloverView, errors=(NotFound,)
)
def read_rollover(request: Request[None, None]) -> rollover_schemas.RolloverView:
    """How far a rollover, its preview or its undoing has come"""
    return rollover.read_rollover(request.caller, request.id("rollover"))


@api.operation(
    "GET", "/v1/rollovers/{rollover}/units", process=13,
    query=common.PageQuery, answer=rollover_schemas.UnitRolloverPage, errors=(NotFound,),
)  # fmt: skip
def list_rollover_units(request: Request[None, common.PageQuery]) -> rollover_schemas.UnitRolloverPage:
    """What a rollover does at each unit: who goes on, who leaves, classes, problems"""
    return rollover.list_rollover_units(request.caller, request.id("rollover"), request.query)


@on.on_facts(
    RolloverAsked.type, UnitRolloverEnded.type,
    process=13,
    timeout=300,
    batch=1,
    uses=("s3:PutObject",),
    meaning="Läsårsskiftet har inte fördelats på skolenheterna, eller saknar sin slutrapport.",
)  # fmt: skip
def lead_rollover(envelope: Envelope) -> None:
    """Share a rollover out among the units, and sum it up when they have ended."""
    if envelope.type == RolloverAsked.type:
        rollover_work.share_out(RolloverAsked.model_validate(envelope.data))
    else:
        rollover_work.sum_up(UnitRolloverEnded.model_validate(envelope.data).job)


@on.on_facts(
    UnitRolloverAsked.type,
    process=13,
    timeout=900,
    memory=1024,
    batch=1,
    meaning="Läsårsskiftet har stannat vid en skolenhet. De andra enheterna är klara utan den.",
)
def roll_over_unit(envelope: Envelope) -> None:
    """Carry out one unit's part of a rollover, its preview or its undoing."""
    rollover_work.work_on_unit(UnitRolloverAsked.model_validate(envelope.data))


@on.on_facts(
    "register.PupilEnrolled.v1",
    process=13,
    meaning="Nyinskrivna elever läggs inte i de grupper som har en automatisk regel.",
)
def follow_rules(envelope: Envelope) -> None:
    """Put somebody newly enrolled into the groups whose automatic rule fits."""
    composition.follow_rules(PupilEnrolled.model_validate(envelope.data), envelope.id)


@on.on_file(
    "organisation/units/",
    process=12,
    meaning="Skolenheterna i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_units(file: DroppedFile) -> None:
    """Take a file of units; one under `organisation/units/<kommunkod>/` for that municipality alone, one
    under `organisation/units/preview/` or `organisation/units/preview/<kommunkod>/` only to see what it
    would change.
    """
    folder = file.key.removeprefix("organisation/units/").rpartition("/")[0]
    preview = folder.partition("/")[0] == "preview"
    imports.run(file, units_of(folder.partition("/")[2] if preview else folder, preview=preview))


@on.on_file(
    "organisation/calendars/",
    process=12,
    meaning="Läsårstiderna i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_calendars(file: DroppedFile) -> None:
    """Take a file of decided school years."""
    imports.run(file, CALENDARS)


@on.on_file(
    "organisation/groups/",
    process=13,
    meaning="Klasser och grupper i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_groups(file: DroppedFile) -> None:
    """Take a file of groups with dated members."""
    imports.run(file, GROUPS)


@on.on_file(
    "organisation/duties/",
    process=15,
    meaning="Personalens tjänster i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_duties(file: DroppedFile) -> None:
    """Take a file of staff duties."""
    imports.run(file, DUTIES)
