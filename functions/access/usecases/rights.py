"""Who may do what at a unit and why (process 36): the matrix, the people, and one decision explained. Nothing
of it is written by hand: Cedar is asked about every relation that the guard knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from typing import Any, get_args

from functions.access import guard
from functions.access.domain import words
from functions.access.guard import Action, Duty, Group, Lesson, Person, Pupil, Resource, Unit
from functions.access.schemas import (
    CellView,
    ExplanationView,
    HolderPage,
    HolderView,
    Matrix,
    PeopleQuery,
    Question,
    RoleView,
)
from functions.organisation import queries as organisation
from functions.organisation.queries import Delegation, HeldRecord, Offices, Substitution
from functions.register import queries as register
from functions.register.queries import PersonName
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import DomainError, NotFound, Text
from skolkit.identity import SCHOOL_SCOPE, Caller
from skolkit.table import fetch
from skolkit.types import GroupId, LessonId, PersonId, UnitId

_ME, _SOMEBODY, _HERE = PersonId("me"), PersonId("somebody"), UnitId("here")
_ASKED = frozenset({_ME})
_RELATIONS = {  # what the guard's relation fields are called in the matrix
    "guardians": "guardian", "teachers": "teacher of", "mentors": "mentor of", "substitutes": "substitute of",
    "team": "investigator of",
}  # fmt: skip
_AGES = {"pupil": 15, "pupil of 16": 16, "pupil of 18": 18}


class ActionDoesNotFit(DomainError):
    """An action is of some kinds of things only."""

    status = 422
    reason = Text("Åtgärden gäller inte sådana saker.", "The action is not about such things.")
    advice = Text("Välj en annan åtgärd eller sak.", "Choose another action or thing.")


def read_rights(caller: Caller, unit: UnitId) -> Matrix:
    """Roles and actions. One round trip: the caller's duties."""
    _require_office(caller, unit)
    return Matrix(unit=unit, roles=_roles(), cells=list(_cells()))


def list_rights_of_people(caller: Caller, query: PeopleQuery) -> HolderPage:
    """A page of who has what at the unit. Four round trips: duties, the page, names, audit row."""
    unit = UnitId(query.unit)
    _require_office(caller, unit)
    held, cursor = organisation.held_at(unit, query.cursor, query.limit, caller.seal, "held", unit)
    (names,) = fetch(register.wanted_names(list(dict.fromkeys(one.person for one in held))))
    record_read(Trace(caller.person_id, "list_rights_of_people", unit))
    return HolderPage(data=[_holder(one, names.get(one.person)) for one in held], cursor=cursor)


def explain(caller: Caller, asked: Question) -> ExplanationView:
    """Whether a person may do something to a pupil, group or unit, and why. Round trips: the duties of both,
    the thing (two more for a pupil's groups), audit row.
    """
    if asked.kind not in guard.kinds_of(asked.action):
        raise ActionDoesNotFit(field="kind", value=asked.kind)
    person = PersonId(asked.person)
    thing = _thing(asked)
    guard.require(caller, "access:explain", thing, organisation.duties_of(caller.person_id))
    offices = organisation.offices_of(person)
    thing = _with_substitutes(thing, offices)
    somebody = Caller(person, "explained", frozenset({SCHOOL_SCOPE}))
    answer = guard.explain(somebody, asked.action, thing, offices.duties)
    record_read(Trace(caller.person_id, "explain", asked.id, changes=f"{asked.action} {person}"))
    return ExplanationView(
        allowed=answer.allowed,
        policies=list(answer.policies),
        facts=sorted(_facts(person, thing, offices, asked.action)),
    )


def _require_office(caller: Caller, unit: UnitId) -> None:
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "access:read_rights", guard.Unit(unit), duties)


def _thing(asked: Question) -> Pupil | Group | Unit:
    """What is asked about, with its relations of today."""
    match asked.kind:
        case "Pupil":
            record = register.pupil(PersonId(asked.id))
            if record is None:
                raise NotFound
            return register.facts_of(record, organisation.staff_around(record.id, today()))
        case "Group":
            group = organisation.group(GroupId(asked.id), today())
            if group is None:
                raise NotFound
            return guard.Group(group.id, group.unit, group.teachers, group.mentors)
        case "Unit":
            return guard.Unit(UnitId(asked.id))


def _with_substitutes(thing: Pupil | Group | Unit, offices: Offices) -> Pupil | Group | Unit:
    if not isinstance(thing, Group):
        return thing
    staff = thing.teachers | thing.mentors
    own = [s.to for s in offices.substitutions if s.has_group(thing.unit, thing.id, staff, now())]
    return Group(thing.id, thing.unit, thing.teachers, thing.mentors, frozenset(own))


def _facts(person: PersonId, thing: Pupil | Group | Unit, offices: Offices, action: Action) -> Iterator[str]:
    """The relations and duties that bear on the thing, by name; nothing of what the person is elsewhere."""
    for field in fields(thing):
        value = getattr(thing, field.name)
        if isinstance(value, frozenset) and person in value:
            yield _RELATIONS[field.name]
    if thing.id == person:
        yield "self"
    unit = thing.id if isinstance(thing, Unit) else thing.unit
    for duty in offices.duties:
        if duty.unit in (None, unit) and (duty.only is None or action in duty.only):
            where = "the municipality" if duty.unit is None else "the unit"
            yield f"{duty.role} of {where}" + ("" if duty.only is None else ", delegated")
    if isinstance(thing, Pupil) and thing.protected:
        yield "the pupil has protected identity"


def _holder(one: HeldRecord, name: PersonName | None) -> HolderView:
    shown = name if name and not name.protected else None
    view = HolderView(
        person=one.person,
        given_name=shown.given_name if shown else None,
        family_name=shown.family_name if shown else None,
        start=one.start,
        end=one.end,
    )
    return view.model_copy(update=_held(one.what))


def _held(what: Duty | Delegation | Substitution) -> dict[str, object]:
    match what:
        case Duty():
            return {"kind": "duty", "role": what.role}
        case Delegation():
            return {
                "kind": "delegation", "id": what.id, "actions": sorted(what.powers()), "basis": what.basis,
                "stead_of": what.by,
            }  # fmt: skip
        case Substitution():
            return {
                "kind": "substitution", "id": what.id, "stead_of": what.replaces, "group": what.group,
                "lesson": what.lesson,
            }  # fmt: skip


# The matrix


@cache
def _roles() -> list[RoleView]:
    """Those that are let in anywhere, and those that are not: every relation there is."""
    return [RoleView(role=role, sv=_swedish(role)) for role in dict.fromkeys(name for name, *_ in _cases())]


@cache
def _cells() -> tuple[CellView, ...]:
    """What is allowed, with the policies that allow it. About 1,500 decisions, once per process: 0.5 s."""
    me = Caller(_ME, "matrix", frozenset({SCHOOL_SCOPE}))
    return tuple(
        CellView(
            role=role,
            action=action,
            kind=type(thing).__name__,
            protected=getattr(thing, "protected", False),
            policies=list(answer.policies),
        )
        for role, thing, duties in _cases()
        for action in get_args(Action)
        if type(thing).__name__ in guard.kinds_of(action)
        and (answer := guard.explain(me, action, thing, duties)).allowed
    )


def _cases() -> Iterator[tuple[str, Resource, tuple[Duty, ...]]]:
    """Everything that somebody can be to a thing: a relation in one of its fields, themselves, a duty at its
    unit or in the municipality, or nothing.
    """
    for thing in _things():
        yield "everyone", thing, ()
        for field in fields(thing):
            if field.name in _RELATIONS:
                yield _RELATIONS[field.name], _related(thing, field.name), ()
        for role in get_args(guard.Role):
            yield f"{role} at the unit", thing, (Duty(role, _HERE),)
            yield f"{role} of the municipality", thing, (Duty(role, None),)
        if isinstance(thing, guard.WatchCase):
            given = _related(thing, "handlers")
            yield "activity_officer given the case", given, (Duty("activity_officer", None),)
            yield "attendance_officer given the case", given, (Duty("attendance_officer", None),)
    for role, age in _AGES.items():
        for protected in (False, True):
            yield role, Pupil(_ME, _HERE, protected=protected, age=age), ()
    yield "oneself", Person(_ME), ()


def _things() -> Iterator[Resource]:
    yield Pupil(_SOMEBODY, _HERE, age=15)
    yield Pupil(_SOMEBODY, _HERE, age=15, protected=True)
    yield Lesson(LessonId("lesson"), _HERE)
    yield Group(GroupId("group"), _HERE)
    yield Unit(_HERE)
    yield Person(_SOMEBODY, frozenset({_HERE}))
    yield Person(_SOMEBODY, frozenset({_HERE}), protected=True)
    for watch in ("schoolAttendance", "activity"):
        yield guard.WatchCase("case", watch)
        yield guard.WatchCase("case", watch, protected=True)
    yield guard.Inquiry("inquiry", _HERE)
    yield guard.Inquiry("inquiry", _HERE, protected=True)
    yield guard.SYSTEM


def _related(thing: Any, field: str) -> Resource:
    related: Resource = replace(thing, **{field: _ASKED})
    return related


def _swedish(role: str) -> str:
    known = {
        "everyone": "alla inloggade", "guardian": "vårdnadshavare", "teacher of": "lärare för",
        "mentor of": "mentor för", "substitute of": "vikarie för", "investigator of": "utreder för",
        "pupil": "eleven själv",
        "pupil of 16": "eleven själv, 16 år", "pupil of 18": "eleven själv, 18 år", "oneself": "en själv",
    }  # fmt: skip
    if role in known:
        return known[role]
    duty, _, where = role.partition(" ")
    places = {
        "at the unit": "vid enheten",
        "of the municipality": "i kommunen",
        "given the case": "som fått ärendet",
    }
    return f"{words.WHO[duty].sv} {places[where]}"
