"""Who takes part in a conversation today, whom it is told, and where it is listed."""

from __future__ import annotations

from dataclasses import dataclass

from functions.access import guard
from functions.messages.domain.conversations import Part
from functions.messages.store import conversations as store
from functions.messages.store.conversations import TalkItem
from functions.messages.usecases.recipients import guardians_of
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId, UnitId

ALONE = organisation.Around(())


@dataclass(frozen=True, slots=True)
class Circle:
    """A conversation as it is today: `part` of the caller, everybody who takes part, its lists; `members` are
    the pupils it may be about.
    """

    part: Part
    people: frozenset[PersonId]
    lists: tuple[str, ...]
    members: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """A pupil's home and staff today. `people` are those the school writes to: who has custody, or the pupil
    once 18 (föräldrabalken 9:1); `grown` when it is the pupil.
    """

    record: register.PupilRecord
    around: organisation.Around
    facts: guard.Pupil
    grown: bool

    @property
    def people(self) -> frozenset[PersonId]:
        return frozenset({self.record.id}) if self.grown else self.record.guardians

    def with_whom(self, alone: PersonId | None) -> frozenset[PersonId]:
        """Who of the home takes part in a conversation with all of it, or with one `alone`. What guardians
        wrote stays theirs: a pupil of age takes part in conversations with the pupil alone.
        """
        if alone in self.record.records:
            return self.people if self.grown else frozenset()
        guardians = self.record.guardians
        return guardians if alone is None else guardians & {alone, _kept(self.record, alone)}


def home_of(pupil: PersonId) -> Home:
    """A pupil's home and staff; or `NotFound`. Three round trips."""
    record = register.present(pupil)
    if record is None:
        raise NotFound
    around = organisation.staff_around(record.id, today())
    grown = register.of_age(record.birth_date) <= today()
    return Home(record, around, register.facts_of(record, around), grown)


def around_pupil(caller: Caller, home: Home, alone: PersonId | None) -> Circle:
    """The circle of a pupil's home, or of one of it, and mentors; or `NotFound` for whoever is in neither.
    With nobody at home nobody writes any more. No round trip, one more for a closed record.
    """
    people = home.with_whom(alone)
    part: Part = "home" if caller.person in {home.record.id, *home.record.guardians} else "staff"
    if part == "home" and caller.person not in people:
        raise NotFound
    guard.require(caller, "messages:write", home.facts)
    lists = [store.pupils_list(home.record.id)]
    lists += [store.mentors_list(group.id) for group in home.around.groups if group.mentors]
    everybody = people | home.around.mentors if people else frozenset[PersonId]()
    return Circle(part, frozenset(everybody), tuple(lists), (home.record.id,))


def _kept(record: register.PupilRecord, guardian: PersonId) -> PersonId:
    """The guardian, or the record that theirs proved to be."""
    return guardian if guardian in record.guardians else register.merged_into(guardian) or guardian


def around_group(caller: Caller, id: GroupId) -> Circle:
    """The circle of a group's guardians and mentors; or `NotFound`. Four round trips."""
    group = organisation.group(id, today())
    if group is None:
        raise NotFound
    part: Part = "staff"
    if caller.person in group.mentors:
        guard.require(caller, "messages:write", guard.Group(id, group.unit, group.teachers, group.mentors))
    else:
        part = "home"
        children = set(register.children_of(caller.person_id)) & set(group.members)
        record = register.pupil(min(children)) if children else None
        if record is None:
            raise NotFound
        guard.require(caller, "messages:write", register.facts_of(record, ALONE))
    people = frozenset(guardians_of(group.members)) | group.mentors
    return Circle(part, people, (store.groups_list(id),), group.members)


def circle_of(caller: Caller, talk: TalkItem) -> Circle:
    """The circle of a conversation, if the caller takes part in it today."""
    if talk.group:
        return around_group(caller, GroupId(talk.group))
    alone = PersonId(talk.guardian) if talk.guardian else None
    return around_pupil(caller, home_of(PersonId(talk.pupil)), alone)


def reading_circle(caller: Caller, talk: TalkItem) -> Circle:
    """The same, and for those who moderate what has been reported."""
    try:
        return circle_of(caller, talk)
    except NotFound:
        if not talk.reported:
            raise
    require_moderator(caller, talk)
    return Circle("moderator", frozenset(), (), ())


def require_moderator(caller: Caller, talk: TalkItem) -> None:
    """Let those go on who moderate the unit; about a protected pupil only those with a task for the pupil."""
    thing: guard.Resource = guard.Unit(UnitId(talk.unit))
    if talk.pupil:
        record = register.present(PersonId(talk.pupil))
        if record is None:
            raise NotFound
        thing = register.facts_of(record, ALONE)
    guard.require(caller, "messages:moderate", thing, organisation.duties_of(caller.person_id))


def lists_of(person: PersonId) -> dict[str, tuple[PersonId, ...]]:
    """The lists of somebody's conversations today, with the pupils each may be about. For a guardian of one
    child four round trips, one more per child; for a pupil four.
    """
    children = [record for id in register.children_of(person) if (record := register.pupil(id))]
    people = [person, *(child.id for child in children)]
    (parts,) = fetch(organisation.wanted_parts(people), consistent=True)
    day = today()
    ids = {part.group for one in people for part in parts[one] if part.covers(day) and part.part != "teacher"}
    (groups,) = fetch(organisation.wanted_groups(sorted(ids), day), consistent=True)
    lists: dict[str, tuple[PersonId, ...]] = {}
    studies = any(part.part == "member" and part.covers(day) for part in parts[person])
    own = register.pupil(person) if studies else None
    if own and register.of_age(own.birth_date) <= day:
        lists |= {store.pupils_list(record): own.records for record in own.records}
    for child in children:
        lists |= {store.pupils_list(record): child.records for record in child.records}
    kids = {child.id for child in children}
    for group in groups.values():
        if person in group.mentors:
            lists[store.mentors_list(group.id)] = group.members
        if person in group.mentors or (group.mentors and kids & set(group.members)):
            lists[store.groups_list(group.id)] = group.members
    return lists
