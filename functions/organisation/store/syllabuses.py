"""Syllabuses, official and local, listed by school form and subject."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from functions.organisation.domain.syllabuses import Syllabus, SyllabusId
from functions.organisation.store.base import OrganisationItem, Stored, day_of, stored, text_of
from skolkit.cursor import seal, unseal
from skolkit.ss12000 import collated
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Wanted
from skolkit.types import UnitId


class ListedSyllabuses(GlobalSecondaryIndex["SyllabusItem"]):
    """The same index as the units', `listed`: the syllabuses of a school form by subject, course and day."""

    class Meta:
        index_name = "listed"
        projection = AllProjection()

    listed_pk = UnicodeAttribute(hash_key=True)
    listed_sk = UnicodeAttribute(range_key=True)


class SyllabusItem(OrganisationItem, discriminator="syllabus"):
    """One edition of a syllabus."""

    fed, orders = True, 5
    school_form = UnicodeAttribute()
    subject_name = UnicodeAttribute()
    subject_code = UnicodeAttribute(null=True)
    subject_designation = UnicodeAttribute(null=True)
    course_code = UnicodeAttribute(null=True)
    course_name = UnicodeAttribute(null=True)
    points = NumberAttribute(null=True)
    curriculum = UnicodeAttribute(null=True)
    language_code = UnicodeAttribute(null=True)
    level = NumberAttribute(null=True)
    builds_on = NumberAttribute(null=True)
    edition = NumberAttribute()
    official = BooleanAttribute()
    unit = UnicodeAttribute(null=True)
    valid_from = UnicodeAttribute()
    valid_to = UnicodeAttribute(null=True)
    listed_pk = UnicodeAttribute()
    listed_sk = UnicodeAttribute()
    listed = ListedSyllabuses()

    def order_texts(self) -> Sequence[str]:
        """By subject name and code, course name and code, and the subject's designation."""
        return tuple(
            map(
                collated,
                (
                    self.subject_name, self.subject_code, self.course_name, self.course_code,
                    self.subject_designation,
                ),
            )
        )  # fmt: skip


def syllabus_key(id: str) -> tuple[str, str]:
    """Where a syllabus is."""
    return f"SYLLABUS#{id}", "SYLLABUS"


def syllabus_item(s: Syllabus) -> SyllabusItem:
    """The item of a syllabus."""
    return SyllabusItem(
        *syllabus_key(s.id), school_form=s.school_form.value, subject_name=s.subject_name,
        subject_code=s.subject_code, subject_designation=s.subject_designation, unit=s.unit,
        course_code=s.course_code, course_name=s.course_name, points=s.points, curriculum=s.curriculum,
        language_code=s.language_code, level=s.level, builds_on=s.builds_on, edition=s.edition,
        official=s.official, valid_from=s.valid_from.isoformat(), valid_to=text_of(s.valid_to),
        listed_pk=f"SYLLABUSES#{s.school_form.value}",
        listed_sk=f"{s.subject_code or s.subject_name}#{s.course_code or ''}#{s.valid_from}#{s.id}",
    )  # fmt: skip


def find_syllabus(id: SyllabusId) -> Syllabus | None:
    """One get."""
    item = SyllabusItem.find(*syllabus_key(id))
    return _syllabus(item) if item else None


def wanted_syllabuses(ids: Sequence[SyllabusId]) -> Wanted[dict[SyllabusId, Syllabus]]:
    """Syllabuses by id; unknown ones are left out."""

    def answer(found: dict[tuple[str, str], SyllabusItem]) -> dict[SyllabusId, Syllabus]:
        return {id: _syllabus(found[key]) for id in ids if (key := syllabus_key(id)) in found}

    return Wanted(SyllabusItem, [syllabus_key(id) for id in ids], answer)


def stored_syllabuses(
    keys: Sequence[tuple[str, str]], *, consistent: bool
) -> dict[tuple[str, str], Stored[Syllabus]]:
    """Syllabuses by key. One `BatchGetItem` per 100."""
    return stored(SyllabusItem, keys, _syllabus, consistent=consistent)


def page_of_syllabuses(
    form: SchoolForm, subject: str | None, on: date | None, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[Syllabus], str | None]:
    """A page of a school form's syllabuses by subject, and the next cursor; `on`: only those in force then.

    One query; with `on`, as many as it takes to find `limit` of them.
    """
    narrowed: dict[str, Any] = {}
    if subject:
        narrowed["range_key_condition"] = SyllabusItem.listed_sk.startswith(f"{subject}#")
    if on:
        day = on.isoformat()
        narrowed["filter_condition"] = (SyllabusItem.valid_from <= day) & (
            SyllabusItem.valid_to.does_not_exist() | (SyllabusItem.valid_to >= day)
        )
    found = SyllabusItem.listed.query(
        f"SYLLABUSES#{form.value}", limit=limit, page_size=limit,
        last_evaluated_key=unseal(cursor, *bound_to), **narrowed,
    )  # fmt: skip
    page = [_syllabus(item) for item in found]
    return page, seal(found.last_evaluated_key, *bound_to)


def _number(value: float | None) -> int | None:
    return None if value is None else int(value)


def _syllabus(item: SyllabusItem) -> Syllabus:
    pk: str = item.pk
    return Syllabus(
        id=SyllabusId(pk.removeprefix("SYLLABUS#")),
        school_form=SchoolForm(item.school_form),
        subject_name=item.subject_name,
        subject_code=item.subject_code,
        subject_designation=item.subject_designation,
        course_code=item.course_code,
        course_name=item.course_name,
        points=_number(item.points),
        curriculum=item.curriculum,  # type: ignore[arg-type]
        language_code=item.language_code,
        level=_number(item.level),
        builds_on=_number(item.builds_on),
        edition=int(item.edition),
        official=item.official,
        unit=UnitId(item.unit) if item.unit else None,
        valid_from=date.fromisoformat(item.valid_from),
        valid_to=day_of(item.valid_to),
    )
