"""Who may do what around an assessment: the pupil or group with the facts the guard decides on."""

from __future__ import annotations

from typing import NamedTuple

from functions.access import guard
from functions.access.guard import Duty
from functions.assessment.domain.rounds import Taught
from functions.organisation import queries as organisation
from functions.organisation.queries import Around, GroupRecord
from functions.register import queries as register
from functions.register.queries import PersonName, PupilRecord
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId


class Reader(NamedTuple):
    """A pupil whom the caller may read about; `home` when as the home, which sees what is published."""

    pupil: PupilRecord
    home: bool


class Task(NamedTuple):
    """A pupil for whom the caller has a task as teacher or mentor, and the groups they are in."""

    pupil: PupilRecord
    around: Around


class Led(NamedTuple):
    """A group the caller may use, and the duties that were needed to know it."""

    group: GroupRecord
    duties: tuple[Duty, ...]


def require_reader(caller: Caller, id: PersonId) -> Reader:
    """The pupil, for the home and for those with a task. One round trip for the home, four for staff."""
    record = register.pupil(id)
    if record is None:
        raise NotFound
    home = caller.person in {record.id, *record.guardians}
    register.require_relation(caller, "assessment:read_published" if home else "assessment:read", record)
    return Reader(record, home)


def require_task(caller: Caller, action: guard.Action, id: PersonId) -> Task:
    """The pupil, for who teaches or mentors them. Three round trips: pupil, groups."""
    record = register.pupil(id)
    if record is None:
        raise NotFound
    around = organisation.staff_around(record.id, today())
    guard.require(caller, action, register.facts_of(record, around))
    return Task(record, around)


def require_group(caller: Caller, action: guard.Action, id: GroupId) -> Led:
    """The group as it is today. One round trip for its own staff, two for others."""
    group = organisation.group(id, today())
    if group is None:
        raise NotFound
    own = caller.person in group.teachers | group.mentors
    duties = () if own else organisation.duties_of(caller.person_id)
    guard.require(caller, action, guard.Group(id, group.unit, group.teachers, group.mentors), duties)
    return Led(group, duties)


def names_of(caller: Caller, led: Led) -> dict[PersonId, PersonName]:
    """The members' names that may be shown, in the group's order. One round trip."""
    names: dict[PersonId, PersonName] = fetch(register.wanted_names(list(led.group.members)))[0]
    known = {person: names[person] for person in led.group.members if person in names}
    return register.shown_names(
        caller, known, teachers=led.group.teachers, mentors=led.group.mentors, duties=led.duties
    )


def taught(groups: list[GroupRecord]) -> list[Taught]:
    """What groups are taught today and by whom, as their activities say. Two round trips."""
    ids: dict[GroupId, tuple[str, ...]]
    (ids,) = fetch(organisation.wanted_activities_of_groups([group.id for group in groups]))
    wanted = list(dict.fromkeys(id for some in ids.values() for id in some))
    activities: dict[str, organisation.ActivityRecord] = fetch(organisation.wanted_activities(wanted))[0]
    day = today()
    return [
        Taught(
            group.id, one.subject, frozenset(group.members),
            frozenset(t.person for t in one.teachers if (t.start or day) <= day <= (t.end or day)),
        )
        for group in groups
        for id in ids.get(group.id, ())
        if (one := activities.get(id)) and one.subject and one.covers(day) and group.id in one.groups
    ]  # fmt: skip
