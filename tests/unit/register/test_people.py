"""Rules of the register: custody ends at 18, one compulsory enrolment at a time, rows of people files."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.register.domain.contacts import phone_number
from functions.register.domain.enrolment import AlreadyEnrolled, EndsBeforeStart, Enrolment, enrol
from functions.register.domain.people import PersonCard, PupilRecord, Relation, Responsible, age, of_age
from functions.register.imports.people import PersonRow
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId, stable_id

UNIT = UnitId("unit")
DAY = date(2026, 11, 23)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
BORN = date(2010, 1, 1)


def at_school(start: date, end: date | None = None, form: SchoolForm = SchoolForm.COMPULSORY) -> Enrolment:
    return Enrolment(UNIT, form, 3, start, end)


def card(born: date, *relations: Relation) -> PersonCard:
    adults = tuple(Responsible(PersonId(f"adult-{n}"), relation) for n, relation in enumerate(relations))
    return PersonCard(PersonId("pupil"), "A", "B", born, "Ingen", responsibles=adults)


def test_custody_lies_with_guardians_and_the_special_representative_only() -> None:
    found = card(date(2015, 1, 1), "Vårdnadshavare", "Annan ansvarig", "God man", "Utsedd behörig")
    assert found.guardians(DAY) == {"adult-0", "adult-2"}


@given(st.dates(date(1990, 1, 1), date(2020, 1, 1)))
def test_custody_ends_on_the_day_of_eighteen(born: date) -> None:
    eighteen = of_age(born)
    pupil = card(born, "Vårdnadshavare")
    assert pupil.guardians(eighteen) == frozenset()
    assert pupil.guardians(eighteen - timedelta(days=1)) == {"adult-0"}
    assert age(born, eighteen) == 18 or (born.month, born.day) == (2, 29)


@given(days, days, st.none() | days, st.none() | days)
def test_two_compulsory_enrolments_never_share_a_day(
    a: date, b: date, c: date | None, d: date | None
) -> None:
    first, second = at_school(a, c), at_school(b, d)
    if (c and c < a) or (d and d < b) or first == second:
        return
    shared = any(first.covers(day) and second.covers(day) for day in {a, b, c or a, d or b})
    if shared:
        with pytest.raises(AlreadyEnrolled):
            enrol([first], second, BORN)
    else:
        assert enrol([first], second, BORN) == second


def test_other_school_forms_and_cancelled_ones_are_not_in_the_way() -> None:
    new = at_school(DAY)
    cancelled = Enrolment(UNIT, SchoolForm.COMPULSORY, 3, DAY - timedelta(days=9), cancelled=True)
    assert enrol([cancelled, at_school(DAY, form=SchoolForm.ADULT)], new, BORN) == new


def test_an_enrolment_does_not_end_before_it_starts() -> None:
    with pytest.raises(EndsBeforeStart):
        enrol([], at_school(DAY, DAY - timedelta(days=1)), BORN)


def test_the_record_is_of_the_compulsory_enrolment_of_the_day() -> None:
    other = Enrolment(UnitId("other"), SchoolForm.AFTER_SCHOOL_CENTRE, None, DAY)
    enrolments = (at_school(DAY - timedelta(days=400)), other)
    person = PersonCard(PersonId("p"), "A", "B", date(2015, 1, 1), "Sekretessmarkering", enrolments)
    record = PupilRecord.of(person, DAY)
    assert (record.unit, record.school_form, record.year, record.protected) == (UNIT, "GR", 3, True)


def test_a_pupil_between_schools_has_no_unit() -> None:
    person = PersonCard(PersonId("p"), "A", "B", date(2015, 1, 1), "Ingen", (at_school(DAY, DAY),))
    record = PupilRecord.of(person, DAY + timedelta(days=1))
    assert (record.unit, record.school_form, record.year) == (None, "", None)


@pytest.mark.parametrize("text", ["", "abc", "070", "+0701234567", "12345678901234567890"])
def test_what_is_no_telephone_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a telephone number"):
        phone_number(text)


def row(**more: Any) -> PersonRow:
    given = {"civicNo": "19811218-9876", "givenName": "Ture", "familyName": "Test"} | more
    return PersonRow.model_validate_json(json.dumps(given))


def test_a_row_needs_no_more_than_a_number_and_names() -> None:
    person = row().person(PersonId("x"))
    assert (person.civic_no, person.birth_date) == ("198112189876", date(1981, 12, 18))


def test_a_unit_is_named_by_code_or_id_and_school_types_by_either_name() -> None:
    enrolments = [{"enroledAt": "19733028", "schoolType": "GRS", "startDate": "2026-08-18"}]
    (enrolment,) = row(enrolments=enrolments).person(PersonId("x")).enrolments or ()
    assert enrolment.unit == stable_id("unit", "19733028")
    assert enrolment.school_form is SchoolForm.ADAPTED_COMPULSORY


@pytest.mark.parametrize(
    "more",
    [
        {"civicNo": "19811218-9875"},
        {"civicNo": None},
        {"civicNo": None, "id": stable_id("x")},
        {"givenName": " "},
        {"securitymarking": "Sekretessmarkering"},
        {"securityMarking": "Hemlig"},
        {"email": "not mail"},
        {"phone": "12"},
        {"enrolments": [{"enroledAt": "123", "schoolType": "GR", "startDate": "2026-08-18"}]},
        {"enrolments": [{"enroledAt": "19733028", "schoolType": "XX", "startDate": "2026-08-18"}]},
    ],
)
def test_bad_rows_are_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        row(**more)


def test_the_same_row_is_recognised_however_the_number_is_spelled() -> None:
    assert row().digest == row(civicNo="198112189876").digest != row(givenName="Tore").digest
