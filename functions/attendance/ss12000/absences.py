"""Notices of absence and granted leave as the standard's `Absence`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from functions.attendance.domain.shown import ShownAbsence
from functions.attendance.ss12000.shapes import Absence, Forms, by, forms_of, person, swedish
from functions.attendance.store import shown as store
from functions.attendance.store.shown import Stored
from skolkit.clock import stamp
from skolkit.ss12000 import NEWEST_FIRST, Entity, Filters, Key, Meta, Order, Reference, Resource
from skolkit.types import PersonId


def absence(stored: Stored[ShownAbsence], forms: Forms) -> Entity:
    """Absence as an entity."""
    one, created, changed = stored.value, stored.created, stored.changed
    shape = Absence(
        id=UUID(one.id),
        meta=Meta(created=created, modified=changed),
        start_time=swedish(one.start),
        end_time=swedish(one.end),
        type="Beviljad ledighet" if one.granted else "Anmäld frånvaro",
        student=person(one.pupil),
        organisation=Reference(id=UUID(one.unit)),
        registered_by=by(one.by),
    )
    people = frozenset((one.pupil, one.by))
    return Entity(one.id, shape, created, changed, frozenset((one.unit,)), forms.all, one.pupil, people)


def _load(keys: Sequence[Key], consistent: bool) -> dict[Key, list[Entity]]:
    found = store.absences(keys, consistent=consistent)
    forms = forms_of(stored.value.unit for stored in found.values())
    return {key: [absence(stored, forms[stored.value.unit])] for key, stored in found.items()}


def _narrow(filters: Filters) -> Sequence[Key] | None:
    student = filters.get("student")
    return store.absences_of(PersonId(student)) if student else None


def _keeps(entity: Entity, filters: Filters) -> bool:
    shape = _shape(entity)
    who, unit = shape.registered_by, shape.organisation
    said = {
        "student": str(shape.student.id), "registeredBy": who and str(who.id), "type": shape.type,
        "organisation": unit and str(unit.id),
    }  # fmt: skip
    return all(filters.get(name, value) == value for name, value in said.items()) and within(
        filters, shape.start_time, shape.end_time
    )


def within(filters: Filters, start: datetime, end: datetime) -> bool:
    """Whether a stretch of time answers to `startTime.onOr…` and `endTime.onOr…`."""
    return all(
        ((first := filters.get(f"{name}.onOrAfter")) is None or at >= first)
        and ((last := filters.get(f"{name}.onOrBefore")) is None or at <= last)
        for name, at in (("startTime", start), ("endTime", end))
    )


def _shape(entity: Entity) -> Absence:
    assert isinstance(entity.shape, Absence)
    return entity.shape


def _start(entity: Entity) -> str:
    return stamp(_shape(entity).start_time)


ABSENCES = Resource(
    kind=store.AbsenceItem,
    load=_load,
    key=store.absence_key,
    ids=lambda key: [store.id_of(key)],
    orders={
        "ModifiedDesc": NEWEST_FIRST,
        "StartTimeAsc": Order(1, _start),
        "StartTimeDesc": Order(1, _start, down=True),
    },
    narrow=_narrow,
    keeps=_keeps,
)
