"""Who decides a school year, for whom, and what is kept of it (skolförordningen 3:2–6)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from functions.organisation.domain.units import UnitRecord
from skolkit.errors import DomainError, Fault, Text
from skolkit.sweden.calendar import SchoolCalendar, SchoolYear, Term, default_calendar, open_year
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.school_forms import keeps_school_days
from skolkit.types import PersonId, UnitId

RULES = "skolförordningen 3:2-6 (2011:185)"
"""The rules a calendar was decided by, kept with every decision."""

Reason = Literal["ordinary", "correction", "circumstances"]
"""Why a calendar was decided: the yearly decision, an error in it, or something that happened."""

Origin = Literal["unit", "municipality", "usual"]
"""Whose calendar holds: the unit's own, the municipality's, or the usual one while none is decided."""


class NotACalendarOwner(DomainError):
    """School years are decided for the whole municipality or for a school unit."""

    status = 422
    reason = Text(
        "Läsår beslutas för huvudmannen eller för en skolenhet.",
        "A school year is for the organiser or for a school unit.",
    )
    advice = Text("Välj huvudmannen eller en skolenhet.", "Choose the organiser or a school unit.")


class UnlawfulYear(DomainError):
    """A school year that breaks the rules may be drafted but not decided."""

    status = 422
    reason = Text("Läsåret uppfyller inte reglerna.", "The school year does not satisfy the rules.")
    advice = Text("Ändra förslaget och besluta igen.", "Change the draft and decide again.")
    law = "skolförordningen 3:2–6"


class TermsMissing(DomainError):
    """Where there are terms they must be given."""

    status = 422
    reason = Text("Höst- och vårtermin saknas.", "The autumn and spring terms are missing.")
    advice = Text("Ange första och sista dag för båda.", "Give the first and last day of both.")


class TermsNotUsed(DomainError):
    """Preschool and fritidshem have no terms; what they have is days when they are closed."""

    status = 422
    reason = Text("Enhetens skolformer har inga terminer.", "The unit's school forms have no terms.")
    advice = Text("Ange bara stängda dagar.", "Give only the days it is closed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decided school year. `number` counts decisions of the same year; the highest holds, the others are
    history. `decided_by` is None for one taken from a file.
    """

    unit: UnitId
    calendar: SchoolCalendar
    number: int
    decided_by: PersonId | None
    decided_at: datetime | None
    reason: Reason
    rules: str = RULES


def owner_forms(unit: UnitRecord) -> Collection[SchoolForm]:
    """The forms whose rules hold for a calendar of `unit`: its own, and for the organiser those of school.

    Raises `NotACalendarOwner`.
    """
    if unit.type == "Huvudman":
        return (SchoolForm.COMPULSORY,)
    if not unit.is_school_unit:
        raise NotACalendarOwner(field="unit", value=unit.id)
    return unit.school_forms


def drafted(
    unit: UnitRecord,
    year: SchoolYear,
    terms: tuple[Term, Term] | None,
    days_off: frozenset[date],
    study_days: frozenset[date],
) -> SchoolCalendar:
    """A proposal; it may still break rules. Raises `TermsMissing`, `TermsNotUsed`, `NotACalendarOwner`."""
    if keeps_school_days(owner_forms(unit)):
        if terms is None:
            raise TermsMissing(field="autumn")
        return SchoolCalendar(year, *terms, days_off, study_days)
    if terms is not None:
        raise TermsNotUsed(field="autumn")
    return replace(open_year(year), days_off=days_off, study_days=study_days)


def require_lawful(unit: UnitRecord, calendar: SchoolCalendar) -> None:
    """Raises `UnlawfulYear` with every rule that is broken."""
    lawful = keeps_school_days(owner_forms(unit))
    problems = calendar.problems() if lawful else calendar.closing_problems()
    if problems:
        faults = tuple(Fault(p.rule, Text(p.sv, p.en), UnlawfulYear.advice) for p in problems)
        raise UnlawfulYear(faults=faults)


def in_force(
    year: SchoolYear,
    forms: Collection[SchoolForm] | None,
    own: SchoolCalendar | None,
    municipal: SchoolCalendar | None,
) -> tuple[SchoolCalendar, Origin]:
    """The calendar that holds at a unit: its own decided one, else the municipality's, else the usual.

    A unit whose forms have no terms does not follow the municipality's. `forms` None: of an unknown unit.
    """
    if own:
        return own, "unit"
    if forms is not None and not keeps_school_days(forms):
        return open_year(year), "usual"
    return (municipal, "municipality") if municipal else (default_calendar(year), "usual")
