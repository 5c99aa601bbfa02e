"""How upper secondary school ends, counted: of whom, and by sex and class."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from functions.grades.domain import graduates as rules
from functions.grades.domain.exams import NO_PLAN, NoDiploma, Plan
from functions.grades.domain.graduates import Graduate, graduate, is_whole
from functions.grades.domain.programmes import programme
from functions.grades.domain.statistics import DIPLOMA, FIGURE, Table, renewed
from skolkit.sweden.codes import SchoolForm
from skolkit.types import GroupId, PersonId, UnitId
from tests.support.marks import course
from tests.unit.grades.test_exams import LEVELS, PLAN, REST, WORK

DAY = date(2028, 6, 9)
WHOLE = [*LEVELS, REST, WORK]


def test_who_has_grades_in_a_whole_programme_is_counted() -> None:
    assert is_whole(WHOLE, DAY)
    assert not is_whole([*LEVELS, REST], DAY)
    assert is_whole([*LEVELS, course("FIL", "F", 1800), WORK], DAY), "failed, but graded"


def test_what_the_grades_come_to() -> None:
    na = programme("NA")
    assert graduate(WHOLE, na, PLAN, (), DAY) == Graduate(10.0, "diploma")
    assert graduate(WHOLE, na, NO_PLAN, (), DAY).ending == "unknown"
    assert graduate(WHOLE, na, Plan(reduced=True), (), DAY).ending == "studies"
    more = [*WHOLE, course("ENGE3000X", "A")]
    assert graduate(more, na, PLAN, ["FIL"], DAY).points > 10.0
    with pytest.raises(NoDiploma):
        graduate(WHOLE, programme("IMS"), PLAN, (), DAY)


def test_they_are_counted_by_sex_and_class_and_shown_to_nobody_else() -> None:
    found = {
        PersonId("a"): Graduate(15.0, "diploma", GroupId("na3")),
        PersonId("b"): Graduate(12.5, "studies", GroupId("na3")), PersonId("c"): Graduate(15.0, "unknown"),
    }  # fmt: skip
    rows = rules.rows(found, {PersonId("a"): "Kvinna", PersonId("b"): "Man", PersonId("c"): "Man"})
    assert [row.code for row in rows] == [FIGURE, DIPLOMA]
    table = Table(
        unit=UnitId("u"), form=SchoolForm.UPPER_SECONDARY, year=3, term="VT", school_year="2027/28",
        counted=datetime(2028, 6, 10, tzinfo=UTC), rows=rows,
    )  # fmt: skip
    exact = rules.exact(table)
    assert exact
    whole, sexes, groups = exact
    assert (whole.size, whole.mean) == (3, 14.17)
    assert whole.endings == {"diploma": 1, "studies": 1, "unknown": 1}
    assert (sexes["Man"].size, sexes["Man"].mean, groups[GroupId("na3")].mean) == (2, 13.75, 13.75)
    assert renewed(table, None).open == ()
    assert rules.exact(replace(table, rows=())) is None
    assert rules.rows({}, {}) == ()
