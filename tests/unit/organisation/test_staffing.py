"""Duties in minutes, certification, and what is wrong with an activity's staffing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.access.guard import Role
from functions.organisation.domain import staffing as rules
from functions.organisation.domain.staffing import (
    ActivityRecord,
    Certification,
    DutyRecord,
    Qualification,
    Taught,
    Teaching,
)
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.types import GroupId, PersonId, UnitId

YEAR = SchoolYear(2026)
HERE, THERE = UnitId("here"), UnitId("there")
ANNA, BO = PersonId("anna"), PersonId("bo")
MATHS = Qualification("MA", SchoolForm.COMPULSORY, 7, 9)
CERTIFIED = Certification(certified=True, since=date(2015, 6, 1), qualifications=(MATHS,))


def duty(person: PersonId = ANNA, **more: Any) -> DutyRecord:
    plain: dict[str, Any] = {
        "id": f"duty of {person}", "person": person, "unit": HERE, "duty_role": "Lärare",
        "start": date(2020, 8, 1),
    }  # fmt: skip
    return DutyRecord(**plain | more)


def activity(*teachers: Teaching, **more: Any) -> ActivityRecord:
    plain: dict[str, Any] = {
        "id": "a", "unit": HERE, "name": "Matematik 8A", "type": "Undervisning", "start": date(2026, 8, 18),
        "end": date(2027, 6, 10), "groups": (GroupId("8A"),), "subject": "MA", "year": 8,
        "school_form": SchoolForm.COMPULSORY, "teachers": teachers,
    }  # fmt: skip
    return ActivityRecord(**plain | more)


def found(of: ActivityRecord, *duties: DutyRecord, **held: Certification) -> list[tuple[str, str | None]]:
    known = {d.id: d for d in duties}
    certified = {PersonId(person): certification for person, certification in held.items()}
    return [(warning.kind, warning.person) for warning in rules.warnings(of, known, certified)]


BY_ANNA, BY_BO = Teaching("duty of anna", ANNA, 6000), Teaching("duty of bo", BO, 6000)


def test_every_role_of_the_guard_comes_from_a_duty_role() -> None:
    """A mentor is one by the group, and in older files by a role of their own; for the officers of the watch
    SS 12000 has no duty role.
    """
    by_role = {"mentor", "attendance_officer", "activity_officer"}
    assert set(rules.GUARD_ROLE) <= set(get_args(rules.DutyRole))
    assert set(rules.OF_ROLE) == set(get_args(Role))
    assert set(rules.GUARD_ROLE.values()) | by_role == set(get_args(Role))
    assert all(rules.GUARD_ROLE[rules.OF_ROLE[role]] == role for role in set(get_args(Role)) - by_role)


@pytest.mark.parametrize(
    ("more", "minutes"),
    [
        ({}, 1360 * 60),
        ({"percent": 50}, 680 * 60),
        ({"percent": 0}, 0),
        ({"hours": 1767, "percent": 100}, 1767 * 60),
        ({"end": date(2026, 12, 31)}, round(1360 * 60 * 184 / 365)),
        ({"start": date(2027, 1, 1)}, round(1360 * 60 * 181 / 365)),
        ({"end": date(2026, 6, 30)}, 0),
        ({"start": date(2027, 7, 1)}, 0),
    ],
)
def test_what_a_duty_holds_in_a_school_year(more: dict[str, Any], minutes: int) -> None:
    assert duty(**more).minutes_in(YEAR) == minutes


@given(st.dates(date(2024, 7, 1), date(2028, 6, 30)), st.integers(0, 1200), st.integers(0, 500_000))
def test_an_activitys_minutes_are_neither_lost_nor_doubled_over_the_years(
    start: date, length: int, minutes: int
) -> None:
    end = date.fromordinal(start.toordinal() + length)
    part = Taught("a", HERE, "d", minutes, start, end)
    total = sum(part.minutes_in(SchoolYear(year)) for year in range(2023, 2034))
    assert abs(total - minutes) <= 3  # rounding, at most half a minute a year


def test_planned_minutes_are_of_that_duty_alone() -> None:
    parts = [
        Taught("a", HERE, "d", 600, date(2026, 8, 18), None),
        Taught("b", HERE, "e", 900, date(2026, 8, 18), date(2027, 6, 10)),
    ]
    assert rules.planned(parts, "d", YEAR) == 600
    assert rules.planned(parts, "d", SchoolYear(2027)) == 0


def test_whoever_is_certified_and_qualified_teaches_without_a_warning() -> None:
    assert found(activity(BY_ANNA), duty(), anna=CERTIFIED) == []


@pytest.mark.parametrize(
    ("held", "kind"),
    [
        (Certification(), "notCertified"),
        (replace(CERTIFIED, certified=False), "notCertified"),
        (replace(CERTIFIED, since=date(2026, 8, 19)), "notQualified"),
        (replace(CERTIFIED, qualifications=()), "notQualified"),
        (replace(CERTIFIED, qualifications=(replace(MATHS, subject="SV"),)), "notQualified"),
        (replace(CERTIFIED, qualifications=(replace(MATHS, last_year=7),)), "notQualified"),
        (
            replace(CERTIFIED, qualifications=(replace(MATHS, school_form=SchoolForm.UPPER_SECONDARY),)),
            "notQualified",
        ),
    ],
)
def test_others_are_warned_of_and_cannot_set_grades_alone(held: Certification, kind: str) -> None:
    """Skollagen 2:13, 3:16."""
    assert found(activity(BY_ANNA), duty(), anna=held) == [(kind, ANNA), ("noQualifiedTeacher", None)]


def test_one_qualified_teacher_is_enough_for_the_grade() -> None:
    both = activity(BY_ANNA, BY_BO)
    assert found(both, duty(), duty(BO), anna=CERTIFIED) == [("notCertified", BO)]


@pytest.mark.parametrize(
    "more",
    [
        {"subject": "ML"},  # mother tongue, skollagen 2:17
        {"school_form": SchoolForm.ARTS_SCHOOL},
        {"school_form": None},
        {"type": "Elevaktivitet"},
        {"type": "Läraraktivitet", "groups": ()},
    ],
)
def test_certification_is_asked_only_where_the_law_does(more: dict[str, Any]) -> None:
    assert found(activity(BY_ANNA, **more), duty()) == []


@pytest.mark.parametrize(
    ("more", "kinds"),
    [
        ({"unit": THERE}, ["dutyElsewhere"]),
        ({"unit": None}, []),
        ({"end": date(2027, 6, 9)}, ["dutyEnded"]),
        ({"end": date(2027, 6, 10)}, []),
        ({"start": date(2026, 8, 19)}, ["dutyNotStarted"]),
        ({"unit": THERE, "end": date(2026, 12, 1)}, ["dutyElsewhere", "dutyEnded"]),
    ],
)
def test_a_teacher_has_a_duty_there_all_the_time(more: dict[str, Any], kinds: list[str]) -> None:
    warned = found(activity(BY_ANNA), duty(**more), anna=CERTIFIED)
    assert warned == [(kind, ANNA) for kind in kinds]


def test_a_part_of_the_time_needs_a_duty_for_that_part() -> None:
    autumn = replace(BY_ANNA, end=date(2026, 12, 18))
    assert found(activity(autumn), duty(end=date(2026, 12, 31)), anna=CERTIFIED) == []
    assert found(activity(BY_ANNA, end=None), duty(end=date(2030, 1, 1)), anna=CERTIFIED) == [
        ("dutyEnded", ANNA)
    ]


def test_teaching_without_a_teacher() -> None:
    assert found(activity()) == [("noTeacher", None)]
    assert found(activity(type="Övrigt")) == []


def test_impossible_ones_are_refused() -> None:
    with pytest.raises(rules.DutyEndsBeforeStart):
        duty(end=date(2020, 7, 31))
    with pytest.raises(rules.DutyEndsBeforeStart):
        activity(end=date(2026, 8, 17))
    with pytest.raises(rules.ActivityNeedsGroup):
        activity(groups=())
