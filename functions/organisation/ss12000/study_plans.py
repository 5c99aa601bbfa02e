"""Pupils' study plans as the standard's `StudyPlan`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from functions.organisation.domain.study_plans import Entry
from functions.organisation.domain.study_plans import StudyPlan as PlanRecord
from functions.organisation.ss12000.common import loading, shape
from functions.organisation.store import study_plans as store
from functions.organisation.store.base import OPEN
from functions.register import queries as register
from skolkit.http import Shape
from skolkit.ss12000 import (
    NEWEST_FIRST,
    Entity,
    Filters,
    Key,
    Meta,
    Order,
    PersonReference,
    Reference,
    Resource,
    holds,
)
from skolkit.sweden.codes import SchoolForm
from skolkit.types import UnitId, is_id


class StudyPlanSyllabus(Shape):
    """Something the pupil reads."""

    syllabus: Reference
    start_date: date | None = None
    end_date: date | None = None


class StudyPlanContent(Shape):
    """What is read in one part, or under one heading."""

    title: str | None = None
    type: str | None = None
    syllabuses: list[StudyPlanSyllabus]


class StudyPlan(Shape):
    """A pupil's present plan. Decisions on adapted studies and their reasons are not for other systems."""

    id: UUID
    meta: Meta
    student: PersonReference
    start_date: date
    end_date: date | None = None
    content: list[StudyPlanContent]


def plan(plan: PlanRecord, created: datetime, changed: datetime) -> Entity:
    """A plan as an entity: its pupil's. At which unit that is, the register knows (`_belongs`)."""
    parts: dict[tuple[str | None, str | None], list[Entry]] = {}
    for entry in plan.entries:
        parts.setdefault((entry.part, entry.title), []).append(entry)
    id = store.plan_id(plan.pupil)
    made = StudyPlan(
        id=UUID(id),
        meta=Meta(created=created, modified=changed),
        student=PersonReference(id=UUID(plan.pupil)),
        start_date=plan.start,
        end_date=plan.end,
        content=[
            StudyPlanContent(
                type=part,
                title=title,
                syllabuses=[
                    StudyPlanSyllabus(
                        syllabus=Reference(id=UUID(e.syllabus)), start_date=e.start, end_date=e.end
                    )
                    for e in entries
                ],
            )
            for (part, title), entries in parts.items()
        ],
    )
    forms, people = frozenset({plan.school_form}), frozenset({plan.pupil})
    return Entity(id, made, created, changed, forms=forms, about=plan.pupil, people=people)


def _belongs(units: frozenset[UnitId], _: frozenset[SchoolForm]) -> Callable[[Entity], bool]:
    """Whether a plan is of a pupil who is enrolled at the units today. One consistent query per unit."""
    here = {pupil.person for unit in sorted(units) for pupil in register.pupils_now(unit)}
    return lambda entity: not units or entity.about in here


def _narrow(filters: Filters) -> Sequence[Key] | None:
    pupils = filters.get("student")
    return [store.plan_key(pupil) for pupil in pupils] if pupils is not None else None


def _keeps(entity: Entity, filters: Filters) -> bool:
    made = shape(StudyPlan, entity)
    pupil = str(made.student.id)
    return pupil in filters.get("student", (pupil,)) and holds(filters, made.start_date, made.end_date)


def _start(entity: Entity) -> str:
    return str(shape(StudyPlan, entity).start_date)


def _end(entity: Entity) -> str:
    return str(shape(StudyPlan, entity).end_date or OPEN)


STUDY_PLANS = Resource(
    kind=store.PlanItem,
    load=loading(store.stored_plans, plan),
    key=lambda plan: store.plan_key(store.plan_id(plan)) if is_id(plan) else None,
    ids=lambda key: [store.plan_id(key[0].removeprefix("PERSON#"))],
    orders={
        "ModifiedDesc": NEWEST_FIRST,
        "StartDateAsc": Order(1, _start),
        "StartDateDesc": Order(1, _start, down=True),
        "EndDateAsc": Order(2, _end),
        "EndDateDesc": Order(2, _end, down=True),
    },
    narrow=_narrow,
    keeps=_keeps,
    belongs=_belongs,
)
