"""What each school form uses, against the list of forms and the law."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from infra.local import paths
from skolkit.sweden.calendar import SchoolYear, open_year
from skolkit.sweden.codes import SS12000_SCHOOL_TYPE, SchoolForm
from skolkit.sweden.school_forms import COMPULSORY, FORMS, keeps_school_days, used_by

LIST = paths.ROOT.parent / "shared" / "domain" / "data" / "school_forms.csv"


def test_every_form_has_its_row() -> None:
    assert set(FORMS) == set(SchoolForm)
    assert len({use.ss12000 for use in FORMS.values()}) == len(FORMS)


@pytest.mark.skipif(not LIST.exists(), reason="the list of forms is not here")
def test_the_list_of_forms_is_the_tables() -> None:
    with LIST.open(encoding="utf-8") as file:
        rows = {row["ss12000_code"]: row for row in csv.DictReader(file)}
    known = {SS12000_SCHOOL_TYPE[form]: use for form, use in FORMS.items()}
    assert set(rows) == set(known)
    # An after-school centre is no school; the arts school and folk high school set no grades (as listed).
    for code, row in rows.items():
        assert known[code].compulsory == (row["compulsory"] == "1"), code
        assert known[code].graded == (row["graded"] == "1"), code


@pytest.mark.parametrize(
    ("forms", "kept"),
    [(["FS"], False), (["FS", "FTH"], False), (["FTH", "GR"], True), (["GY"], True), ([], False)],
)
def test_a_unit_keeps_school_days_when_one_of_its_forms_does(forms: list[str], kept: bool) -> None:
    assert keeps_school_days(map(SchoolForm, forms)) is kept


def test_years_belong_to_their_form() -> None:
    assert FORMS[SchoolForm.SPECIAL].has_year(10)
    assert not FORMS[SchoolForm.COMPULSORY].has_year(10)
    assert not FORMS[SchoolForm.SAMI].has_year(7)
    assert FORMS[SchoolForm.PRESCHOOL].has_year(None)
    assert not FORMS[SchoolForm.PRESCHOOL].has_year(1)
    assert not FORMS[SchoolForm.COMPULSORY].has_year(None)


def test_compulsory_attendance_is_fulfilled_in_five_forms_and_the_subject_areas() -> None:
    assert {form.value for form in COMPULSORY} == {"FKLASS", "GR", "GRAN", "TR", "SP", "SAM"}
    assert [use.form for use in used_by({SchoolForm.COMPULSORY, SchoolForm.PRESCHOOL})] == ["FS", "GR"]


def test_a_preschool_is_open_on_weekdays_all_year() -> None:
    year = open_year(SchoolYear(2026))
    assert year.is_school_day(date(2026, 7, 14))
    assert not year.is_school_day(date(2026, 12, 25))
    assert year.closing_problems() == ()
    assert "study_days" not in {problem.rule for problem in year.closing_problems()}
