"""Identity numbers as people and registers write them, and that none of them shows itself."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import traceback
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skolkit.clock import today
from skolkit.sweden.codes import check_digit
from skolkit.sweden.identity_numbers import (
    IdentityNumberError,
    Personnummer,
    Samordningsnummer,
    TFNumber,
    parse_identity_number,
)

_DATES = st.dates(date(1900, 1, 1), date(2099, 12, 31))
_RECENT = st.dates(today() - timedelta(days=99 * 365), today())


def _number(birth: date, birth_number: int, offset: int = 0) -> str:
    digits = f"{birth:%Y%m}{birth.day + offset:02}{birth_number:03}"
    return f"{digits}{check_digit(digits[2:])}"


_PERSONAL = st.builds(_number, _DATES, st.integers(1, 999))
_COORDINATION = st.builds(_number, _DATES, st.integers(1, 999), st.just(60))


@pytest.mark.parametrize("value", ["198112189876", "196408233234"])
def test_published_test_numbers_are_valid(value: str) -> None:
    assert Personnummer(value).value == value


@pytest.mark.parametrize("value", ["200112240123", "200112840123"])
def test_the_example_numbers_of_ss12000_have_a_wrong_check_digit(value: str) -> None:
    with pytest.raises(IdentityNumberError) as refusal:
        parse_identity_number(value)
    assert refusal.value.reason == "check_digit"


@pytest.mark.parametrize(
    ("value", "sex"), [("20130101TF01", "Okänt"), ("20100315TF10", "Man"), ("20100315TF20", "Kvinna")]
)
def test_temporary_numbers(value: str, sex: str) -> None:
    number = parse_identity_number(value)
    assert isinstance(number, TFNumber)
    assert (number.value, number.sex, number.birth_date) == (
        value,
        sex,
        date(int(value[:4]), int(value[4:6]), int(value[6:8])),
    )


@pytest.mark.parametrize(
    "spelling",
    [
        "198112189876",
        "19811218-9876",
        "8112189876",
        "811218-9876",
        " 811218 - 9876\n",
        "811218–9876",
        "1981 12 18 98 76",
    ],
)
def test_usual_spellings(spelling: str) -> None:
    number = Personnummer.parse(spelling)
    assert number == Personnummer("198112189876")
    assert number.spelled == "19811218-9876"
    assert (number.birth_date, number.sex) == (date(1981, 12, 18), "Man")


def test_plus_means_a_hundred_years() -> None:
    assert Personnummer.parse("121212+1212").value == "191212121212"


def test_29_february_1900_does_not_become_2000() -> None:
    digits = "000229123"
    with pytest.raises(IdentityNumberError) as refusal:
        Personnummer.parse(f"{digits[:6]}+{digits[6:]}{check_digit(digits)}")
    assert refusal.value.reason == "date"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "unreadable"),
        ("hej", "unreadable"),
        ("81121-89876", "unreadable"),
        ("1981121898765", "unreadable"),
        ("19811218987", "unreadable"),
        ("198112189876; drop", "unreadable"),
        ("١٩٨١١٢١٨٩٨٧٦", "unreadable"),
        ("198113189876", "date"),
        ("811232-9876", "date"),
        ("198112609876", "date"),
        ("198112999876", "date"),
        ("198112189877", "check_digit"),
        ("811218-9877", "check_digit"),
        ("20130101TF1", "unreadable"),
        ("20130231TF01", "date"),
        ("2013TF01", "unreadable"),
    ],
)
def test_refusals_say_why_and_never_repeat_the_number(text: str, reason: str) -> None:
    with pytest.raises(IdentityNumberError) as refusal:
        parse_identity_number(text)
    assert refusal.value.reason == reason
    shown = "".join(traceback.format_exception(refusal.value, chain=True))
    spoken = f"{refusal.value} {refusal.value.sv} {refusal.value.en} {refusal.value!r}"
    assert not text or text not in spoken
    assert not any(character.isdigit() for character in spoken)
    assert refusal.value.__context__ is None, shown


def test_a_number_of_another_kind_is_refused() -> None:
    coordination = _number(date(1981, 12, 18), 987, 60)
    for make, text in (
        (Personnummer, coordination),
        (Samordningsnummer, "198112189876"),
        (Personnummer.parse, "20130101TF01"),
        (Personnummer.parse, coordination),
    ):
        with pytest.raises(IdentityNumberError) as refusal:
            make(text)
        assert refusal.value.reason in ("kind", "unreadable")


@given(_PERSONAL | _COORDINATION, st.sampled_from(["", "-"]))
def test_every_number_survives_writing_and_reading(value: str, separator: str) -> None:
    number = parse_identity_number(value[:8] + separator + value[8:])
    assert number.value == value
    assert isinstance(number, Samordningsnummer if value[6] >= "6" else Personnummer)
    assert parse_identity_number(number.spelled) == number
    assert pickle.loads(pickle.dumps(number)) == number == copy.deepcopy(number)


@given(st.builds(_number, _RECENT, st.integers(1, 999)))
def test_ten_digits_of_a_living_person_get_their_century(value: str) -> None:
    assert Personnummer.parse(f"{value[2:8]}-{value[8:]}").value == value


@given(_PERSONAL | _COORDINATION, st.integers(0, 9), st.integers(2, 11))
def test_one_wrong_digit_is_always_found(value: str, digit: int, place: int) -> None:
    wrong = value[:place] + str(digit) + value[place + 1 :]
    if wrong != value:
        with pytest.raises(IdentityNumberError):
            parse_identity_number(wrong)


@given(_PERSONAL | _COORDINATION | st.just("20100315TF20"))
def test_nothing_shows_a_number_by_accident(value: str) -> None:
    number = parse_identity_number(value)
    for shown in (repr(number), str(number), f"{number}", f"{[number]}", "%s" % number):  # noqa: UP031
        assert not any(character.isdigit() for character in shown)


def test_the_library_is_loaded_only_when_a_number_is_read() -> None:
    code = "import sys, skolkit.sweden.identity_numbers as n; sys.exit('personnummer' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
