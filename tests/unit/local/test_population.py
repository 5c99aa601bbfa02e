"""The synthetic municipality: nobody in it exists or is in two places at once; a seed repeats exactly."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.population import (
    DEMO_UNITS,
    NewPupil,
    Person,
    SchoolUnit,
    UnitPopulation,
    WeekLesson,
    generate,
)
from infra.local.population.numbers import NumberSeries
from infra.local.population.plan import SUBJECTS, TIMES, week_of
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import MunicipalityCode, SchoolForm, SchoolUnitCode
from skolkit.sweden.identity_numbers import Personnummer, Samordningsnummer, Sex
from skolkit.types import is_id

_YEAR = SchoolYear(2026)


@cache
def _ekhamra(seed: int = 1) -> tuple[UnitPopulation, ...]:
    return tuple(generate(DEMO_UNITS, seed=seed, school_year=_YEAR))


def _unit(pupils: int, *forms: SchoolForm, number: int = 99990101, years: tuple[int, ...] = ()) -> SchoolUnit:
    return SchoolUnit(
        code=SchoolUnitCode(str(number)),
        name="Provskolan",
        municipality_code=MunicipalityCode("9999"),
        school_forms=forms or (SchoolForm.PRESCHOOL_CLASS, SchoolForm.COMPULSORY),
        address="Provgatan 1, Ekhamra",
        lat=None,
        lon=None,
        pupil_count=pupils,
        years=years,
    )


def _people(populations: tuple[UnitPopulation, ...]) -> list[Person]:
    return [
        person
        for one in populations
        for people in (one.pupils, one.guardians, one.staff)
        for person in people
    ]


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    again = tuple(generate(DEMO_UNITS, seed=1, school_year=_YEAR))
    assert again == _ekhamra()
    assert not {person.id for person in _people(_ekhamra(2))} & {person.id for person in _people(again)}


def test_units_have_exactly_their_pupils_and_sensible_surroundings() -> None:
    for one in _ekhamra():
        count = one.unit.pupil_count
        assert len(one.pupils) == count
        years = Counter(pupil.year for pupil in one.pupils)
        assert sorted(years) == list(one.unit.years)
        assert max(years.values()) <= 1.3 * min(years.values())
        roles = Counter(member.role for member in one.staff)
        assert roles["principal"] == 1
        assert count / 12 <= roles["teacher"] <= count / 12 + 8
        assert count < len(one.guardians) < 2 * count
    assert sum(member.role == "administrator" for one in _ekhamra() for member in one.staff) == 1
    assert 880 <= sum(unit.pupil_count for unit in DEMO_UNITS) <= 920


def test_numbers_belong_to_nobody_and_to_one_person_each() -> None:
    people = _people(_ekhamra())
    for person in people:
        number = person.civic_no
        assert type(number)(number.value) == number
        assert 980 <= int(number.value[8:11]) <= 999
        assert (number.sex, number.birth_date) == (person.sex, person.birth_date)
    assert len({person.civic_no.value for person in people}) == len(people)


def test_ids_and_ways_to_reach_people_are_unique_or_reserved() -> None:
    people = _people(_ekhamra())
    assert all(is_id(person.id) for person in people)
    assert len({person.id for person in people}) == len({person.email for person in people}) == len(people)
    for person in people:
        assert re.fullmatch(r"[a-z0-9.-]+@example\.org", person.email)
        assert re.fullmatch(r"\+467017406(0[5-9]|[1-9][0-9])", person.phone)
    assert {person.channel for person in people} == {"mail", "sms"}
    assert {person.language for person in people} == {"sv", "en"}


def test_pupils_are_as_old_as_their_year_says() -> None:
    for one in _ekhamra():
        for pupil in one.pupils:
            assert pupil.birth_date.year == _YEAR.start_year - 6 - pupil.year
            assert pupil.school_form == ("GR" if pupil.year else "FKLASS")


def test_every_pupil_has_one_or_two_adult_guardians_at_this_unit() -> None:
    for one in _ekhamra():
        guardians = {guardian.id: guardian for guardian in one.guardians}
        related = set()
        for pupil in one.pupils:
            assert 1 <= len(pupil.guardians) <= 2
            assert any(relation.lives_with for relation in pupil.guardians)
            for relation in pupil.guardians:
                assert relation.relation == "Vårdnadshavare"
                assert pupil.birth_date.year - guardians[relation.guardian_id].birth_date.year >= 18
                related.add(relation.guardian_id)
        assert related == set(guardians), "nobody but guardians, such as a new partner, is in the population"


def _families(one: UnitPopulation) -> Iterator[list[NewPupil]]:
    families: dict[str, list[NewPupil]] = defaultdict(list)
    for pupil in one.pupils:
        families[pupil.guardians[0].guardian_id].append(pupil)
    yield from families.values()


def test_all_kinds_of_families_are_there() -> None:
    families = [family for one in _ekhamra() for family in _families(one)]
    homes = {person.id: person.address for person in _people(_ekhamra())}
    alone = sum(len(family[0].guardians) == 1 for family in families)
    apart = [
        family[0].guardians
        for family in families
        if len({homes[relation.guardian_id] for relation in family[0].guardians}) == 2
    ]
    alternating = sum(all(relation.lives_with for relation in guardians) for guardians in apart)
    assert 0.05 < alone / len(families) < 0.2
    assert 0.1 < len(apart) / len(families) < 0.3
    assert 0 < alternating < len(apart)
    siblings = [family for family in families if len(family) > 1]
    assert 0.2 < len(siblings) / len(families) < 0.6
    assert any(family[0].year == family[1].year for family in siblings)


def test_siblings_are_twins_or_born_at_least_nine_months_apart() -> None:
    # Two days of slack: a used-up day moves a number to its neighbour.
    for one in _ekhamra():
        for family in _families(one):
            for first, second in pairwise(sorted(pupil.birth_date for pupil in family)):
                assert (second - first).days <= 2 or (second - first).days >= 270


def test_protected_identity_is_rare_but_there_and_hides_the_address() -> None:
    people = _people(_ekhamra())
    pupils = [pupil for one in _ekhamra() for pupil in one.pupils]
    assert {pupil.protection for pupil in pupils} == {None, "sekretessmarkering", "skyddad_folkbokforing"}
    assert all(
        (person.address is None) == (person.protection == "skyddad_folkbokforing") for person in people
    )
    guardians = {guardian.id: guardian for one in _ekhamra() for guardian in one.guardians}
    for pupil in pupils:
        if pupil.protection:
            assert guardians[pupil.guardians[0].guardian_id].protection == pupil.protection


def test_one_in_about_a_thousand_is_protected_in_a_larger_place() -> None:
    units = [_unit(600, number=99990200 + number) for number in range(8)]
    pupils = [pupil for one in generate(units, seed=3, school_year=_YEAR) for pupil in one.pupils]
    assert 3 <= sum(pupil.protection is not None for pupil in pupils) <= 8


def test_classes_and_language_groups() -> None:
    for one in _ekhamra():
        staff = {member.id for member in one.staff if member.role == "teacher"}
        pupils = {pupil.id: pupil for pupil in one.pupils}
        classes = [group for group in one.groups if group.kind == "class"]
        assert Counter(pupil for group in classes for pupil in group.pupil_ids) == Counter(list(pupils))
        for group in classes:
            assert 0 < len(group.pupil_ids) <= 28
            assert len(set(group.mentor_ids) & staff) == 2
            assert all(pupils[pupil].class_id == group.id for pupil in group.pupil_ids)
            assert all(pupils[pupil].year in group.years for pupil in group.pupil_ids)
        chosen = Counter(
            pupil for group in one.groups if group.kind == "teaching" for pupil in group.pupil_ids
        )
        assert chosen == Counter(pupil.id for pupil in one.pupils if pupil.year >= 6)
        assert all(len(group.pupil_ids) <= 28 for group in one.groups)
    names = {group.name for group in _ekhamra()[0].groups}
    assert {"FA", "4B", "9A", "7 Spanska 1"} <= names


def _minutes(lesson: WeekLesson) -> tuple[int, int]:
    hour, minute = map(int, lesson.start.split(":"))
    return hour * 60 + minute, hour * 60 + minute + lesson.minutes


def _assert_week(one: UnitPopulation) -> None:
    groups = {group.id: group for group in one.groups}
    teachers = {member.id for member in one.staff if member.role == "teacher"}
    busy: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for lesson in one.lessons:
        start, end = _minutes(lesson)
        assert 8 * 60 + 10 <= start < end <= 14 * 60 + 30
        assert 40 <= lesson.minutes <= 60
        assert lesson.weekday in range(5)
        assert lesson.subject_name == SUBJECTS[lesson.subject_code]
        assert 1 <= len(set(lesson.teacher_ids)) == len(lesson.teacher_ids) <= 2
        assert set(lesson.teacher_ids) <= teachers
        for who in (*groups[lesson.group_id].pupil_ids, *lesson.teacher_ids, lesson.room):
            busy[who, lesson.weekday].append((start, end))
    for times in busy.values():
        assert all(first[1] <= second[0] for first, second in pairwise(sorted(times)))
    assert len({lesson.id for lesson in one.lessons}) == len(one.lessons)
    of_pupil = Counter(pupil for lesson in one.lessons for pupil in groups[lesson.group_id].pupil_ids)
    assert set(of_pupil.values()) <= {20, 25, 30}
    assert len(of_pupil) == len(one.pupils)


def test_no_pupil_teacher_or_room_is_in_two_places_at_once() -> None:
    for one in _ekhamra():
        _assert_week(one)
    lessons = [lesson for one in _ekhamra() for lesson in one.lessons]
    assert 0 < sum(len(lesson.teacher_ids) == 2 for lesson in lessons) < len(lessons) / 8


def test_a_broken_week_would_be_noticed() -> None:
    one = _ekhamra()[0]
    first = one.lessons[0]
    clash = UnitPopulation(
        unit=one.unit,
        staff=one.staff,
        groups=one.groups,
        pupils=one.pupils,
        guardians=one.guardians,
        lessons=(*one.lessons, first),
    )
    with pytest.raises(AssertionError):
        _assert_week(clash)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 420), st.integers(0, 10_000))
def test_units_of_any_size_get_a_whole_week(pupils: int, seed: int) -> None:
    (one,) = generate([_unit(pupils)], seed=seed, school_year=_YEAR)
    assert len(one.pupils) == pupils
    _assert_week(one)


@pytest.mark.parametrize(
    ("unit", "years"),
    [
        (_unit(15, years=tuple(range(4))), {0, 1, 2, 3}),
        (_unit(60, SchoolForm.SAMI), set(range(1, 7))),
        (_unit(90, SchoolForm.SPECIAL), set(range(1, 11))),
        (_unit(40, SchoolForm.ADAPTED_COMPULSORY, SchoolForm.AFTER_SCHOOL_CENTRE), set(range(1, 10))),
    ],
)
def test_other_school_forms(unit: SchoolUnit, years: set[int]) -> None:
    (one,) = generate([unit], seed=5, school_year=_YEAR)
    assert {pupil.year for pupil in one.pupils} == years
    _assert_week(one)


def test_a_unit_without_pupils_still_has_a_principal() -> None:
    (one,) = generate([_unit(0)], seed=1, school_year=_YEAR)
    assert (one.pupils, one.groups, one.lessons) == ((), (), ())
    assert [member.role for member in one.staff] == ["principal", "administrator"]


def test_a_unit_without_compulsory_years_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"99990101 \(Provskolan\)"):
        list(generate([_unit(10, SchoolForm.UPPER_SECONDARY)], seed=1, school_year=_YEAR))


def test_units_are_made_one_at_a_time() -> None:
    def endless() -> Iterator[SchoolUnit]:
        yield _unit(30)
        raise AssertionError("the second unit was asked for before the first was used")

    assert len(next(generate(endless(), seed=1, school_year=_YEAR)).pupils) == 30


def test_the_weeks_fill_their_lesson_times() -> None:
    for stage, years in {"F": (0,), "L": (2,), "M": (4,)}.items():
        assert sum(week_of(years).values()) == 5 * len(TIMES[stage])
    assert sum(week_of((10,)).values()) == 5 * len(TIMES["H"])


@pytest.mark.parametrize("sex", ["Man", "Kvinna"])
def test_numbers_move_to_a_neighbouring_day_then_to_coordination_numbers_then_end(sex: Sex) -> None:
    series = NumberSeries()
    day = date(2016, 2, 29)
    numbers = [series.take(day, sex) for _ in range(2 * 366 * 10)]
    assert {number.birth_date for number in numbers[:10]} == {day}
    assert {number.birth_date for number in numbers[10:30]} == {date(2016, 2, 28), date(2016, 3, 1)}
    assert all(number.birth_date.year == 2016 and number.sex == sex for number in numbers)
    assert {type(number) for number in numbers[:3660]} == {Personnummer}
    assert {type(number) for number in numbers[3660:]} == {Samordningsnummer}
    assert len({number.value for number in numbers}) == len(numbers)
    with pytest.raises(OverflowError, match="2016"):
        series.take(day, sex)
