"""Who sees class lists, who changes groups (process 13)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain.groups import DatedGroup, GroupRecord, Stay
from functions.organisation.events import GroupMembersChanged
from functions.organisation.schemas.groups import (
    GroupView,
    MembershipView,
    MemberView,
    NewMembership,
    StaffView,
)
from functions.organisation.store import groups as groups_store
from functions.register import queries as register
from functions.register.queries import PersonName
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import Item, commit, fetch
from skolkit.types import GroupId, PersonId


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
    caller: Caller,
    action: str,
    item: groups_store.GroupItem,
    old: DatedGroup,
    new: DatedGroup,
    person: PersonId,
) -> None:
    if new == old:
        return
    parts = groups_store.parts_items([person])[person]
    groups_store.set_parts(parts, new.id, new.parts().get(person, ()))
    writes: list[Item] = [groups_store.group_item(new, item), parts]
    trace = Trace(caller.person_id, action, person, changes=f"group {new.id}")
    commit(*writes, facts=[GroupMembersChanged(group=new.id, unit=new.unit)], trace=trace)


def _editable(caller: Caller, id: GroupId) -> tuple[groups_store.GroupItem, DatedGroup]:
    found = groups_store.find_group(id)
    if found is None:
        raise NotFound
    _require_group(caller, "organisation:edit", found[1].on(today()))
    return found


def _require_group(caller: Caller, action: guard.Action, group: GroupRecord) -> tuple[guard.Duty, ...]:
    """Duties are read only for somebody who is not of the group's own staff."""
    own = caller.person in group.mentors | group.teachers and action == "organisation:read_group"
    offices = queries.Offices(()) if own else queries.offices_of(caller.person_id)
    staff = group.mentors | group.teachers
    substitutes = frozenset(
        one.to for one in offices.substitutions if one.has_group(group.unit, group.id, staff, now())
    )
    facts = guard.Group(group.id, group.unit, group.teachers, group.mentors, substitutes)
    guard.require(caller, action, facts, offices.duties)
    return offices.duties


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
