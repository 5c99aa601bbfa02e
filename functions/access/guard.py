"""Who may do what: the one question every use case asks before it shows or changes something about a person.

The use case loads the facts (whose guardian, whose teacher, which duties at which unit) and hands them over;
this module reads nothing but the Cedar policies beside it, `policies/*.cedar`, once per process. Whatever
cannot be decided without error is refused: Cedar itself skips an erroring `forbid`, so any error is a no.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from functions.access.domain import actions
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.telemetry import logger
from skolkit.types import GroupId, LessonId, PersonId, UnitId

if TYPE_CHECKING:
    import cedarpy

Action = actions.Action
Role = actions.Role
ATTENDING = actions.ATTENDING
_NOBODY: frozenset[PersonId] = frozenset()
_POLICIES = Path(__file__).parent / "policies"


@dataclass(frozen=True, slots=True)
class Duty:
    """An employment at a unit, or at the whole municipality when `unit` is None.

    Principals, administrators and those of `ATTENDING` have rights by duty, and for the whole municipality
    the officers of the compulsory-school watch (skolpliktshandläggare) and of the activity responsibility
    (KAA-handläggare); teachers, mentors and preschool staff have theirs by being assigned to a pupil, a group
    or a lesson. With `only` it is somebody else's duty, delegated for those actions: whoever has it can do
    nothing that the delegator could not.
    """

    role: Role
    unit: UnitId | None
    only: frozenset[Action] | None = None


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil and the people around them, all as of now.

    `guardians` are those who have custody today (nobody once the pupil is 18, föräldrabalken 6:2), `age` is
    in whole years and None when not loaded, `protected` is protected identity (skyddade personuppgifter).
    """

    id: PersonId
    unit: UnitId | None = None
    guardians: frozenset[PersonId] = _NOBODY
    teachers: frozenset[PersonId] = _NOBODY
    mentors: frozenset[PersonId] = _NOBODY
    protected: bool = False
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson on one day; `substitutes` are only those whose time is now."""

    id: LessonId
    unit: UnitId
    teachers: frozenset[PersonId] = _NOBODY
    mentors: frozenset[PersonId] = _NOBODY
    substitutes: frozenset[PersonId] = _NOBODY


@dataclass(frozen=True, slots=True)
class Group:
    """A class or a teaching group; `substitutes` are only those whose time is now."""

    id: GroupId
    unit: UnitId
    teachers: frozenset[PersonId] = _NOBODY
    mentors: frozenset[PersonId] = _NOBODY
    substitutes: frozenset[PersonId] = _NOBODY


@dataclass(frozen=True, slots=True)
class Unit:
    """A school unit (skolenhet)."""

    id: UnitId


@dataclass(frozen=True, slots=True)
class Person:
    """Anyone's own card, day, children and settings. `units` are those where the person works or has a child,
    for their administrators; `protected` is protected identity.
    """

    id: PersonId
    units: frozenset[UnitId] = frozenset()
    protected: bool = False


@dataclass(frozen=True, slots=True)
class WatchCase:
    """A case of the compulsory-school watch or the activity responsibility, or the list of them. `watch` is
    schoolAttendance or activity, `protected` the person's identity, `handlers` who have been given the case.
    """

    id: str
    watch: str
    handlers: frozenset[PersonId] = _NOBODY
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Inquiry:
    """An investigation of a pupil's absence at a unit. `team` are those who work on it, `mentors` the
    pupil's, `protected` the pupil's identity.
    """

    id: str
    unit: UnitId
    team: frozenset[PersonId] = _NOBODY
    mentors: frozenset[PersonId] = _NOBODY
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Sitting:
    """A national test of a group. `holders` teach the group or are responsible; `keepers` may have the key of
    what is marked without names: who is responsible and who leads the unit, of those who mark nothing of it;
    `markers` mark it and must not know whose it is.
    """

    id: str
    unit: UnitId
    holders: frozenset[PersonId] = _NOBODY
    keepers: frozenset[PersonId] = _NOBODY
    markers: frozenset[PersonId] = _NOBODY


@dataclass(frozen=True, slots=True)
class System:
    """The municipality's school system as a whole; use `SYSTEM`."""


SYSTEM = System()
Resource = Pupil | Lesson | Group | Unit | Person | WatchCase | Inquiry | Sitting | System
R = TypeVar("R", bound=Resource)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision, the `@id`s of the policies that made it, and what went wrong while deciding."""

    allowed: bool
    policies: tuple[str, ...]
    errors: tuple[str, ...]


def require(caller: Caller, action: Action, resource: Resource, duties: Collection[Duty] = ()) -> None:
    """Let the use case go on, or raise `NotFound`: the same for "not yours" as for "does not exist"."""
    if not allowed(caller, action, resource, duties):
        raise NotFound


def allowed(caller: Caller, action: Action, resource: Resource, duties: Collection[Duty] = ()) -> bool:
    """Whether `caller` may do `action` to `resource`, given the `duties` the caller is known to have."""
    return explain(caller, action, resource, duties).allowed


def permitted(
    caller: Caller, action: Action, resources: Sequence[R], duties: Collection[Duty] = ()
) -> list[R]:
    """The `resources` that `caller` may do `action` to, in their order, decided in one batch.

    Things that differ in nothing but their id are decided once, since no policy names an id (a test sees to
    it): 500 pupils of a unit are a handful of decisions. If the list itself cannot be evaluated (the same id
    twice with different facts), all of it is refused.
    """
    actor, *things = _entities(caller, resources, duties, action)
    same = {repr(thing["uid"]): thing for thing in things}
    if any(same[repr(thing["uid"])] != thing for thing in things):
        logger().warning("guard refused a list that contradicts itself", action=action)
        return []
    keys = [_alike(thing, actor["uid"]) for thing in things]
    distinct = dict(zip(keys, things, strict=True))
    decided = _decide(caller, action, [actor, *distinct.values()])
    allowed = {key for key, answer in zip(distinct, decided, strict=True) if answer.allowed}
    return [resource for resource, key in zip(resources, keys, strict=True) if key in allowed]


def explain(caller: Caller, action: Action, resource: Resource, duties: Collection[Duty] = ()) -> Explanation:
    """The decision with its reasons, for tests, audits and whoever asks why."""
    return _decide(caller, action, _entities(caller, [resource], duties, action))[0]


@cache
def kinds_of(action: Action) -> frozenset[str]:
    """The kinds of things an action can be done to (`Pupil`, `Unit` …), as the schema says."""
    text = (_POLICIES / "schema.cedarschema").read_text(encoding="utf-8")
    declared = re.findall(r"^action ([^;]*?)\s+appliesTo \{[^}]*resource: \[?([\w, ]+)", text, re.MULTILINE)
    return frozenset(
        kind.strip()
        for names, kinds in declared
        if f'"{action}"' in names
        for kind in kinds.split(",")
        if kind.strip() != "context"
    )


def could(caller: Caller, action: Action, unit: UnitId, duties: Collection[Duty]) -> bool:
    """Whether `duties` let the caller do `action` to anything of a unit: a pupil, lesson, group,
    investigation or test without any relation to the caller, or the unit itself.
    """
    things: dict[str, Resource] = {
        "Pupil": Pupil(PersonId("anyone"), unit),
        "Lesson": Lesson(LessonId("any"), unit),
        "Group": Group(GroupId("any"), unit),
        "Inquiry": Inquiry("any", unit),
        "Sitting": Sitting("any", unit),
        "Unit": Unit(unit),
    }
    fitting = [things[kind] for kind in sorted(kinds_of(action)) if kind in things]
    return any(allowed(caller, action, thing, duties) for thing in fitting)


class _Engine(NamedTuple):
    policies: cedarpy.PolicySet
    schema: cedarpy.Schema


@cache
def _engine() -> _Engine:
    import cedarpy  # 25 ms of import that functions without a decision to make never pay

    texts = (path.read_text(encoding="utf-8") for path in sorted(_POLICIES.glob("*.cedar")))
    schema = (_POLICIES / "schema.cedarschema").read_text(encoding="utf-8")
    return _Engine(cedarpy.PolicySet.from_str("\n".join(texts)), cedarpy.Schema.from_str(schema))


def _decide(caller: Caller, action: str, entities: list[dict[str, object]]) -> list[Explanation]:
    """Decide about every entity after the first, which is the one who acts."""
    if len(entities) == 1:
        return []
    import cedarpy

    engine = _engine()
    actor, *targets = (entity["uid"] for entity in entities)
    request = {
        "principal": actor,
        "action": _ref("Action", action),
        "context": {"scopes": sorted(caller.scopes)},
    }
    results = cedarpy.is_authorized_batch(
        [request | {"resource": target} for target in targets], engine.policies, entities, engine.schema
    )
    answers = [_explanation(result) for result in results]
    if errors := {error for answer in answers for error in answer.errors}:
        logger().warning("guard refused what it could not decide", action=action, errors=sorted(errors))
    return answers


def _explanation(result: cedarpy.AuthzResult) -> Explanation:
    # An error about malformed entities quotes all of them before "]: ", and that is too much for a log.
    errors = tuple(error.rpartition("]: ")[2] for error in result.diagnostics.errors)
    policies = tuple(sorted(result.diagnostics.id_annotations_by_reason.values()))
    return Explanation(result.allowed and not errors, policies, errors)


def _entities(
    caller: Caller, resources: Sequence[Resource], duties: Collection[Duty], action: str = ""
) -> list[dict[str, object]]:
    return [_actor(caller, duties, action), *(_entity(caller, resource) for resource in resources)]


def _alike(thing: dict[str, Any], actor: object) -> str:
    """All that a decision about a thing depends on: its kind and facts, and whether it is the actor's own."""
    facts = {name: v == actor if name in ("person", "self") else v for name, v in thing["attrs"].items()}
    kind = thing["uid"]["type"]
    # A unit is its own place; everything else has one as its parent.
    return repr((kind, facts, thing["uid"] if kind == "Unit" else thing["parents"]))


def _actor(caller: Caller, duties: Collection[Duty], action: str) -> dict[str, object]:
    if not caller.person:
        return {"uid": _ref("Integration", caller.client), "attrs": {}, "parents": []}
    duties = [duty for duty in duties if duty.only is None or action in duty.only]
    administers = {duty.unit for duty in duties if duty.role == "administrator"}
    leads = {duty.unit for duty in duties if duty.role == "principal"}
    in_person = {duty.unit for duty in duties if duty.role == "principal" and duty.only is None}
    attends = {duty.unit for duty in duties if duty.role in ATTENDING}
    counsels = {duty.unit for duty in duties if duty.role == "study_counsellor"}
    attributes = {
        "administers": [_ref("Unit", unit) for unit in administers if unit is not None],
        "administersMunicipality": None in administers,
        "attends": [_ref("Unit", unit) for unit in attends if unit is not None],
        "counsels": [_ref("Unit", unit) for unit in counsels if unit is not None],
        "leads": [_ref("Unit", unit) for unit in leads if unit is not None],
        "leadsInPerson": [_ref("Unit", unit) for unit in in_person if unit is not None],
        "leadsMunicipality": None in leads,
        "watchesActivity": Duty("activity_officer", None) in duties,
        "watchesAttendance": Duty("attendance_officer", None) in duties,
    }
    return {"uid": _ref("Caller", caller.person), "attrs": attributes, "parents": []}


def _entity(caller: Caller, resource: Resource) -> dict[str, object]:
    def only_caller(people: Collection[PersonId]) -> list[dict[str, str]]:
        # No policy asks about anyone else, and telling of ten other people costs more than the decision.
        return [_ref("Caller", caller.person)] if caller.person and caller.person in people else []

    attributes: dict[str, object] = {}
    name, unit, units = "skolkit", None, frozenset[UnitId]()
    match resource:
        case Pupil():
            name, unit = resource.id, resource.unit
            attributes = {
                "person": _ref("Caller", resource.id),
                "guardians": only_caller(resource.guardians),
                "teachers": only_caller(resource.teachers),
                "mentors": only_caller(resource.mentors),
                "protected": resource.protected,
            }
            if resource.age is not None:
                attributes["age"] = resource.age
        case Lesson() | Group():
            name, unit = resource.id, resource.unit
            attributes = {
                "teachers": only_caller(resource.teachers),
                "mentors": only_caller(resource.mentors),
                "substitutes": only_caller(resource.substitutes),
            }
        case Person():
            name, units = resource.id, resource.units
            attributes = {"self": _ref("Caller", resource.id), "protected": resource.protected}
        case WatchCase():
            name = resource.id
            attributes = {
                "watch": resource.watch,
                "handlers": only_caller(resource.handlers),
                "protected": resource.protected,
            }
        case Inquiry():
            name, unit = resource.id, resource.unit
            attributes = {
                "team": only_caller(resource.team),
                "mentors": only_caller(resource.mentors),
                "protected": resource.protected,
            }
        case Sitting():
            name, unit = resource.id, resource.unit
            attributes = {
                "holders": only_caller(resource.holders),
                "keepers": only_caller(resource.keepers),
                "markers": only_caller(resource.markers),
            }
        case Unit():
            name = resource.id
    parents = [_ref("Unit", parent) for parent in sorted(units)] if unit is None else [_ref("Unit", unit)]
    return {"uid": _ref(type(resource).__name__, name), "attrs": attributes, "parents": parents}


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"type": kind, "id": name}
