"""The timplan of grundskola and what a distribution keeps (SkolF 9:3–4, bilaga 1)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.organisation.domain.timplan import (
    STAGES,
    TIMPLANS,
    Timplan,
    UnknownTimplanSubject,
    check_subjects,
    in_force,
    shortfalls,
)

PLAN: Timplan = TIMPLANS[-1]
MATHS, MUSIC, HOME, ART = "GRGRMAT01", "GRGRMUS01", "GRGRHKK01", "GRGRBIL01"


def whole() -> dict[str, dict[int, int]]:
    """Exactly the guaranteed hours, all in the first year of each stage."""
    return {
        s.code: {y: s.hours(stage) if y == years[0] else 0 for stage, years in STAGES.items() for y in years}
        for s in PLAN.subjects
    }


def rules(hours: dict[str, dict[int, int]]) -> set[str]:
    return {fall.rule for fall in shortfalls(PLAN, hours)}


def test_the_hours_of_the_statute() -> None:
    sums = {stage: sum(s.hours(stage) for s in PLAN.subjects) for stage in STAGES}
    assert sums == {"lag": 1882, "mellan": 2374, "hog": 2634}
    assert sum(sums.values()) == PLAN.total == 6890
    assert in_force(date(2026, 8, 1)) == PLAN
    assert in_force(date(2011, 1, 1)) is None


def test_the_guaranteed_hours_keep_everything() -> None:
    assert shortfalls(PLAN, whole()) == []


def test_hours_moved_within_a_fifth_are_skolans_val() -> None:
    hours = whole()
    hours[MUSIC][4] -= 16  # a fifth of 80
    hours[ART][4] += 16
    assert rules(hours) == set()
    hours[MUSIC][4] -= 1
    hours[ART][4] += 1
    assert rules(hours) == {"subject-reduced"}


def test_a_fixed_subject_loses_nothing() -> None:
    hours = whole()
    hours[MATHS][7] -= 1
    hours[ART][7] += 1
    (fall,) = shortfalls(PLAN, hours)
    assert (fall.rule, fall.subject, fall.stage, fall.planned, fall.required) == (
        "fixed-subject", MATHS, "hog", 399, 400,
    )  # fmt: skip
    assert "9:4" in fall.law


def test_home_economics_may_be_early() -> None:
    hours = whole()
    hours[HOME][1], hours[HOME][4] = 40, 0
    assert rules(hours) == set()


def test_more_than_600_hours_moved() -> None:
    hours = whole()
    for subject in PLAN.subjects:
        if not subject.fixed:
            for stage, years in STAGES.items():
                cut = subject.hours(stage) // 5
                hours[subject.code][years[0]] -= cut
                hours[MATHS][years[0]] += cut
    assert rules(hours) == {"school-choice"}


def test_a_unit_without_a_stage_is_not_asked_about_it() -> None:
    late = {code: {y: n for y, n in row.items() if y >= 7} for code, row in whole().items()}
    assert rules(late) == set()
    late[MUSIC][7] = 0
    assert rules(late) == {"stage-total", "subject-reduced"}


def test_the_parts_of_a_block() -> None:
    hours = whole()
    hours["NO"] = {1: 145, 2: 0, 3: 0}
    for part, low in (("GRGRBIO01", 96), ("GRGRFYS01", 60), ("GRGRKEM01", 60)):
        hours[part] = {4: low, 5: 0, 6: 0, 7: 97 if part == "GRGRBIO01" else 96, 8: 0, 9: 0}
    assert rules(hours) == set()
    hours["GRGRKEM01"][4], hours["GRGRBIO01"][4] = 40, 116
    assert rules(hours) == {"part-minimum"}


def test_unknown_subjects() -> None:
    with pytest.raises(UnknownTimplanSubject):
        check_subjects(PLAN, {"HATT": {1: 1}})


@given(st.sampled_from(PLAN.subjects), st.sampled_from(list(STAGES.values())), st.integers(1, 60))
def test_hours_that_are_nowhere_are_missed(subject, years, less) -> None:  # type: ignore[no-untyped-def]
    hours = whole()
    if hours[subject.code][years[0]] < less:
        return
    hours[subject.code][years[0]] -= less
    assert {"stage-total", "whole"} <= rules(hours)
    hours[subject.code][years[1]] += less
    assert rules(hours) == set()
