"""Groups and the yearly rollover (process 13)."""

from __future__ import annotations

from functions.organisation.app.base import api, on
from functions.organisation.domain import composition as composition_rules
from functions.organisation.domain import groups as group_rules
from functions.organisation.domain import ladder as ladder_rules
from functions.organisation.domain import rollover as rollover_rules
from functions.organisation.events import (
    EnrolmentEnded,
    MergeTold,
    PupilEnrolled,
    RolloverAsked,
    UnitRolloverAsked,
    UnitRolloverEnded,
)
from functions.organisation.schemas import common
from functions.organisation.schemas import composition as composition_schemas
from functions.organisation.schemas import groups as group_schemas
from functions.organisation.schemas import rollover as rollover_schemas
from functions.organisation.usecases import (
    composition,
    group_admin,
    groups,
    leavers,
    merges,
    rollover,
    rollover_work,
)
from skolkit import imports
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.triggers import DroppedFile
from skolkit.types import GroupId, PersonId, UnitId


@api.operation(
    "GET", "/v1/groups/{group}", process=13,
    query=group_schemas.GroupQuery, answer=group_schemas.GroupView, errors=(NotFound,),
)  # fmt: skip
def read_group(request: Request[None, group_schemas.GroupQuery]) -> group_schemas.GroupView:
    """A class or teaching group with its members today"""
    return groups.read_group(request.caller, GroupId(request.id("group")), guardians=request.query.guardians)


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


@on.on_facts(
    "register.EnrolmentEnded.v1",
    process=13,
    meaning="Elever som har slutat vid en skolenhet står kvar i dess klasser och grupper.",
)
def end_memberships(envelope: Envelope) -> None:
    """End the memberships of somebody who has left the unit."""
    leavers.end_memberships(EnrolmentEnded.model_validate(envelope.data), envelope.id)


@on.on_facts(
    "register.PersonsMerged.v1", "register.PersonsParted.v1", process=13,
    meaning="En elev vars poster har slagits ihop eller delats står i grupper under fel post.",
)  # fmt: skip
def follow_merge(envelope: Envelope) -> None:
    """Put the record that is kept in the groups of the other one, or take it out again."""
    merges.follow_merge(MergeTold.model_validate(envelope.data))


@on.on_file(
    "organisation/groups/",
    process=13,
    meaning="Klasser och grupper i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_groups(file: DroppedFile) -> None:
    """Take a file of groups with dated members."""
    from functions.organisation.imports.groups import GROUPS

    imports.run(file, GROUPS)
