"""Table of contents of the organisation: units and school year (process 12), groups (13), duties."""

from __future__ import annotations

from functions.organisation.domain import groups as group_rules
from functions.organisation.events import EnrolmentEnded
from functions.organisation.imports.duties import DUTIES
from functions.organisation.imports.groups import GROUPS
from functions.organisation.imports.units import CALENDARS, units_of
from functions.organisation.schemas import common
from functions.organisation.schemas import groups as group_schemas
from functions.organisation.schemas import units as unit_schemas
from functions.organisation.usecases import groups, leavers, units
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


@api.operation("GET", "/v1/units", process=12, query=common.PageQuery, answer=unit_schemas.UnitPage)
def list_units(request: Request[None, common.PageQuery]) -> unit_schemas.UnitPage:
    """The municipality's own active school units by name"""
    return units.list_units(request.caller, request.query)


@api.operation("GET", "/v1/units/{unit}", process=12, answer=unit_schemas.UnitView, errors=(NotFound,))
def read_unit(request: Request[None, None]) -> unit_schemas.UnitView:
    """A school unit"""
    return units.read_unit(request.caller, UnitId(request.id("unit")))


@api.operation(
    "GET", "/v1/units/{unit}/calendar", process=12,
    query=unit_schemas.CalendarQuery, answer=unit_schemas.CalendarView, errors=(NotFound,),
)  # fmt: skip
def read_calendar(request: Request[None, unit_schemas.CalendarQuery]) -> unit_schemas.CalendarView:
    """A school unit's school year: terms, days off, study days"""
    return units.read_calendar(request.caller, UnitId(request.id("unit")), request.query.school_year)


@api.operation("GET", "/v1/groups/{group}", process=13, answer=group_schemas.GroupView, errors=(NotFound,))
def read_group(request: Request[None, None]) -> group_schemas.GroupView:
    """A class or teaching group with its members today"""
    return groups.read_group(request.caller, GroupId(request.id("group")))


@api.operation(
    "PUT", "/v1/groups/{group}/members/{person}", process=13,
    body=group_schemas.NewMembership, answer=group_schemas.MembershipView,
    errors=(NotFound, ChangedMeanwhile, group_rules.MembershipEndsBeforeStart),
)  # fmt: skip
def put_member(request: Request[group_schemas.NewMembership, None]) -> group_schemas.MembershipView:
    """Make someone a member of a group from a day on"""
    group, person = GroupId(request.id("group")), PersonId(request.id("person"))
    return groups.put_member(request.caller, group, person, request.body)


@api.operation(
    "DELETE", "/v1/groups/{group}/members/{person}", process=13, status=204,
    errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def remove_member(request: Request[None, None]) -> None:
    """End someone's membership of a group from today on"""
    groups.remove_member(request.caller, GroupId(request.id("group")), PersonId(request.id("person")))


@on.on_facts(
    "register.EnrolmentEnded.v1",
    process=13,
    meaning="Elever som har slutat vid en skolenhet står kvar i dess klasser och grupper.",
)
def end_memberships(envelope: Envelope) -> None:
    """End the memberships of somebody who has left the unit."""
    leavers.end_memberships(EnrolmentEnded.model_validate(envelope.data), envelope.id)


@on.on_file(
    "organisation/units/",
    process=12,
    meaning="Skolenheterna i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_units(file: DroppedFile) -> None:
    """Take a file of units; one under `organisation/units/<kommunkod>/` for that municipality alone."""
    folder = file.key.removeprefix("organisation/units/").rpartition("/")[0]
    imports.run(file, units_of(folder))


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
    process=12,
    meaning="Personalens tjänster i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_duties(file: DroppedFile) -> None:
    """Take a file of staff duties."""
    imports.run(file, DUTIES)
