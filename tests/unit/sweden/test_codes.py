"""Codes of schools, municipalities and organisers."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skolkit.sweden.codes import (
    SS12000_SCHOOL_TYPE,
    CodeError,
    MunicipalityCode,
    OrganisationNumber,
    SchoolForm,
    SchoolUnitCode,
    check_digit,
)


@given(st.integers(10_000_000, 99_999_999))
def test_every_eight_digit_number_is_a_unit_code(number: int) -> None:
    code = SchoolUnitCode(str(number))
    assert code == str(number)
    assert json.dumps(code) == f'"{number}"'


@pytest.mark.parametrize(
    "text", ["", "1234567", "123456789", "01234567", "1234567a", "12345678\n", "１２３４５６７８"]
)
def test_other_texts_are_no_unit_codes(text: str) -> None:
    with pytest.raises(CodeError) as refusal:
        SchoolUnitCode(text)
    assert refusal.value.value == text
    assert repr(text) in str(refusal.value)


@pytest.mark.parametrize("text", ["0180", "1281", "9999"])
def test_municipality_codes(text: str) -> None:
    assert MunicipalityCode(text) == text


@pytest.mark.parametrize("text", ["180", "0080", "0100", "01800", "SE18"])
def test_no_municipality_codes(text: str) -> None:
    with pytest.raises(CodeError):
        MunicipalityCode(text)


@pytest.mark.parametrize("text", ["2120000142", "2021004979"])
def test_organisation_numbers(text: str) -> None:
    assert OrganisationNumber(text) == text


@pytest.mark.parametrize("text", ["2120000143", "212000-0142", "8112189876", "212000014"])
def test_no_organisation_numbers(text: str) -> None:
    with pytest.raises(CodeError):
        OrganisationNumber(text)


def test_school_forms_of_the_register_in_ss12000() -> None:
    assert SS12000_SCHOOL_TYPE[SchoolForm("GRAN")] == "GRS"
    assert SS12000_SCHOOL_TYPE[SchoolForm("GYAN")] == "GYS"
    assert SS12000_SCHOOL_TYPE[SchoolForm("GR")] == "GR"


@given(st.text("0123456789", min_size=9, max_size=9))
def test_the_check_digit_makes_the_luhn_sum_a_multiple_of_ten(digits: str) -> None:
    full = digits + str(check_digit(digits))
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(full)]
    assert sum(sum(map(int, str(product))) for product in doubled) % 10 == 0
