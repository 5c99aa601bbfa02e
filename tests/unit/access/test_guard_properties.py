"""Laws of the guard: knowing less never opens more, strangers get nothing, a list is the sum of its parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import product
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.access import guard
from functions.access.guard import (
    SYSTEM,
    Duty,
    Group,
    Inquiry,
    Lesson,
    Person,
    Pupil,
    Resource,
    Sitting,
    Unit,
    WatchCase,
)  # fmt: skip
from skolkit.identity import SCHOOL_SCOPE, Caller
from skolkit.types import GroupId, LessonId, PersonId, UnitId

Question = tuple[Caller, guard.Action, Resource, frozenset[Duty]]

ACTIONS = get_args(guard.Action)
PUBLIC = {
    "access:read_process_map", "assessment:read_calendar", "grades:read_open_statistics",
    "organisation:read_catalogue",
    "organisation:read_unit",
}  # fmt: skip
STRANGER = Caller(PersonId("stranger"), "phone-app", frozenset({SCHOOL_SCOPE}))
FITTING: dict[type, list[guard.Action]] = {}

# Two people and two units, so that most questions are near a yes: asked about strangers, a law says little.
persons = st.sampled_from([PersonId("person-0"), PersonId("person-1")])
units = st.sampled_from([UnitId("unit-0"), UnitId("unit-1")])
relation = st.frozensets(persons)
ages = st.sampled_from([None, 15, 17, 18, 20])
pupils = st.builds(Pupil, persons, st.none() | units, relation, relation, relation, st.booleans(), ages)
lessons = st.builds(Lesson, st.just(LessonId("lesson")), units, relation, relation, relation)
groups = st.builds(Group, st.just(GroupId("group")), units, relation, relation)
cases = st.builds(
    WatchCase, st.just("case"), st.sampled_from(["schoolAttendance", "activity"]), relation, st.booleans()
)
sittings = st.builds(Sitting, st.just("sitting"), units, relation, relation, relation)
inquiries = st.builds(Inquiry, st.just("inquiry"), units, relation, relation, st.booleans())
resources = st.one_of(
    pupils,
    pupils,
    lessons,
    groups,
    cases,
    inquiries,
    sittings,
    st.builds(Unit, units),
    st.builds(Person, persons),
    st.just(SYSTEM),
)
duty_sets = st.frozensets(
    st.builds(Duty, st.sampled_from(get_args(guard.Role)), st.none() | units), max_size=2
)
school_app = st.just(frozenset({SCHOOL_SCOPE}))
callers = st.builds(
    Caller,
    st.one_of(persons, persons, persons, st.none()),
    st.sampled_from(["phone-app", "person-0"]),
    st.one_of(school_app, school_app, st.frozensets(st.sampled_from([SCHOOL_SCOPE, "skolkit/processes"]))),
)


def fitting(resource: Resource) -> list[guard.Action]:
    """The actions that the schema knows for this kind of thing."""
    kind = type(resource)
    if kind not in FITTING:
        FITTING[kind] = [action for action in ACTIONS if not guard.explain(STRANGER, action, resource).errors]
    return FITTING[kind]


@st.composite
def questions(draw: st.DrawFn) -> Question:
    resource = draw(resources)
    return draw(callers), draw(st.sampled_from(fitting(resource))), resource, draw(duty_sets)


def test_no_fact_less_about_a_pupil_opens_anything_in_any_combination() -> None:
    """Every combination of relations, age, unit, protection and one duty; the first of each is not known."""
    person, unit = STRANGER.person_id, UnitId("unit-0")
    nobody: frozenset[PersonId] = frozenset()
    related = (nobody, frozenset({person}))
    duties = (None, *(Duty(role, where) for role in ("administrator", "principal") for where in (unit, None)))
    dimensions: tuple[tuple[Any, ...], ...] = (
        related,
        related,
        related,
        (None, 15, 18),
        (None, unit),
        duties,
    )
    for pupil, protected in product((person, PersonId("pupil")), (False, True)):
        for action in fitting(Pupil(pupil)):
            answers = {
                facts: guard.allowed(
                    STRANGER,
                    action,
                    Pupil(pupil, facts[4], facts[0], facts[1], facts[2], protected, facts[3]),
                    [facts[5]] if facts[5] else [],
                )
                for facts in product(*dimensions)
            }
            for facts, allowed in answers.items():
                for n, choices in enumerate(dimensions):
                    assert allowed or not answers[(*facts[:n], choices[0], *facts[n + 1 :])], (
                        action,
                        facts,
                        n,
                    )


def lesser(question: Question) -> Iterator[Question]:
    """The same question with one duty, scope, relation or fact less."""
    caller, action, resource, duties = question
    for duty in duties:
        yield caller, action, resource, duties - {duty}
    for scope in caller.scopes:
        yield replace(caller, scopes=caller.scopes - {scope}), action, resource, duties
    for field in fields(resource):
        value = getattr(resource, field.name)
        if isinstance(value, frozenset):
            for one in value:
                yield caller, action, changed(resource, field.name, value - {one}), duties
        elif field.name in ("age", "protected") or (field.name == "unit" and isinstance(resource, Pupil)):
            yield caller, action, changed(resource, field.name, None), duties


def changed(resource: Any, name: str, value: object) -> Any:
    return replace(resource, **{name: value})


def damaged(entities: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """What Cedar is told, with one attribute, one element of a set, all parents or all of an entity lost."""

    def with_entity(index: int, **parts: object) -> list[dict[str, Any]]:
        return [*entities[:index], entities[index] | parts, *entities[index + 1 :]]

    for index, entity in enumerate(entities):
        yield with_entity(index, parents=[])
        yield with_entity(index, parents=[], attrs={})
        for name, value in entity["attrs"].items():
            rest = {key: other for key, other in entity["attrs"].items() if key != name}
            yield with_entity(index, attrs=rest)
            for n in range(len(value) if isinstance(value, list) else 0):
                yield with_entity(index, attrs=rest | {name: value[:n] + value[n + 1 :]})


@settings(max_examples=200, deadline=None)
@given(questions())
def test_knowing_less_never_opens_more(question: Question) -> None:
    if not guard.allowed(*question):
        for less in lesser(question):
            assert not guard.allowed(*less), less


@settings(max_examples=200, deadline=None)
@given(questions())
def test_a_lost_attribute_or_entity_never_opens_anything(question: Question) -> None:
    caller, action, resource, duties = question
    entities = guard._entities(caller, [resource], duties)
    if not guard._decide(caller, action, entities)[0].allowed:
        for less in damaged(entities):
            assert not guard._decide(caller, action, less)[0].allowed, less


@settings(max_examples=150, deadline=None)
@given(questions())
def test_another_persons_id_opens_nothing(question: Question) -> None:
    _, action, resource, _ = question
    teacher = {Duty("teacher", UnitId("unit-0")), Duty("mentor", None)}
    assert guard.allowed(STRANGER, action, resource, teacher) == (action in PUBLIC)


@settings(max_examples=150, deadline=None)
@given(questions())
def test_without_the_school_scope_no_person_gets_anywhere(question: Question) -> None:
    caller, action, resource, duties = question
    bare = replace(caller, scopes=caller.scopes - {SCHOOL_SCOPE})
    assert bare.person is None or not guard.allowed(bare, action, resource, duties)


@settings(max_examples=150, deadline=None)
@given(questions(), st.lists(pupils, max_size=4, unique_by=lambda pupil: pupil.id))
def test_a_list_is_decided_like_its_parts(question: Question, some: list[Pupil]) -> None:
    caller, action, _, duties = question
    one_by_one = [pupil for pupil in some if guard.allowed(caller, action, pupil, duties)]
    assert guard.permitted(caller, action, some, duties) == one_by_one
