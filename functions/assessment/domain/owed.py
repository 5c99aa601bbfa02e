"""What the school owes every pupil (process 30): a development talk each term, once a year in preschool and
preschool class, and a plan each school year where no grades are set.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from functions.assessment.domain import iup
from functions.assessment.domain.writers import Place
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId

EVERY_TERM = frozenset(
    {
        SchoolForm.COMPULSORY, SchoolForm.ADAPTED_COMPULSORY, SchoolForm.SUBJECT_AREAS, SchoolForm.SPECIAL,
        SchoolForm.SAMI, SchoolForm.UPPER_SECONDARY, SchoolForm.ADAPTED_UPPER_SECONDARY,
    }
)  # fmt: skip
"""A talk at least once a term: skollagen 10:12; the other forms [M]."""
EVERY_YEAR = frozenset({SchoolForm.PRESCHOOL, SchoolForm.PRESCHOOL_CLASS})
"""A talk at least once a year (8:11, 9:11)."""
REMINDED = frozenset({(5, 1), (12, 1)})
"""Month and day on which principals are told who has none [PROPOSED]: a month of the term is left."""


@dataclass(frozen=True, slots=True, order=True)
class Owed:
    """A pupil who has not been given it yet. In the order of form and year."""

    form: SchoolForm
    year: int
    pupil: PersonId


def without_talk(
    pupils: Mapping[PersonId, Iterable[Place]], term: Collection[PersonId], year: Collection[PersonId]
) -> list[Owed]:
    """The pupils without a talk: those with one in the `term`, and in the whole school `year`, are known."""
    return _in_order(
        Owed(place.form, place.year or 0, pupil)
        for pupil, places in pupils.items()
        for place in places
        if (place.form in EVERY_TERM and pupil not in term)
        or (place.form in EVERY_YEAR and pupil not in year)
    )


def without_plan(pupils: Mapping[PersonId, Iterable[Place]], planned: Collection[PersonId]) -> list[Owed]:
    """The pupils of years with a plan (skollagen 10:13) who have not been given one."""
    return _in_order(
        Owed(place.form, place.year, pupil)
        for pupil, places in pupils.items()
        for place in places
        if place.year in iup.YEARS.get(place.form, ()) and place.year and pupil not in planned
    )


def _in_order(found: Iterable[Owed]) -> list[Owed]:
    """Each pupil once, also one who goes to two forms."""
    once: dict[PersonId, Owed] = {}
    for one in sorted(found):
        once.setdefault(one.pupil, one)
    return list(once.values())
