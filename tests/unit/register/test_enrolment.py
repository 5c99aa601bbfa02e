"""Rules of enrolments: years of school forms, corrections and new years, one compulsory school at a time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.register.domain import enrolment as rules
from functions.register.domain.enrolment import Enrolment, EnrolmentChange, EnrolmentId
from functions.register.domain.school_forms import (
    StudyPathMissing,
    YearMissing,
    YearNotOfForm,
    check_form,
    form_use,
)
from functions.register.imports.people import PersonRow
from skolkit.errors import NotFound
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.school_forms import COMPULSORY
from skolkit.types import PersonId, UnitId, stable_id

PUPIL, BORN, DAY = PersonId("pupil"), date(2014, 3, 1), date(2026, 8, 18)
HERE, THERE = UnitId("here"), UnitId("there")
days = st.dates(date(2024, 1, 1), date(2029, 1, 1))


def at(start: date, end: date | None = None, *, unit: UnitId = HERE, year: int | None = 5) -> Enrolment:
    made = Enrolment(unit, SchoolForm.COMPULSORY, year, start, end)
    return rules.identified(PUPIL, made, [])


@pytest.mark.parametrize(
    ("form", "years"),
    [
        ("FKLASS", {0}), ("GR", set(range(1, 10))), ("GRAN", set(range(1, 10))), ("SP", set(range(1, 11))),
        ("SAM", set(range(1, 7))), ("GY", {1, 2, 3, 4}), ("VUX", set()), ("FTH", set()),
    ],
)  # fmt: skip
def test_a_school_form_has_its_years(form: str, years: set[int]) -> None:
    def allowed(year: int) -> bool:
        try:
            check_form(SchoolForm(form), year, "EKJUR", DAY)
        except YearNotOfForm:
            return False
        return True

    assert {year for year in range(11) if allowed(year)} == years


def test_what_an_upper_secondary_enrolment_needs() -> None:
    with pytest.raises(StudyPathMissing):
        check_form(SchoolForm.UPPER_SECONDARY, 1, None, DAY)
    with pytest.raises(YearMissing):
        check_form(SchoolForm.COMPULSORY, None, None, DAY)
    check_form(SchoolForm.COMPULSORY, None, None, DAY, whole=False)  # a file may not know
    new = Enrolment(HERE, SchoolForm.PRESCHOOL_CLASS, None, DAY)
    assert rules.enrol([], new, BORN).year == 0


def test_a_new_year_keeps_the_old_one() -> None:
    old = at(DAY)
    autumn = date(2027, 7, 1)
    ended, new = rules.change(PUPIL, [old], old.id, EnrolmentChange(6, None, since=autumn), BORN)
    assert (ended.id, ended.end, ended.leaving, ended.year) == (old.id, date(2027, 6, 30), "continues", 5)
    assert (new.start, new.year, new.leaving) == (autumn, 6, None)
    assert new.id not in {"", old.id}


def test_a_correction_keeps_the_id() -> None:
    old = at(DAY)
    (new,) = rules.change(PUPIL, [old], old.id, EnrolmentChange(6, DAY + timedelta(days=9)), BORN)
    assert (new.id, new.start, new.year) == (old.id, DAY, 6)


def test_what_cannot_change() -> None:
    old = at(DAY, DAY + timedelta(days=30))
    gone = replace(at(DAY - timedelta(days=99)), cancelled=True)
    here = [old, gone]
    for since in (DAY - timedelta(days=1), DAY + timedelta(days=31)):
        with pytest.raises(rules.OutsideEnrolment):
            rules.change(PUPIL, here, old.id, EnrolmentChange(6, None, since=since), BORN)
    with pytest.raises(rules.EndsBeforeStart):
        rules.change(PUPIL, here, old.id, EnrolmentChange(5, DAY - timedelta(days=1)), BORN)
    with pytest.raises(rules.AlreadyCancelled):
        rules.change(PUPIL, here, gone.id, EnrolmentChange(5, None), BORN)
    with pytest.raises(rules.AlreadyCancelled):
        rules.cancel(here, gone.id)
    with pytest.raises(NotFound):
        rules.cancel(here, EnrolmentId("nobody's"))
    with pytest.raises(rules.BeforeBirth):
        rules.enrol([], at(BORN - timedelta(days=1)), BORN)


def test_a_change_may_not_reach_into_another_compulsory_school() -> None:
    old, later = at(DAY, DAY + timedelta(days=30)), at(DAY + timedelta(days=60), unit=THERE)
    with pytest.raises(rules.AlreadyEnrolled):
        rules.change(PUPIL, [old, later], old.id, EnrolmentChange(5, None), BORN)


@given(st.lists(st.tuples(days, st.integers(0, 400), st.booleans(), days), min_size=1, max_size=6))
def test_compulsory_school_is_at_one_unit_at_a_time_whatever_is_done(
    steps: list[tuple[date, int, bool, date]],
) -> None:
    """Enrolling, ending, splitting and cancelling in any order (skollagen 7:4)."""
    stored: list[Enrolment] = []
    for start, length, split, since in steps:
        new = Enrolment(THERE if split else HERE, SchoolForm.COMPULSORY, 5, start, start + timedelta(length))
        try:
            made = rules.enrol(stored, new, BORN)
            stored = rules.replaced(stored, [rules.identified(PUPIL, made, stored)])
            asked = EnrolmentChange(6, None if split else since, since=since if split else None)
            changed = rules.change(PUPIL, stored, stored[-1].id, asked, BORN)
            stored = rules.replaced(stored, changed)
        except (rules.AlreadyEnrolled, rules.EndsBeforeStart, rules.OutsideEnrolment):
            continue
    valid = [e for e in stored if not e.cancelled and e.school_form in COMPULSORY]
    assert not any(a.overlaps(b) for n, a in enumerate(valid) for b in valid[:n])
    assert len({e.id for e in stored}) == len(stored)


def test_a_file_that_comes_again_is_the_same_enrolment() -> None:
    first = rules.recognised(PUPIL, at(DAY), [])
    again = rules.recognised(PUPIL, replace(at(DAY), year=6, id=EnrolmentId("")), [first])
    assert again.id == first.id
    cancelled = replace(first, cancelled=True)
    assert rules.recognised(PUPIL, cancelled, [first]).id == first.id
    assert rules.recognised(PUPIL, at(DAY), [cancelled]).id != first.id  # enrolled anew: the history stays


@pytest.mark.parametrize(
    ("year", "day", "until"),
    [
        (5, date(2026, 11, 23), date(2027, 6, 30)),
        (8, date(2026, 11, 23), date(2028, 6, 30)),  # one year remains
        (9, date(2026, 11, 23), date(2027, 6, 30)),
        (None, date(2026, 11, 23), date(2027, 6, 30)),
        (5, date(2026, 8, 1), None),  # not begun
    ],
)
def test_a_pupil_keeps_the_place_for_the_school_year(year: int | None, day: date, until: date | None) -> None:
    """Skollagen 10:28."""
    assert rules.keeps_place_until(at(DAY, year=year), day) == until


def test_no_place_is_kept_outside_compulsory_school() -> None:
    e = replace(at(DAY), school_form=SchoolForm.UPPER_SECONDARY)
    assert rules.keeps_place_until(e, DAY) is None


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"schoolType": "GR", "schoolYear": 10}, YearNotOfForm), ({"schoolType": "GY"}, StudyPathMissing),
        ({"schoolType": "GR"}, None), ({"schoolType": "GY", "educationCode": "EKJUR"}, None),
    ],
)  # fmt: skip
def test_a_file_says_what_its_school_form_allows(
    said: dict[str, object], refusal: type[Exception] | None
) -> None:
    enrolment = {"enroledAt": "99990017", "startDate": "2026-08-18", **said}
    row = {"givenName": "A", "familyName": "B", "birthDate": "2010-01-01", "enrolments": [enrolment]}
    read = PersonRow.model_validate_json(json.dumps({"id": stable_id("p"), **row}))
    if refusal is None:
        assert read.person(PUPIL).enrolments
        return
    with pytest.raises(refusal):
        read.person(PUPIL)


def test_rules_are_found_by_day() -> None:
    assert form_use(SchoolForm.COMPULSORY, date(1999, 1, 1)).last == 9
