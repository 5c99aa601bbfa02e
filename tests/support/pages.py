"""Catalogue pages made up for tests: a class with its teacher, one pupil of it with protected identity."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from functions.grades.domain.catalogue import Decider, DeciderRole, Entry, Subject, chained
from functions.grades.domain.orders import Signer, Signing
from functions.grades.domain.pages import Page, Person, Series, Words
from skolkit.sweden.codes import SchoolForm
from skolkit.types import GroupId, PersonId, UnitId

AT = datetime(2026, 12, 18, 13, 5, tzinfo=UTC)
UNIT = UnitId("0192d3a0-0000-7000-8000-00000000aaaa")
TEACHER = PersonId("0192d3a0-0000-7000-8000-00000000bbbb")
PRINCIPAL = PersonId("0192d3a0-0000-7000-8000-00000000cccc")
SUBJECT = Subject(code="GRGRMAT01", name="Matematik", form=SchoolForm.COMPULSORY)
SHEET = Series(period="0192d3a0-0000-7000-8000-00000000ffff", activity="0192d3a0-0000-7000-8000-00000000eeee")
_NAMES = ("Alva Berg", "Björn Öhman", "Cecilia Nordström-Wallander", "Dawit Tesfaye", "Elsa Åkesson")


def pupil(n: int) -> PersonId:
    return PersonId(f"0192d3a0-0000-7000-8000-{n:012d}")


def a_class(size: int = 30) -> tuple[Entry, ...]:
    """A class's first grades: one dash, one F with its assessment, one with adapted studies."""
    decider = Decider(person=TEACHER, certified=True, qualified=True)
    entries = [
        Entry(
            id=f"0192d3a0-0000-7000-9000-{n:012d}", pupil=pupil(n), kind="decision", subject=SUBJECT,
            value="ABCDE"[n % 5], scale="gr-2011", at=AT, unit=UNIT, school_year="2026/2027", term="HT",
            year=8, deciders=(decider,), group=GroupId("0192d3a0-0000-7000-8000-00000000dddd"),
            activity="0192d3a0-0000-7000-8000-00000000eeee", period="0192d3a0-0000-7000-8000-00000000ffff",
        )
        for n in range(size)
    ]  # fmt: skip
    if size > 3:
        entries[1] = replace(entries[1], value="-")
        entries[2] = replace(
            entries[2],
            value="F",
            finished=True,
            support="Stöd i taluppfattning två gånger i veckan, se bedömningen av den 18 december.",
        )
        entries[3] = replace(entries[3], adapted="anpassad studiegång, utan geometri")
    return tuple(chained([entry], 0, "")[0] for entry in entries)


def signer(person: PersonId = TEACHER) -> Signer:
    role: DeciderRole = "teacher" if person == TEACHER else "principal"
    return Signer(person=person, role=role, at=AT, signed_in_at=AT - timedelta(minutes=2), level=3)


def signing(person: PersonId = TEACHER, size: int = 30) -> Signing:
    """A signature for all of a class."""
    return Signing(signer(person), tuple((pupil(n), 1) for n in range(size)))


def a_page(size: int = 30, number: int = 1, previous: str = "", *, closing: bool = False) -> Page:
    return Page(
        order="0192d3a0-0000-7000-8000-000000000999",
        kind="closing" if closing else "decisions",
        series=SHEET,
        unit=UNIT,
        number=number,
        previous=previous,
        entries=a_class(size),
        signings=(signing(PRINCIPAL if closing else TEACHER, size),),
        made=AT + timedelta(seconds=4),
    )


def words(size: int = 30) -> Words:
    """Everybody's name; the fifth pupil has protected identity."""
    pupils = {
        pupil(n): Person(f"{_NAMES[n % 5]} {n}", f"20121{n % 3}{n % 28 + 1:02d}-{2380 + n}")
        for n in range(size)
        if n != 4
    }
    staff = {TEACHER: Person("Maria Lindqvist"), PRINCIPAL: Person("Per Åström")}
    return Words(
        municipality="Vallmo kommun", unit="Ekbackens skola", unit_code="12345678", group="8A Ma",
        period="Hösten 2026, årskurs 8", people=pupils | staff,
    )  # fmt: skip
