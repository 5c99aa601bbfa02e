"""Searching for people over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from functions.register.schemas.common import Id, UnitRef
from skolkit.http import Shape
from skolkit.sweden.identity_numbers import parse_identity_number

Name = Annotated[str, Field(min_length=1, max_length=100)]


def _number(text: str) -> str:
    return parse_identity_number(text).value


Number = Annotated[str, Field(max_length=20), AfterValidator(_number)]


class GuardianSearch(Shape):
    """Who has custody of the pupils wanted: by name or by identity number."""

    name: Name | None = None
    civic_no: Number | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.name is None) == (self.civic_no is None):
            raise ValueError("either name or civicNo")
        return self


class Search(Shape):
    """What is known of the person. All that is given must be true of whoever is found, and each word of a
    name must begin a word of theirs, two of them of two; `Asa` finds Åsa. A name of one or two letters alone
    is a whole name; within a unit that of one letter. `civicNo` and `guardian.civicNo` in any usual spelling.
    `among` guardians: those who have custody of pupils instead of everybody, by name.
    """

    name: Name | None = None
    civic_no: Number | None = None
    birth_date: date | None = None
    unit: Id | None = None
    group: Id | None = None
    guardian: GuardianSearch | None = None
    among: Literal["everybody", "guardians"] = "everybody"
    limit: Annotated[int, Field(ge=1, le=50)] = 20
    cursor: Annotated[str, Field(max_length=6000)] | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.criteria:
            raise ValueError("nothing to search for")
        given = set(self.criteria)
        if "civic_no" in given and given != {"civic_no"}:
            raise ValueError("civicNo is enough")
        if {"group", "guardian"} <= given:
            raise ValueError("either group or guardian")
        if self.among == "guardians" and (self.name is None or given - {"name", "unit"}):
            raise ValueError("guardians are searched for by name and unit")
        return self

    @property
    def criteria(self) -> list[str]:
        """The kinds of what is known, for the audit trail: never the values."""
        names = ("name", "civic_no", "birth_date", "unit", "group", "guardian")
        return [name for name in names if getattr(self, name) is not None]


class FoundPerson(Shape):
    """Somebody found. `unit`, form and year of the enrolment of today, or of the next one. `guardian`: whose
    name or number led to the pupil.
    """

    person: Id
    given_name: str
    family_name: str
    birth_date: date
    unit: UnitRef | None
    school_form: str
    year: int | None
    guardian: Id | None


class SearchPage(Shape):
    """A page of those found; it may have fewer than asked for and still be followed by another."""

    data: list[FoundPerson]
    cursor: str | None
