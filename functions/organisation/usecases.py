"""What people do with the organisation: find units, see the school year and class lists, change groups."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from functions.access import guard
from functions.organisation import queries, store
from functions.organisation.domain import DatedGroup, GroupRecord, Stay, UnitRecord
from functions.organisation.events import GroupMembersChanged
from functions.organisation.schemas import (
    CalendarView,
    GroupView,
    MembershipView,
    MemberView,
    NewMembership,
    PageQuery,
    StaffView,
    TermView,
    UnitPage,
    UnitView,
)
from functions.register import queries as register
from functions.register.queries import PersonName
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear, Term
from skolkit.table import Item, commit, fetch
from skolkit.types import GroupId, PersonId, UnitId


def list_units(caller: Caller, query: PageQuery) -> UnitPage:
    """The municipality's own active units. One round trip."""
    units, cursor = store.page_of_units(query.cursor, query.limit, caller.seal, "units")
    allowed = guard.permitted(caller, "organisation:read_unit", [guard.Unit(unit.id) for unit in units])
    if len(allowed) < len(units):
        raise NotFound
    return UnitPage(data=[_unit_view(unit) for unit in units], cursor=cursor)


def read_unit(caller: Caller, id: UnitId) -> UnitView:
    """A unit. One round trip."""
    return _unit_view(_unit(caller, id))


def read_calendar(caller: Caller, id: UnitId, school_year: str | None) -> CalendarView:
    """A unit's school year. Two round trips."""
    _unit(caller, id)
    year = SchoolYear.parse(school_year) if school_year else SchoolYear.of(today())
    calendar = queries.calendar(id, year)
    return CalendarView(
        school_year=str(year),
        autumn=_term(calendar.autumn),
        spring=_term(calendar.spring),
        days_off=sorted(calendar.days_off),
        study_days=sorted(calendar.study_days),
        school_days=len(calendar.school_days()),
    )


def read_group(caller: Caller, id: GroupId) -> GroupView:
    """A class list. Three round trips for its own staff: group, names, audit row; one more for others."""
    group = queries.group(id, today())
    if group is None:
        raise NotFound
    duties = _require_group(caller, "organisation:read_group", group)
    staff = sorted(group.mentors | group.teachers)
    (names,) = fetch(register.wanted_names([*group.members, *staff]))
    members = {person: names[person] for person in group.members if person in names}
    shown = register.shown_names(
        caller, members, teachers=group.teachers, mentors=group.mentors, duties=duties
    )
    record_read(Trace(caller.person_id, "read_group", id, changes=f"{len(group.members)} members"))
    return _group_view(group, names, shown)


def put_member(caller: Caller, id: GroupId, person: PersonId, new: NewMembership) -> MembershipView:
    """Make a pupil the caller may see a member from a day on. Eight round trips: group, duties, the pupil and
    who is around them, parts, commit.
    """
    item, group = _editable(caller, id)
    register.require_pupil(caller, "register:read_person", person)
    changed = group.with_member(Stay(person, new.start_date, new.end_date))
    _save(caller, "put_member", item, group, changed, person)
    return MembershipView(group=id, person=person, **new.model_dump())


def remove_member(caller: Caller, id: GroupId, person: PersonId) -> None:
    """End someone's membership from today on. Four round trips: group, duties, parts, commit."""
    item, group = _editable(caller, id)
    changed = group.without_member(person, today())
    if changed == group:
        raise NotFound
    _save(caller, "remove_member", item, group, changed, person)


def _save(
    caller: Caller, action: str, item: store.GroupItem, old: DatedGroup, new: DatedGroup, person: PersonId
) -> None:
    if new == old:
        return
    parts = store.parts_items([person])[person]
    store.set_parts(parts, new.id, new.parts().get(person, ()))
    writes: list[Item] = [store.group_item(new, item), parts]
    trace = Trace(caller.person_id, action, person, changes=f"group {new.id}")
    commit(*writes, facts=[GroupMembersChanged(group=new.id, unit=new.unit)], trace=trace)


def _editable(caller: Caller, id: GroupId) -> tuple[store.GroupItem, DatedGroup]:
    found = store.find_group(id)
    if found is None:
        raise NotFound
    _require_group(caller, "organisation:edit", found[1].on(today()))
    return found


def _require_group(caller: Caller, action: guard.Action, group: GroupRecord) -> tuple[guard.Duty, ...]:
    """Duties are read only for somebody who is not of the group's own staff."""
    own = caller.person in group.mentors | group.teachers and action == "organisation:read_group"
    duties = () if own else queries.duties_of(caller.person_id)
    facts = guard.Group(group.id, group.unit, group.teachers, group.mentors)
    guard.require(caller, action, facts, duties)
    return duties


def _group_view(
    group: GroupRecord, names: Mapping[PersonId, PersonName], shown: Collection[PersonId]
) -> GroupView:
    return GroupView(
        id=group.id,
        name=group.name,
        unit=group.unit,
        kind=group.kind,
        members=[_member(person, names.get(person), shown) for person in group.members],
        mentors=[_staff(person, names.get(person)) for person in sorted(group.mentors)],
        teachers=[_staff(person, names.get(person)) for person in sorted(group.teachers)],
    )


def _member(person: PersonId, name: PersonName | None, shown: Collection[PersonId]) -> MemberView:
    seen = name if name and (not name.protected or person in shown) else None
    return MemberView(
        person=person,
        given_name=seen.given_name if seen else None,
        family_name=seen.family_name if seen else None,
        protected=bool(name and name.protected),
    )


def _staff(person: PersonId, name: PersonName | None) -> StaffView:
    seen = name if name and not name.protected else None
    return StaffView(
        person=person,
        given_name=seen.given_name if seen else None,
        family_name=seen.family_name if seen else None,
    )


def _unit(caller: Caller, id: UnitId) -> UnitRecord:
    guard.require(caller, "organisation:read_unit", guard.Unit(id))
    unit = queries.unit(id)
    if unit is None:
        raise NotFound
    return unit


def _unit_view(unit: UnitRecord) -> UnitView:
    return UnitView(
        id=unit.id,
        code=str(unit.code),
        name=unit.name,
        municipality_code=str(unit.municipality_code),
        municipal=unit.municipal,
        status=unit.status,
        school_forms=list(unit.school_forms),
        address=unit.address,
        lat=unit.lat,
        lon=unit.lon,
        pupils=unit.pupils,
        email=unit.email,
        phone=unit.phone,
        url=unit.url,
    )


def _term(term: Term) -> TermView:
    return TermView(first=term.first, last=term.last)
