"""Fills school units with people, one unit at a time, so that a city of any size needs the memory of one
school.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import ceil
from random import Random
from string import ascii_uppercase

from infra.local.population.model import (
    NewGroup,
    NewGuardian,
    NewPupil,
    SchoolUnit,
    UnitPopulation,
)
from infra.local.population.people import Census, Municipality, Seat
from infra.local.population.plan import STAGES, SUBJECTS, language_lessons
from infra.local.population.timetable import Class, Week, appoint_mentors, hire, language_groups
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import MunicipalityCode, SchoolForm
from skolkit.types import GroupId, PersonId, stable_id

_MOST_IN_CLASS = 28
_ONE_CLASS_PER_STAGE = 24
_YEARS = {
    SchoolForm.PRESCHOOL_CLASS: range(1),
    SchoolForm.COMPULSORY: range(1, 10),
    SchoolForm.ADAPTED_COMPULSORY: range(1, 10),
    SchoolForm.SAMI: range(1, 7),
    SchoolForm.SPECIAL: range(1, 11),
}


def generate(units: Iterable[SchoolUnit], *, seed: int, school_year: SchoolYear) -> Iterator[UnitPopulation]:
    """Each unit's population in the order of `units`, the same for the same units, seed and school year.

    Identity numbers are unique over the whole run. The first municipal unit of each municipality also employs
    its administrator. Raises ValueError for a unit without any year of compulsory schooling.
    """
    municipality = Municipality(school_year)
    administered: set[MunicipalityCode] = set()
    for unit in units:
        administrator = unit.is_municipal and unit.municipality_code not in administered
        if administrator:
            administered.add(unit.municipality_code)
        yield _populate(unit, municipality, seed, administrator)


def _populate(unit: SchoolUnit, municipality: Municipality, seed: int, administrator: bool) -> UnitPopulation:
    rng = Random(f"{seed}/{unit.code}/school")
    census = Census(municipality, unit, seed)
    staff = [census.employee("principal")]
    if administrator:
        staff.append(census.employee("administrator"))

    forms = _form_of_year(unit)
    classes: list[Class] = []
    seats: list[Seat] = []
    for name, members in _divide(_pupils_per_year(unit, list(forms), rng)):
        class_id = GroupId(stable_id("group", str(seed), unit.code, name))
        years = tuple(sorted(set(members)))
        classes.append(Class(class_id, name, years, f"Sal {101 + len(classes)}"))
        seats += [Seat(year, forms[year], class_id) for year in members]
    pupils: list[NewPupil] = []
    guardians: list[NewGuardian] = []
    for children, adults in census.families(seats):
        pupils += children
        guardians += adults

    cohorts = _language_cohorts(unit, classes, pupils, rng, seed)
    teachers = hire(classes, cohorts, len(pupils), lambda: census.employee("teacher"))
    mentors = {one.id: appoint_mentors(one, teachers) for one in classes}
    week = Week(teachers, rng)
    for together, groups in cohorts:
        week.place_languages(together, groups)
    week.place_classes(classes, mentors)
    return UnitPopulation(
        unit=unit,
        staff=(*staff, *(teacher.person for teacher in teachers)),
        groups=(
            *_class_groups(unit, classes, pupils, mentors),
            *(group for _, groups in cohorts for group in groups),
        ),
        pupils=tuple(pupils),
        guardians=tuple(guardians),
        lessons=tuple(week.lessons),
    )


def _form_of_year(unit: SchoolUnit) -> dict[int, SchoolForm]:
    forms = {
        year: form
        for form, years in reversed(_YEARS.items())
        if form in unit.school_forms
        for year in years
        if not unit.years or year in unit.years
    }
    if not forms:
        raise ValueError(
            f"School unit {unit.code} ({unit.name}) has no year of compulsory schooling: school forms "
            f"{[form.value for form in unit.school_forms]}, years {list(unit.years)}. Leave it out."
        )
    return dict(sorted(forms.items()))


def _pupils_per_year(unit: SchoolUnit, years: list[int], rng: Random) -> dict[int, int]:
    """Years of nearly the same size, their sum exactly the unit's pupils (largest remainders)."""
    weights = {year: rng.uniform(0.9, 1.1) for year in years}
    exact = {year: unit.pupil_count * weight / sum(weights.values()) for year, weight in weights.items()}
    sizes = {year: int(size) for year, size in exact.items()}
    by_remainder = sorted(years, key=lambda year: sizes[year] - exact[year])
    for year in by_remainder[: unit.pupil_count - sum(sizes.values())]:
        sizes[year] += 1
    return {year: size for year, size in sizes.items() if size}


def _divide(sizes: dict[int, int]) -> Iterator[tuple[str, list[int]]]:
    """Classes as name and the year of each seat: parallel ones per year, or one for a stage of few pupils."""
    for stage in STAGES.values():
        years = [year for year in stage if year in sizes]
        if len(years) > 1 and sum(sizes[year] for year in years) <= _ONE_CLASS_PER_STAGE:
            yield f"{years[0]}-{years[-1]}A", [year for year in years for _ in range(sizes[year])]
            continue
        for year in years:
            parts = ceil(sizes[year] / _MOST_IN_CLASS)
            for part in range(parts):
                yield f"{year or 'F'}{ascii_uppercase[part]}", [year] * len(range(part, sizes[year], parts))


def _language_cohorts(
    unit: SchoolUnit, classes: list[Class], pupils: list[NewPupil], rng: Random, seed: int
) -> list[tuple[list[Class], list[NewGroup]]]:
    """Classes that choose language together, with their language groups."""
    together: dict[tuple[int, ...], list[Class]] = defaultdict(list)
    for one in classes:
        if language_lessons(one.years):
            together[one.years].append(one)
    cohorts = []
    for years, members in together.items():
        ids = {one.id for one in members}
        choosing = [pupil.id for pupil in pupils if pupil.class_id in ids]
        groups = []
        for (subject, serial), chosen in language_groups(len(choosing), rng).items():
            name = f"{members[0].name[:-1]} {SUBJECTS[subject].split()[0]} {serial}"
            groups.append(
                NewGroup(
                    id=GroupId(stable_id("group", str(seed), unit.code, name)),
                    unit_code=unit.code,
                    name=name,
                    kind="teaching",
                    years=years,
                    subject_code=subject,
                    pupil_ids=tuple(choosing[number] for number in chosen),
                    mentor_ids=(),
                )
            )
        cohorts.append((members, groups))
    return cohorts


def _class_groups(
    unit: SchoolUnit,
    classes: list[Class],
    pupils: list[NewPupil],
    mentors: dict[GroupId, tuple[PersonId, ...]],
) -> Iterator[NewGroup]:
    members: dict[GroupId, list[PersonId]] = defaultdict(list)
    for pupil in pupils:
        members[pupil.class_id].append(pupil.id)
    for one in classes:
        yield NewGroup(
            id=one.id,
            unit_code=unit.code,
            name=one.name,
            kind="class",
            years=one.years,
            subject_code=None,
            pupil_ids=tuple(members[one.id]),
            mentor_ids=mentors[one.id],
        )
