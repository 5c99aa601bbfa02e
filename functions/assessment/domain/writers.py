"""Whom a national test is for (process 31): the pupils of its form and year, or of its form where it is of a
course or level (SkolF 9:20), and those whom the principal lets write it all the same. A pupil who takes the
year again is of the year, and writes again [M].
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from functions.assessment.domain.national_tests import NationalTest
from skolkit.errors import DomainError, Text
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId

Why = Literal["taughtInTheYear", "newlyArrived", "otherForm"]
"""Why somebody writes the test of another year or form: the pupil is taught the subject in that year; is
newly arrived and not placed in a year yet, or in a preparatory class (skollagen 3:12 e, 3:12 f); or reads the
subject by the syllabus of the test's form (an introductory programme, anpassad grundskola; 17:2, 11:8 [M]).
"""
_ADULT = {SchoolForm.ADULT_BASIC, SchoolForm.ADULT_UPPER_SECONDARY, SchoolForm.ADULT_SWEDISH}


class WrongYear(DomainError):
    """A test is for the pupils of a form and year."""

    status = 422
    reason = Text(
        "Provet är för {whom_sv}; {count} av eleverna går inte där.",
        "The test is for {whom_en}; {count} of the pupils are not there.",
    )
    advice = Text(
        "Ta bort dem, eller låt rektor besluta att de skriver provet.",
        "Take them out, or let the principal decide that they write it.",
    )
    law = "SkolF 9:20"


class WrongWhy(DomainError):
    """The principal's reason is of the very pupil: somebody of the test's own year needs none."""

    status = 422
    reason = Text("Skälet passar inte eleven.", "The reason does not fit the pupil.")
    advice = Text(
        "Välj skäl efter elevens skolform och årskurs; den som provet är för behöver inget.",
        "Choose by the pupil's form and year; whom the test is for needs none.",
    )


class PrincipalDecides(DomainError):
    """Who writes the test of another year is for the principal to decide (skollagen 2:10)."""

    reason = Text(
        "Rektor beslutar om elever i andra årskurser skriver provet.",
        "The principal decides whether pupils of other years write the test.",
    )
    advice = Text("Be rektor lägga till eleverna.", "Ask the principal to add the pupils.")
    law = "skollagen 2:10"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pupil goes to school; `year` None where there is none, or none yet."""

    form: SchoolForm
    year: int | None


@dataclass(frozen=True, slots=True)
class Admission:
    """The principal's decision that somebody writes the test of another year or form."""

    why: Why
    by: PersonId
    at: datetime


Places = Mapping[PersonId, Collection[Place]]


def is_for(test: NationalTest, places: Iterable[Place], today: date) -> bool:
    """Whether a test is for somebody. One of the coming school year is for who is a year below today."""
    ahead = test.school_year.start_year - SchoolYear.of(today).start_year
    return any(
        _of_form(test, place)
        and (test.year is None or (place.year is not None and place.year + ahead == test.year))
        for place in places
    )


def _of_form(test: NationalTest, place: Place) -> bool:
    return place.form == test.form or (place.form == SchoolForm.ADULT and test.form in _ADULT)


def choose(
    test: NationalTest,
    asked: Collection[PersonId] | None,
    members: Collection[PersonId],
    known: Collection[PersonId],
    places: Places,
    admitted: Mapping[PersonId, Why],
    today: date,
) -> tuple[PersonId, ...]:
    """Who writes a test: those asked for, or all of a group for whom the test is. `known` are in the test
    group already and stay what they are, `admitted` whom the principal lets write. Raises `WrongYear`,
    `WrongWhy`.
    """
    own = {pupil for pupil in members if is_for(test, places.get(pupil, ()), today)}
    for pupil, why in admitted.items():
        other = not any(_of_form(test, place) for place in places.get(pupil, ()))
        if pupil in own or (why == "otherForm") != other:
            raise WrongWhy(field="outsideTheYear", value=pupil)
    may = own | {*known} | {*admitted}
    wanted = tuple(dict.fromkeys(pupil for pupil in members if pupil in may) if asked is None else asked)
    wrong = [pupil for pupil in wanted if pupil in members and pupil not in may]
    if wrong or (asked is None and members and not wanted):
        raise WrongYear(
            field="students", value=wrong[0] if wrong else None, count=len(wrong) or len(members),
            whom_sv=f"årskurs {test.year} i {test.form}" if test.year else f"{test.form}",
            whom_en=f"year {test.year} of {test.form}" if test.year else f"{test.form}",
        )  # fmt: skip
    return wanted
