"""Duties and certification, with the person who has them.

A duty is three rows of one transaction: the duty itself, one with the person (what access is decided by), and
one with the unit, by its last day, so that a unit's list begins with those that hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.access.guard import Role
from functions.organisation.domain.staffing import Assignment, Certification, DutyRecord, Qualification
from functions.organisation.domain.units import MUNICIPALITY
from functions.organisation.store.base import OPEN, OrganisationItem, Stored, day_of, stored, text_of
from functions.organisation.store.held import HeldItem
from skolkit.cursor import seal, unseal
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Overwrite, Remove, Wanted, Write
from skolkit.types import GroupId, PersonId, UnitId

F = TypeVar("F", bound="DutyFields")


class DutyFields(HeldItem):
    """An employment of a person at a unit, or at the municipality when there is no unit.

    `role` is what it opens in the system. `assignments` are `[type, group, start, end]`.
    """

    role = UnicodeAttribute(null=True)
    duty = UnicodeAttribute(null=True)
    person = UnicodeAttribute(null=True)
    duty_role = UnicodeAttribute(null=True)
    assignments = JSONAttribute(null=True)
    signature = UnicodeAttribute(null=True)
    percent = NumberAttribute(null=True)
    hours = NumberAttribute(null=True)
    description = UnicodeAttribute(null=True)


class DutyItem(DutyFields, discriminator="duty"):
    """The row with the person."""


class DutyCardItem(DutyFields, discriminator="duty_card"):
    """The duty by its id."""

    fed, orders = True, 1

    def order_texts(self) -> Sequence[str]:
        """By first day."""
        return (self.start,)


class UnitDutyItem(DutyFields, discriminator="unit_duty"):
    """The row with the unit; duties of the whole municipality are with the organiser."""


class CertificationItem(OrganisationItem, discriminator="certification"):
    """A person's certification; `qualifications` are `[subject, form, first year, last year]`."""

    certified = BooleanAttribute()
    since = UnicodeAttribute(null=True)
    qualifications = JSONAttribute()


def duty_key(duty: str) -> tuple[str, str]:
    """Where a duty is."""
    return f"DUTY#{duty}", "DUTY"


def _fields(duty: DutyRecord) -> dict[str, Any]:
    rows = [[a.type, a.group, text_of(a.start), text_of(a.end)] for a in duty.assignments]
    return {
        "role": duty.role, "unit": duty.unit, "start": duty.start.isoformat(), "end": text_of(duty.end),
        "duty": duty.id, "person": duty.person, "duty_role": duty.duty_role, "assignments": rows,
        "signature": duty.signature, "percent": duty.percent, "hours": duty.hours,
        "description": duty.description,
    }  # fmt: skip


def _unit_row(duty: DutyRecord) -> UnitDutyItem:
    sk = f"DUTY#{text_of(duty.end) or OPEN}#{duty.id}"
    return UnitDutyItem(f"UNIT#{duty.unit or MUNICIPALITY}", sk, **_fields(duty))


def duty_writes(old: DutyRecord | None, new: DutyRecord) -> list[Write]:
    """What stores a duty over the one that was read."""
    card = DutyCardItem(*duty_key(new.id), **_fields(new))
    if old:
        card.over(old.version, old.created)
    own = DutyItem(f"PERSON#{new.person}", f"DUTY#{new.id}", **_fields(new))
    own.shown_at_unit()
    writes: list[Write] = [card, Overwrite(own)]
    if old and _unit_row(old).sk != _unit_row(new).sk:
        writes.append(Remove(_unit_row(old)))
    return [*writes, Overwrite(_unit_row(new))]


def records_of(person: PersonId) -> list[DutyRecord]:
    """All duties someone has and has had. One consistent query."""
    return [_record(row) for row in _of_person(person) if row.duty]


def records_at(unit: UnitId) -> list[DutyRecord]:
    """All duties there are and have been at a unit. One query per megabyte (some 3,000)."""
    return [_record(row) for row in UnitDutyItem.query(f"UNIT#{unit}", UnitDutyItem.sk.startswith("DUTY#"))]


def ends_of(person: PersonId) -> tuple[date | None, ...]:
    """The last day of every duty of a person, None of one that goes on. One consistent query."""
    return tuple(day_of(row.end) for row in _of_person(person))


def whole_duty(card: DutyCardItem) -> tuple[DutyFields, ...]:
    """A duty with its rows at the person and at the unit. Two consistent gets."""
    record = _record(card)
    own = DutyItem.find(f"PERSON#{record.person}", f"DUTY#{record.id}")
    unit = _unit_row(record)
    row = UnitDutyItem.find(unit.pk, unit.sk)
    return tuple(item for item in (card, own, row) if item)


def _of_person(person: PersonId) -> list[DutyItem]:
    return list(DutyItem.query(f"PERSON#{person}", DutyItem.sk.startswith("DUTY#"), consistent_read=True))


def find_duty(id: str) -> DutyRecord | None:
    """One consistent get."""
    item = DutyCardItem.find(*duty_key(id))
    return _record(item) if item else None


def wanted_duties(ids: Sequence[str]) -> Wanted[dict[str, DutyRecord]]:
    """Duties by id; unknown ones are left out."""

    def answer(found: dict[tuple[str, str], DutyCardItem]) -> dict[str, DutyRecord]:
        return {id: _record(found[key]) for id in ids if (key := duty_key(id)) in found}

    return Wanted(DutyCardItem, [duty_key(id) for id in ids], answer)


def stored_duties(
    keys: Sequence[tuple[str, str]], *, consistent: bool
) -> dict[tuple[str, str], Stored[DutyRecord]]:
    """Duties by key. One `BatchGetItem` per 100."""
    return stored(DutyCardItem, keys, _record, consistent=consistent)


def duties_at(unit: UnitId) -> list[DutyRecord]:
    """A unit's duties of all times, the whole municipality's at the organiser. One query per megabyte."""
    return [_record(row) for row in UnitDutyItem.query(f"UNIT#{unit}", UnitDutyItem.sk.startswith("DUTY#"))]


def keys_at(unit: UnitId) -> list[tuple[str, str]]:
    """The same by key."""
    return [duty_key(duty.id) for duty in duties_at(unit)]


def page_of_duties(
    unit: UnitId, since: date | None, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[DutyRecord], str | None]:
    """A unit's duties that have not ended before `since` (None: all), those that end first before. One
    query.
    """
    first = f"DUTY#{since.isoformat() if since else ''}"
    found = UnitDutyItem.query(
        f"UNIT#{unit}", UnitDutyItem.sk.between(first, "DUTY#~"), limit=limit, page_size=limit,
        last_evaluated_key=unseal(cursor, *bound_to),
    )  # fmt: skip
    duties = [_record(item) for item in found]
    return duties, seal(found.last_evaluated_key, *bound_to)


def holders_at(unit: UnitId, role: Role, day: date) -> tuple[PersonId, ...]:
    """Who has a role at a unit on a day. One query per megabyte."""
    rows = UnitDutyItem.query(f"UNIT#{unit}", UnitDutyItem.sk.between(f"DUTY#{day}", "DUTY#~"))
    found = (row.person for row in rows if row.role == role and row.start <= day.isoformat())
    return tuple(dict.fromkeys(PersonId(str(person)) for person in found))


def find_certification(person: PersonId) -> Certification:
    """Someone's certification; version 0 when nothing is known. One consistent get."""
    item = CertificationItem.find(*_certification_key(person))
    return _certification(item) if item else Certification()


def wanted_certifications(people: Sequence[PersonId]) -> Wanted[dict[PersonId, Certification]]:
    """Certifications by person; those nothing is known of are left out."""

    def answer(found: dict[tuple[str, str], CertificationItem]) -> dict[PersonId, Certification]:
        return {p: _certification(found[key]) for p in people if (key := _certification_key(p)) in found}

    return Wanted(CertificationItem, [_certification_key(person) for person in people], answer)


def certification_item(person: PersonId, held: Certification) -> CertificationItem:
    """The item of a certification."""
    rows = [[q.subject, q.school_form.value, q.first_year, q.last_year] for q in held.qualifications]
    key = _certification_key(person)
    return CertificationItem(*key, certified=held.certified, since=text_of(held.since), qualifications=rows)


def _certification_key(person: PersonId) -> tuple[str, str]:
    return f"PERSON#{person}", "CERTIFICATION"


def _certification(item: CertificationItem) -> Certification:
    rows = (Qualification(s, SchoolForm(form), low, high) for s, form, low, high in item.qualifications)
    return Certification(item.certified, day_of(item.since), tuple(rows), item.version)


def _record(item: DutyFields) -> DutyRecord:
    return DutyRecord(
        id=str(item.duty),
        person=PersonId(str(item.person)),
        unit=UnitId(item.unit) if item.unit else None,
        duty_role=item.duty_role,  # type: ignore[arg-type]
        start=date.fromisoformat(item.start),
        end=day_of(item.end),
        role=item.role,  # type: ignore[arg-type]
        assignments=tuple(
            Assignment(kind, GroupId(group), day_of(start), day_of(end))
            for kind, group, start, end in item.assignments or ()
        ),
        signature=item.signature,
        percent=None if item.percent is None else int(item.percent),
        hours=None if item.hours is None else int(item.hours),
        description=item.description,
        version=item.version,
        created=item.created,
    )
