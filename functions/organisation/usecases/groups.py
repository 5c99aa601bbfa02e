"""Who sees class lists, who changes groups (process 13)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain.groups import OF_STAFF, DatedGroup, GroupRecord
from functions.organisation.events import GroupMembersChanged
from functions.organisation.schemas.groups import (
    GroupView,
    MembershipView,
    MemberView,
    NameView,
    NewMembership,
)
from functions.organisation.store import groups as groups_store
from functions.organisation.usecases.group_admin import by_hand
from functions.organisation.usecases.group_rights import editable, require_belonging
from functions.register import queries as register
from functions.register.queries import PersonName
from skolkit.audit import Trace, recording
from skolkit.clock import now, today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import commit, fetch
from skolkit.types import GroupId, PersonId


def read_group(caller: Caller, id: GroupId, *, guardians: bool = False) -> GroupView:
    """A class list. Two round trips for its own staff: the group, then names beside the audit row; three with
    guardians, whose names come last. One more for others.
    """
    found = groups_store.find_group(id)
    if found is None:
        raise NotFound
    item, group = found[0], found[1].on(today())
    duties = _require_group(caller, "organisation:read_group", group)
    staff = group.mentors | group.teachers
    homes = guardians and (
        caller.person in staff
        or guard.allowed(caller, "register:list_pupils", guard.Unit(group.unit), duties)
    )
    with recording(Trace(caller.person_id, "read_group", id, changes=f"{len(group.members)} members")):
        names, kin = fetch(
            register.wanted_names([*group.members, *sorted(staff)]),
            register.wanted_guardians(list(group.members) if homes else []),
        )
        members = {person: names[person] for person in group.members if person in names}
        shown = register.shown_names(
            caller, members, teachers=group.teachers, mentors=group.mentors, duties=duties
        )
        adults = sorted({adult for pupil in shown for adult in kin.get(pupil, ())})
        names |= fetch(register.wanted_names(adults))[0] if adults else {}
    return _group_view(group, names, shown, kin, carried=found[1].carried, version=item.version)


def put_member(caller: Caller, id: GroupId, person: PersonId, new: NewMembership) -> MembershipView:
    """Make a pupil of the unit whom the caller may see a member from a day on. Nine round trips: group,
    duties, the pupil twice and who is around them, parts, commit.
    """
    item, group, duties = editable(caller, id)
    if group.kind not in OF_STAFF:
        register.require_pupil(caller, "register:read_person", person)
    changed = by_hand(group, [person], [], new.start_date, new.end_date)
    require_belonging(caller, group, [person], new.start_date, new.end_date, duties)
    _save(caller, "put_member", item, group, changed, person)
    return MembershipView(group=id, person=person, **new.model_dump())


def remove_member(caller: Caller, id: GroupId, person: PersonId) -> None:
    """End someone's membership from today on. Four round trips: group, duties, parts, commit."""
    item, group, _ = editable(caller, id)
    changed = by_hand(group, [], [person], today(), None)
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
    trace = Trace(caller.person_id, action, person, changes=f"group {new.id}")
    fact = GroupMembersChanged(group=new.id, unit=new.unit)
    commit(*groups_store.group_writes(new, item), parts, facts=[fact], trace=trace)


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
    group: GroupRecord,
    names: Mapping[PersonId, PersonName],
    shown: Collection[PersonId],
    kin: Mapping[PersonId, tuple[PersonId, ...]],
    *,
    carried: bool,
    version: int,
) -> GroupView:
    return GroupView(
        id=group.id,
        name=group.name,
        unit=group.unit,
        kind=group.kind,
        members=[_member(person, names, shown, kin.get(person, ())) for person in group.members],
        mentors=[_named(person, names.get(person)) for person in sorted(group.mentors)],
        teachers=[_named(person, names.get(person)) for person in sorted(group.teachers)],
        start_date=group.start,
        end_date=group.end,
        school_form=group.school_form,
        year=group.year,
        carried=carried,
        version=version,
    )


def _member(
    person: PersonId,
    names: Mapping[PersonId, PersonName],
    shown: Collection[PersonId],
    kin: tuple[PersonId, ...],
) -> MemberView:
    name = names.get(person)
    seen = name if name and person in shown else None
    return MemberView(
        person=person,
        given_name=seen.given_name if seen else None,
        family_name=seen.family_name if seen else None,
        protected=bool(name and name.protected),
        guardians=[_named(adult, names.get(adult)) for adult in kin] if seen else [],
    )


def _named(person: PersonId, name: PersonName | None) -> NameView:
    seen = name if name and not name.protected else None
    return NameView(
        person=person,
        given_name=seen.given_name if seen else None,
        family_name=seen.family_name if seen else None,
    )
