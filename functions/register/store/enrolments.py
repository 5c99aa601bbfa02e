"""Enrolments in the pupil's partition, and the same in their unit's list.

The list's rows sort by the last day, so that today's and the coming pupils are one range and those of earlier
years cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from functions.register.domain.enrolment import Enrolment, EnrolmentId, recognised
from functions.register.domain.people import CUSTODY, Responsible
from functions.register.store.items import (
    ChildItem,
    EnrolmentItem,
    GuardianItem,
    KinItem,
    RegisterItem,
    UnitPupilItem,
    day_of,
    enrolment_key,
    kin_key,
    person_pk,
    text_of,
    unit_pk,
)
from skolkit.cursor import seal, unseal
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Overwrite, Remove, Wanted, Write, fetch
from skolkit.types import PersonId, UnitId

OPEN = "9999-12-31"  # the last day of an enrolment without one, so that it sorts after all others


@dataclass(frozen=True, slots=True)
class UnitPupil:
    """A pupil in a unit's list, by one enrolment."""

    person: PersonId
    enrolment: EnrolmentId
    school_form: SchoolForm
    year: int | None
    start: date
    end: date | None
    education_code: str | None


def enrolment_of(item: EnrolmentItem) -> Enrolment:
    """The enrolment that an item keeps."""
    sk: str = item.sk
    return Enrolment(
        unit=UnitId(item.unit),
        school_form=SchoolForm(item.school_form),
        year=None if item.year is None else int(item.year),
        start=date.fromisoformat(item.start),
        end=day_of(item.end),
        cancelled=item.cancelled,
        education_code=item.education_code,
        programme=item.programme,
        specification=item.specification,
        leaving=item.leaving,  # type: ignore[arg-type]
        id=EnrolmentId(sk.removeprefix("ENROLMENT#")),
    )


def enrolments_of(rows: Iterable[RegisterItem]) -> list[Enrolment]:
    """The enrolments among a person's rows, by first day."""
    found = (enrolment_of(row) for row in rows if isinstance(row, EnrolmentItem))
    return sorted(found, key=lambda e: (e.start, e.id))


def enrolment_writes(
    person: PersonId, changed: Iterable[Enrolment], before: Iterable[Enrolment]
) -> list[Write]:
    """What stores enrolments that are other than `before`, guarded by the version of the person's item
    beside them. Two writes each, three when the row in the unit's list moves.
    """
    old = {e.id: e for e in before}
    writes: list[Write] = []
    for enrolment in changed:
        was = old.get(enrolment.id)
        if was == enrolment:
            continue
        writes.append(Overwrite(_item(person, enrolment)))
        row = None if enrolment.cancelled else _row(person, enrolment)
        gone = None if was is None or was.cancelled else _row(person, was)
        if gone and (row is None or (gone.pk, gone.sk) != (row.pk, row.sk)):
            writes.append(Remove(gone))
        if row:
            writes.append(Overwrite(row))
    return writes


def moved_writes(
    kept: PersonId, other: PersonId, moved: Sequence[Enrolment], others: Sequence[Enrolment]
) -> list[Write]:
    """What moves enrolments to another record of the same person, ids and all, and takes the record they
    come from out of the units' lists, with the enrolments that stay there too.
    """
    writes = enrolment_writes(kept, moved, ())
    writes += [Remove(_item(other, enrolment)) for enrolment in moved]
    return writes + [Remove(_row(other, enrolment)) for enrolment in others if not enrolment.cancelled]


def filed_writes(person: PersonId, filed: Sequence[Enrolment], stored: Sequence[Enrolment]) -> list[Write]:
    """What makes a person's enrolments those of a file's complete list; the others are cancelled."""
    known = list(stored)
    kept: list[Enrolment] = []
    for new in filed:
        kept.append(recognised(person, new, known))
        known = [*(e for e in known if e.id != kept[-1].id), kept[-1]]
    ids = {e.id for e in kept}
    gone = [replace(e, cancelled=True) for e in stored if e.id not in ids and not e.cancelled]
    return enrolment_writes(person, [*{e.id: e for e in kept}.values(), *gone], stored)


def page_of_pupils(
    unit: UnitId, day: date, year: int | None, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[UnitPupil], str | None]:
    """A page of a unit's pupils of a day by last day and year, and the cursor of the next. One consistent
    query, a few when many that it passes are not there on the day.
    """
    there = UnitPupilItem.start <= day.isoformat()
    condition = there if year is None else there & (UnitPupilItem.year == year)
    evaluated = limit if year is None else max(limit, 100)
    found = UnitPupilItem.query(
        unit_pk(unit), UnitPupilItem.sk.between(f"PUPIL#{day}", "PUPIL#~"), condition,
        limit=limit, page_size=evaluated, last_evaluated_key=unseal(cursor, *bound_to),
        consistent_read=True,
    )  # fmt: skip
    rows = [_pupil(item) for item in found]
    return rows, seal(found.last_evaluated_key, *bound_to)


def pupils_on(unit: UnitId, day: date) -> list[UnitPupil]:
    """All of a unit's pupils of a day, by enrolment; nobody by a closed record. A consistent query per
    megabyte (about 4,000).
    """
    rows = UnitPupilItem.query(
        unit_pk(unit), UnitPupilItem.sk.between(f"PUPIL#{day}", "PUPIL#~"),
        UnitPupilItem.start <= day.isoformat(), consistent_read=True,
    )  # fmt: skip
    return [_pupil(row) for row in rows]


def kin_item(child: PersonId, until: date, responsibles: Iterable[Responsible]) -> KinItem:
    """All of a pupil's responsible adults, of all times, in one item; `until` is the day the pupil is 18."""
    rows = [[r.person, r.relation, text_of(r.start), text_of(r.end)] for r in responsibles]
    return KinItem(*kin_key(child), rows=sorted(rows, key=str), until=until.isoformat())


def whole_kin(kin: KinItem) -> tuple[RegisterItem, ...]:
    """All that says who was responsible for a child: in one item, with the child, and with the adults. A
    consistent query and a `BatchGetItem`.
    """
    pk: str = kin.pk
    child = pk.removeprefix("PERSON#")
    own = list(GuardianItem.query(pk, GuardianItem.sk.startswith("GUARDIAN#"), consistent_read=True))
    adults = {str(row.sk).removeprefix("GUARDIAN#") for row in own} | {str(row[0]) for row in kin.rows}
    keys = [(person_pk(PersonId(adult)), f"CHILD#{child}") for adult in sorted(adults)]
    return (kin, *own, *ChildItem.batch_get(keys, consistent_read=True))


def kin_moved(children: Sequence[PersonId], old: PersonId, new: PersonId) -> list[Write]:
    """The children's adults, one of them known by another id from now on; the write is refused when somebody
    changes them meanwhile. One `BatchGetItem`.
    """
    if not children:
        return []
    (found,) = fetch(Wanted(KinItem, [kin_key(c) for c in children], dict), consistent=True)
    for item in found.values():
        here = [row for row in item.rows if row[0] not in {old, new}]
        item.rows = sorted([*here, *([new, *row[1:]] for row in item.rows if row[0] == old)], key=str)
    return list(found.values())


def wanted_guardians(ids: Sequence[PersonId], day: date) -> Wanted[dict[PersonId, tuple[PersonId, ...]]]:
    """Who has custody of pupils on a day; () for those without, and for those who are 18."""

    def answer(found: dict[tuple[str, str], KinItem]) -> dict[PersonId, tuple[PersonId, ...]]:
        return {p: _custody(found[key], day) if (key := kin_key(p)) in found else () for p in ids}

    return Wanted(KinItem, [kin_key(person) for person in ids], answer, only=("rows", "until"))


def _custody(item: KinItem, day: date) -> tuple[PersonId, ...]:
    on = day.isoformat()
    return tuple(
        PersonId(person)
        for person, relation, start, end in item.rows
        if on < item.until and relation in CUSTODY and (start or on) <= on <= (end or on)
    )


def _item(person: PersonId, enrolment: Enrolment) -> EnrolmentItem:
    return EnrolmentItem(
        *enrolment_key(person, enrolment.id),
        unit=enrolment.unit,
        school_form=enrolment.school_form.value,
        year=enrolment.year,
        start=enrolment.start.isoformat(),
        end=text_of(enrolment.end),
        cancelled=enrolment.cancelled,
        education_code=enrolment.education_code,
        programme=enrolment.programme,
        specification=enrolment.specification,
        leaving=enrolment.leaving,
    )


def _row(person: PersonId, enrolment: Enrolment) -> UnitPupilItem:
    year = "--" if enrolment.year is None else f"{enrolment.year:02}"
    return UnitPupilItem(
        unit_pk(enrolment.unit),
        f"PUPIL#{text_of(enrolment.end) or OPEN}#{year}#{enrolment.start}#{person}#{enrolment.id}",
        person=person,
        school_form=enrolment.school_form.value,
        year=enrolment.year,
        start=enrolment.start.isoformat(),
        end=text_of(enrolment.end),
        education_code=enrolment.education_code,
    )


def _pupil(item: UnitPupilItem) -> UnitPupil:
    sk: str = item.sk
    return UnitPupil(
        person=PersonId(item.person),
        enrolment=EnrolmentId(sk.rpartition("#")[2]),
        school_form=SchoolForm(item.school_form),
        year=None if item.year is None else int(item.year),
        start=date.fromisoformat(item.start),
        end=day_of(item.end),
        education_code=item.education_code,
    )
