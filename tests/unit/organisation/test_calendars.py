"""Whose school year holds, and what may be decided for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from functions.organisation.domain import calendars as rules
from functions.organisation.domain.units import MUNICIPALITY, OrganisationType, UnitRecord
from skolkit.sweden.calendar import SchoolYear, Term, default_calendar, open_year
from skolkit.sweden.codes import SchoolForm
from skolkit.types import UnitId

YEAR = SchoolYear(2026)
USUAL, OWN = default_calendar(YEAR), default_calendar(YEAR, winter_break_week=9)
TERMS = USUAL.autumn, USUAL.spring
NONE: frozenset[date] = frozenset()


def unit(*forms: str, type: OrganisationType = "Skolenhet") -> UnitRecord:
    return UnitRecord(
        id=MUNICIPALITY if type == "Huvudman" else UnitId("u"), code=None, name="U", municipality_code=None,
        municipal=True, type=type, school_forms=tuple(map(SchoolForm, forms)),
    )  # fmt: skip


def test_the_units_own_goes_before_the_municipalitys_and_that_before_the_usual() -> None:
    forms = [SchoolForm.COMPULSORY]
    municipal = default_calendar(YEAR, winter_break_week=7)
    assert rules.in_force(YEAR, forms, OWN, municipal) == (OWN, "unit")
    assert rules.in_force(YEAR, forms, None, municipal) == (municipal, "municipality")
    assert rules.in_force(YEAR, forms, None, None) == (USUAL, "usual")
    assert rules.in_force(YEAR, None, None, None) == (USUAL, "usual")


def test_a_preschool_does_not_follow_the_schools_terms() -> None:
    assert rules.in_force(YEAR, [SchoolForm.PRESCHOOL], None, OWN) == (open_year(YEAR), "usual")
    both = [SchoolForm.PRESCHOOL, SchoolForm.COMPULSORY]
    assert rules.in_force(YEAR, both, None, OWN) == (OWN, "municipality")


@pytest.mark.parametrize("owner", [unit("GR"), unit("FS", "GR"), unit("GY"), unit(type="Huvudman")])
def test_a_school_has_terms_and_its_least_number_of_days(owner: UnitRecord) -> None:
    with pytest.raises(rules.TermsMissing):
        rules.drafted(owner, YEAR, None, NONE, NONE)
    rules.require_lawful(owner, rules.drafted(owner, YEAR, TERMS, USUAL.days_off, USUAL.study_days))
    early = TERMS[0], Term(TERMS[1].first, date(2027, 6, 9))
    short = rules.drafted(owner, YEAR, early, USUAL.days_off, USUAL.study_days)
    with pytest.raises(rules.UnlawfulYear) as refusal:
        rules.require_lawful(owner, short)
    assert [fault.field for fault in refusal.value.faults] == ["school_days"]


@pytest.mark.parametrize("owner", [unit("FS"), unit("FTH"), unit("VUX"), unit("KU")])
def test_what_has_no_terms_says_only_when_it_is_closed(owner: UnitRecord) -> None:
    with pytest.raises(rules.TermsNotUsed):
        rules.drafted(owner, YEAR, TERMS, NONE, NONE)
    closed = frozenset({date(2026, 7, 20)})
    calendar = rules.drafted(owner, YEAR, None, closed, frozenset(USUAL.days_off))
    rules.require_lawful(owner, calendar)
    assert not calendar.is_school_day(date(2026, 7, 20))
    assert calendar.is_school_day(date(2026, 7, 21))
    with pytest.raises(rules.UnlawfulYear):
        rules.require_lawful(owner, replace(calendar, days_off=frozenset({date(2026, 12, 25)})))


def test_what_is_in_between_has_no_school_year() -> None:
    with pytest.raises(rules.NotACalendarOwner):
        rules.owner_forms(unit(type="Förvaltning"))
